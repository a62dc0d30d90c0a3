"""Results above the campaign as a page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.comparison import Compared
from feedback.presenters.differences import sentence, verdict
from feedback.presenters.figure_tables import sides_compared
from feedback.presenters.results import Part, parts_of, short
from feedback.selectors.contrasts import Contrast
from feedback.selectors.places import PlaceResults, Side, Turnout
from feedback.selectors.results import ItemResult, by_answer
from iqas.ui import charts
from iqas.ui.components import FigureTable
from iqas.ui.formats import percent


@dataclass(frozen=True)
class Below:
    """A part of the place: what it is called, who took part, and where its results are."""

    code: str
    label: str
    turnout: Turnout
    url: str

    @property
    def rate(self) -> float | None:
        return None if self.turnout.rate is None else float(self.turnout.rate)


@dataclass(frozen=True)
class Compare:
    """Figures side by side: a column for each side, a row for each question; `words` say what is detectable."""

    heading: str
    verdict: str
    columns: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    charts: tuple[charts.Chart, ...]

    @property
    def has_words(self) -> bool:
        return any(row.words for row in self.rows)

    @property
    def table(self) -> FigureTable:
        return sides_compared(self)


@dataclass(frozen=True)
class CompareRow:
    """`cells` are the label of the side, the share and the number of answers."""

    item: ItemResult
    cells: tuple[tuple[str, float | None, int | None], ...]
    words: str = ""

    @property
    def shares(self) -> tuple[float | None, ...]:
        return tuple(share for _label, share, _n in self.cells)


@dataclass(frozen=True)
class ContrastRow:
    """One audience's answers to a question that others were asked too."""

    audience: str
    item: ItemResult
    share: float | None
    n: int | None
    words: str


def parts(results: PlaceResults) -> list[Part]:
    return parts_of(results.items, results.told)


def years_compared(results: PlaceResults) -> Compare | None:
    """Years side by side, the latest against the one before; None where there is one year."""
    before = results.year_before
    if before is None:
        return None
    now = results.chosen.year
    asked = tuple(by_answer(results.items))
    rows = _rows(asked, results.years, results.changes, now, before.label)
    return Compare(
        _("Years side by side"),
        verdict(results.changes, now, before.label, _answers(asked)),
        tuple(side.label for side in results.years),
        rows,
        (_turnout_trend(results.years),),
    )


def _rows(
    items: Sequence[ItemResult],
    sides: Sequence[Side],
    compared: Any,
    first: str,
    second: str,
) -> tuple[CompareRow, ...]:
    found = []
    for item in items:
        row = CompareRow(item, tuple(_cell(item, side) for side in sides))
        if any(share is not None for share in row.shares):
            found_here = compared.get(item.code)
            words = sentence(found_here, first, second, answer=item.answer) if compared else ""
            found.append(replace(row, words=words))
    return tuple(found)


def _answers(asked: Sequence[ItemResult]) -> frozenset[str]:
    return frozenset(item.code for item in asked if item.answer is not None)


def _cell(item: ItemResult, side: Side) -> tuple[str, float | None, int | None]:
    figures = item.figures_in(side.figures)
    return side.label, item.headline(figures), None if figures is None else figures.n


def _turnout_trend(years: Sequence[Side]) -> charts.Trend:
    found = [
        charts.TrendPoint(
            label=side.label,
            value=_rate(side.turnout),
            n=side.turnout.responses if side.turnout else None,
            missing="" if _rate(side.turnout) is not None else _("not known"),
        )
        for side in years
    ]
    known = [point for point in found if point.value is not None]
    title = _("Response rate by academic year")
    if len(known) > 1:
        title = _("Response rate: %(first)s in %(then)s, %(last)s in %(now)s") % {
            "first": percent(known[0].value),
            "then": known[0].label,
            "last": percent(known[-1].value),
            "now": known[-1].label,
        }
    return charts.Trend(
        title=title,
        subtitle=_("Answers divided by people who could answer, where it is known how many they were"),
        points=found,
        percent=True,
        decimals=0,
        minimum=0,
        maximum=1,
    )


