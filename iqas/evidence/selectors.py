"""Evidence as others read it. What is protected starts from `visible(user, Evidence)`; the rest are counts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from iqas.core import clock
from iqas.core.access import allowed
from iqas.evidence.models import Citation, Evidence, EvidenceVersion
from iqas.frameworks import selectors as frameworks
from iqas.organisation.scopes import paths_above

if TYPE_CHECKING:
    from uuid import UUID

    from iqas.frameworks.models import Criterion
    from iqas.organisation.models import Scope

EXPIRING_DAYS = 60
MOST_PATHS = 1000  # beyond that many scopes it is cheaper to ask for all


class Proof(NamedTuple):
    """A valid version, and when its fact happened."""

    version: UUID
    date_of_fact: dt.date


@dataclass(frozen=True, slots=True)
class CriterionValidity:
    """What proves one criterion for one scope on a date. `age_months` is the age of the freshest valid version."""

    criterion: Criterion
    versions: tuple[UUID, ...]
    age_months: int | None
    from_above: bool

    @property
    def valid(self) -> bool:
        return bool(self.versions)

    @property
    def stale(self) -> bool:
        """Valid, but older than the criterion wishes."""
        limit = self.criterion.freshness_months
        return self.age_months is not None and limit is not None and self.age_months > limit


@dataclass(frozen=True, slots=True)
class Validity:
    """All assessable criteria of a framework for one scope. Numerator and denominator, never only the share."""

    criteria: tuple[CriterionValidity, ...]

    @property
    def valid(self) -> int:
        return sum(item.valid for item in self.criteria)

    @property
    def total(self) -> int:
        return len(self.criteria)

    @property
    def oldest_months(self) -> int | None:
        """Age of the oldest among the criteria's freshest versions; None where nothing is valid."""
        return max((item.age_months for item in self.criteria if item.age_months is not None), default=None)

    @property
    def stale(self) -> int:
        return sum(item.stale for item in self.criteria)

    def below(self, parent_code: str) -> Validity:
        """Only the criteria of one dimension."""
        return Validity(
            tuple(
                item
                for item in self.criteria
                if item.criterion.parent and item.criterion.parent.code == parent_code
            )
        )


def valid_on(date: dt.date) -> QuerySet[EvidenceVersion]:
    """Approved versions whose fact had happened and which had not expired on the date.

    Approval is what is known now: a version approved today proves what was a fact last year.
    """
    return EvidenceVersion.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=date),
        state=EvidenceVersion.State.APPROVED,
        date_of_fact__lte=date,
    )


def per_criterion_validity(
    scopes: Iterable[Scope], date: dt.date, framework: str = frameworks.FOUR_DIMENSIONS
) -> Mapping[UUID, Validity]:
    """For each scope, which criteria of the framework's current version have valid evidence on the date.

    A scope's own evidence counts; for `shared` criteria that of the scopes above it too. Constant number of queries.
    """
    wanted = list(scopes)
    criteria = list(frameworks.assessable(framework))
    rows = valid_on(date).filter(evidence__criterion_links__criterion__in=criteria)
    paths = {path for scope in wanted for path in (scope.path, *paths_above(scope.path))}
    if len(paths) <= MOST_PATHS:
        rows = rows.filter(evidence__scope__path__in=paths)
    found: dict[tuple[str, UUID], list[Proof]] = defaultdict(list)
    for criterion_id, path, version, fact in rows.values_list(
        "evidence__criterion_links__criterion_id", "evidence__scope__path", "id", "date_of_fact"
    ).order_by("-date_of_fact", "id"):
        found[path, criterion_id].append(Proof(version, fact))
    return {
        scope.pk: Validity(tuple(_validity(criterion, scope.path, found, date) for criterion in criteria))
        for scope in wanted
    }


def _validity(
    criterion: Criterion, path: str, found: Mapping[tuple[str, UUID], list[Proof]], date: dt.date
) -> CriterionValidity:
    own = found.get((path, criterion.pk), [])
    above = [
        proof
        for higher in paths_above(path)
        for proof in found.get((higher, criterion.pk), ())
        if criterion.shared
    ]
    proofs = [*own, *above]
    age = min((months_between(proof.date_of_fact, date) for proof in proofs), default=None)
    return CriterionValidity(
        criterion, tuple(proof.version for proof in proofs), age, bool(above) and not own
    )


