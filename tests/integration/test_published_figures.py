"""Whatever is really stored, shown and exported about the learners of a year, put together and attacked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iqas.core.disclosure import is_small
from iqas.indicators.models import Measurement
from iqas.indicators.packs import load
from iqas.indicators.services.measuring import measure
from iqas.organisation.models import Centre
from microcredentials.api.editions import told_counts
from microcredentials.models import Edition, Enrolment, EnrolmentCount, Learner
from microcredentials.selectors.counts import shown_counts
from microcredentials.selectors.published import ASSESSED, BEGAN, COMPLETED, COVERED, Counted, published_of
from microcredentials.selectors.siiu import SiiuCounts, siiu_counts
from microcredentials.services.enrolment_counts import derive_counts
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.attack import Atom, computable, differences

State = Enrolment.State
OUTSIDE = (State.WITHDRAWN_EARLY, State.RECOGNISED)
BEGAN_AS = (State.ENROLLED, State.WITHDRAWN, State.COMPLETED, State.PASSED, State.FAILED)
COMPLETED_AS = (State.COMPLETED, State.PASSED, State.FAILED)
MEANS: dict[str, tuple[str, ...]] = {
    "enrolled": (*OUTSIDE, *BEGAN_AS),
    "withdrawn_before_start": (State.WITHDRAWN_EARLY,),
    "recognised": (State.RECOGNISED,),
    "began": BEGAN_AS,
    "withdrawn": (State.WITHDRAWN,),
    "completed": COMPLETED_AS,
    "presented": (State.PASSED, State.FAILED),
    "passed": (State.PASSED,),
    "failed": (State.FAILED,),
}
NUMERATOR = {
    "completion-rate": ("completed", "began", COMPLETED),
    "success-rate": ("passed", "presented", ASSESSED),
    "places-coverage": ("began", "", COVERED),
}
MODES = ("onsite", "virtual")
People = dict[str, dict[str, int]]
Told = tuple[str, set[Atom], int]  # where, whom, how many


class University:
    """Two centres, each with an on-site and a virtual micro-credential of two editions; who learns there changes."""

    def __init__(self) -> None:
        self.university = the_university(threshold=4)
        load()
        self.year = make_year(2025)
        self.editions: list[Edition] = []
        for centre, mode in product(("FAC-A", "FAC-B"), MODES):
            mc = make_microcredential(approved=True, centre=make_centre(centre, centre), mode=mode)
            self.editions += [make_edition(mc) for _edition in range(2)]
        Centre.objects.filter(code="FAC-A").update(municipality="Vallehermoso")
        self.officer = make_staff("quality_officer")
        self.people: People = {}

    def learn(self, people: list[dict[str, int]]) -> None:
        """Other people than before enrol, and everything is counted anew."""
        for model in (EnrolmentCount, Enrolment, Learner):
            model.objects.all().delete()
        self.people = dict(zip((edition.code for edition in self.editions), people, strict=True))
        enrolments = [
            Enrolment(
                edition=edition,
                state=state,
                learner=Learner(email_key=f"{edition.code}{state}{number}", sort_name="", search_key=""),
            )
            for edition in self.editions
            for state, count in self.people[edition.code].items()
            for number in range(count)
        ]
        Learner.objects.bulk_create([enrolment.learner for enrolment in enrolments])
        Enrolment.objects.bulk_create(enrolments)
        derive_counts(actor=None, editions=[edition.pk for edition in self.editions])
        measure(year=self.year)
        found = Edition.objects.select_related("counts", "year", "version", "microcredential__centre")
        self.editions = list(found.order_by("code"))
        self.published = published_of(self.year, self.university)

    def size(self, atoms: set[Atom]) -> int:
        return sum(self.people[edition].get(state, 0) for edition, state in atoms)

    # --- what is told -------------------------------------------------------------------------------

    def told(self) -> list[Told]:
        """Every published number with the people that it counts."""
        return [*self._indicators(), *self._pages(), *self._siiu()]

    def _indicators(self) -> Iterator[Told]:
        rows = Measurement.objects.filter(definition__code__in=NUMERATOR, suppressed=False)
        for row in rows.select_related("definition", "scope"):
            top, bottom, what = NUMERATOR[row.definition.code]
            editions = [
                edition
                for edition in self._in_totals(what)
                if edition.pk == row.edition_id
                or (row.edition_id is None and self._scope_path(edition).startswith(row.scope.path))
            ]
            yield row.definition.code, self.atoms(editions, top), row.numerator or 0
            if bottom:
                yield row.definition.code, self.atoms(editions, bottom), row.denominator or 0

    def _pages(self) -> Iterator[Told]:
        """What a reader sees on the page of an edition, in its report, and through the API."""
        for edition in self.editions:
            shown = shown_counts(edition, in_full=False)
            told = told_counts(edition, in_full=False)
            for row in shown.rows if shown else ():
                if told and row.name in told["numbers"]:
                    assert told["numbers"][row.name] == row.value
                if row.value is not None:
                    yield "page", self.atoms([edition], row.name), row.value

    def _siiu(self) -> Iterator[Told]:
        counts = siiu_counts(self.officer, self.year)
        groups = {
            "centre": lambda edition: edition.microcredential.centre.name,
            "mode": lambda edition: str(edition.version.get_mode_display()),
            "municipality": lambda edition: edition.microcredential.centre.municipality or "no consta",
        }
        for code, group_of in groups.items():
            yield from self._table(counts, code, group_of)

    def _table(self, counts: SiiuCounts, code: str, group_of: Any) -> Iterator[Told]:
        table = next(table for table in counts.tables if table.code == code)
        named = {group_of(edition) for edition in self.editions}
        shown = {row.label for row in table.rows} & named
        for row in (*table.rows, table.total):
            if row.enrolled is None:
                continue
            editions = [
                edition
                for edition in self._in_totals(BEGAN)
                if row is table.total
                or group_of(edition) == row.label
                or (row.label not in named and group_of(edition) not in shown)
            ]
            with_results = [edition for edition in editions if edition in self._in_totals(ASSESSED)]
            yield code, self.atoms(editions, "began"), row.enrolled
            yield code, self.atoms(with_results, "passed"), row.passed or 0

    def _in_totals(self, what: str) -> list[Edition]:
        known: dict[Any, Counted] = {one.edition: one for one in self.published.counted}
        return [
            edition
            for edition in self.editions
            if edition.pk in known and self.published.has_in_totals(what, known[edition.pk])
        ]

    def _scope_path(self, edition: Edition) -> str:
        return str(edition.microcredential.scope.path)

    def atoms(self, editions: list[Edition], name: str) -> set[Atom]:
        return {(edition.code, state) for edition in editions for state in MEANS[name]}

    def questions(self) -> Iterator[set[Atom]]:
        everything = [self.editions, *([edition] for edition in self.editions)]
        everything += [list(some) for some in combinations(self.editions, 2)]
        for editions in everything:
            for name, other in product(MEANS, MEANS):
                yield self.atoms(editions, name)
                yield self.atoms(editions, name) - self.atoms(editions, other)


def people() -> st.SearchStrategy[dict[str, int]]:
    few = st.sampled_from([0, 0, 1, 3])
    return st.one_of(
        st.fixed_dictionaries(
            {
                State.WITHDRAWN_EARLY: few,
                State.RECOGNISED: few,
                State.WITHDRAWN: st.sampled_from([0, 2, 4, 7]),
                State.COMPLETED: st.sampled_from([0, 0, 1, 5]),
                State.FAILED: st.sampled_from([0, 1, 4, 6]),
                State.PASSED: st.sampled_from([0, 2, 9, 15]),
            }
        ),
        st.fixed_dictionaries({State.ENROLLED: st.sampled_from([2, 6, 14]), State.WITHDRAWN_EARLY: few}),
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_no_two_published_figures_tell_of_a_small_group() -> None:
    university, sources = University(), Counter[str]()

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.lists(people(), min_size=8, max_size=8))
    def attacked(everybody: list[dict[str, int]]) -> None:
        university.learn(everybody)
        told = university.told()
        for source, atoms, number in told:
            assert university.size(atoms) == number, (
                source,
                sorted(atoms),
            )  # what the number counts is understood
            sources[source] += 1
        everything = [atoms for _source, atoms, _number in told]
        of_the_tree = [atoms for source, atoms, _number in told if source not in ("mode", "municipality")]
        found = chain(
            differences(everything, university.size),
            computable(of_the_tree, university.size, university.questions()),
        )
        assert [(sorted(atoms), size) for atoms, size in found if is_small(size, 4)] == []

    attacked()
    assert set(sources) >= {*NUMERATOR, "page", "centre", "mode", "municipality"}, sources
