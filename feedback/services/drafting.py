"""Questionnaires of the university's own: a draft version is written, published, and never changed again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Item, Questionnaire, QuestionnaireVersion, Round, Section
from feedback.packs.schema import LANGUAGES
from feedback.selectors.wholeness import obstacles_of
from feedback.services.questionnaires import mark_about_persons
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim

CODE = re.compile(r"[A-Z][A-Z0-9-]{1,39}")
WRITTEN = ("es", "en")
ORIGINALS = ("text", "help", "title")  # read as a language's column: never copied by this name
OWN = ("id", "version", "section")


@dataclass(frozen=True)
class Heading:
    """What a version is called and says before the first question, by language; and where it comes from."""

    title: Mapping[str, str]
    intro: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@transaction.atomic
def create_questionnaire(
    *, actor: Any, code: str, audience: str, heading: Heading, about_persons: bool = False
) -> QuestionnaireVersion:
    """A new questionnaire with its first version, a draft without questions.

    Refuses `questionnaire-code` (capitals, digits and dashes), `questionnaire-exists` and `questionnaire-values`.
    """
    require(actor, "questionnaire.edit")
    if not CODE.fullmatch(code):
        raise RuleViolation(
            "questionnaire-code", _("A code has capital letters, digits and dashes only."), field="code"
        )
    questionnaire, made = Questionnaire.objects.get_or_create(
        code=code, defaults={"audience": audience, "about_persons": about_persons}
    )
    if not made:
        raise RuleViolation("questionnaire-exists", _("There is a questionnaire of this code."), field="code")
    version = QuestionnaireVersion(
        questionnaire=questionnaire, number=1, origin="own", state="draft", created_by=actor
    )
    _write(version, heading)
    version.save(force_insert=True)
    told = {"code": code, "audience": audience, "about_persons": about_persons}
    record(actor=actor, action="questionnaire.created", subject=version, after=told | _told(version))
    return version


@transaction.atomic
def begin_version(*, actor: Any, version: QuestionnaireVersion) -> QuestionnaireVersion:
    """The next version, a draft with the questions of this one and their codes. Refuses `draft-exists` (one at a time)."""
    require(actor, "questionnaire.edit", version.questionnaire)
    questionnaire = Questionnaire.objects.select_for_update().get(pk=version.questionnaire_id)
    draft = questionnaire.versions.filter(state=QuestionnaireVersion.State.DRAFT).first()
    if draft is not None:
        message = _("%(version)s is being written already: go on there, or discard it.")
        raise RuleViolation("draft-exists", message % {"version": draft})
    source = QuestionnaireVersion.objects.get(pk=version.pk)
    last = questionnaire.versions.aggregate(last=Max("number"))["last"]
    made = QuestionnaireVersion(
        questionnaire=questionnaire,
        number=last + 1,
        origin="own",
        state="draft",
        based_on=source,
        created_by=actor,
        source=source.source,
        **_languages_of(source, "title", "intro"),
    )
    made.save(force_insert=True)
    _copy_questions(source, made)
    record(
        actor=actor,
        action="questionnaire.version_begun",
        subject=made,
        after={"based_on": str(source), "questions": made.items.count()},
    )
    return made


@transaction.atomic
def edit_version(
    *,
    actor: Any,
    version: QuestionnaireVersion,
    seen: int,
    heading: Heading,
    about_persons: bool | None = None,
) -> QuestionnaireVersion:
    """Change title, introduction and source, and whether the questionnaire judges persons (None: as it is).

    Refuses what `draft_of` refuses, `StaleVersion`, `questionnaire-values` and `questionnaire-persons`.
    """
    draft = draft_of(actor, version)
    claim(draft, seen)
    before = _told(draft)
    _write(draft, heading)
    draft.save(update_fields=["source", *_names("title", "intro", of=WRITTEN)])
    if about_persons is not None:
        mark_about_persons(actor=actor, questionnaire=draft.questionnaire, judges=about_persons)
    record(actor=actor, action="questionnaire.edited", subject=draft, before=before, after=_told(draft))
    return draft


@transaction.atomic
def publish_version(*, actor: Any, version: QuestionnaireVersion, seen: int) -> QuestionnaireVersion:
    """May be asked from now on, and stays as it is.

    Refuses what `draft_of` refuses, `StaleVersion`, and `questionnaire-incomplete` with the first thing that is missing.
    """
    draft = draft_of(actor, version)
    claim(draft, seen)
    obstacles = obstacles_of(draft)
    if obstacles:
        raise RuleViolation("questionnaire-incomplete", obstacles[0].message)
    draft.state = QuestionnaireVersion.State.READY
    draft.sha256 = sha256_hex(canonical_json(content_of(draft)))
    draft.save(update_fields=["state", "sha256"])
    record(
        actor=actor,
        action="questionnaire.published",
        subject=draft,
        before={"state": "draft"},
        after={"state": "ready", "sha256": draft.sha256, "questions": draft.items.count()},
    )
    return draft


@transaction.atomic
def discard_version(*, actor: Any, version: QuestionnaireVersion, seen: int) -> None:
    """Remove a draft with its questions; with its only version goes the questionnaire.

    Refuses what `draft_of` refuses, `draft-used`, and `StaleVersion`. The event keeps what was removed.
    """
    draft = draft_of(actor, version)
    if in_use(draft):
        raise RuleViolation("draft-used", _("A campaign is prepared with this draft: change that first."))
    claim(draft, seen)
    record(actor=actor, action="questionnaire.discarded", subject=draft, before=content_of(draft))
    questionnaire = draft.questionnaire
    draft.delete()
    if not questionnaire.versions.exists():
        questionnaire.delete()


def draft_of(actor: Any, version: QuestionnaireVersion) -> QuestionnaireVersion:
    """The locked row of a version that may be changed.

    Refuses `questionnaire-published` (it never changes again: what was asked stays readable) and `draft-gone`.
    """
    draft = (
        QuestionnaireVersion.objects.select_related("questionnaire")
        .select_for_update(of=("self",))
        .filter(pk=version.pk)
        .first()
    )
    if draft is None:
        raise RuleViolation("draft-gone", _("This draft was discarded in the meantime."))
    require(actor, "questionnaire.edit", draft.questionnaire)
    refuse_published(draft)
    return draft


def refuse_published(version: QuestionnaireVersion) -> None:
    """Refuses `questionnaire-published`."""
    if version.state != QuestionnaireVersion.State.DRAFT:
        message = _("%(version)s is published and never changes. Make a new version of it.")
        raise RuleViolation("questionnaire-published", message % {"version": version})


def bump(draft: QuestionnaireVersion) -> None:
    """The next version number of a locked draft, for an addition, which takes nothing from anybody."""
    QuestionnaireVersion.objects.filter(pk=draft.pk).update(version=F("version") + 1)
    draft.refresh_from_db(fields=["version"])


def content_of(version: QuestionnaireVersion) -> dict[str, Any]:
    """Everything that is asked, in all languages, as JSON: what the hash of a version is of."""
    items: dict[Any, list[dict[str, Any]]] = {}
    for item in version.items.order_by("order"):
        items.setdefault(item.section_id, []).append(_columns_of(item))
    return {
        "code": version.questionnaire.code,
        "version": version.number,
        "audience": version.questionnaire.audience,
        "source": version.source,
        **_languages_of(version, "title", "intro"),
        "sections": [
            {**_languages_of(section, "title"), "items": items.get(section.pk, [])}
            for section in version.sections.order_by("order")
        ],
    }


def in_use(version: QuestionnaireVersion) -> bool:
    """Whether anything plans to ask it."""
    return (
        Campaign.objects.filter(questionnaire_version=version).exists()
        or Round.objects.filter(questionnaire_version=version).exists()
    )


def _write(version: QuestionnaireVersion, heading: Heading) -> None:
    for language in WRITTEN:
        setattr(version, f"title_{language}", heading.title.get(language, "").strip())
        setattr(version, f"intro_{language}", heading.intro.get(language, "").strip())
    version.source = heading.source.strip()
    if not (version.title_es and version.title_en):  # type: ignore[attr-defined]
        raise RuleViolation(
            "questionnaire-values",
            _("A questionnaire has a title in Spanish and in English."),
            field="title_en",
        )
    try:
        version.clean_fields(exclude=["sha256", "title", "intro"])
    except ValidationError as error:
        raise RuleViolation("questionnaire-values", "; ".join(error.messages)) from error


def _copy_questions(source: QuestionnaireVersion, made: QuestionnaireVersion) -> None:
    copies = {}
    for section in source.sections.order_by("order"):
        copies[section.pk] = Section.objects.create(version=made, **_columns_of(section))
    Item.objects.bulk_create(
        Item(version=made, section=copies[item.section_id], **_columns_of(item))
        for item in source.items.order_by("order")
    )


def _columns_of(row: Section | Item) -> dict[str, Any]:
    """Everything of a section or question but what it belongs to; texts in all languages, by name."""
    names = (column.name for column in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in names if name not in (*OWN, *ORIGINALS)}


def _languages_of(obj: Any, *names: str) -> dict[str, Any]:
    return {column: getattr(obj, column) for column in _names(*names)}


def _names(*names: str, of: tuple[str, ...] = LANGUAGES) -> list[str]:
    return [f"{name}_{language}" for name in names for language in of]


def _told(version: QuestionnaireVersion) -> dict[str, Any]:
    return {"source": version.source} | {
        column: getattr(version, column) for column in _names("title", "intro", of=WRITTEN)
    }
