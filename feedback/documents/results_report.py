"""The printed report of results: what the pages show of a campaign, an edition or a year of a centre, in tables.

Comments are not in it: they have readers of their own, who were named to the respondents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from feedback.comparison import Compared
from feedback.models import Campaign, Item
from feedback.presenters.differences import sentence, verdict
from feedback.presenters.results import answer_rows, likert_charts, points
from feedback.selectors.figures import Figures
from feedback.selectors.places import PlaceResults, Turnout
from feedback.selectors.results import CampaignResults, ItemResult
from iqas.ui import formats
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Listed,
    Note,
    Section,
    Spread,
    SpreadRow,
    Table,
    Told,
)


def of_campaign(
    campaign: Campaign, results: CampaignResults, language: str, *, university: str, centre: str
) -> Told:
    """Needs the campaign's target."""
    return Told(
        kind="results_campaign",
        language=language,
        title=results.title,
        subject=_("Report of results"),
        centre=centre,
        university=university,
        header=results.campaign,
        identification=(
            Fact(_("Campaign"), results.campaign),
            Fact(_("Asked about"), campaign.target.name),
            Fact(_("Questionnaire"), results.questionnaire),
            Fact(_("Window"), _window(results)),
            Fact(_("Mode"), str(campaign.get_mode_display())),
        ),
        sections=(
            Section("turnout", _("Who took part"), tuple(_campaign_turnout(results))),
            *_figures(results.items),
            _method(),
        ),
    )


def of_place(
    results: Sequence[PlaceResults],
    language: str,
    *,
    kind: str,
    code: str,
    name: str,
    year: str,
    university: str,
    centre: str,
) -> Told:
    """One part for each questionnaire that was asked there."""
    return Told(
        kind=kind,
        language=language,
        title=name,
        subject=_("Report of results"),
        centre=centre,
        university=university,
        header=f"{code} · {year}",
        identification=(
            Fact(_("Code"), code),
            Fact(_("Academic year"), year),
            Fact(_("Questionnaires"), ", ".join(one.chosen.questionnaire for one in results)),
        ),
        sections=(
            Section("turnout", _("Who took part"), (_turnouts(results),)),
            *(section for one in results for section in _questionnaire(one)),
            _method(),
        ),
    )


# --- who took part -------------------------------------------------------------------------------------------


def _window(results: CampaignResults) -> str:
    if results.opens is None or results.closes is None:
        return ""
    return f"{formats.short_day(results.opens)} – {formats.short_day(results.closes)}"


def _campaign_turnout(results: CampaignResults) -> Iterator[Block]:
    rate = results.response_rate
    yield Facts(
        (
            Fact(_("Answers"), formats.number(results.responses)),
            Fact(_("Could answer"), _count(results.invited)),
            Fact(_("Response rate"), _("not known") if rate is None else formats.percent(float(rate))),
            Fact(_("Minimum group size"), formats.number(results.threshold)),
            Fact(_("Same answer to everything"), _count(results.straight_lined)),
            Fact(_("Answers last counted"), formats.day(results.computed_at)),
        )
    )
    if results.suppressed and not results.is_over:
        yield Note(_("The answers are still being counted."))
    elif results.suppressed:
        yield Note(
            _("Only %(n)s answered: no figures are shown under %(k)s answers.")
            % {"n": results.responses, "k": results.threshold}
        )


def _turnouts(results: Sequence[PlaceResults]) -> Table:
    columns = (
        Column(_("Questionnaire"), 40),
        Column(_("Campaigns"), 15, is_number=True),
        Column(_("Answers"), 15, is_number=True),
        Column(_("Could answer"), 15, is_number=True),
        Column(_("Response rate"), 15, is_number=True),
    )
    return Table(
        _("Participation"),
        columns,
        tuple((Cell(one.chosen.questionnaire), *_turnout_cells(one.turnout)) for one in results),
    )


def _turnout_cells(turnout: Turnout) -> tuple[Cell, ...]:
    rate = turnout.rate
    return (
        Cell(formats.number(turnout.campaigns)),
        Cell(formats.number(turnout.responses)),
        Cell(_count(turnout.reached)),
        Cell(formats.NOTHING if rate is None else formats.percent(float(rate))),
    )


