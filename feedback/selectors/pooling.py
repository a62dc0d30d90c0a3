"""Answers of several campaigns put together: of an edition, a micro-credential, a centre, the university, by year.

Pooled answers, never a mean of means. A sum holds what is told of campaigns one by one (`selectors.published`), so it
tells nothing that could not be worked out from them. Reads counted rows only, summed by the database: one statement,
whatever the number of campaigns and answers.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Aggregate,
    Case,
    Count,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from feedback.models import Campaign, Item, Moment
from feedback.selectors.campaigns import answered_so_far
from feedback.selectors.figures import Counts
from feedback.selectors.published import FINISHED, told_rows
from iqas.organisation.models import Scope
from microcredentials.models import Edition

OWN = 0
YEAR = Coalesce("campaign__edition__year__code", "campaign__year__code", Value(""))
Distribution = Mapping[int, int]


class JSONTogether(Aggregate):
    """All values of a JSON column as the text of one array."""

    function = "JSON_GROUP_ARRAY"
    template = "%(function)s(JSON(%(expressions)s))"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            function="JSONB_AGG",
            template="%(function)s(%(expressions)s)::text",
            **context,
        )


@dataclass(frozen=True)
class Place:
    """Where results stand: an edition, or a scope with all below it."""

    scope: Scope
    edition: Edition | None = None

    @property
    def kind(self) -> str:
        return "edition" if self.edition is not None else self.scope.kind

    @property
    def code(self) -> str:
        return self.edition.code if self.edition is not None else self.scope.code

    def within(self, prefix: str = "") -> Q:
        """The campaigns of the place. A pool of several editions tells of none of them."""
        if self.edition is not None:
            return Q(**{f"{prefix}edition": self.edition})
        return Q(**{f"{prefix}scope__path__startswith": self.scope.path})

    def pools(self) -> QuerySet[Campaign]:
        """The campaigns on several editions that asked about it too, its own among them: they are not the others'."""
        if self.edition is not None:
            return Campaign.objects.filter(pooled=self.edition)
        return Campaign.objects.filter(pooled__microcredential__scope__path__startswith=self.scope.path)


class Slice(NamedTuple):
    """What was asked, in which year, and how near: in the place itself (0), else in the first of the wider places."""

    item: UUID
    year: str
    ring: int


@dataclass(frozen=True)
class Heard:
    """A campaign that is over, by its numbers of people: `reached` None where nobody knows how many could answer."""

    code: str
    title: str
    path: str
    edition: str
    year: str
    questionnaire: str
    version: int
    mode: str
    responses: int
    reached: int | None
    threshold: int
    straight_lined: int
    counted: int

    @property
    def is_told(self) -> bool:
        return self.counted >= self.threshold


class Choice(NamedTuple):
    """What was asked somewhere: a questionnaire in a year ("" without one), whether at the end, and how many answered."""

    questionnaire: str
    audience: str
    year: str
    at_end: bool
    answers: int


def choices_at(place: Place) -> list[Choice]:
    """What can be chosen of a place, the latest year first."""
    found = (
        Campaign.objects.filter(place.within(), state__in=FINISHED)
        .values_list(
            "questionnaire_version__questionnaire__code",
            "questionnaire_version__questionnaire__audience",
            Coalesce("edition__year__code", "year__code", Value("")),
        )
        .annotate(at_end=Count("pk", filter=Q(moment=Moment.END)), answers=Sum("responses_count"))
        .order_by()
    )
    choices = (
        Choice(questionnaire, audience, year, bool(at_end), answers)
        for questionnaire, audience, year, at_end, answers in found
    )
    return sorted(choices, key=lambda one: (one.year, one.questionnaire), reverse=True)


def heard_at(campaigns: QuerySet[Campaign], language: str, years: Iterable[str] | None = None) -> list[Heard]:
    """The finished ones of these campaigns by their numbers, the earliest first. One statement."""
    rows = campaigns.filter(state__in=FINISHED).annotate(
        year_code=Coalesce("edition__year__code", "year__code", Value("")), answered=answered_so_far()
    )
    if years is not None:
        rows = rows.filter(year_code__in=list(years))
    titles = tuple(f"title_{code}" for code in dict.fromkeys((language, "es")))
    found = rows.order_by("year_code", "code").values_list(*titles, *HEARD, named=True)
    return [_heard(row, titles) for row in found]


