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
from iqas.indicators.models import Definition, Measurement
from iqas.indicators.services.facts import FROM_COUNTS, Fact, Node, facts_of_year
from iqas.jobs.models import Job, JobState
from iqas.jobs.services import enqueue
from iqas.organisation.models import AcademicYear, University
from microcredentials.selectors.published import Place, Published, published_of

JOB_KIND = "indicators.measure"


@dataclass
class Total:
    """The sums of one node; `left_out` are the editions that are in no total, small as they are."""

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
        published = published_of(locked, university)
        rows = []
        for definition, facts in facts_of_year(definitions, locked, university, published).items():
            rows += _measurements(definition, facts, locked, published)
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
    definition: Definition, facts: Iterable[Fact], year: AcademicYear, published: Published
) -> list[Measurement]:
    totals = _totals(facts)
    shown = _shown(definition, totals, published)
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


def _totals(facts: Iterable[Fact]) -> dict[Node, Total]:
    """Each fact added to its own node and to every node above it, unless it is too small for that."""
    totals: dict[Node, Total] = defaultdict(Total)
    for fact in facts:
        for node in fact.path:
            if fact.too_small:
                totals[node].left_out += 1
            else:
                totals[node].add(fact)
    return dict(totals)


def _shown(definition: Definition, totals: Mapping[Node, Total], published: Published) -> frozenset[Node]:
    """The nodes whose number is stored. What comes from counts of learners is decided with all else told of them."""
    counted = frozenset(node for node, total in totals.items() if total.counted)
    if definition.computation not in FROM_COUNTS:
        return counted
    _count, what = FROM_COUNTS[definition.computation]
    return frozenset(node for node in counted if published.tells(what, Place(node.scope_id, node.edition_id)))
