"""The counts of an edition as somebody may read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.organisation.models import University
from microcredentials.models import Edition, EnrolmentCount
from microcredentials.selectors.published import published_alone, published_of

BEGAN = "began"
ROWS = (
    "enrolled",
    "withdrawn_before_start",
    "recognised",
    BEGAN,
    "withdrawn",
    "completed",
    "presented",
    "passed",
    "failed",
)


@dataclass(frozen=True)
class ShownCount:
    """One count: its value, None where there is no data yet, or hidden because the group is small."""

    name: str
    label: Any
    value: int | None
    hidden: bool


@dataclass(frozen=True)
class ShownCounts:
    rows: tuple[ShownCount, ...]
    source: str
    extracted_on: Any
    threshold: int
    in_full: bool

    @property
    def any_hidden(self) -> bool:
        return any(row.hidden for row in self.rows)


def shown_counts(edition: Edition, *, in_full: bool) -> ShownCounts | None:
    """All counts for those who record them; for others, what may be told beside all else that is told of the year.

    One statement for others; needs `year` selected. The row `began` is no count of its own: enrolled, without those who
    withdrew before the start and those who were recognised.
    """
    counts: EnrolmentCount | None = getattr(edition, "counts", None)
    if counts is None:
        return None
    university = University.current()
    values = {name: getattr(counts, name) for name in EnrolmentCount.NUMBERS} | {BEGAN: counts.began}
    told = frozenset(ROWS) if in_full else _told(edition, university)
    return ShownCounts(
        rows=tuple(
            ShownCount(
                name=name,
                label=_label(name),
                value=values[name] if name in told else None,
                hidden=values[name] is not None and name not in told,
            )
            for name in ROWS
        ),
        source=counts.source,
        extracted_on=counts.extracted_on,
        threshold=university.threshold,
        in_full=in_full,
    )


def _told(edition: Edition, university: University) -> frozenset[str]:
    alone = edition.state == Edition.State.CANCELLED
    found = published_alone(edition, university) if alone else published_of(edition.year, university)
    return found.names_of(edition.pk)


def _label(name: str) -> Any:
    if name == BEGAN:
        return _("began")
    return EnrolmentCount._meta.get_field(name).verbose_name  # type: ignore[union-attr]