HEARD = (
    "code",
    "scope__path",
    "edition__code",
    "year_code",
    "questionnaire_version__questionnaire__code",
    "questionnaire_version__number",
    "mode",
    "open_link",
    "responses_count",
    "answered",
    "invited_count",
    "undelivered_count",
    "threshold",
    "straight_lined",
)


def _heard(row: Any, titles: Sequence[str]) -> Heard:
    unknown = row.mode == Campaign.Mode.IMPORTED or row.open_link
    return Heard(
        code=row.code,
        title=next((text for name in titles if (text := getattr(row, name))), ""),
        path=row.scope__path,
        edition=row.edition__code or "",
        year=row.year_code,
        questionnaire=row.questionnaire_version__questionnaire__code,
        version=row.questionnaire_version__number,
        mode=row.mode,
        responses=row.answered,
        reached=None if unknown else max(row.invited_count - row.undelivered_count, row.answered),
        threshold=row.threshold,
        straight_lined=row.straight_lined,
        counted=row.responses_count,
    )


def pooled(rows: Q, places: Sequence[Place]) -> dict[Slice, Counts]:
    """The counted rows that may be told and are among these, by question, year and nearness to the first of the places,

    each of which lies within the next. One statement.
    """
    found = (
        told_rows()
        .annotate(year=YEAR, ring=_ring(places))
        .filter(rows)
        .values("item_id", "year", "ring")
        .annotate(
            answers=Sum("n"),
            none=Sum("no_answer"),
            counts=JSONTogether("distribution"),
            sum_total=Sum("total"),
            middle=Min("middle_sum"),
            people=Sum("population"),
            known=Count("population"),
            low=Min("favourable_low"),
            high=Min("favourable_high"),
            behind=Max(Cast("is_behind", IntegerField())),
            many=Count("pk"),
            last=Max("computed_at"),
        )
        .order_by()
    )
    return {Slice(row["item_id"], row["year"], row["ring"]): _counts(row) for row in found}


def _ring(places: Sequence[Place]) -> Case:
    """Places are numbered from the nearest; what lies in none of them comes after the last."""
    whens = [When(place.within("campaign__"), then=Value(ring)) for ring, place in enumerate(places)]
    return Case(*whens, default=Value(len(places)), output_field=IntegerField())


def _counts(row: Mapping[str, Any]) -> Counts:
    alone = row["many"] == 1
    return Counts(
        n=row["answers"],
        no_answer=row["none"],
        distribution=_added(json.loads(row["counts"])),
        total=row["sum_total"],
        middle_sum=row["middle"] if alone else None,
        population=row["people"] if row["known"] == row["many"] else None,
        favourable_low=row["low"] if alone else None,
        favourable_high=row["high"] if alone else None,
        is_behind=bool(row["behind"]),
        campaigns=row["many"],
        computed_at=row["last"],
    )


def _added(distributions: Iterable[Mapping[str, int]]) -> dict[int, int]:
    sums: dict[str, int] = {}
    for distribution in distributions:
        for point, count in distribution.items():
            sums[point] = sums.get(point, 0) + count
    return {int(point): sums[point] for point in sorted(sums, key=int)}


def together(parts: Iterable[Counts]) -> Counts | None:
    """Counts of the same question put together; None where there are none. Exact margins do not add up."""
    found = list(parts)
    if len(found) < 2:
        return found[0] if found else None
    distribution: Counter[int] = Counter()
    for counts in found:
        distribution.update(counts.distribution)
    known = [counts.population for counts in found if counts.population is not None]
    totals = [counts.total for counts in found if counts.total is not None]
    moments: list[dt.datetime] = [counts.computed_at for counts in found if counts.computed_at is not None]
    return Counts(
        n=sum(counts.n for counts in found),
        no_answer=sum(counts.no_answer for counts in found),
        distribution=dict(sorted(distribution.items())),
        total=sum(totals) if len(totals) == len(found) else None,
        population=sum(known) if len(known) == len(found) else None,
        is_behind=any(counts.is_behind for counts in found),
        campaigns=sum(counts.campaigns for counts in found),
        computed_at=max(moments, default=None),
    )


def same_scale(item: Item, other: Item) -> bool:
    """Whether two questions are asked on the same scale and in the same direction, so that answers may be put together."""
    return _shape(item) == _shape(other)


def _shape(item: Item) -> tuple[Any, ...]:
    chosen = item.labels.get("es") if item.kind in (Item.Kind.SINGLE, Item.Kind.MULTIPLE) else None
    return item.kind, item.scale_min, item.scale_max, item.reverse, chosen
