"""What each edition contributes to each indicator, read in bulk from the floors below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from feedback.models import Campaign, ItemSummary, Questionnaire
from feedback.selectors.published import is_told, tells
from feedback.selectors.targets import with_target
from feedback.services.summaries import EVERYBODY
from feedback.statistics import Scale, favourable_count
from feedback.targets import Target, TargetKind
from iqas.core import clock
from iqas.evidence.selectors import per_criterion_validity
from iqas.indicators.models import Definition, Measurement
from iqas.organisation.models import AcademicYear, Scope, University
from microcredentials.models import Edition, MicroCredential
from microcredentials.selectors.published import ASSESSED, COMPLETED, COVERED, Counted, Published

Level = Measurement.Level
LEVELS = (Level.EDITION, Level.MICROCREDENTIAL, Level.CENTRE, Level.UNIVERSITY)
Computation = Definition.Computation
OFFERED = (MicroCredential.State.APPROVED, MicroCredential.State.PUBLISHED, MicroCredential.State.SUSPENDED)


@dataclass(frozen=True)
class Node:
    """A place where a number stands: an edition, or a scope."""

    level: str
    scope_id: UUID
    edition_id: UUID | None = None


Path = tuple[Node, ...]  # the lowest first


@dataclass(frozen=True)
class Fact:
    """One numerator and denominator, of `n` persons, and the nodes that it counts in, the lowest first."""

    path: Path
    numerator: int
    denominator: int
    n: int
    source: str
    too_small: bool = False


@dataclass(frozen=True)
class Heard:
    """A finished campaign with its counts by item."""

    campaign: Campaign
    summaries: Mapping[str, ItemSummary]


def facts_of_year(
    definitions: Iterable[Definition], year: AcademicYear, university: University, published: Published
) -> dict[Definition, list[Fact]]:
    """For each definition what every edition (for evidence every micro-credential) contributes in the year.

    `published` holds the counts of learners of the year.
    """
    editions = list(
        Edition.objects.filter(year=year)
        .exclude(state=Edition.State.CANCELLED)
        .select_related("microcredential__centre")
        .order_by("code")
    )
    heard = _heard(editions, year, university)
    facts = {}
    for definition in definitions:
        if definition.computation == Computation.EVIDENCE:
            facts[definition] = _evidence(year, university)
        elif definition.computation == Computation.RESPONSE_RATE:
            facts[definition] = _from_campaigns(heard, lambda found: _responses(found.campaign))
        elif definition.computation == Computation.FAVOURABLE:
            facts[definition] = _favourable(definition, heard)
        else:
            facts[definition] = _from_counts(definition.computation, published)
    return facts


# From enrolment counts --------------------------------------------------------------------------------


Figures = tuple[int, int, int]  # numerator, denominator, persons


def _completion(one: Counted) -> Figures | None:
    if one.completed is None or one.began is None:
        return None
    return one.completed, one.began, one.began


def _success(one: Counted) -> Figures | None:
    if one.presented is None or one.passed is None:
        return None
    return one.passed, one.presented, one.presented


def _coverage(one: Counted) -> Figures | None:
    if one.places is None or one.began is None:
        return None
    return one.began, one.places, one.began


FROM_COUNTS: Mapping[str, tuple[Callable[[Counted], Figures | None], str]] = {
    Computation.COMPLETION: (_completion, COMPLETED),
    Computation.SUCCESS: (_success, ASSESSED),
    Computation.COVERAGE: (_coverage, COVERED),
}
"""Computation → how, and what of the published counts it tells."""


def _from_counts(computation: str, published: Published) -> list[Fact]:
    """What the counts say; an edition that these totals do not contain is noted as left out of them."""
    count, what = FROM_COUNTS[computation]
    facts = []
    for one in published.counted:
        found = count(one)
        if found is not None:
            source = one.source if one.by_hand else _("the register of enrolments")
            path = tuple(Node(level, *place) for level, place in zip(LEVELS, one.path, strict=True))
            left_out = not published.has_in_totals(what, one)
            facts.append(Fact(path, *found, source=source, too_small=left_out))
    return facts


# From answers -----------------------------------------------------------------------------------------


def _heard(
    editions: Iterable[Edition], year: AcademicYear, university: University
) -> dict[Path, list[Heard]]:
    """The finished campaigns by the place that they tell of, in five statements.

    A pool tells of the lowest scope that has all its editions, in its year; never of one of them. What partners say
    tells of the scope on whose behalf they were asked.
    """
    places = {edition.pk: _path(edition, university) for edition in editions}
    campaigns = with_target(
        Campaign.objects.filter(
            Q(edition__in=list(places))
            | Q(target_kind__in=(TargetKind.EDITIONS, TargetKind.PARTNERS), year=year),
            state__in=(Campaign.State.CLOSED, Campaign.State.MIXED),
        ).select_related("questionnaire_version__questionnaire", "scope__parent__parent")
    ).prefetch_related("pooled__microcredential__centre")
    by_campaign: dict[UUID, dict[str, ItemSummary]] = defaultdict(dict)
    rows = ItemSummary.objects.filter(
        campaign__in=[campaign.pk for campaign in campaigns], group_code=EVERYBODY
    ).select_related("item")
    for row in rows:
        by_campaign[row.campaign_id][row.item.code] = row
    heard: dict[Path, list[Heard]] = {path: [] for path in places.values()}
    for campaign in campaigns:
        edition = campaign.target.edition
        if edition is not None:
            path = places[edition.pk]
        elif campaign.target_kind == TargetKind.PARTNERS:
            path = _path_of_scope(campaign.scope)
        else:
            path = _path_of_pool(campaign.target, university)
        heard.setdefault(path, []).append(Heard(campaign, by_campaign[campaign.pk]))
    return heard


def _path_of_pool(target: Target, university: University) -> Path:
    paths = [_scopes_above(edition.microcredential, university) for edition in target.editions]
    if not paths:
        return (Node(Level.UNIVERSITY, university.scope_id),)
    return tuple(node for node in paths[0] if all(node in path for path in paths))


def _path_of_scope(scope: Scope) -> Path:
    """The node of a micro-credential, a centre or the university, and those above it."""
    path = []
    above: Scope | None = scope
    while above is not None:
        path.append(Node(above.kind, above.pk))
        above = above.parent
    return tuple(path)


def _responses(campaign: Campaign) -> Figures | None:
    """Of the learners who were asked, those who answered."""
    if campaign.questionnaire_version.questionnaire.audience != Questionnaire.Audience.LEARNER:
        return None
    reached = campaign.reached_count
    return (
        None if reached is None else (campaign.responses_count + campaign.destroyed_count, reached, reached)
    )


def _from_campaigns(
    heard: Mapping[Path, list[Heard]], count: Callable[[Heard], Figures | None]
) -> list[Fact]:
    facts = []
    for path, campaigns in heard.items():
        found = [(heard_of, counted) for heard_of in campaigns if (counted := count(heard_of))]
        if found:
            numerator, denominator, n = (sum(counted[place] for _, counted in found) for place in range(3))
            source = _names(heard_of.campaign for heard_of, _ in found)
            facts.append(Fact(path, numerator, denominator, n, source))
    return facts


def _favourable(definition: Definition, heard: Mapping[Path, list[Heard]]) -> list[Fact]:
    """The favourable answers to the items of the definition, of those campaigns and items that may be published.

    A place whose campaigns are all too small contributes nothing but the note that it was left out: its campaign's
    page shows nothing either, so that no total can be compared with it.
    """
    facts = _from_campaigns(heard, lambda found: _favourable_of(definition, found))
    contributing = {fact.path for fact in facts}
    for path, campaigns in heard.items():
        asked = [
            found.campaign
            for found in campaigns
            if found.campaign.questionnaire_version.questionnaire.code in definition.items
            and found.campaign.responses_count + found.campaign.destroyed_count
        ]
        if asked and path not in contributing:
            facts.append(replace(Fact(path, 0, 0, 0, _names(asked)), too_small=True))
    return facts


def _favourable_of(definition: Definition, found: Heard) -> Figures | None:
    campaign = found.campaign
    if not is_told(campaign):
        return None
    numerator = denominator = n = 0
    for code in definition.items.get(campaign.questionnaire_version.questionnaire.code, ()):
        row = found.summaries.get(code)
        if row is None or not tells(campaign, row.n):
            continue
        scale = Scale(row.item.points[0], row.item.points[-1], row.item.reverse)
        distribution = {int(point): count for point, count in row.distribution.items()}
        if definition.points:
            counted = sum(distribution.get(point, 0) for point in definition.points)
        else:
            counted = favourable_count(distribution, scale) or 0
        numerator, denominator, n = numerator + counted, denominator + row.n, max(n, row.n)
    return (numerator, denominator, n) if n else None


def _names(campaigns: Iterable[Campaign]) -> str:
    return ", ".join(sorted(campaign.code for campaign in campaigns))[:300]


# From evidence ----------------------------------------------------------------------------------------


def _evidence(year: AcademicYear, university: University) -> list[Fact]:
    """Criteria with valid evidence of each approved micro-credential at the end of the year, or today within it."""
    date = min(year.ends, clock.today())
    if date < year.starts:
        return []
    offered = list(
        MicroCredential.objects.filter(state__in=OFFERED, versions__approved_at__date__lte=date)
        .select_related("scope", "centre")
        .distinct()
        .order_by("code")
    )
    validity = per_criterion_validity([microcredential.scope for microcredential in offered], date)
    facts = []
    for microcredential in offered:
        found = validity[microcredential.scope_id]
        path = _scopes_above(microcredential, university)
        facts.append(Fact(path, found.valid, found.total, found.total, date.isoformat()))
    return facts


def _path(edition: Edition, university: University) -> Path:
    microcredential = edition.microcredential
    own = Node(Level.EDITION, microcredential.scope_id, edition.pk)
    return (own, *_scopes_above(microcredential, university))


def _scopes_above(microcredential: MicroCredential, university: University) -> Path:
    return (
        Node(Level.MICROCREDENTIAL, microcredential.scope_id),
        Node(Level.CENTRE, microcredential.centre.scope_id),
        Node(Level.UNIVERSITY, university.scope_id),
    )
