"""Results as tables: what leaves the house in XLSX and CSV. The figures are those of the pages, by the same selectors."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.exporters.compared import audiences_of, benchmark_of, groups_of, importance_of, years_of
from feedback.models import Campaign, Item
from feedback.presenters.results import answer_rows
from feedback.selectors.figures import Figures
from feedback.selectors.places import PlaceResults
from feedback.selectors.results import CampaignResults, ItemResult, many_comments, many_results
from feedback.selectors.targets import with_target
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import csv_lines, write_workbook

MOST = 500
TABLES = ("results", "distributions", "answers", "groups", "importance", "campaigns", "comments")
BATCH = 200
TOO_MANY = gettext_lazy(
    "These are more than %(most)s campaigns. Narrow the list first, by year or by questionnaire."
)
Rows = Iterable[Sequence[Any]]
Sheets = Mapping[str, Rows]
Batches = Callable[[], Iterable[Sequence[Campaign]]]


def sheets_of(campaigns: QuerySet[Campaign], user: Any, language: str) -> dict[str, Rows]:
    """The tables of these campaigns by their names in `TABLES`, each with its header first.

    Refuses `too-many` campaigns. Seven statements, however many there are.
    """
    found = list(_related(campaigns).order_by("code")[: MOST + 1])
    if len(found) > MOST:
        raise RuleViolation("too-many", TOO_MANY % {"most": MOST})
    results = many_results(found, language)
    return _sheets(lambda: [found], lambda _found: results, user)


def sheets_of_many(
    campaigns: QuerySet[Campaign],
    keys: Sequence[UUID],
    user: Any,
    language: str,
    heard: Callable[[], None] = lambda: None,
) -> dict[str, Rows]:
    """The same of thousands, in the order of their keys: read in batches as each table is written, so that memory does not

    grow with them. `heard` is called for each batch.
    """

    def batches() -> Iterator[list[Campaign]]:
        for start in range(0, len(keys), BATCH):
            heard()
            yield list(_related(campaigns.filter(pk__in=keys[start : start + BATCH])).order_by("code"))

    return _sheets(batches, lambda found: many_results(found, language), user)


def passes_over(keys: Sequence[UUID]) -> int:
    """How many batches are read until all tables are written: each once, one of them twice."""
    return (len(TABLES) + 1) * -(-len(keys) // BATCH)


def _related(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    return with_target(campaigns.select_related("scope", "questionnaire_version__questionnaire"))


def _sheets(
    batches: Batches, results_of: Callable[[Sequence[Campaign]], Sequence[CampaignResults]], user: Any
) -> dict[str, Rows]:
    def results() -> Iterator[CampaignResults]:
        return (one for found in batches() for one in results_of(found))

    def lines() -> Iterator[Line]:
        return _lines(results())

    both = (pair for found in batches() for pair in zip(found, results_of(found), strict=True))
    return {
        "results": _figures(lines()),
        "distributions": _points(lines),
        "answers": _answers(lines()),
        **_filled(
            groups=groups_of(results()),
            importance=importance_of((one.campaign, one.items) for one in results()),
        ),
        "campaigns": _campaigns(both),
        "comments": _comments(row for found in batches() for row in many_comments(found, user)),
    }


def sheets_of_place(results: PlaceResults) -> dict[str, Rows]:
    """The tables of a place: its pooled figures, what they are compared with, and the campaigns that are in them."""
    rows = [(results.place.code, "", item, item.figures) for item in results.items]
    return {
        "results": _figures(rows),
        "distributions": _points(lambda: rows),
        "answers": _answers(rows),
        "years": years_of(results),
        "benchmark": benchmark_of(results),
        **_filled(
            audiences=audiences_of(results),
            importance=importance_of([(results.place.code, results.items)]),
        ),
        "campaigns": _heard(results),
    }


def _filled(**tables: Rows) -> dict[str, Rows]:
    """Those of the tables that have a row below their header."""
    found = {name: list(rows) for name, rows in tables.items()}
    return {name: rows for name, rows in found.items() if len(rows) > 1}


def table_names() -> dict[str, str]:
    """What each table is called, as a sheet of the workbook or a file of its own."""
    return {
        "results": _("Results"),
        "distributions": _("Distributions"),
        "answers": _("Share of each answer"),
        "campaigns": _("Campaigns"),
        "comments": _("Comments"),
        "groups": _("Groups compared"),
        "importance": _("Importance and satisfaction"),
        "years": _("Years"),
        "audiences": _("Other audiences"),
        "benchmark": _("Beside the others"),
        "method": _("How it is computed"),
    }


def workbook(sheets: Sheets, title: str) -> bytes:
    """XLSX in which no cell is a formula."""
    target = io.BytesIO()
    write_book(target, sheets, title)
    return target.getvalue()


def write_book(target: IO[bytes], sheets: Sheets, title: str) -> None:
    """The same, into a file."""
    names = table_names()
    tables = {**sheets, "method": _method()}
    write_workbook(target, {names[key]: rows for key, rows in tables.items()}, title=title)


def lines(sheets: Sheets, table: str) -> Iterator[str]:
    """One of the tables as CSV; the first where there is none of that name."""
    return csv_lines(sheets[table if table in sheets else "results"])


def file_name(code: str, kind: str) -> str:
    return f"{slugify(code) or 'iqas'}-{slugify(_('results'))}.{kind}"


# --- the tables ---------------------------------------------------------------------------------------------


Line = tuple[str, str, ItemResult, Figures]


def _lines(results: Iterable[CampaignResults]) -> Iterator[Line]:
    """Campaign, group, question and figures, of everything that is shown."""
    for one in results:
        labels = {group.code: group.label for group in one.groups}
        for item in one.items:
            told = [
                ("", item.figures),
                *((labels.get(code, code), figures) for code, figures in item.groups.items()),
            ]
            yield from (
                (one.campaign, group, item, figures) for group, figures in told if not figures.suppressed
            )


def _figures(rows: Iterable[Line]) -> Iterator[Sequence[Any]]:
    yield (
        _("Campaign"),
        _("Group"),
        _("Code"),
        _("Question"),
        _("Section"),
        _("Low is favourable"),
        "n",
        _("No answer"),
        _("Favourable"),
        _("Interval from"),
        _("Interval to"),
        _("Everybody answered"),
        _("Median"),
        _("Mean"),
        _("Standard deviation"),
        _("Recommendation score"),
        _("Score from"),
        _("Score to"),
        _("Campaigns"),
        _("Computed"),
    )
    for campaign, group, item, figures in rows:
        low, high = figures.interval or (None, None)
        score = figures.recommendation
        yield (
            campaign,
            group or None,
            item.code,
            item.text,
            item.section,
            item.reverse,
            figures.n,
            figures.no_answer,
            _number(figures.favourable),
            low,
            high,
            figures.is_census,
            *([None] * 3 if item.kind in Item.SHARED else _middle(figures)),
            _number(score.score) if score else None,
            score.low if score else None,
            score.high if score else None,
            figures.campaigns,
            figures.computed_at.date() if figures.computed_at else None,
        )


def _middle(figures: Figures) -> tuple[float | None, ...]:
    return _number(figures.median), _number(figures.mean), figures.deviation


def _answers(rows: Iterable[Line]) -> Iterator[Sequence[Any]]:
    """A row for each answer of a yes or no, or of a choice."""
    yield (
        _("Campaign"),
        _("Group"),
        _("Code"),
        _("Question"),
        _("Answer"),
        _("Chosen by"),
        "n",
        _("Share"),
        _("Interval from"),
        _("Interval to"),
        _("Everybody answered"),
    )
    for campaign, group, item, figures in rows:
        for row in answer_rows(item, figures):
            yield (
                campaign,
                group or None,
                item.code,
                item.text,
                row.label,
                row.count,
                figures.n,
                row.share,
                row.low,
                row.high,
                figures.is_census,
            )


def _points(lines: Callable[[], Iterable[Line]]) -> Iterator[Sequence[Any]]:
    """A column for each code of a scale; numbers by bins, each named by its lowest. The rows are gone through twice."""
    points = sorted({point for *_rest, figures in lines() for point in figures.distribution or {}})
    yield (
        _("Campaign"),
        _("Group"),
        _("Code"),
        _("Question"),
        _("Points of the scale"),
        "n",
        _("No answer"),
        *map(str, points),
    )
    for campaign, group, item, figures in lines():
        distribution = figures.distribution or {}
        yield (
            campaign,
            group or None,
            item.code,
            item.text,
            _scale(item),
            figures.n,
            figures.no_answer,
            *(distribution.get(point) for point in points),
        )


def _scale(item: ItemResult) -> str:
    if item.kind == Item.Kind.NUMBER or not item.labels:
        return f"{item.scale[0]}–{item.scale[1]}"
    return "; ".join(f"{point} = {label}" for point, label in sorted(item.labels.items()))


def _campaigns(both: Iterable[tuple[Campaign, CampaignResults]]) -> Iterator[Sequence[Any]]:
    yield (
        _("Code"),
        _("Title"),
        _("Asked about"),
        _("Academic year"),
        _("Questionnaire"),
        _("Mode"),
        _("First day"),
        _("Last day"),
        _("Answers"),
        _("Could answer"),
        _("Response rate"),
        _("Minimum group size"),
        _("Shown"),
        _("Same answer to everything"),
    )
    for campaign, one in both:
        year = campaign.target.edition.year if campaign.target.edition else campaign.year
        yield (
            one.campaign,
            one.title,
            campaign.target.label,
            year.code if year else None,
            one.questionnaire,
            campaign.get_mode_display(),
            one.opens,
            one.closes,
            one.responses,
            one.invited,
            _number(one.response_rate),
            one.threshold,
            not one.suppressed,
            one.straight_lined,
        )


def _heard(results: PlaceResults) -> Iterator[Sequence[Any]]:
    yield (
        _("Code"),
        _("Title"),
        _("Edition"),
        _("Academic year"),
        _("Answers"),
        _("Could answer"),
        _("Minimum group size"),
        _("Shown"),
    )
    for one in results.campaigns:
        yield (
            one.code,
            one.title,
            one.edition or None,
            one.year or None,
            one.responses,
            one.reached,
            one.threshold,
            one.is_told,
        )


def _comments(comments: Iterable[tuple[str, str, str]]) -> Iterator[Sequence[Any]]:
    yield (_("Campaign"), _("Code"), _("Comment"))
    yield from comments


def _method() -> Iterator[Sequence[Any]]:
    yield (_("Figure"), _("How it is computed"))
    yield (_("Response rate"), _("Answers divided by people invited, without those whose mail came back."))
    yield (
        _("Favourable"),
        _(
            "Answers on the two best points of the scale, divided by all answers on the scale. “I cannot judge” and unanswered questions are left out and counted apart."
        ),
    )
    yield (
        _("Interval from"),
        _(
            "95 in 100, of the favourable share or of the share of one answer: exact hypergeometric within a campaign, Wilson’s with the correction for a finite population over several, if those who answered were a random sample. None where everybody answered."
        ),
    )
    yield (
        _("Recommendation score"),
        _("Share of 9 and 10 less share of 0 to 6, with the adjusted Wald interval."),
    )
    yield (
        _("What is detectable"),
        _(
            "Detectable: Newcombe’s interval (1998) of the difference of the shares leaves zero out, corrected for how many questions and groups are compared together (Holm 1979); the interval printed is that one. Ratings without such a share: exact Mann-Whitney test, corrected in the same way."
        ),
    )
    yield (
        _("Minimum group size"),
        _("What is too small to be shown stands in no row and in no sum, so that it cannot be worked out."),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
