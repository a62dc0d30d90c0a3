"""The indicators, with the figures of their years and where each came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from audits.dossier.content.translated import Json, Translated, decimal, moment


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value with its origin; `value` is None when there is none or it is withheld.

    `status` is what `iqas.indicators.status` said on the day of the freeze; `left_out` counts the editions too small to
    be part of a total.
    """

    year: str
    status: str
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    n: int | None
    left_out: int
    target_kind: str
    target: Decimal | None
    target_upper: Decimal | None
    source: str
    computed_at: datetime | None

    @property
    def suppressed(self) -> bool:
        return self.status == "suppressed"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The same indicator for one micro-credential or edition."""

    code: str
    title: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    version: str
    title: str
    formula: str
    unit: str
    better: str
    figures: tuple[Figure, ...]
    breakdown: tuple[Breakdown, ...]

    @property
    def anchor(self) -> str:
        return f"indicator-{self.code}"

    @property
    def latest(self) -> Figure | None:
        """The most recent year with a number or a reason for none."""
        return next((figure for figure in reversed(self.figures) if figure.status != "no_data"), None)

    @property
    def is_withheld(self) -> bool:
        """Whether some figure is withheld, so that its reason is given."""
        below = [figure for row in self.breakdown for figure in row.figures]
        return any(figure.suppressed for figure in (*self.figures, *below))

    @property
    def left_out(self) -> int:
        """Editions that some total of the three years does not contain."""
        return sum(figure.left_out for figure in self.figures)


def read_indicators(rows: Iterable[Json], language: str) -> tuple[Indicator, ...]:
    """The indicators of a snapshot, or rows of that shape about a report that is not frozen yet."""
    text = Translated(language)
    return tuple(
        Indicator(
            code=row["code"],
            version=row["version"],
            title=text(row, "title"),
            formula=text(row, "formula"),
            unit=row["unit"],
            better=row["better"],
            figures=_figures(row),
            breakdown=tuple(
                Breakdown(code=part["code"], title=text(part, "title"), figures=_figures(part))
                for part in row["breakdown"]
            ),
        )
        for row in rows
    )


def _figures(of: Json) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            year=row["year"],
            status=row["status"],
            value=decimal(row["value"]),
            numerator=row["numerator"],
            denominator=row["denominator"],
            n=row["n"],
            left_out=row["left_out"],
            target_kind=row["target_kind"],
            target=decimal(row["target"]),
            target_upper=decimal(row["target_upper"]),
            source=row["source"],
            computed_at=moment(row["computed_at"]),
        )
        for row in of["figures"]
    )
