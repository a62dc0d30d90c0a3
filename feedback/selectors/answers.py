"""Answers that are kept with their invitation: a confidential one for the quality office alone, an institution's under its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from feedback.answer_sheet import asked
from feedback.models import Campaign, Item
from iqas.core.access import can


@dataclass(frozen=True)
class Answered:
    """One question and what was answered to it, in words."""

    item: Item
    words: str


@dataclass(frozen=True)
class WholeAnswer:
    """What one invited person or institution answered. `partner` is the institution, where that is known."""

    partner: Any
    group: str
    answered_on: Any
    answers: Sequence[Answered]


def may_read_answers(user: Any, campaign: Campaign) -> bool:
    """Those of institutions whoever may see the results; confidential ones the quality office."""
    action = "results.view" if campaign.mode == Campaign.Mode.ATTRIBUTED else "answers.view"
    return campaign.is_signed and bool(can(user, action, campaign))


def whole_answers(campaign: Campaign) -> list[WholeAnswer]:
    """The signed answers of a campaign, by institution, else in no order that tells when they came."""
    items = list(Item.objects.filter(version_id=campaign.questionnaire_version_id).order_by("order"))
    labels = dict(campaign.groups.values_list("code", "label"))
    rows = campaign.signed_answers.select_related("invitation__partner").order_by(
        "invitation__partner__sort_name", "pk"
    )
    return [
        WholeAnswer(
            partner=row.invitation.partner,
            group=labels.get(row.invitation.group_code, ""),
            answered_on=row.answered_on,
            answers=[
                Answered(item, _words(item, row.answers, row.comments))
                for item in asked(items, row.answers)
                if item.code in row.answers or item.code in row.comments
            ],
        )
        for row in rows
    ]


def _words(item: Item, answers: dict[str, Any], comments: dict[str, str]) -> str:
    """Empty for "I cannot judge"."""
    if item.code in comments:
        return comments[item.code]
    value = answers[item.code]
    words = item.labels.get((get_language() or "es")[:2]) or item.labels.get("es", {})
    given = value if isinstance(value, list) else [value]
    return ", ".join(str(words.get(str(one)) or one) for one in given if one is not None)
