"""Every list leaves as XLSX and as CSV, with its filters, for whom it may be, and no cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from microcredentials.models import (
    Agreement,
    AnnualProgramme,
    Edition,
    Learner,
    MicroCredential,
    MicroCredentialVersion,
    Partner,
    Pathway,
)
from microcredentials.services import programmes
from tests.factories.accounts import make_staff
from tests.factories.approval import make_submission, take_to
from tests.factories.microcredentials import make_edition, make_enrolments
from tests.factories.organisation import make_centre, make_year
from tests.factories.partners import make_partner, make_pathway
from tests.support.pages import assert_hides, assert_shows

pytestmark = pytest.mark.django_db
BOMB = '=HYPERLINK("http://x","x")'  # no longer than the shortest column
LISTS = (
    "microcredential-list",
    "edition-list",
    "enrolment-list",
    "enrolment-register",
    "learner-list",
    "partner-list",
    "agreement-list",
    "pathway-list",
    "programme-list",
    "programme-detail",
    "approval-list",
)
OF_THE_WHOLE_UNIVERSITY = {"partner-list", "agreement-list", "programme-list", "programme-detail"}
PERSONS = {"enrolment-list", "enrolment-register", "learner-list"}


@pytest.fixture
def addresses(at: Any) -> dict[str, str]:
    """The address of every list, in a university where every text that people write begins like a formula.

    The texts are put past the services, which may refuse some of them: the export leans on nobody else's care.
    """
    at("2026-03-02 10:00")
    submission = take_to(make_submission(), "governing-body")
    centre = submission.version.microcredential.centre
    edition = make_edition(state="running")
    make_enrolments(edition, "enrolled")
    partner = make_partner("Ánfora")
    Agreement.objects.create(partner=partner, title=BOMB, starts=date(2026, 1, 1), ends=date(2027, 1, 1))
    make_pathway(centre=centre)
    programme = programmes.prepare_programme(actor=make_staff("quality_officer"), year=make_year(2025))
    MicroCredentialVersion.objects.filter(approved_at=None).update(title_es=BOMB, responsible_name=BOMB)
    Edition.objects.update(venue=BOMB)
    AnnualProgramme.objects.update(body=BOMB)
    Partner.objects.update(name=BOMB)
    Pathway.objects.update(name_es=BOMB, target_name=BOMB)
    Learner.objects.update(given_name=BOMB, family_name=BOMB, student_number=BOMB)
    type(centre).objects.update(name_es=BOMB)
    codes = {"enrolment-list": [edition.code], "programme-detail": [programme.code]}
    return {name: reverse(f"microcredentials:{name}", args=codes.get(name, [])) for name in LISTS}


def cells_of(answer: Any, kind: str) -> list[list[str]]:
    assert answer.status_code == 200
    assert f'.{kind}"' in answer["Content-Disposition"]
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    return [[str(value or "") for value in row] for row in page.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("name", LISTS)
def test_no_cell_is_a_formula(
    name: str, kind: str, addresses: dict[str, str], staff: Any, client_for: Any
) -> None:
    client = client_for(staff("quality_officer"))
    rows = cells_of(client.get(addresses[name], {"export": kind}), kind)
    assert len(rows) > 1, "nothing was exported, so nothing is proved"
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "@"))]
    assert any("HYPERLINK" in cell for row in rows for cell in row)


@pytest.mark.parametrize("name", LISTS)
def test_the_page_offers_both(name: str, addresses: dict[str, str], staff: Any, client_for: Any) -> None:
    page = client_for(staff("quality_officer")).get(addresses[name])
    assert b"export=xlsx" in page.content
    assert b"export=csv" in page.content


@pytest.mark.parametrize("name", [name for name in LISTS if name not in OF_THE_WHOLE_UNIVERSITY])
def test_another_centre_exports_nothing_of_this_one(
    name: str, addresses: dict[str, str], staff: Any, client_for: Any
) -> None:
    other = make_centre("FAC-Z")
    answer = client_for(staff("centre_quality", scope=other.scope)).get(addresses[name], {"export": "csv"})
    assert answer.status_code == 404 or len(cells_of(answer, "csv")) == 1


@pytest.mark.parametrize("name", sorted(PERSONS))
def test_who_may_not_see_persons_exports_none(
    name: str, addresses: dict[str, str], staff: Any, client_for: Any
) -> None:
    assert client_for(staff("reader")).get(addresses[name], {"export": "csv"}).status_code == 403


class TestTheRegisters:
    def test_approvals_by_state_and_by_turn(
        self, addresses: dict[str, str], staff: Any, client_for: Any, max_queries: Any
    ) -> None:
        second = make_submission()
        approver = client_for(staff("approver"))
        mine = approver.get(addresses["approval-list"], {"whose": "mine"})
        code = MicroCredential.objects.get(versions__title_es=BOMB, versions__submissions__isnull=False).code
        assert_shows(mine, code)
        assert_hides(mine, second.version.microcredential.code)
        late = approver.get(addresses["approval-list"], {"whose": "late"})
        assert_hides(late, code)
        with max_queries(12):
            approver.get(addresses["approval-list"], {"state": "waiting", "q": "x"})

    def test_agreements_by_state(
        self, at: Any, addresses: dict[str, str], staff: Any, client_for: Any, max_queries: Any
    ) -> None:
        reader = staff("reader")

        def found() -> list[str]:
            client = client_for(reader)  # a session does not last a year
            return [
                state
                for state in ("future", "in_force", "expiring", "expired")
                if b"HYPERLINK" in client.get(addresses["agreement-list"], {"state": state}).content
            ]

        for day, state in (
            ("2025-12-31", "future"),
            ("2026-01-01", "in_force"),
            ("2026-12-31", "expiring"),
            ("2027-01-01", "expiring"),
            ("2027-01-02", "expired"),
        ):
            at(f"{day} 10:00")
            assert found() == [state], day
            assert Agreement.objects.get().state == state
        client = client_for(reader)
        with max_queries(12):
            client.get(addresses["agreement-list"])

    def test_enrolments_of_every_edition(
        self, addresses: dict[str, str], staff: Any, client_for: Any, max_queries: Any
    ) -> None:
        make_enrolments(make_edition(state="running"), "enrolled", "enrolled")
        client = client_for(staff("quality_officer"))
        rows = cells_of(client.get(addresses["enrolment-register"], {"export": "csv"}), "csv")
        assert len(rows) == 1 + 3
        with max_queries(12):
            client.get(addresses["enrolment-register"], {"state": "enrolled"})
