"""SIIU counts: persons once a year, and no small group by itself or by subtraction."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.utils import translation

from iqas.organisation.models import AcademicYear, Centre
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
        with translation.override("en"):
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

    def rows(self, table: CountedTable) -> dict[str, tuple[int | None, int | None]]:
        return {row.label: (row.enrolled, row.passed) for row in table.rows}

    def test_by_centre_mode_and_municipality_each_person_once(self) -> None:
        """What the law asks beside the person: the centre, where it stands (RD 640/2021 art. 18.1.a), and the mode."""
        the_university(threshold=3)
        here, there = make_centre("FAC-A", "Facultad A"), make_centre("FAC-B", "Facultad B")
        Centre.objects.filter(pk=here.pk).update(municipality="Vallehermoso")
        editions = [
            make_edition(make_microcredential(centre=centre, approved=True, mode=mode), state="finished")
            for centre, mode in ((here, "onsite"), (here, "virtual"), (there, "virtual"))
        ]
        people = [make_identity() for _person in range(4)]
        for edition, own in zip(editions, (6, 8, 7), strict=True):
            entries = [
                Entry(row, edition, identity, {"sex": "female"}, state="passed")
                for row, identity in enumerate([*people, *(make_identity() for _person in range(own))])
            ]
            register = Register(actor=None)
            register.take(entries)
            assert register.problems == []
        tables = self.tables(make_staff("quality_officer"), make_year(2025))
        assert self.rows(tables["centre"]) == {
            "Facultad A": (14, 14),
            "Facultad B": (7, 7),
            "in several of them": (4, 4),
        }
        assert self.rows(tables["mode"]) == {
            "on-site": (6, 6),
            "virtual": (15, 15),
            "in several of them": (4, 4),
        }
        assert self.rows(tables["municipality"]) == {
            "Vallehermoso": (14, 14),
            "not known": (7, 7),
            "in several of them": (4, 4),
        }
        assert {table.total.enrolled for table in tables.values()} == {25}

    def test_a_centre_with_a_few_who_did_not_pass_goes_with_its_neighbour(self) -> None:
        the_university(threshold=5)
        for code, failed in (("FAC-A", 2), ("FAC-B", 6), ("FAC-C", 9)):
            edition = make_edition(
                make_microcredential(centre=make_centre(code, code), approved=True), state="finished"
            )
            make_enrolments(edition, *["passed"] * 20, *["failed"] * failed)
        table = self.tables(make_staff("quality_officer"), make_year(2025))["centre"]
        assert self.rows(table) == {"FAC-C": (29, 20), "all other groups together": (48, 40)}

    def test_a_mode_less_the_editions_that_are_told_is_not_a_few_people(self) -> None:
        """Virtual are an edition of 20, whose count is on its page, and one of 3, which no page shows."""
        the_university(threshold=5)
        for mode, count in (("virtual", 20), ("virtual", 3), ("onsite", 12), ("onsite", 30)):
            edition = make_edition(make_microcredential(approved=True, mode=mode), state="finished")
            make_enrolments(edition, *["passed"] * count)
        table = self.tables(make_staff("quality_officer"), make_year(2025))["mode"]
        assert {row.label for row in table.rows} == {"all other groups together"}
        assert (table.total.enrolled, table.any_hidden) == (65, True)

    def test_who_passed_counts_once_everybody_of_the_edition_has_a_result(self) -> None:
        """Three who have passed so far, beside indicators that do not count the edition yet, are three people."""
        the_university(threshold=5)
        make_enrolments(make_edition(state="finished"), *["passed"] * 12, sex="female")
        make_enrolments(make_edition(state="finished"), *["passed"] * 3, *["enrolled"] * 9, sex="female")
        table = self.tables(make_staff("quality_officer"), make_year(2025))["sex"]
        assert (table.total.enrolled, table.total.passed) == (24, 12)

    def test_an_edition_counted_by_hand_is_told_of_for_it_is_in_no_table(self) -> None:
        the_university(threshold=5)
        make_enrolments(make_edition(state="finished"), *["passed"] * 12, sex="female")
        make_edition(
            state="finished", counts={"enrolled": 20, "completed": 20, "presented": 20, "passed": 20}
        )
        counts = siiu_counts(make_staff("quality_officer"), make_year(2025))
        assert counts.by_hand == 1
        assert {table.total.enrolled for table in counts.tables} == {12}