def months_between(earlier: dt.date, later: dt.date) -> int:
    """Whole months from one date to another; 0 where `later` is not later."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return max(0, months - (later.day < earlier.day))


def with_status(queryset: QuerySet[Evidence], date: dt.date | None = None) -> QuerySet[Any]:
    """Adds `status` (missing, draft, approved, expiring, expired, withdrawn), `newest_number`, `valid_until` and
    `date_of_fact`: the dates of the version that lasts longest, where none is valid those of the newest.
    """
    today = date or clock.today()
    versions = EvidenceVersion.objects.filter(evidence=OuterRef("pk")).order_by("-number")
    valid = (
        valid_on(today)
        .filter(evidence=OuterRef("pk"))
        .order_by(F("valid_until").desc(nulls_first=True), "-date_of_fact")
    )
    soon = today + dt.timedelta(days=EXPIRING_DAYS)
    lasting = valid.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=soon))

    def shown(field: str) -> Case:
        return Case(
            When(Exists(valid), then=Subquery(valid.values(field)[:1])),
            default=Subquery(versions.values(field)[:1]),
            output_field=DateField(),
        )

    return queryset.annotate(
        newest_number=Subquery(versions.values("number")[:1]),
        status=Case(
            When(Exists(lasting), then=Value("approved")),
            When(Exists(valid), then=Value("expiring")),
            When(Exists(versions.filter(state=EvidenceVersion.State.DRAFT)), then=Value("draft")),
            When(Exists(versions.filter(state=EvidenceVersion.State.APPROVED)), then=Value("expired")),
            When(Exists(versions), then=Value("withdrawn")),
            default=Value("missing"),
            output_field=CharField(),
        ),
        valid_until=shown("valid_until"),
        date_of_fact=shown("date_of_fact"),
    )


def freshness(version: EvidenceVersion, date: dt.date | None = None) -> str:
    """How a version stands on a date: draft, withdrawn, future, expired, expiring or approved."""
    today = date or clock.today()
    if version.state != EvidenceVersion.State.APPROVED:
        return str(version.state)
    if version.date_of_fact > today:
        return "future"
    if version.valid_until is None or version.valid_until > today + dt.timedelta(days=EXPIRING_DAYS):
        return "approved"
    return "expiring" if version.valid_until >= today else "expired"


def citations_of(citing_code: str) -> QuerySet[Citation]:
    """What a document cites, in the order of its criteria, with the versions as they were pinned."""
    return (
        Citation.objects.filter(citing_code=citing_code)
        .select_related("version__evidence__kind", "version__approved_by", "criterion", "scope")
        .order_by("criterion__order", "version__evidence__code", "version__number")
    )


def citations_of_evidence(evidence: Evidence) -> QuerySet[Citation]:
    """Who cites an evidence, whichever version of it."""
    return (
        Citation.objects.filter(version__evidence=evidence)
        .select_related("version", "criterion__framework", "cited_by")
        .order_by("citing_code", "criterion__order")
    )


def citable(user: Any, date: dt.date | None = None) -> QuerySet[EvidenceVersion]:
    """The versions that a person may cite and that are valid on the date."""
    return (
        allowed(user, "evidence.cite", valid_on(date or clock.today()))
        .select_related("evidence__kind", "evidence__scope")
        .order_by("evidence__code", "-number")
    )


def newer_than(versions: Iterable[EvidenceVersion]) -> dict[UUID, int]:
    """For each of these versions that is no longer the newest approved one: the number of the newest."""
    held = list(versions)
    newest = dict(
        EvidenceVersion.objects.filter(
            evidence__in={version.evidence_id for version in held}, state=EvidenceVersion.State.APPROVED
        )
        .order_by()
        .values_list("evidence_id")
        .annotate(Max("number"))
    )
    return {
        version.pk: newest[version.evidence_id]
        for version in held
        if newest.get(version.evidence_id, 0) > version.number
    }
