"""What the staff pages of questionnaires show, decided before the template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from feedback.models import Item, Questionnaire, QuestionnaireVersion, Section
from feedback.selectors.questionnaires import STATES, rules_asking, state_of, uses_of, versions_of
from feedback.selectors.wholeness import Obstacle, advice_on, conditions_for, obstacles_of, questions_of
from iqas.core.access import can
from iqas.ui.components import Reason, Step
from iqas.ui.history import choices_of, history_entries

SENTENCES = {
    "questionnaire.created": gettext_lazy("began it"),
    "questionnaire.version_begun": gettext_lazy("began this version"),
    "questionnaire.loaded": gettext_lazy("loaded it from a pack"),
    "questionnaire.edited": gettext_lazy("changed title or introduction"),
    "questionnaire.section_added": gettext_lazy("added a section"),
    "questionnaire.section_edited": gettext_lazy("renamed a section"),
    "questionnaire.section_removed": gettext_lazy("removed a section"),
    "questionnaire.section_moved": gettext_lazy("moved a section"),
    "questionnaire.item_added": gettext_lazy("added a question"),
    "questionnaire.item_edited": gettext_lazy("changed a question"),
    "questionnaire.item_removed": gettext_lazy("removed a question"),
    "questionnaire.item_moved": gettext_lazy("moved a question"),
    "questionnaire.item_conditioned": gettext_lazy("changed who is asked a question"),
    "questionnaire.published": gettext_lazy("published it"),
    "questionnaire.frozen": gettext_lazy("asked people with it for the first time"),
}
FIELDS = {
    "based_on": gettext_lazy("Made from"),
    "title_es": gettext_lazy("Title in Spanish"),
    "title_en": gettext_lazy("Title in English"),
    "intro_es": gettext_lazy("Introduction in Spanish"),
    "intro_en": gettext_lazy("Introduction in English"),
    "source": gettext_lazy("Source"),
    "section": gettext_lazy("Section"),
    "place": gettext_lazy("Place"),
    "question": gettext_lazy("Question"),
    "questions": gettext_lazy("Questions"),
    "kind": gettext_lazy("Kind"),
    "scale": gettext_lazy("Scale"),
    "text_es": gettext_lazy("Question in Spanish"),
    "text_en": gettext_lazy("Question in English"),
    "help_es": gettext_lazy("Help in Spanish"),
    "help_en": gettext_lazy("Help in English"),
    "words_es": gettext_lazy("Answers in Spanish"),
    "words_en": gettext_lazy("Answers in English"),
    "reverse": gettext_lazy("A low answer is favourable"),
    "required": gettext_lazy("It must be answered"),
    "no_answer_allowed": gettext_lazy("It offers “I cannot judge”"),
    "criterion": gettext_lazy("Criterion"),
    "common_code": gettext_lazy("Common code"),
    "importance_of": gettext_lazy("Importance of"),
    "shown_if": gettext_lazy("Asked of"),
    "audience": gettext_lazy("Audience"),
}


@dataclass(frozen=True)
class Shown:
    """A question with the words of its points, and of the answers on which it depends."""

    item: Item
    points: tuple[tuple[int, str], ...]
    condition: str
    may_condition: bool
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True)
class ShownSection:
    section: Section
    questions: tuple[Shown, ...]

    @property
    def anchor(self) -> str:
        return f"section-{self.section.pk}"


def questionnaire_page(user: Any, questionnaire: Questionnaire) -> dict[str, Any]:
    """Its versions, and where each is asked."""
    versions = list(versions_of(questionnaire))
    uses = uses_of(user, versions)
    return {
        "questionnaire": questionnaire,
        "newest": versions[0] if versions else None,
        "versions": [
            {"version": one, "state": state_of(one), "label": STATES[state_of(one)], "use": uses[one.pk]}
            for one in versions
        ],
        "rules": rules_asking(user, questionnaire),
        "may_edit": bool(can(user, "questionnaire.edit", questionnaire)),
        "draft": next((one for one in versions if one.state == QuestionnaireVersion.State.DRAFT), None),
    }


def version_page(user: Any, version: QuestionnaireVersion) -> dict[str, Any]:
    """The questions, what may be done with them, and what keeps a draft from being published."""
    is_draft = version.state == QuestionnaireVersion.State.DRAFT
    may_edit = bool(can(user, "questionnaire.edit", version.questionnaire))
    obstacles = obstacles_of(version) if is_draft else []
    return {
        "version": version,
        "questionnaire": version.questionnaire,
        "state": state_of(version),
        "state_label": STATES[state_of(version)],
        "is_draft": is_draft,
        "may_edit": may_edit and is_draft,
        "may_begin": may_edit and not is_draft,
        "sections": shown_sections(version, obstacles),
        "steps": _steps(version, obstacles) if is_draft and may_edit else (),
        "advice": advice_on(version) if is_draft else (),
        "has_others": version.number > 1,
        "entries": history_entries(
            version, SENTENCES, FIELDS, words=choices_of(Item, Questionnaire, QuestionnaireVersion)
        ),
    }


def shown_sections(
    version: QuestionnaireVersion, obstacles: list[Obstacle] | tuple[Obstacle, ...] = ()
) -> list[ShownSection]:
    """Every section with its questions, also those that have none yet."""
    items = questions_of(version)
    by_code = {item.code: item for item in items}
    by_section: dict[Any, list[Shown]] = {}
    for item in items:
        by_section.setdefault(item.section_id, []).append(
            Shown(
                item=item,
                points=tuple((point, word(item, point)) for point in item.points)
                if item.kind != Item.Kind.NUMBER
                else (),
                condition=condition_words(item, by_code),
                may_condition=item.is_conditional or bool(conditions_for(item, items)),
                obstacles=tuple(one for one in obstacles if one.item_code == item.code),
            )
        )
    return [
        ShownSection(section, tuple(by_section.get(section.pk, ())))
        for section in version.sections.order_by("order")
    ]


def condition_words(item: Item, by_code: Mapping[str, Item]) -> str:
    """The answers on which a question depends; empty where everybody is asked."""
    asked = by_code.get(item.shown_if_code)
    return ", ".join(word(asked, value) for value in item.shown_if_values) if asked else ""


def word(item: Item, point: int) -> str:
    """What a point is called in the reader's language; its code where it has no name."""
    labels = item.labels.get(get_language() or "es") or item.labels.get("es", {})
    return str(labels.get(str(point)) or point)


def _steps(version: QuestionnaireVersion, obstacles: list[Obstacle]) -> tuple[Step, ...]:
    def at(name: str, **more: Any) -> str:
        kwargs = {"code": version.questionnaire.code, "number": version.number, **more}
        return reverse(f"feedback:questionnaire-{name}", kwargs=kwargs)

    reasons = [
        Reason(
            one.message,
            at("item-edit", item=one.item_code) if one.item_code else "",
            _("Open it") if one.item_code else "",
        )
        for one in obstacles
    ]
    return (
        Step(
            _("Write it"),
            "current" if obstacles else "done",
            text=_("Sections of three to five questions, in both languages. Look at it as a learner does."),
            url=at("preview"),
            verb=_("Preview"),
        ),
        Step(
            _("Publish it"),
            "blocked" if obstacles else "current",
            text=_("From then on it can be asked, and never changes. A change makes the next version."),
            url=at("publish"),
            verb=_("Publish"),
            reasons=reasons,
        ),
    )