def _rate(turnout: Turnout | None) -> float | None:
    return None if turnout is None or turnout.rate is None else float(turnout.rate)


def benchmark(results: PlaceResults, name: str) -> Compare | None:
    """The place beside the others in the places around it; None where nobody else was asked the same."""
    if not results.benchmark:
        return None
    own = Side("", name, results.turnout, {item.code: item.figures for item in results.items})
    others = [
        replace(side, label=_("Rest of %(place)s") % {"place": side.label}) for side in results.benchmark
    ]
    rest = _("the rest of %(place)s") % {"place": results.benchmark[-1].label}
    asked = tuple(by_answer(results.items))
    rows = _rows(asked, (own, *others), results.against, name, rest)
    return Compare(
        _("Beside the others"),
        verdict(results.against, name, rest, _answers(asked)),
        (name, *(side.label for side in others)),
        rows,
        tuple(_distance(rows, results.against, rest)),
    )


def _distance(
    rows: Sequence[CompareRow], against: Mapping[str, Compared], rest: str
) -> Iterator[charts.Chart]:
    """The place against the others in the widest place around it, one line a question."""
    scaled = [row for row in rows if row.item.answer is None]  # of a choice no answer is better than another
    pairs = [row for row in scaled if row.shares[0] is not None and row.shares[-1] is not None]
    if not pairs:
        return
    below = [
        row
        for row in pairs
        if (found := against.get(row.item.code)) and found.is_detectable and not found.first_is_better
    ]
    title = _("No question is detectably below %(around)s") % {"around": rest}
    if below:
        row = min(below, key=lambda row: (row.shares[0] or 0) - (row.shares[-1] or 0))
        title = _("Furthest below %(label)s: %(code)s, %(own)s against %(around)s") % {
            "label": rest,
            "code": row.item.code,
            "own": percent(row.shares[0]),
            "around": percent(row.shares[-1]),
        }
    yield charts.Gap(
        title=title,
        subtitle=_("Share of favourable answers; the difference in points"),
        first=pairs[0].cells[-1][0],
        second=pairs[0].cells[0][0],
        rows=[_gap_row(row) for row in pairs],
        percent=True,
        decimals=0,
        maximum=1,
    )


def _gap_row(row: CompareRow) -> charts.GapRow:
    return charts.GapRow(
        label=f"{row.item.code} · {short(row.item.text)}",
        first=row.shares[-1],
        second=row.shares[0],
        first_n=row.cells[-1][2],
        second_n=row.cells[0][2],
    )


def contrast_rows(contrast: Contrast) -> list[ContrastRow]:
    """The audiences that were asked the same, the chosen one first."""
    first = contrast.asked[0][1]
    return [
        ContrastRow(
            audience,
            item,
            item.headline(item.figures),
            item.figures.n,
            _against(contrast, questionnaire, audience, first) if place else "",
        )
        for place, (questionnaire, audience, item) in enumerate(contrast.asked)
    ]


def _against(contrast: Contrast, questionnaire: str, audience: str, first: str) -> str:
    """Numbers stand on no scale of which a share could be compared: of them nothing is said."""
    if contrast.has_another_scale(questionnaire):
        return _("asked on another scale: not comparable")
    compared = contrast.compared.get(questionnaire)
    if compared is None:
        return ""
    return sentence(compared, f"“{audience}”", f"“{first}”", answer=contrast.asked[0][2].answer)


def turnout_words(turnout: Turnout) -> dict[str, Any]:
    """The numbers of a turnout as the template writes them."""
    return {"turnout": turnout, "rate": None if turnout.rate is None else float(turnout.rate)}


def place_url(kind: str, code: str, **query: str) -> str:
    """The results of a place."""
    return _url("results-edition" if kind == "edition" else "results-place", code, query)


def export_url(kind: str, code: str, **query: str) -> str:
    """The same results as a file."""
    return _url("results-edition-export" if kind == "edition" else "results-place-export", code, query)


def _url(name: str, code: str, query: Mapping[str, str]) -> str:
    given = urlencode(query)
    return reverse(f"feedback:{name}", args=[code]) + (f"?{given}" if given else "")
