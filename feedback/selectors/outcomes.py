"""You said, we will, we did: for those who answer for it, and for everybody once it is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from feedback.models import Campaign, Outcome
from feedback.selectors.results import CampaignResults, campaign_results, translated
from feedback.selectors.targets import about_editions, with_target
from iqas.core.access import allowed
from iqas.improvement.models import Action
from microcredentials.models import Edition

FINISHED = (Action.State.DONE, Action.State.VERIFIED)


@dataclass(frozen=True)
class Promised:
    """An improvement action behind an outcome, as the public reads it: how it stands, until or since which day.

    What it is called and who answers for it stays inside the house.
    """

    state: str
    label: str | Promise
    day: dt.date
    is_finished: bool


@dataclass(frozen=True)
class Told:
    """One outcome as the public reads it. `share` of favourable answers among `n`, where both may be shown."""

    said: str
    will: str
    did: str
    question: str
    share: float | None
    n: int | None
    published: dt.datetime
    done: dt.datetime | None
    actions: tuple[Promised, ...]


@dataclass(frozen=True)
class PublicOutcomes:
    """What is published of one campaign. `answered` and `rate` are None where they may not be told."""

    code: str
    title: str
    about: str
    answered: int | None
    invited: int | None
    rate: float | None
    told: tuple[Told, ...]


def outcomes_of(campaign: Campaign) -> QuerySet[Outcome]:
    """All of a campaign, with their actions."""
    actions = Prefetch("actions", Action.objects.order_by("due", "code"))
    return campaign.outcomes.prefetch_related(actions).order_by("order", "created_at", "pk")


def are_actions_finished(outcome: Outcome) -> bool:
    """Whether every action that was promised is done; cancelled ones do not count. Needs the actions."""
    lasting = [one for one in outcome.actions.all() if one.state != Action.State.CANCELLED]
    return all(one.state in FINISHED for one in lasting)


def awaiting_done(user: Any) -> list[Outcome]:
    """Published promises of the person's campaigns whose actions are all done, but of which nobody said so."""
    rows = (
        allowed(user, "outcome.edit")
        .filter(published_at__isnull=False, done_published_at=None, actions__state__in=FINISHED)
        .select_related("campaign__scope")
        .prefetch_related("actions")
        .order_by("published_at")
        .distinct()
    )
    return [row for row in rows if are_actions_finished(row)]


def public_campaign(code: str) -> Campaign | None:
    """A campaign of which something is published."""
    published = Outcome.objects.filter(published_at__isnull=False).values("campaign")
    related = Campaign.objects.select_related("questionnaire_version__questionnaire", "scope")
    return with_target(related).filter(code=code, pk__in=published).first()


def told_of(campaign: Campaign, language: str) -> list[Told]:
    """What was published of a campaign, in words alone."""
    rows = outcomes_of(campaign).filter(published_at__isnull=False)
    return [_told(row, None, language) for row in rows]


def public_outcomes(campaign: Campaign, language: str) -> PublicOutcomes:
    """The texts in a language, and of the figures those that the results page shows too, never of single institutions."""
    results = None
    if campaign.mode not in (Campaign.Mode.ATTRIBUTED, Campaign.Mode.IMPORTED):
        results = campaign_results(campaign, language)
    is_told = results is not None and not results.suppressed
    shown = results if is_told else None
    rows = outcomes_of(campaign).filter(published_at__isnull=False)
    return PublicOutcomes(
        code=campaign.code,
        title=translated(campaign, "title", language),
        about=campaign.target.title,
        answered=shown.counted if shown else None,
        invited=shown.invited if shown else None,
        rate=shown.counted / shown.invited if shown and shown.invited else None,
        told=tuple(_told(row, shown, language) for row in rows),
    )


def public_of_edition(edition: Edition, language: str) -> list[PublicOutcomes]:
    """Of every campaign about an edition, the latest first."""
    published = Outcome.objects.filter(published_at__isnull=False).values("campaign")
    related = Campaign.objects.select_related("questionnaire_version__questionnaire", "scope")
    campaigns = with_target(related).filter(about_editions([edition]), pk__in=published)
    return [public_outcomes(one, language) for one in campaigns.order_by("-closes", "-code").distinct()]


def _told(outcome: Outcome, results: CampaignResults | None, language: str) -> Told:
    items = {item.code: item for item in results.items} if results else {}
    item = items.get(outcome.item_code)
    figures = item.figures if item else None
    favourable: Fraction | None = figures.favourable if figures and not figures.suppressed else None
    return Told(
        said=translated(outcome, "you_said", language),
        will=translated(outcome, "we_will", language),
        did=translated(outcome, "we_did", language) if outcome.done_published_at else "",
        question=item.text if item else "",
        share=None if favourable is None else float(favourable),
        n=figures.n if figures and favourable is not None else None,
        published=outcome.published_at,  # type: ignore[arg-type]  # only such are told
        done=outcome.done_published_at,
        actions=tuple(_promised(action) for action in outcome.actions.all()),
    )


def _promised(action: Action) -> Promised:
    is_finished = action.state in FINISHED and action.done_at is not None
    day = timezone.localdate(action.done_at) if is_finished else action.due
    return Promised(action.state, action.get_state_display(), day, is_finished)