# --- figures -------------------------------------------------------------------------------------------------


def _questionnaire(results: PlaceResults) -> Iterator[Section]:
    code = results.chosen.questionnaire
    blocks: list[Block] = []
    if results.left_out:
        blocks.append(
            Note(
                _("%(count)s campaigns were too small to be shown, and are in no sum.")
                % {"count": results.left_out}
            )
        )
    shown = [item for item in results.items if not item.figures.suppressed]
    if not shown:
        blocks.append(Note(_("In no campaign did enough people answer to show anything.")))
    else:
        blocks += _of_section(_("Figures"), shown)
    yield Section(f"q-{code}", code, tuple(blocks))
    before = results.year_before
    if before is not None and results.changes:
        now = results.chosen.year
        yield Section(
            f"years-{code}",
            _("%(code)s against the year before") % {"code": code},
            (
                Note(verdict(results.changes, now, before.label)),
                _changes(shown, results.changes, now, before.label, before.figures),
            ),
        )


def _figures(items: Iterable[ItemResult]) -> Iterator[Section]:
    sections: dict[str, list[ItemResult]] = {}
    for item in items:
        sections.setdefault(item.section, []).append(item)
    for number, (title, members) in enumerate(sections.items(), start=1):
        shown = [item for item in members if not item.figures.suppressed]
        hidden = [f"{item.code} {item.text}" for item in members if item.figures.suppressed]
        blocks: list[Block] = _of_section(title, shown) if shown else []
        if hidden:
            blocks.append(Listed(tuple(hidden), _("Not shown: too few answers")))
        yield Section(f"part-{number}", title, tuple(blocks))


def _of_section(title: str, shown: Sequence[ItemResult]) -> list[Block]:
    ordered = [item for item in shown if item.kind not in Item.SHARED]
    return [
        *_drawn(shown),
        *([_table(title, ordered)] if ordered else []),
        *_answers(shown),
        *_spread(ordered),
        *_scores(shown),
    ]


def _drawn(items: Sequence[ItemResult]) -> Iterator[Block]:
    """The charts of the page."""
    for chart in likert_charts(items):
        rows = tuple(SpreadRow(row.label, tuple(row.counts or ())) for row in chart.rows)
        yield Spread(chart.title, chart.subtitle, tuple(chart.points), rows)


def _table(caption: str, items: Sequence[ItemResult]) -> Table:
    columns = (
        Column(_("Question"), 38),
        Column("n", 7, is_number=True),
        Column(_("No answer"), 9, is_number=True),
        Column(_("Favourable"), 12, is_number=True),
        Column(_("Interval"), 13, is_number=True),
        Column(_("Median"), 11, is_number=True),
        Column(_("Mean"), 10, is_number=True),
    )
    return Table(caption, columns, tuple(_row(item) for item in items))


def _row(item: ItemResult) -> tuple[Cell, ...]:
    figures = item.figures
    spread = "" if figures.deviation is None else f"± {formats.decimal(figures.deviation, 2)}"
    return (
        Cell(f"{item.code} {item.text}", below=_("low is favourable") if item.reverse else ""),
        Cell(_count(figures.n)),
        Cell(_count(figures.no_answer)),
        Cell(_share(figures.favourable)),
        Cell(_interval(figures)),
        Cell(_decimal(figures.median, 1)),
        Cell(_decimal(figures.mean, 2), below=spread),
    )


def _interval(figures: Figures) -> str:
    if figures.is_census:
        return _("everybody")
    if figures.interval is None:
        return formats.NOTHING
    return _between(*figures.interval)


def _between(low: Any, high: Any) -> str:
    return f"{formats.percent(low)} – {formats.percent(high)}"


