"""Computing all indicators of a year: a fact for each edition, totals up the tree, small groups protected, rows rewritten.

The number of statements depends on the number of indicators of evidence, never on that of editions or answers.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from iqas.core import clock
from iqas.core.disclosure import suppress_tree
from iqas.indicators.models import Definition, Measurement
from iqas.indicators.services.facts import Fact, Node, facts_of_year
from iqas.jobs.models import Job, JobState
from iqas.jobs.services import enqueue
from iqas.organisation.models import AcademicYear, University

JOB_KIND = "indicators.measure"
Disclosure = Definition.Disclosure


@dataclass
class Total:
    """The sums of one node; `left_out` are the editions that are too small to be in it."""

    numerator: int = 0
    denominator: int = 0
    n: int = 0
    counted: int = 0
    left_out: int = 0
    sources: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """Where the number comes from: its only source, or the first, the last and how many."""
        found = sorted(set(self.sources))
        if len(found) < 2:
            return "".join(found)
        return f"{found[0]} … {found[-1]} ({len(found)})"[:300]

    def add(self, fact: Fact) -> None:
        self.numerator += fact.numerator
        self.denominator += fact.denominator
        self.n += fact.n
        self.counted += 1
        self.sources.append(fact.source)


def measure(*, year: AcademicYear) -> int:
    """Computes every indicator in force for every edition, micro-credential, centre and the university in one year.

    Replaces the numbers of that year; calling it again gives the same ones. Returns how many there are.
    """
    with transaction.atomic():
        locked = AcademicYear.objects.select_for_update().get(pk=year.pk)
        university = University.current()
        definitions = list(Definition.objects.filter(is_current=True))
        rows = []
        for definition, facts in facts_of_year(definitions, locked, university).items():
            rows += _measurements(definition, facts, locked, university.threshold)
        Measurement.objects.filter(year=locked, definition__in=definitions).delete()
        Measurement.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def measure_all() -> dict[str, int]:
    """Every year, the oldest first: year code → how many numbers."""
    return {year.code: measure(year=year) for year in AcademicYear.objects.order_by("starts")}


def request_measure(*, year: AcademicYear) -> None:
    """Asks for the year to be measured anew after the caller's transaction.

    A job that still waits is held until then, so that it sees what the caller changed, and no second one is made.
    """
    waiting = Job.objects.select_for_update().filter(
        kind=JOB_KIND, payload__year=str(year.pk), state=JobState.QUEUED
    )
    if waiting.first() is None:
        enqueue(
            actor=None,
            kind=JOB_KIND,
            payload={"year": str(year.pk)},
            idem_key=uuid.uuid4().hex,
            about=year.code,
        )


def _measurements(
    definition: Definition, facts: Iterable[Fact], year: AcademicYear, threshold: int
) -> list[Measurement]:
    totals, parents = _totals(definition, facts)
    shown = _shown(definition, totals, parents, threshold)
    now = clock.now()
    rows = []
    for node, total in totals.items():
        visible = node in shown
        rows.append(
            Measurement(
                definition=definition,
                level=node.level,
                scope_id=node.scope_id,
                edition_id=node.edition_id,
                year=year,
                numerator=total.numerator if visible else None,
                denominator=total.denominator if visible else None,
                n=total.n if visible else None,
                suppressed=not visible,
                left_out=total.left_out,
                source=total.source,
                computed_at=now,
            )
        )
    return rows


def _totals(
    definition: Definition, facts: Iterable[Fact]
) -> tuple[dict[Node, Total], dict[Node, Node | None]]:
    """Each fact added to its own node and to every node above it, unless it is too small for that."""
    totals: dict[Node, Total] = defaultdict(Total)
    parents: dict[Node, Node | None] = {}
    for fact in facts:
        for node, above in zip(fact.path, (*fact.path[1:], None), strict=True):
            parents[node] = above
            if fact.too_small and definition.disclosure == Disclosure.LEFT_OUT:
                totals[node].left_out += 1
            else:
                totals[node].add(fact)
    return dict(totals), parents


def _shown(
    definition: Definition, totals: Mapping[Node, Total], parents: Mapping[Node, Node | None], threshold: int
) -> frozenset[Node]:
    if definition.disclosure == Disclosure.NONE:
        return frozenset(totals)
    if definition.disclosure == Disclosure.LEFT_OUT:
        return frozenset(node for node, total in totals.items() if total.counted)
    return suppress_tree({node: total.n for node, total in totals.items()}, parents, threshold=threshold)
