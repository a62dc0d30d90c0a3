"""What a round would make, before it makes it: campaigns with their people, and the editions left out with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from feedback.models import Campaign, CampaignEdition, QuestionnaireVersion, Round
from feedback.selectors.register import reachable_by_edition
from feedback.selectors.thresholds import least_threshold
from iqas.core.access import below
from iqas.organisation.models import Scope
from microcredentials.models import Edition

BY_HAND, CANCELLED, IMPORTED, ASKED, TOO_FEW = "by-hand", "cancelled", "imported", "asked", "too-few"


@dataclass(frozen=True)
class Planned:
    """A campaign that a round would make: about these editions, inviting so many people."""

    scope: Scope
    editions: tuple[Edition, ...]
    people: int


@dataclass(frozen=True)
class LeftOut:
    """An edition that a round leaves out. `by_hand` can be taken back."""

    edition: Edition
    rule: str
    reason: str

    @property
    def by_hand(self) -> bool:
        return self.rule == BY_HAND


@dataclass(frozen=True)
class RoundPlan:
    """Everything that a round would do now. `made` is whether it has been done."""

    planned: tuple[Planned, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def people(self) -> int:
        return sum(one.people for one in self.planned)


def plan_of(order: Round) -> RoundPlan:
    """What the round would make now. The number of statements does not grow with the editions."""
    editions = list(editions_in(order))
    asked = asked_already(editions, order.questionnaire_version, order.moment)
    by_hand = dict(order.exclusions.filter(by_hand=True).values_list("edition", "reason"))
    left_out = []
    candidates = []
    for edition in editions:
        out = _left_out(edition, by_hand, asked)
        if out is None:
            candidates.append(edition)
        else:
            left_out.append(out)
    least = _least(order)
    counts = reachable_by_edition(candidates, order.enrolment_states)
    planned = []
    for scope, members in _grouped(order, candidates):
        people = sum(counts.get(edition.pk, 0) for edition in members)
        if order.enrolment_states and people < least:
            left_out += [_too_few(order, edition, people, least) for edition in members]
        else:
            planned.append(Planned(scope, tuple(members), people))
    return RoundPlan(tuple(planned), tuple(sorted(left_out, key=lambda out: out.edition.code)))


def editions_in(order: Round) -> QuerySet[Edition]:
    """The editions of its term below its scope, whether they can be asked or not."""
    term = Q(year=order.year)
    if order.ends_from is not None:
        term &= Q(ends__gte=order.ends_from)
    if order.ends_until is not None:
        term &= Q(ends__lte=order.ends_until)
    return (
        Edition.objects.filter(term, below([order.scope.path], "microcredential__scope"))
        .select_related("version", "year", "microcredential__scope", "microcredential__centre__scope")
        .order_by("microcredential__centre__code", "microcredential__code", "code")
    )


def asked_already(
    editions: Sequence[Edition], version: QuestionnaireVersion, moment: str
) -> Mapping[UUID, str]:
    """The editions of which this questionnaire was asked at this moment, or is being asked: the code of the campaign."""
    same = Campaign.objects.filter(
        questionnaire_version__questionnaire_id=version.questionnaire_id, moment=moment
    )
    alone = same.filter(edition__in=editions).values_list("edition", "code")
    pooled = CampaignEdition.objects.filter(edition__in=editions, campaign__in=same).values_list(
        "edition", "campaign__code"
    )
    return dict([*alone, *pooled])


def _left_out(edition: Edition, by_hand: Mapping[UUID, str], asked: Mapping[UUID, str]) -> LeftOut | None:
    if edition.state == Edition.State.CANCELLED:
        return LeftOut(edition, CANCELLED, _("It was cancelled."))
    if edition.state == Edition.State.IMPORTED:
        return LeftOut(edition, IMPORTED, _("It was imported with its answers."))
    if edition.pk in asked:
        return LeftOut(edition, ASKED, _("%(code)s asks or asked this.") % {"code": asked[edition.pk]})
    if edition.pk in by_hand:
        return LeftOut(edition, BY_HAND, by_hand[edition.pk])
    return None


def _too_few(order: Round, edition: Edition, people: int, least: int) -> LeftOut:
    message = (
        _("%(people)s people with an address, but nothing is shown about fewer than %(least)s: pool it.")
        if order.grouping == Round.Grouping.EDITION
        else _("Together with the others %(people)s people with an address, fewer than %(least)s.")
    )
    return LeftOut(edition, TOO_FEW, message % {"people": people, "least": least})


def _least(order: Round) -> int:
    """The fewest people worth asking: a confidential answer is read by the quality office even if it is alone."""
    if order.mode == Campaign.Mode.CONFIDENTIAL:
        return 1
    return max(order.threshold or 0, least_threshold(order.questionnaire_version))


def _grouped(order: Round, editions: Sequence[Edition]) -> Iterator[tuple[Scope, list[Edition]]]:
    """The editions that one campaign covers, with the scope where it hangs."""
    by: Mapping[str, Any] = {
        Round.Grouping.MICROCREDENTIAL: lambda edition: edition.microcredential.scope,
        Round.Grouping.CENTRE: lambda edition: edition.microcredential.centre.scope,
    }
    scope_of = by.get(order.grouping)
    if scope_of is None:
        yield from ((edition.microcredential.scope, [edition]) for edition in editions)
        return
    for scope, members in groupby(editions, key=scope_of):
        yield scope, list(members)
