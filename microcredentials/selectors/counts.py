"""The counts of an edition as somebody may read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iqas.core.disclosure import is_small, suppress
from iqas.organisation.models import University
from microcredentials.models import Edition, EnrolmentCount

MOST_TELLING_FIRST = (
    "enrolled",
    "completed",
    "passed",
    "presented",
    "withdrawn",
    "withdrawn_before_start",
    "failed",
    "recognised",
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
    """All counts for those who record them; for others, no group under the threshold can be read or recomputed."""
    counts: EnrolmentCount | None = getattr(edition, "counts", None)
    if counts is None:
        return None
    threshold = University.current().threshold
    values = {name: getattr(counts, name) for name in EnrolmentCount.NUMBERS}
    open_names = frozenset(values) if in_full else publishable(values, threshold)
    return ShownCounts(
        rows=tuple(
            ShownCount(
                name=name,
                label=EnrolmentCount._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                value=value if name in open_names else None,
                hidden=value is not None and name not in open_names,
            )
            for name, value in values.items()
        ),
        source=counts.source,
        extracted_on=counts.extracted_on,
        threshold=threshold,
        in_full=in_full,
    )


def publishable(values: dict[str, int | None], threshold: int) -> frozenset[str]:
    """The counts that may stand side by side: each large enough, and no two that differ by a small group.

    The counts overlap (who passed also completed), so besides the two partitions of the enrolled every pair is asked.
    """
    known = {name: value for name, value in values.items() if value is not None}
    enrolled = known.get("enrolled")
    if enrolled is None:
        return frozenset()
    allowed = {"enrolled"} if not is_small(enrolled, threshold) else set()
    for parts in (
        ("withdrawn_before_start", "withdrawn", "completed", "recognised"),
        ("passed", "failed"),
        ("presented",),
    ):
        cells = {name: known.get(name, 0) for name in parts}
        cells["rest"] = enrolled - sum(cells.values())
        allowed |= suppress(cells, threshold=threshold).shown & set(parts)
    shown: list[str] = []
    for name in MOST_TELLING_FIRST:
        if name in known and name in allowed:
            differences = [abs(known[name] - known[other]) for other in shown if known[name]]
            if not any(is_small(difference, threshold) for difference in differences):
                shown.append(name)
    return frozenset(shown)
