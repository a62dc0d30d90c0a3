"""Results above the campaign: what a questionnaire found out in an edition, a micro-credential, a centre or everywhere.

Four statements, whatever the number of campaigns and answers: what can be chosen, who took part, the sums, the questions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from feedback.comparison import Compared, Sides, compare_all
from feedback.models import Campaign, Item, Questionnaire
from feedback.selectors.asked import asked_items
from feedback.selectors.contrasts import COMPARABLE, Contrast, contrasts_of
from feedback.selectors.figures import YES_OR_NO, Counts, Figures, figures_of, scale_of
from feedback.selectors.pooling import (
    OWN,
    Choice,
    Heard,
    Place,
    Slice,
    choices_at,
    heard_at,
    pooled,
    same_scale,
    together,
)
from feedback.selectors.results import CHOICES, ItemResult, item_result, translated
from feedback.statistics import MIN_ITEMS_FOR_STRAIGHT_LINE
from iqas.core.access import below, paths
from iqas.organisation.models import Scope
from iqas.organisation.scopes import ancestors
from microcredentials.models import Edition
from microcredentials.selectors.design import design_but_title

MOST_YEARS = 5
KINDS = (Scope.Kind.UNIVERSITY, Scope.Kind.CENTRE, Scope.Kind.MICROCREDENTIAL)


@dataclass(frozen=True)
class Turnout:
    """Who took part in some campaigns. `answered` of `reached` where it is known how many could answer, `others` where

    it is not (an open link, imported answers).
    """

    campaigns: int
    responses: int
    answered: int
    reached: int | None

    @property
    def others(self) -> int:
        return self.responses - self.answered

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.answered, self.reached) if self.reached else None


@dataclass(frozen=True)
class Side:
    """A place, a year or an audience to be set beside others: its name, who took part, its figures by question."""

    key: str
    label: str
    turnout: Turnout | None
    figures: Mapping[str, Figures]


@dataclass(frozen=True)
class PlaceResults:
    """What one questionnaire found out in one place and year, in one language, with what it may be compared with.

    `title` is the questionnaire's, its code where nothing of it may be told.
    `changes` are of this year against the one before, by question; `benchmark` are the others in the places around, without
    this one, `against` it against the widest of them. `other_scale` are questions that earlier versions
    asked otherwise; those answers are in no sum. `threshold` is 0: each campaign has its own.
    """

    place: Place
    chosen: Choice
    title: str
    choices: tuple[Choice, ...]
    campaigns: tuple[Heard, ...]
    turnout: Turnout
    told: int
    straight_lined: int | None
    counted: int
    scaled_items: int
    items: tuple[ItemResult, ...]
    years: tuple[Side, ...]
    changes: Mapping[str, Compared]
    benchmark: tuple[Side, ...]
    against: Mapping[str, Compared]
    contrasts: tuple[Contrast, ...]
    other_scale: tuple[str, ...]
    computed_at: dt.datetime | None
    threshold: int = 0

    @property
    def left_out(self) -> int:
        """Campaigns of which nothing may be told, so that they are in no sum."""
        return len(self.campaigns) - self.told

    @property
    def year_before(self) -> Side | None:
        earlier = [side for side in self.years if side.key < self.chosen.year]
        return earlier[-1] if earlier else None


def place_results(
    place: Place,
    language: str,
    *,
    questionnaire: str = "",
    year: str | None = None,
    wider: Sequence[tuple[str, Place]] = (),
) -> PlaceResults | None:
    """The results of a place; without a choice those of its latest year, "" is what has none. None where no campaign is

    over there.

    `wider` are the places around it by their names, the nearest first. Refuses nothing: what was not asked there in that
    year is left for what was.
    """
    choices = choices_at(place)
    chosen = _chosen(choices, questionnaire, year)
    if chosen is None:
        return None
    years = sorted(
        {one.year for one in choices if one.questionnaire == chosen.questionnaire and one.year <= chosen.year}
    )[-MOST_YEARS:]
    heard = heard_at(
        Campaign.objects.filter(
            place.within(), questionnaire_version__questionnaire__code=chosen.questionnaire
        ),
        language,
        years,
    )
    sums = pooled(_wanted(place, chosen, years), [place, *(around for _label, around in wider)])
    items = asked_items(key.item for key in sums)
    of_now = [one for one in heard if one.year == chosen.year]
    asked = _Asked.of(chosen.questionnaire, items)
    own = asked.figures({key: part for key, part in sums.items() if key.ring == OWN})
    now = own.get(chosen.year, {})
    told = [one for one in of_now if one.is_told]
    others = tuple(_benchmark(asked, sums, chosen, wider))
    return PlaceResults(
        place=place,
        chosen=chosen,
        title=asked.title_in(language) or chosen.questionnaire,
        choices=tuple(choices),
        campaigns=tuple(of_now),
        turnout=turnout_of(of_now),
        told=len(told),
        straight_lined=sum(one.straight_lined for one in told) if asked.has_straight_lines else None,
        counted=sum(one.counted for one in told),
        scaled_items=asked.scaled,
        items=tuple(item_result(item, language, now[item.code]) for item in asked.newest if item.code in now),
        years=tuple(
            Side(code, code, turnout_of(one for one in heard if one.year == code), own.get(code, {}))
            for code in years
        ),
        changes=_changes(asked, own, chosen.year),
        benchmark=others,
        against=compare_items(asked.newest, now, others[-1].figures) if others else {},
        contrasts=tuple(contrasts_of(sums, items, chosen, language)),
        other_scale=asked.other_scale,
        computed_at=max((found.computed_at for found in now.values() if found.computed_at), default=None),
    )


def visible_scopes(user: Any) -> QuerySet[Scope]:
    """The university, centres and micro-credentials whose results the person may see."""
    held = paths(user, "results.view")
    scopes = Scope.objects.filter(kind__in=KINDS)
    return scopes.filter(below(held, "self")) if held else scopes.none()


def way_to(user: Any, code: str) -> list[Scope]:
    """The scopes from the university down to the place of this code, in one statement; empty where it is not visible."""
    target = visible_scopes(user).filter(code=code, path__startswith=OuterRef("path"))
    return list(Scope.objects.filter(Exists(target)).order_by("path"))


def visible_editions(user: Any) -> QuerySet[Edition]:
    """The editions whose results the person may see."""
    held = paths(user, "results.view")
    related = Edition.objects.select_related("microcredential__scope", "version", "year").defer(
        *design_but_title("version__")
    )
    return related.filter(below(held, "microcredential__scope")) if held else related.none()


def around(place: Place) -> list[Scope]:
    """The scopes around the place, the university first."""
    return [*ancestors(place.scope), *([place.scope] if place.edition is not None else [])]


def turnout_of(campaigns: Iterable[Heard]) -> Turnout:
    found = list(campaigns)
    known = [one for one in found if one.reached is not None]
    return Turnout(
        campaigns=len(found),
        responses=sum(one.responses for one in found),
        answered=sum(one.responses for one in known),
        reached=sum(one.reached or 0 for one in known) if known else None,
    )


def _chosen(choices: Sequence[Choice], questionnaire: str, year: str | None) -> Choice | None:
    """What was asked for; else the nearest to it that there is: the questionnaire before the year, the latest first."""
    of_year = [one for one in choices if one.year == year]
    same = [one for one in choices if one.questionnaire == questionnaire]
    both = [one for one in of_year if one.questionnaire == questionnaire]
    if found := both or same:
        return found[0]
    return _usual(of_year if of_year and not questionnaire else choices)


def _usual(choices: Sequence[Choice]) -> Choice | None:
    """What learners were asked at the end, of the latest year, and most of them answered; what has no year comes last."""
    return max(
        choices,
        key=lambda one: (
            bool(one.year),
            one.audience == Questionnaire.Audience.LEARNER,
            one.at_end,
            one.year,
            one.answers,
        ),
        default=None,
    )


def _wanted(place: Place, chosen: Choice, years: Sequence[str]) -> Q:
    """The place's own rows of all years, everybody's of the chosen one, and what other audiences were asked of the same.

    A pool in which the place was asked with others is neither its own nor the others'.
    """
    own, now = place.within("campaign__"), Q(year=chosen.year)
    others = now & ~Q(campaign__in=place.pools())
    same = Q(item__version__questionnaire__code=chosen.questionnaire)
    common = (
        Item.objects.filter(version__questionnaire__code=chosen.questionnaire)
        .exclude(common_code="")
        .values("common_code")
    )
    return (same & own & Q(year__in=years)) | (same & others) | (own & now & Q(item__common_code__in=common))


@dataclass(frozen=True)
class _Asked:
    """The questions of one questionnaire: as the newest version asks them, and which others are the same."""

    newest: tuple[Item, ...]
    same: Mapping[UUID, Item]  # key of a question in any version → the newest one that it is
    other_scale: tuple[str, ...]

    @classmethod
    def of(cls, questionnaire: str, items: Mapping[UUID, Item]) -> _Asked:
        own = [item for item in items.values() if item.version.questionnaire.code == questionnaire]
        newest: dict[str, Item] = {}
        for item in sorted(own, key=lambda item: item.version.number):
            newest[item.code] = item
        same = {item.pk: newest[item.code] for item in own if same_scale(item, newest[item.code])}
        others = sorted({item.code for item in own if item.pk not in same})
        return cls(tuple(sorted(newest.values(), key=lambda item: item.order)), same, tuple(others))

    def title_in(self, language: str) -> str:
        """The questionnaire's, as its newest version has it."""
        newest = max((item.version for item in self.newest), key=lambda version: version.number, default=None)
        return translated(newest, "title", language) if newest else ""

    @property
    def scaled(self) -> int:
        return sum(item.is_scaled for item in self.newest)

    @property
    def has_straight_lines(self) -> bool:
        return self.scaled >= MIN_ITEMS_FOR_STRAIGHT_LINE

    def figures(self, sums: Mapping[Slice, Counts]) -> dict[str, dict[str, Figures]]:
        """Year → code of the question → its figures."""
        parts: dict[tuple[str, Item], list[Counts]] = {}
        for key, counts in sums.items():
            if key.item in self.same:
                parts.setdefault((key.year, self.same[key.item]), []).append(counts)
        found: dict[str, dict[str, Figures]] = {}
        for (year, item), pieces in parts.items():
            if (whole := together(pieces)) is not None:
                found.setdefault(year, {})[item.code] = figures_of(item, whole)
        return found


