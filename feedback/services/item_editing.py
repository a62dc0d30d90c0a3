"""Writing the sections and questions of a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.answer_scales import Answers, Written, answers_of
from feedback.models import Item, QuestionnaireVersion, Section
from feedback.selectors.wholeness import (
    Obstacle,
    common_obstacle,
    condition_obstacle,
    identity_obstacle,
    known_to,
    pair_obstacle,
)
from feedback.services.drafting import WRITTEN, bump, draft_of
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim
from iqas.frameworks.selectors import assessable

CODE = re.compile(r"[A-Z][A-Z0-9_-]{0,19}")
COMMON = re.compile(r"[A-Z][A-Z0-9-]{0,39}")
FAR = 10_000  # out of the way while places are given anew


@dataclass(frozen=True)
class ItemTerms:
    """A question as it is written; see the fields of `Item`. `scale` and `written` say which answers it offers."""

    code: str
    kind: str
    text: Mapping[str, str]
    help: Mapping[str, str]
    scale: str
    written: Written
    reverse: bool = False
    required: bool = False
    no_answer_allowed: bool = True
    criterion_code: str = ""
    common_code: str = ""
    importance_of: str = ""


@transaction.atomic
def add_section(*, actor: Any, version: QuestionnaireVersion, title: Mapping[str, str]) -> Section:
    """A section at the end. Refuses what `draft_of` refuses, and `section-title` (missing in a language)."""
    draft = draft_of(actor, version)
    section = Section(version=draft, order=draft.sections.count() + 1)
    _name(section, title)
    section.save(force_insert=True)
    bump(draft)
    _record(actor, draft, "questionnaire.section_added", after={"section": _title(section)})
    return section


@transaction.atomic
def edit_section(
    *, actor: Any, version: QuestionnaireVersion, section: Section, seen: int, title: Mapping[str, str]
) -> Section:
    """Refuses what `add_section` refuses, `section-gone`, and `StaleVersion`."""
    draft = draft_of(actor, version)
    found = _section(draft, section)
    claim(draft, seen)
    before = _title(found)
    _name(found, title)
    found.save(update_fields=[f"title_{language}" for language in WRITTEN])
    _record(
        actor,
        draft,
        "questionnaire.section_edited",
        before={"section": before},
        after={"section": _title(found)},
    )
    return found


@transaction.atomic
def remove_section(*, actor: Any, version: QuestionnaireVersion, section: Section, seen: int) -> None:
    """With its questions. Refuses what `draft_of` refuses, `section-gone`, `StaleVersion`."""
    draft = draft_of(actor, version)
    found = _section(draft, section)
    claim(draft, seen)
    codes = list(found.items.order_by("order").values_list("code", flat=True))
    _record(
        actor,
        draft,
        "questionnaire.section_removed",
        before={"section": _title(found), "questions": codes},
    )
    found.delete()
    _place(draft, list(draft.sections.order_by("order")))


@transaction.atomic
def move_section(*, actor: Any, version: QuestionnaireVersion, section: Section, seen: int, up: bool) -> None:
    """One place up or down; at the end it stays. Refuses what `remove_section` refuses."""
    draft = draft_of(actor, version)
    found = _section(draft, section)
    claim(draft, seen)
    sections = list(draft.sections.order_by("order"))
    place = sections.index(found)
    target = min(max(place + (-1 if up else 1), 0), len(sections) - 1)
    sections.insert(target, sections.pop(place))
    _place(draft, sections)
    _record(
        actor, draft, "questionnaire.section_moved", before={"place": place + 1}, after={"place": target + 1}
    )


@transaction.atomic
def add_item(*, actor: Any, version: QuestionnaireVersion, section: Section, terms: ItemTerms) -> Item:
    """A question at the end of a section.

    Refuses what `draft_of` refuses, `section-gone`, `item-code` and `item-code-twice`, `item-text`, whatever
    `answers_of` refuses, `criterion-unknown`, `item-required`, and the rules of `selectors.wholeness`: `item-identity`
    (another kind or scale under a code that was asked before), `item-common` and `item-pair`.
    """
    draft = draft_of(actor, version)
    item = Item(version=draft, section=_section(draft, section), order=FAR)
    _write(draft, item, terms)
    item.save(force_insert=True)
    _number(draft)
    bump(draft)
    _record(actor, draft, "questionnaire.item_added", after=_told(item))
    return item


@transaction.atomic
def edit_item(*, actor: Any, version: QuestionnaireVersion, item: Item, seen: int, terms: ItemTerms) -> Item:
    """Refuses what `add_item` refuses, `item-gone`, and `StaleVersion`."""
    draft = draft_of(actor, version)
    found = _item(draft, item)
    claim(draft, seen)
    before, old_code = _told(found), found.code
    _write(draft, found, terms)
    found.save()
    if found.code != old_code:
        _rename(draft, old_code, found.code)
    _record(actor, draft, "questionnaire.item_edited", before=before, after=_told(found))
    return found


@transaction.atomic
def remove_item(*, actor: Any, version: QuestionnaireVersion, item: Item, seen: int) -> None:
    """Refuses what `draft_of` refuses, `item-gone`, `StaleVersion`."""
    draft = draft_of(actor, version)
    found = _item(draft, item)
    claim(draft, seen)
    _record(actor, draft, "questionnaire.item_removed", before=_told(found))
    found.delete()
    _number(draft)


@transaction.atomic
def move_item(*, actor: Any, version: QuestionnaireVersion, item: Item, seen: int, up: bool) -> None:
    """One place up or down; from the edge of a section into the next. Refuses what `remove_item` refuses."""
    draft = draft_of(actor, version)
    found = _item(draft, item)
    claim(draft, seen)
    before = {"place": _where(found)}
    beside = list(found.section.items.order_by("order"))
    place = beside.index(found) + (-1 if up else 1)
    if 0 <= place < len(beside):
        other = beside[place]
        found.order, other.order = other.order, found.order
        Item.objects.bulk_update([found, other], ["order"])
    else:
        neighbours = draft.sections.order_by("-order" if up else "order")
        order = found.section.order
        target = neighbours.filter(**{"order__lt" if up else "order__gt": order}).first()
        if target is None:
            return
        found.section, found.order = target, FAR if up else 0
        found.save(update_fields=["section", "order"])
    _number(draft)
    found.refresh_from_db()
    _record(
        actor,
        draft,
        "questionnaire.item_moved",
        before=before,
        after={"question": found.code, "place": _where(found)},
    )


@transaction.atomic
def set_condition(
    *, actor: Any, version: QuestionnaireVersion, item: Item, seen: int, on: str, values: Sequence[int]
) -> Item:
    """Ask it only of those who gave one of these answers to question `on` of an earlier section; "" asks everybody.

    Refuses what `draft_of` refuses, `item-gone`, `StaleVersion`, `item-required` and `item-condition`.
    """
    draft = draft_of(actor, version)
    found = _item(draft, item)
    claim(draft, seen)
    before = {"shown_if": _condition(found)}
    found.shown_if_code, found.shown_if_values = on, sorted(set(values)) if on else []
    _refuse_required(found)
    _refuse(condition_obstacle(found, _questions(draft)))
    found.save(update_fields=["shown_if_code", "shown_if_values"])
    after = {"question": found.code, "shown_if": _condition(found)}
    _record(actor, draft, "questionnaire.item_conditioned", before=before, after=after)
    return found


def _write(draft: QuestionnaireVersion, item: Item, terms: ItemTerms) -> None:
    if not CODE.fullmatch(terms.code):
        raise RuleViolation(
            "item-code",
            _("A code begins with a capital letter and has capitals, digits, dashes and underscores: L07."),
            field="code",
        )
    if draft.items.filter(code=terms.code).exclude(pk=item.pk).exists():
        raise RuleViolation("item-code-twice", _("Another question has this code."), field="code")
    answers = answers_of(terms.kind, terms.scale, terms.written)
    item.code, item.kind = terms.code, terms.kind
    item.labels = _with_other_languages(item, answers)
    item.scale_min, item.scale_max = answers.low, answers.high
    item.reverse = terms.reverse and item.is_ordered
    item.required = terms.required
    item.no_answer_allowed = terms.no_answer_allowed and terms.kind != Item.Kind.TEXT
    _write_texts(item, terms)
    _refuse_required(item)
    _write_links(item, terms)
    known = known_to(draft)
    _refuse(identity_obstacle(item, known))
    _refuse(common_obstacle(item, known))
    _refuse(pair_obstacle(item, [*(one for one in _questions(draft) if one.pk != item.pk), item]))


def _write_texts(item: Item, terms: ItemTerms) -> None:
    for language in WRITTEN:
        text = terms.text.get(language, "").strip()
        if not text:
            raise RuleViolation(
                "item-text", _("Write the question in both languages."), field=f"text_{language}"
            )
        setattr(item, f"text_{language}", text)
    given = {language: terms.help.get(language, "").strip() for language in WRITTEN}
    missing = next((language for language in WRITTEN if not given[language]), None)
    if missing and any(given.values()):
        raise RuleViolation(
            "item-text", _("Write the help in both languages, or in none."), field=f"help_{missing}"
        )
    for language in WRITTEN:
        setattr(item, f"help_{language}", given[language] or None)


def _write_links(item: Item, terms: ItemTerms) -> None:
    criterion = terms.criterion_code
    if criterion and criterion != item.criterion_code and not assessable().filter(code=criterion).exists():
        raise RuleViolation(
            "criterion-unknown", _("This is no criterion of the four dimensions."), field="criterion_code"
        )
    if terms.common_code and not COMMON.fullmatch(terms.common_code):
        raise RuleViolation(
            "item-code", _("A common code has capital letters, digits and dashes only."), field="common_code"
        )
    item.criterion_code, item.common_code = criterion, terms.common_code
    item.importance_of = terms.importance_of


def _with_other_languages(item: Item, answers: Answers) -> dict[str, dict[str, str]]:
    """The words, with those of further languages where the points are the same as before."""
    same = (item.scale_min, item.scale_max) == (answers.low, answers.high)
    return ((item.labels or {}) if same else {}) | answers.labels


def _refuse_required(item: Item) -> None:
    if item.required and item.is_conditional:
        raise RuleViolation(
            "item-required", _("A question that only some are asked cannot be required."), field="required"
        )


def _refuse(obstacle: Obstacle | None) -> None:
    if obstacle is not None:
        raise RuleViolation(obstacle.rule, obstacle.message, field=obstacle.field)


def _rename(draft: QuestionnaireVersion, old: str, new: str) -> None:
    """Those that depend on it, or ask its importance, follow a new code."""
    draft.items.filter(shown_if_code=old).update(shown_if_code=new)
    draft.items.filter(importance_of=old).update(importance_of=new)


def _questions(draft: QuestionnaireVersion) -> list[Item]:
    return list(draft.items.select_related("section").order_by("section__order", "order"))


def _number(draft: QuestionnaireVersion) -> None:
    """Counts the questions from 1 in the order of the sections."""
    items = _questions(draft)
    for order, item in enumerate(items, start=1):
        item.order = order
    Item.objects.bulk_update(items, ["order"])


def _place(draft: QuestionnaireVersion, sections: list[Section]) -> None:
    """Gives the sections their places; no two ever stand in the same."""
    for shift in (FAR, 0):
        for place, section in enumerate(sections, start=1):
            section.order = place + shift
            section.save(update_fields=["order"])
    _number(draft)


def _section(draft: QuestionnaireVersion, section: Section) -> Section:
    found = draft.sections.filter(pk=section.pk).first()
    if found is None:
        raise RuleViolation("section-gone", _("Somebody else removed this section in the meantime."))
    return found


def _item(draft: QuestionnaireVersion, item: Item) -> Item:
    found = draft.items.select_related("section").filter(pk=item.pk).first()
    if found is None:
        raise RuleViolation("item-gone", _("Somebody else removed this question in the meantime."))
    return found


def _name(section: Section, title: Mapping[str, str]) -> None:
    for language in WRITTEN:
        text = title.get(language, "").strip()
        if not text or len(text) > 200:
            raise RuleViolation(
                "section-title",
                _("A section has a title of at most 200 characters in both languages."),
                field=f"title_{language}",
            )
        setattr(section, f"title_{language}", text)


def _title(section: Section) -> str:
    return f"{section.title_es} / {section.title_en}"  # type: ignore[attr-defined]


def _where(item: Item) -> str:
    return f"{item.section.order}.{item.order}"


def _condition(item: Item) -> str:
    return f"{item.shown_if_code}: {', '.join(map(str, item.shown_if_values))}" if item.is_conditional else ""


def _told(item: Item) -> dict[str, Any]:
    texts = {
        f"{name}_{language}": getattr(item, f"{name}_{language}") or ""
        for name in ("text", "help")
        for language in WRITTEN
    }
    return {
        "question": item.code,
        "kind": item.kind,
        "scale": f"{item.scale_min} – {item.scale_max}" if item.points else "",
        "words_es": " | ".join(item.labels.get("es", {}).values()),
        "words_en": " | ".join(item.labels.get("en", {}).values()),
        "reverse": item.reverse,
        "required": item.required,
        "no_answer_allowed": item.no_answer_allowed,
        "criterion": item.criterion_code,
        "common_code": item.common_code,
        "importance_of": item.importance_of,
        **texts,
    }


def _record(actor: Any, draft: QuestionnaireVersion, action: str, **told: Any) -> None:
    record(actor=actor, action=action, subject=draft, **told)
