"""Questionnaires as the staff sees them: the list, the versions of one, and where each is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Item, OpeningRule, Questionnaire, QuestionnaireVersion, Round
from feedback.selectors.targets import with_target
from iqas.core.access import allowed

SHOWN_CAMPAIGNS = 20
STATES = {"draft": _("draft"), "published": _("published, not asked yet"), "frozen": _("in use")}


@dataclass(frozen=True)
class Listed:
    """A questionnaire in the list. `state` is that of its newest version; `campaigns` counts all of its versions."""

    questionnaire: Questionnaire
    newest: QuestionnaireVersion
    campaigns: int
    first_used: datetime | None

    @property
    def code(self) -> str:
        return self.questionnaire.code

    @property
    def title(self) -> str:
        return self.newest.title

    @property
    def titles(self) -> tuple[str, str]:
        """In both languages: what it is searched by."""
        return self.newest.title_es, self.newest.title_en  # type: ignore[attr-defined]

    @property
    def audience(self) -> Any:
        return self.questionnaire.get_audience_display()

    @property
    def number(self) -> int:
        return self.newest.number

    @property
    def state(self) -> str:
        return state_of(self.newest)

    def get_state_display(self) -> Any:
        return STATES[self.state]

    def get_absolute_url(self) -> str:
        return self.questionnaire.get_absolute_url()


@dataclass(frozen=True)
class Use:
    """Where a version is asked, or will be."""

    campaigns: tuple[Campaign, ...]
    count: int
    rounds: tuple[Round, ...]


def state_of(version: QuestionnaireVersion) -> str:
    """`draft`, `published`, or `frozen` once somebody was asked with it."""
    if version.state == QuestionnaireVersion.State.DRAFT:
        return "draft"
    return "frozen" if version.frozen_at else "published"


def listed() -> list[Listed]:
    """Every questionnaire with its newest version, by code. Two statements."""
    versions = QuestionnaireVersion.objects.annotate(asked=Count("campaigns")).order_by("-number")
    found = []
    for questionnaire in Questionnaire.objects.prefetch_related(Prefetch("versions", versions)):
        own = list(questionnaire.versions.all())
        if own:
            used = [version.frozen_at for version in own if version.frozen_at]
            asked = sum(version.asked for version in own)  # type: ignore[attr-defined]
            found.append(Listed(questionnaire, own[0], asked, min(used, default=None)))
    return found


def versions_of(questionnaire: Questionnaire) -> QuerySet[QuestionnaireVersion]:
    """Newest first, with the numbers of questions and campaigns."""
    return (
        questionnaire.versions.select_related("based_on__questionnaire", "created_by")
        .annotate(questions=Count("items", distinct=True), asked=Count("campaigns", distinct=True))
        .order_by("-number")
    )


def uses_of(user: Any, versions: Iterable[QuestionnaireVersion]) -> Mapping[Any, Use]:
    """By version: the campaigns that the person may see, the newest of them, and the rounds; whatever their number."""
    keys = [version.pk for version in versions]
    campaigns = allowed(user, "campaign.view", Campaign.objects.filter(questionnaire_version__in=keys))
    counts = dict(
        campaigns.order_by()
        .values_list("questionnaire_version")
        .annotate(n=Count("pk"))
        .values_list("questionnaire_version", "n")
    )
    newest: dict[Any, list[Campaign]] = {}
    for campaign in with_target(campaigns).order_by("-closes", "-code")[
        : SHOWN_CAMPAIGNS * max(len(keys), 1)
    ]:
        newest.setdefault(campaign.questionnaire_version_id, []).append(campaign)
    rounds: dict[Any, list[Round]] = {}
    planned = Round.objects.filter(questionnaire_version__in=keys, state=Round.State.DRAFT)
    for order in allowed(user, "campaign.round", planned).order_by("code"):
        rounds.setdefault(order.questionnaire_version_id, []).append(order)
    return {
        key: Use(tuple(newest.get(key, ())[:SHOWN_CAMPAIGNS]), counts.get(key, 0), tuple(rounds.get(key, ())))
        for key in keys
    }


def rules_asking(user: Any, questionnaire: Questionnaire) -> QuerySet[OpeningRule]:
    """The opening rules that ask it: always its newest version."""
    found: QuerySet[OpeningRule] = allowed(
        user, "campaign.rule", OpeningRule.objects.filter(questionnaire=questionnaire)
    )
    return found.order_by("code")


def common_codes() -> list[str]:
    """The codes under which questions are shared between audiences."""
    found = Item.objects.exclude(common_code="").order_by("common_code").values_list("common_code", flat=True)
    return list(found.distinct())
