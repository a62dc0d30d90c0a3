"""SIIU counts: persons once a year, and no small group by itself or by subtraction."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from iqas.organisation.models import AcademicYear
from microcredentials.selectors.siiu import CountedTable, publishable_rows, siiu_counts
from microcredentials.services.editions import advance_edition
from microcredentials.services.register import Entry, Register
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import (
    make_edition,
    make_enrolments,
    make_identity,
    make_microcredential,
)
from tests.factories.organisation import make_centre, make_year, the_university

THRESHOLD = 5


def small(count: int) -> bool:
    return 0 < count < THRESHOLD


@pytest.mark.parametrize(
    "cells", list(product([(0, 0), (3, 1), (6, 1), (6, 6), (9, 4), (20, 12)], repeat=3)), ids=str
)
def test_no_shown_number_and_no_remainder_is_a_small_group(cells: tuple[tuple[int, int], ...]) -> None:
    enrolled = {key: cell[0] for key, cell in enumerate(cells)}
    passed = {key: cell[1] for key, cell in enumerate(cells)}
    shown, total = publishable_rows(enrolled, passed, THRESHOLD)
    left = {key: enrolled[key] - passed[key] for key in enrolled}
    for numbers in (enrolled, passed, left):
        assert not any(small(numbers[key]) for key in shown)
        if total:
            assert not small(sum(numbers.values()))
            assert not small(sum(numbers.values()) - sum(numbers[key] for key in shown))


@pytest.mark.django_db
class TestTheTables:
    def tables(self, user: Any, year: AcademicYear) -> dict[str, CountedTable]:
        return {table.code: table for table in siiu_counts(user, year).tables}

    def test_a_person_in_two_editions_counts_once(self) -> None:
        the_university(threshold=3)
        first, second = make_edition(state="finished"), make_edition(state="finished")
        people = [make_identity() for _person in range(6)]
        register = Register(actor=None)
        register.take([Entry(1, first, one, {"sex": "female"}, state="withdrawn") for one in people])
        Register(actor=None).take([Entry(1, second, one, state="passed") for one in people[:3]])
        table = self.tables(make_staff("quality_officer"), make_year(2025))["sex"]
        assert (table.total.enrolled, table.total.passed) == (6, 3)

    def test_who_withdrew_before_the_start_and_who_was_recognised_are_left_out(self) -> None:
        the_university(threshold=3)
        edition = make_edition(state="finished")
        make_enrolments(edition, *["passed"] * 4, "recognised", "withdrawn_before_start", sex="male")
        cancelled = make_edition(state="open")
        make_enrolments(cancelled, *["enrolled"] * 4, sex="male")
        officer = make_staff("quality_officer")
        advance_edition(actor=officer, edition=cancelled, step="cancel", reason="Nadie vino")
        table = self.tables(officer, make_year(2025))["sex"]
        assert (table.total.enrolled, table.total.passed) == (4, 4)

    def test_a_decade_of_three_is_not_shown_and_cannot_be_subtracted(self) -> None:
        the_university(threshold=5)
        edition = make_edition(state="finished")
        for year, number in ((1975, 3), (1985, 12), (1995, 20)):
            make_enrolments(edition, *["passed"] * number, birth_year=year)
        table = self.tables(make_staff("quality_officer"), make_year(2025))["birth"]
        assert [row.enrolled for row in table.rows] == [20, 15]
        assert table.rows[0].label == "1990–1999"
        assert (table.total.enrolled, table.any_hidden) == (35, True)

    def test_a_group_of_three_who_did_not_pass_is_not_shown_either(self) -> None:
        the_university(threshold=5)
        edition = make_edition(state="finished")
        make_enrolments(edition, *["passed"] * 17, *["failed"] * 3, sex="female")
        table = self.tables(make_staff("quality_officer"), make_year(2025))["sex"]
        assert (table.total.enrolled, table.rows) == (None, ())

    def test_only_the_editions_in_reach(self) -> None:
        the_university(threshold=3)
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        for centre, number in ((here, 5), (there, 7)):
            edition = make_edition(make_microcredential(centre=centre, approved=True), state="finished")
            make_enrolments(edition, *["passed"] * number, sex="female")
        year = make_year(2025)
        local = self.tables(make_staff("centre_quality", scope=here.scope), year)
        assert local["sex"].total.enrolled == 5
        assert self.tables(make_staff("quality_officer"), year)["sex"].total.enrolled == 12
