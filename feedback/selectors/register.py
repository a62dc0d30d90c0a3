"""Whom the registers know: learners of a campaign's editions, contacts of its partners. Only those with an address count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from feedback.importers.recipients import Recipient
from feedback.models import Moment, Questionnaire
from feedback.targets import Target
from microcredentials.models import Edition, Enrolment, PartnerContact

State = Enrolment.State
STAYED = (State.ENROLLED, State.COMPLETED, State.PASSED, State.FAILED)
LEFT = (State.WITHDRAWN_EARLY, State.WITHDRAWN)
CERTIFIED = (State.PASSED, State.RECOGNISED)
LEARNERS = (
    Questionnaire.Audience.LEARNER,
    Questionnaire.Audience.WITHDRAWN,
    Questionnaire.Audience.GRADUATE,
)
OF_EDITIONS = (*LEARNERS, Questionnaire.Audience.TEACHER, Questionnaire.Audience.SUPPORT)


@dataclass(frozen=True)
class Known:
    """How many learners of one state there are, and how many of them can be written to."""

    people: int
    reachable: int


def usual_states(audience: str, moment: str) -> list[str]:
    """The states of enrolment that a questionnaire for this audience is meant for; none where they are no learners."""
    if audience == Questionnaire.Audience.LEARNER:
        return [State.PASSED.value] if moment == Moment.AFTER else [state.value for state in STAYED]
    if audience == Questionnaire.Audience.WITHDRAWN:
        return [state.value for state in LEFT]
    if audience == Questionnaire.Audience.GRADUATE:
        return [state.value for state in CERTIFIED]
    return []


def fitting_states(audience: str) -> list[str]:
    """The states of enrolment of those whom a questionnaire for this audience may reach at all; none: it asks no learners."""
    if audience == Questionnaire.Audience.LEARNER:
        return [state for state in State.values if state not in LEFT]
    if audience in LEARNERS:
        return usual_states(audience, Moment.END)
    return []


def known_by_state(editions: Iterable[Edition]) -> dict[str, Known]:
    """The learners of these editions by the state of their enrolment, in the order of the states."""
    rows = (
        Enrolment.objects.filter(edition__in=list(editions))
        .order_by()
        .values("state")
        .annotate(
            people=Count("learner", distinct=True),
            reachable=Count("learner", filter=_ADDRESSED, distinct=True),
        )
    )
    found = {row["state"]: Known(row["people"], row["reachable"]) for row in rows}
    return {state: found[state] for state in State.values if state in found}


def learners_of(
    editions: Iterable[Edition], states: Sequence[str], *, by_edition: bool = False
) -> list[Recipient]:
    """The learners in one of these states, each address once; with `by_edition` in the group of their edition.

    Somebody in two of the editions counts for the later one.
    """
    rows = (
        Enrolment.objects.filter(_ADDRESSED, edition__in=list(editions), state__in=list(states))
        .order_by("-edition__starts", "edition__code", "pk")
        .values_list("learner__email", "edition__code")
    )
    first: dict[str, str] = {}
    for address, code in rows:
        first.setdefault(address.strip().lower(), code)
    return [
        Recipient(row, address, code if by_edition else "")
        for row, (address, code) in enumerate(sorted(first.items()), start=1)
    ]


def reachable_by_edition(editions: Iterable[Edition], states: Sequence[str]) -> Mapping[UUID, int]:
    """How many learners in one of these states each edition has who can be written to; one statement."""
    rows = (
        Enrolment.objects.filter(_ADDRESSED, edition__in=list(editions), state__in=list(states))
        .order_by()
        .values("edition")
        .annotate(n=Count("learner", distinct=True))
        .values_list("edition", "n")
    )
    return dict(rows)


def contacts_of(target: Target) -> QuerySet[PartnerContact]:
    """The contacts of its partners who can be written to, partner by partner."""
    return (
        PartnerContact.objects.filter(partner__in=target.partners)
        .exclude(email="")
        .select_related("partner")
        .order_by("partner__sort_name", "name")
    )


_ADDRESSED = Q(learner__erased_at__isnull=True) & ~Q(learner__email="")