def _changes(asked: _Asked, own: Mapping[str, Mapping[str, Figures]], year: str) -> dict[str, Compared]:
    earlier = sorted(code for code in own if code < year)
    if not earlier:
        return {}
    now, before = own.get(year, {}), own[earlier[-1]]
    return compare_items(asked.newest, now, before)


def compare_items(
    items: Iterable[Item], first: Mapping[str, Figures], second: Mapping[str, Figures]
) -> dict[str, Compared]:
    """The questions that stand on a scale, two sets of figures of them against each other; and, corrected for by

    themselves, the answers of choices (W02.1, W02.2 …).
    """
    pairs: dict[str, Sides] = {}
    answers = set()
    for item in items:
        ours, theirs = first.get(item.code), second.get(item.code)
        if ours is None or theirs is None:
            continue
        if item.kind in COMPARABLE:
            pairs[item.code] = (ours.distribution or {}, theirs.distribution or {}, scale_of(item))
        elif item.kind in CHOICES:
            for point in item.points:
                us, them = (one.of_answer(point).distribution or {} for one in (ours, theirs))
                answers.add(code := f"{item.code}.{point}")
                pairs[code] = us, them, YES_OR_NO
    return compare_all(pairs, apart=answers)


def _benchmark(
    asked: _Asked, sums: Mapping[Slice, Counts], chosen: Choice, wider: Sequence[tuple[str, Place]]
) -> Iterator[Side]:
    """The figures of the others in the places around this one, where they were asked the same.

    Each is a sum of what is told of campaigns one by one, as the whole is: it tells nothing that the whole and the place do
    not tell together.
    """
    before = 0
    for ring, (label, around) in enumerate(wider, start=1):
        others = {
            key: counts
            for key, counts in sums.items()
            if OWN < key.ring <= ring and key.year == chosen.year and key.item in asked.same
        }
        if len(others) > before:
            yield Side(around.code, label, None, asked.figures(others).get(chosen.year, {}))
        before = len(others)