def _spread(items: Sequence[ItemResult]) -> Iterator[Block]:
    """How often each answer was given: in words, since scales have from two to many points."""
    rows = []
    for item in items:
        distribution = item.figures.distribution or {}
        given = [
            f"{item.labels.get(point, str(point))}: {formats.number(many)}"
            for point, many in distribution.items()
            if many or len(distribution) <= MOST_POINTS
        ]
        rows.append((Cell(item.code), Cell("; ".join(given))))
    if rows:
        yield Table(
            _("Distribution of the answers"),
            (Column(_("Code"), 12, is_code=True), Column(_("Answers"), 88)),
            tuple(rows),
        )


def _answers(items: Sequence[ItemResult]) -> Iterator[Block]:
    """Each answer of a yes or no, or of a choice."""
    rows = []
    for item in items:
        census = _("everybody") if item.figures.is_census else formats.NOTHING
        for place, answer in enumerate(answer_rows(item, item.figures)):
            interval = census if answer.low is None else _between(answer.low, answer.high)
            rows.append(
                (
                    Cell("" if place else f"{item.code} {item.text}"),
                    Cell(answer.label),
                    Cell(formats.number(answer.count)),
                    Cell(_share(answer.share)),
                    Cell(interval),
                    Cell("" if place else _count(item.figures.n)),
                )
            )
    if rows:
        columns = (
            Column(_("Question"), 38),
            Column(_("Answer"), 22),
            Column(_("Chosen by"), 10, is_number=True),
            Column(_("Share"), 9, is_number=True),
            Column(_("Interval"), 14, is_number=True),
            Column("n", 7, is_number=True),
        )
        yield Table(_("Share of each answer"), columns, tuple(rows))


MOST_POINTS = 11


def _scores(items: Sequence[ItemResult]) -> Iterator[Block]:
    for item in items:
        found = item.figures.recommendation
        if found is not None:
            yield Note(
                _(
                    "%(code)s: recommendation score %(score)s, 95 %% interval from %(low)s to %(high)s, n = %(n)s."
                )
                % {
                    "code": item.code,
                    "score": points(found.score),
                    "low": points(found.low),
                    "high": points(found.high),
                    "n": formats.number(found.n),
                }
            )


def _changes(
    items: Sequence[ItemResult],
    changes: Mapping[str, Compared],
    now: str,
    before: str,
    figures: Mapping[str, Figures],
) -> Table:
    columns = (
        Column(_("Question"), 40),
        Column(before, 12, is_number=True),
        Column(now, 12, is_number=True),
        Column(_("What is detectable"), 36),
    )
    rows = []
    for item in items:
        earlier = figures.get(item.code)
        if item.code in changes:
            rows.append(
                (
                    Cell(f"{item.code} {item.text}"),
                    Cell(_share(earlier.favourable if earlier else None)),
                    Cell(_share(item.figures.favourable)),
                    Cell(sentence(changes[item.code], now, before)),
                )
            )
    return Table(_("Share of favourable answers"), columns, tuple(rows))


def _method() -> Section:
    return Section(
        "method",
        _("How it is computed"),
        (
            Listed(
                (
                    _(
                        "Response rate: answers divided by people invited, without those whose mail came back."
                    ),
                    _(
                        "Favourable: answers on the two best points of the scale, divided by all answers on the scale; who could not judge is counted apart."
                    ),
                    _(
                        "Interval: 95 in 100, exact hypergeometric within a campaign, Wilson’s with the correction for a finite population over several, if those who answered were a random sample."
                    ),
                    _(
                        "Several campaigns: the answers themselves are put together, never their means; only what is shown of a campaign by itself is in a sum."
                    ),
                    _(
                        "Detectable: Newcombe’s interval (1998) of the difference of the shares leaves zero out, corrected for how many questions and groups are compared together (Holm 1979); the interval printed is that one. Ratings without such a share: exact Mann-Whitney test, corrected in the same way."
                    ),
                    _(
                        "Small groups: nothing is printed of fewer people than the minimum group size, nor anything from which it could be worked out."
                    ),
                )
            ),
        ),
    )


def _count(value: Any) -> str:
    return formats.NOTHING if value is None else formats.number(value)


def _share(value: Any) -> str:
    return formats.NOTHING if value is None else formats.percent(float(value))


def _decimal(value: Any, decimals: int) -> str:
    return formats.NOTHING if value is None else formats.decimal(float(value), decimals)
