"""No published figures of answers can be combined to reveal a group below the threshold.

A small university is made up at random: centres, micro-credentials, editions, years, campaigns with groups, answers that
come in several mixings. After each of them everything that is published is read as a reader gets it (the pages' figures,
the API's JSON, the workbooks), and an attacker who keeps all copies does linear algebra on the lot: whatever set of
persons can be singled out by adding and subtracting published counts must not be smaller than the threshold. Three
controls, each with one protection switched off, show that the attacker finds what there is to find.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, count
from typing import Any

import openpyxl
import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.models import Campaign, CampaignGroup, ItemSummary, Response
from feedback.selectors import published
from feedback.selectors.pooling import Place
from feedback.services import summaries
from iqas.core.disclosure import Disclosure, is_small
from iqas.organisation.models import Scope
from microcredentials.models import Edition
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results
from tests.factories.organisation import make_centre, make_year, the_university

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite,
]  # what is told of counted rows; that both engines count alike: elsewhere
ITEM = "L01"
THRESHOLD = 5
_numbers = count(1)

Cell = tuple[str, str, int]  # campaign, group, mixing: persons whom a reader could tell apart
Vector = tuple[int, ...]


@dataclass
class World:
    """Who answered what where. `cells` are the sizes of the groups of persons that could be told apart."""

    campaigns: list[Campaign] = field(default_factory=list)
    cells: dict[Cell, list[int]] = field(default_factory=dict)  # → the answers to ITEM of its persons

    def mix(self, mixing: int, arriving: Mapping[tuple[int, str], Sequence[int | None]]) -> None:
        for (number, group), answers in arriving.items():
            campaign = self.campaigns[number]
            Response.objects.bulk_create(
                Response(campaign=campaign, group_code=group, answers={ITEM: value}) for value in answers
            )
            given = [value for value in answers if value is not None]
            if given:
                self.cells[campaign.code, group, mixing] = given
        for campaign in self.campaigns:
            summaries.refresh(campaign)

    def distribution(self, cells: Sequence[Cell]) -> dict[int, int]:
        answers = [value for cell in cells for value in self.cells[cell]]
        return {point: answers.count(point) for point in range(1, 6)}


def make_world(shape: Sequence[tuple[int, int, int, bool]]) -> World:
    """Campaigns by centre, micro-credential, year, and whether groups were declared."""
    the_university(threshold=THRESHOLD)
    run = next(_numbers)
    known: dict[tuple[int, int], Edition] = {}
    world = World()
    for number, (centre, microcredential, year, grouped) in enumerate(shape):
        first = known.get((centre, microcredential))
        if first is None:
            place = make_centre(f"FAC-{run}-{centre}", f"Facultad {run}-{centre}")
            first = known[centre, microcredential] = make_plain_edition(place)
        edition = Edition.objects.create(
            code=f"{first.code}-{number}",
            microcredential=first.microcredential,
            version=first.version,
            year=make_year(2024 + year),
            number=10 + number,
            state=Edition.State.IMPORTED,
        )
        campaign = make_results(f"C-{run}-{number}", edition=edition, invited=100, threshold=THRESHOLD)
        for group in ("a", "b", "c") if grouped else ():
            CampaignGroup.objects.create(campaign=campaign, code=group, label=group)
        world.campaigns.append(campaign)
    return world


# --- what a reader gets -----------------------------------------------------------------------------------------


Figure = tuple[frozenset[str], str | None, dict[int, int]]  # campaigns, group (None: everybody), distribution


def read_everything(client: Client, world: World) -> Iterator[Figure]:
    """Every distribution of ITEM that any page, the API or a workbook gives, with what it says that it is of."""
    places = {
        place
        for campaign in world.campaigns
        for place in (
            ("edition", campaign.edition.code),  # type: ignore[union-attr]
            ("place", campaign.scope.code),
            ("place", campaign.scope.parent.code),  # type: ignore[union-attr]
            ("place", the_university().scope.code),
        )
    }
    for kind, code in sorted(places):
        for year in ("2024-25", "2025-26"):
            yield from of_place(client, world, kind, code, year)
    for campaign in world.campaigns:
        yield from of_campaign(client, campaign)
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("feedback:result-export")).content))
    yield from of_sheet(book.worksheets[1])


def of_place(client: Client, world: World, kind: str, code: str, year: str) -> Iterator[Figure]:
    query = {"year": year}
    results = client.get(reverse(f"feedback:results-{kind}", args=[code]), query).context["results"]
    answer = client.get(reverse(f"api:feedback:results-{kind}", args=[code]), query)
    if results is None or results.chosen.year != year:
        return
    body = answer.json()
    told = frozenset(one["code"] for one in body["campaigns"] if not one["suppressed"])
    assert told == {one.code for one in results.campaigns if one.is_told}
    for item in body["items"]:
        if item["code"] == ITEM:
            yield told, None, {int(point): n for point, n in item["distribution"].items()}
    for shown in results.items:
        if shown.code == ITEM:
            yield told, None, dict(shown.figures.distribution)
    own = results.place.within()
    for side in results.years:
        yield from of_side(side, told_in(world, own, side.key))
    for side in results.benchmark:
        around = Place(Scope.objects.get(code=side.key)).within()
        yield from of_side(side, told_in(world, around, year) - told_in(world, own, year))


def of_side(side: Any, told: frozenset[str]) -> Iterator[Figure]:
    """A year, or the others in a place around: what differences and gap charts are drawn from."""
    figures = side.figures.get(ITEM)
    if figures is not None and not figures.suppressed:
        yield told, None, dict(figures.distribution)


def told_in(world: World, within: Q, year: str) -> frozenset[str]:
    known = Campaign.objects.filter(within, pk__in=[one.pk for one in world.campaigns])
    told = known.filter(edition__year__code=year, responses_count__gte=THRESHOLD)
    return frozenset(told.values_list("code", flat=True))


def of_campaign(client: Client, campaign: Campaign) -> Iterator[Figure]:
    own = frozenset({campaign.code})
    results = client.get(reverse("feedback:campaign-results", args=[campaign.code])).context["results"]
    body = client.get(reverse("api:feedback:campaign-results", args=[campaign.code])).json()
    for item in body["items"]:
        if item["code"] == ITEM and not item["suppressed"]:
            yield own, None, {int(point): n for point, n in item["distribution"].items()}
    for shown in results.items:
        if shown.code == ITEM:
            for group, figures in ((None, shown.figures), *shown.groups.items()):
                if not figures.suppressed:
                    yield own, group, dict(figures.distribution)


def of_sheet(sheet: Any) -> Iterator[Figure]:
    header, *rows = sheet.iter_rows(values_only=True)
    points = {int(name): place for place, name in enumerate(header) if place > 6}
    for row in rows:
        if row[2] == ITEM:
            counts = {point: row[place] or 0 for point, place in points.items() if point in range(1, 6)}
            yield frozenset({row[0]}), row[1], counts


# --- the attacker --------------------------------------------------------------------------------------------------


def persons_in(
    world: World, figure: Figure, mixing: int, alone: Mapping[str, frozenset[Cell]]
) -> frozenset[Cell]:
    """Whom a figure counts: of each of its campaigns everybody of a mixing and those before, as it was last published.

    `alone` are those whom the campaigns' own figures count: what a sum should consist of is tried first. The attacker
    guesses nothing: the answers that the figure shows are those of these cells and of no others.
    """
    campaigns, group, shown = figure
    options: list[list[frozenset[Cell]]] = []
    for campaign in sorted(campaigns):
        own = [
            cell
            for cell in world.cells
            if cell[0] == campaign and cell[2] <= mixing and group in (None, cell[1])
        ]
        stages = sorted({cell[2] for cell in own}, reverse=True)
        upto = [frozenset(cell for cell in own if cell[2] <= stage) for stage in stages]
        likely = alone.get(campaign, frozenset())
        options.append(sorted([*upto, frozenset()], key=lambda cells: cells != likely))
    for chosen in _choices(options):
        cells = frozenset().union(*chosen)
        if world.distribution(sorted(cells)) == {point: shown.get(point, 0) for point in range(1, 6)}:
            return cells
    raise AssertionError(f"{figure} counts persons who are not there")


def _choices(options: Sequence[Sequence[frozenset[Cell]]]) -> Iterator[tuple[frozenset[Cell], ...]]:
    if not options:
        yield ()
        return
    for first in options[0]:
        for rest in _choices(options[1:]):
            yield (first, *rest)


def singled_out(world: World, known: set[frozenset[Cell]]) -> frozenset[Cell] | None:
    """A set of persons, fewer than the threshold, whose answers follow from what is known; None where there is none."""
    cells = sorted(world.cells)
    sizes = {cell: len(world.cells[cell]) for cell in cells}
    space = echelon([tuple(int(cell in figure) for cell in cells) for figure in known])
    small = [cell for cell in cells if is_small(sizes[cell], THRESHOLD)]
    for many in range(1, THRESHOLD):
        for group in combinations(small, many):
            if is_small(sum(sizes[cell] for cell in group), THRESHOLD) and within(
                space, tuple(int(cell in group) for cell in cells)
            ):
                return frozenset(group)
    return None


Space = dict[int, list[Fraction]]  # place of the first one → row


def echelon(rows: Sequence[Vector]) -> Space:
    space: Space = {}
    for row in rows:
        rest = reduced(space, row)
        lead = next((place for place, value in enumerate(rest) if value), None)
        if lead is not None:
            space[lead] = [value / rest[lead] for value in rest]
    return space


def reduced(space: Space, row: Vector) -> list[Fraction]:
    rest = [Fraction(value) for value in row]
    for lead in range(len(rest)):
        if rest[lead] and lead in space:
            factor = rest[lead]
            rest = [value - factor * other for value, other in zip(rest, space[lead], strict=True)]
    return rest


def within(space: Space, row: Vector) -> bool:
    return not any(reduced(space, row))


def attacked(
    world: World, mixings: Sequence[Mapping[tuple[int, str], Sequence[int | None]]]
) -> frozenset[Cell] | None:
    """All copies of everything published, kept over all mixings."""
    client = Client()
    client.force_login(make_staff("quality_officer"))
    known: set[frozenset[Cell]] = set()
    for mixing, arriving in enumerate(mixings):
        world.mix(mixing, arriving)
        alone: dict[str, frozenset[Cell]] = {}
        for figure in sorted(read_everything(client, world), key=lambda figure: len(figure[0])):
            counted = persons_in(world, figure, mixing, alone)
            known.add(counted)
            if len(figure[0]) == 1 and figure[1] is None:
                alone[next(iter(figure[0]))] = counted
    known.discard(frozenset())
    return singled_out(world, known)


# --- the property ---------------------------------------------------------------------------------------------------

SHAPE = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1), st.booleans()), min_size=1, max_size=3
)


@st.composite
def histories(draw: Any) -> tuple[Any, Any]:
    shape = draw(SHAPE)
    mixings: list[dict[tuple[int, str], list[int | None]]] = []
    for mixing in range(draw(st.integers(1, 2))):
        arriving: dict[tuple[int, str], list[int | None]] = {}
        for number, (*_place, grouped) in enumerate(shape):
            if grouped and mixing:
                continue  # campaigns with groups are mixed once
            for group in ("a", "b", "c", "") if grouped else ("",):
                sizes = st.integers(0, 9) if grouped else st.integers(0, 14)
                chosen = draw(
                    st.lists(st.sampled_from([None, 1, 3, 4, 5]), min_size=(n := draw(sizes)), max_size=n)
                )
                arriving[number, group] = chosen
        mixings.append(arriving)
    return shape, mixings


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_nobody_is_singled_out_by_anything_published(history: tuple[Any, Any]) -> None:
    shape, mixings = history
    _clear()
    assert attacked(make_world(shape), mixings) is None


def _clear() -> None:
    """Earlier examples stand in the same university; what they answered does not."""
    Response.objects.all().delete()
    ItemSummary.objects.all().delete()
    Campaign.objects.update(state=Campaign.State.DRAFT)


# --- the controls: one protection less, and the attacker succeeds ------------------------------------------------------


GROUPS = ([(0, 0, 0, True)], [{(0, "a"): [1, 5, 3], (0, "b"): [4] * 9, (0, "c"): [5] * 8}])
STEPS = ([(0, 0, 0, False)], [{(0, ""): [4] * 6}, {(0, ""): [1, *[None] * 9]}])
SUMS = (
    [(0, 0, 1, False), (0, 0, 1, False)],
    [{(0, ""): [4] * 6, (1, ""): [1, 2, *[None] * 9]}],
)
CASES = {"groups": GROUPS, "steps": STEPS, "sums": SUMS}


def only_small_groups(cells: Mapping[str, int], *, threshold: int, hidden: Any = ()) -> Disclosure[str]:
    small = frozenset(key for key, n in cells.items() if is_small(n, threshold) or key in hidden)
    return Disclosure(shown=frozenset(cells) - small, hidden=small, total_shown=True)


def switch_off(monkeypatch: pytest.MonkeyPatch, protection: str) -> None:
    if protection == "groups":
        monkeypatch.setattr(published, "suppress", only_small_groups)
    elif protection == "steps":
        monkeypatch.setattr(summaries, "moves_too_little", lambda before, now, threshold: False)
    else:
        monkeypatch.setattr(published, "TOLD", Q())


@pytest.mark.parametrize("case", CASES)
def test_with_every_protection_the_attacker_finds_nothing(case: str) -> None:
    shape, mixings = CASES[case]
    assert attacked(make_world(shape), mixings) is None


@pytest.mark.parametrize("case", CASES)
def test_with_one_protection_less_the_attacker_finds_the_small_group(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape, mixings = CASES[case]
    switch_off(monkeypatch, case)
    found = attacked(make_world(shape), mixings)
    assert found is not None
    assert {"groups": {"a"}, "steps": {""}, "sums": {""}}[case] == {
        group for _campaign, group, _mixing in found
    }
