"""Results as a page shows them: sections, charts whose title says the finding, and rows of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from django.utils.translation import gettext as _

from feedback.models import Item
from feedback.presenters.figure_tables import figures_of_scales, shares_of_answers
from feedback.selectors.figures import Figures, shares_of
from feedback.selectors.results import ItemResult
from iqas.ui import charts, formats
from iqas.ui.components import FigureTable
from iqas.ui.formats import UNBROKEN_EQUALS, percent

SHORT_TEXT = 90
MOST_LIKERT_POINTS = 7
MOST_BARS = 12


@dataclass(frozen=True)
class Row:
    """One question with its figures as plain numbers."""

    item: ItemResult
    figures: Figures
    median: float | None
    favourable: float | None
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AnswerRow:
    """One answer of a question by its words, with its share of those who answered and the interval of that share."""

    label: str
    count: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Chosen:
    """A question of which each answer has a share: yes and no, or choices."""

    item: ItemResult
    figures: Figures
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True)
class Recommended:
    """The recommendation score of a question in points from -100 to 100, with the ends of its 95 % interval."""

    item: ItemResult
    n: int
    promoters: int
    passives: int
    detractors: int
    score: str
    low: str
    high: str


@dataclass(frozen=True)
class Part:
    """A section of the questionnaire: its charts and its rows."""

    title: str
    charts: tuple[charts.Chart, ...]
    rows: tuple[Row, ...]
    chosen: tuple[Chosen, ...]
    tables: tuple[FigureTable, ...]
    recommended: tuple[Recommended, ...]
    hidden: tuple[ItemResult, ...]


def parts_of(questions: Sequence[ItemResult], pooled: int = 0) -> list[Part]:
    """The sections in their order; what is suppressed stands apart, with its reason. `pooled`: of how many campaigns."""
    parts = []
    for title, members in groupby(questions, key=lambda item: item.section):
        items = tuple(members)
        shown = [item for item in items if not item.figures.suppressed]
        rows = tuple(_row(item) for item in shown if item.kind not in Item.SHARED)
        shared = tuple(chosen(item) for item in shown if item.kind in Item.SHARED)
        tables = figures_of_scales(title, rows, pooled), shares_of_answers(title, shared, pooled)
        parts.append(
            Part(
                title=title,
                charts=(*gap_charts(shown), *_charts(shown)),
                rows=rows,
                chosen=shared,
                tables=tuple(table for table in tables if table is not None),
                recommended=tuple(_recommended(shown)),
                hidden=tuple(item for item in items if item.figures.suppressed),
            )
        )
    return parts


def _row(item: ItemResult) -> Row:
    figures = item.figures
    low, high = figures.interval or (None, None)
    return Row(
        item=item,
        figures=figures,
        median=_float(figures.median),
        favourable=_float(figures.favourable),
        mean=_float(figures.mean),
        deviation=figures.deviation,
        low=low,
        high=high,
    )


def chosen(item: ItemResult) -> Chosen:
    return Chosen(item, item.figures, tuple(answer_rows(item, item.figures)))


def answer_rows(item: ItemResult, figures: Figures) -> Iterator[AnswerRow]:
    """The answers of a yes or no, or of a choice, by their words; none of other questions."""
    for found in shares_of(item.kind, figures):
        low, high = found.interval or (None, None)
        label = item.labels.get(found.point, str(found.point))
        yield AnswerRow(label, found.count, _float(found.share), low, high)


def _recommended(items: Sequence[ItemResult]) -> Iterator[Recommended]:
    for item in items:
        found = item.figures.recommendation
        if found is not None:
            yield Recommended(
                item=item,
                n=found.n,
                promoters=found.promoters,
                passives=found.n - found.promoters - found.detractors,
                detractors=found.detractors,
                score=points(found.score),
                low=points(found.low),
                high=points(found.high),
            )


def points(share: Fraction | float) -> str:
    """A difference of shares from -1 to 1 in points of a hundred, always with its sign."""
    whole = formats.rounded(float(share) * 100, 0)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{formats.number(abs(whole))}"


def _charts(items: Sequence[ItemResult]) -> list[charts.Chart]:
    """One Likert chart for each scale in use, and one bar chart for every other closed question."""
    return [*likert_charts(items), *(_bar(item) for item in items if not _is_likert(item))]


def likert_charts(items: Sequence[ItemResult]) -> list[charts.Likert]:
    """One for each scale in use."""
    scales: dict[tuple[str, ...], list[ItemResult]] = {}
    for item in items:
        if _is_likert(item):
            scales.setdefault(_words(item), []).append(item)
    return [_likert(points, members) for points, members in scales.items()]


def _is_likert(item: ItemResult) -> bool:
    return item.kind == Item.Kind.LIKERT and len(_words(item)) <= MOST_LIKERT_POINTS


def _likert(points: tuple[str, ...], items: Sequence[ItemResult]) -> charts.Likert:
    rows = [
        charts.LikertRow(label=f"{item.code} · {short(item.text)}", counts=_directed_counts(item), note="")
        for item in items
    ]
    return charts.Likert(title=_finding(items), subtitle=_subtitle(items), points=points, rows=rows)


def important_pairs(items: Sequence[ItemResult]) -> list[tuple[ItemResult, ItemResult]]:
    """What was rated and how important it is, for the pairs of which both may be shown."""
    satisfaction = {item.code: item for item in items}
    return [
        (satisfaction[item.importance_of], item)
        for item in items
        if item.importance_of in satisfaction
        and item.figures.favourable is not None
        and satisfaction[item.importance_of].figures.favourable is not None
    ]


def gap_charts(items: Sequence[ItemResult]) -> list[charts.Gap]:
    """How important things are beside how satisfactory they were; none where nothing was asked so."""
    pairs = important_pairs(items)
    if not pairs:
        return []
    rated, important = max(pairs, key=_lag)
    title = _("Nothing lags behind its importance")
    if _lag((rated, important)) > 0:
        title = _(
            "Furthest behind its importance: %(code)s (%(important)s important, %(satisfied)s satisfied)"
        ) % {
            "code": rated.code,
            "important": percent(_float(important.figures.favourable)),
            "satisfied": percent(_float(rated.figures.favourable)),
        }
    return [
        charts.Gap(
            title=title,
            subtitle=_gap_subtitle(pairs),
            first=_("Importance"),
            second=_("Satisfaction"),
            rows=[_gap_row(rated, important) for rated, important in pairs],
            percent=True,
            decimals=0,
            maximum=1,
        )
    ]


def _lag(pair: tuple[ItemResult, ItemResult]) -> Fraction:
    """How far satisfaction is behind importance, as a share."""
    rated, important = pair
    return (important.figures.favourable or Fraction(0)) - (rated.figures.favourable or Fraction(0))


def _gap_subtitle(pairs: Sequence[tuple[ItemResult, ItemResult]]) -> str:
    """Says so where the two measures are of different people, because only some were asked one of the two."""
    words = _("Share of the two highest points: how important, and how satisfactory")
    apart = [pair for pair in pairs if pair[0].condition != pair[1].condition]
    some = [one.code for pair in apart for one in pair if one.condition]
    if not some:
        return words
    return _("%(words)s. Not of the same people: only some were asked %(codes)s") % {
        "words": words,
        "codes": ", ".join(some),
    }


def _gap_row(rated: ItemResult, important: ItemResult) -> charts.GapRow:
    return charts.GapRow(
        label=f"{rated.code} · {short(rated.text)}",
        first=_float(important.figures.favourable),
        second=_float(rated.figures.favourable),
        first_n=important.figures.n,
        second_n=rated.figures.n,
    )


def _bar(item: ItemResult) -> charts.Bar:
    distribution = item.figures.distribution or {}
    n = item.figures.n or 0
    if item.kind == Item.Kind.NUMBER:
        item, distribution = _in_few_bars(item)
    bars = [
        charts.BarItem(label=item.labels.get(point, str(point)), value=count / n if n else None, n=count)
        for point, count in distribution.items()
    ]
    top = max(distribution, key=lambda point: distribution[point], default=None)
    title = f"{item.code} · {short(item.text)}"
    if top is not None and n:
        title = _("%(code)s: most often “%(answer)s” (%(share)s)") % {
            "code": item.code,
            "answer": item.labels.get(top, str(top)),
            "share": percent(distribution[top] / n),
        }
    return charts.Bar(
        title=title, subtitle=f"{item.text} · n{UNBROKEN_EQUALS}{n}", bars=bars, percent=True, decimals=0
    )


def _in_few_bars(item: ItemResult) -> tuple[ItemResult, dict[int, int]]:
    """A number's bins put together until there are few enough to be bars, each labelled by its range."""
    given, width = item.figures.distribution or {}, item.figures.bin_width
    low, high = item.scale
    together = -(-len(given) // MOST_BARS)
    step = width * together
    bars = dict.fromkeys(range(low, high + 1, step), 0)
    for number, count in given.items():
        bars[number - (number - low) % step] += count
    labels = {
        number: str(number) if step == 1 else f"{number}–{min(number + step - 1, high)}" for number in bars
    }
    return replace(item, labels=labels), bars


def _finding(items: Sequence[ItemResult]) -> str:
    shares = [(item.figures.favourable, item) for item in items if item.figures.favourable is not None]
    if not shares:
        return _("Distribution of the answers")
    best, lowest = max(shares, key=lambda pair: pair[0]), min(shares, key=lambda pair: pair[0])
    if best[0] == lowest[0]:
        return _("%(share)s favourable") % {"share": percent(float(best[0]))}
    return _("Most favourable %(best)s (%(high)s), least %(lowest)s (%(low)s)") % {
        "best": best[1].code,
        "high": percent(float(best[0])),
        "lowest": lowest[1].code,
        "low": percent(float(lowest[0])),
    }


def _subtitle(items: Sequence[ItemResult]) -> str:
    sizes = [item.figures.n or 0 for item in items]
    n = str(max(sizes)) if min(sizes) == max(sizes) else f"{min(sizes)}–{max(sizes)}"
    words = _("Share of answers on each point, the favourable end on the right; n = %(n)s") % {"n": n}
    return words.replace(" = ", UNBROKEN_EQUALS)


def _directed_counts(item: ItemResult) -> list[int]:
    counts = list((item.figures.distribution or {}).values())
    return counts[::-1] if item.reverse else counts


def _words(item: ItemResult) -> tuple[str, ...]:
    low, high = item.scale
    words = tuple(item.labels.get(point, str(point)) for point in range(low, high + 1))
    return words[::-1] if item.reverse else words


def short(text: str) -> str:
    return text if len(text) <= SHORT_TEXT else f"{text[: SHORT_TEXT - 1].rstrip()}…"


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
