"""Every list leaves as XLSX and as CSV, with its filters, for whom it may be, and no cell of it is ever a formula."""

from __future__ import annotations

import csv
import inspect
import io
import re
from datetime import date
from functools import cache
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver, reverse

from iqas.core.routes import Route, _walk, routes
from iqas.jobs.models import Artefact
from iqas.ui import lists
from microcredentials import frozen_guard
from microcredentials.models import (
    Agreement,
    AnnualProgramme,
    ApprovalRoute,
    Document,
    Edition,
    Learner,
    MicroCredential,
    MicroCredentialVersion,
    Partner,
    Pathway,
)
from tests.factories.approval import make_submission, take_to
from tests.factories.documents import make_document
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.organisation import make_centre
from tests.factories.partners import make_partner, make_pathway
from tests.factories.programmes import make_programme
from tests.support.pages import assert_hides, assert_shows

pytestmark = pytest.mark.django_db
SIGNS = (
    "=",
    "\t=",
)  # each through every export; all of them through the one place where exports are written, below
BOMB = 'HYPERLINK("http://x","x")'  # with its sign no longer than the shortest column
LISTED = re.compile(r"-(list|register|continuing)\Z|:siiu-counts\Z")
OTHERS = {
    "microcredentials:remark-list": "a conversation on one section, not a list of things",
    "usersessions_list": "one's own sessions, a page of django-allauth",
    "organisation:year-list": "a handful of settings on one page",
    "dimensions:matrix": "a picture of other lists",
    "frameworks:framework-list": "the packs that are loaded, each with its file",
    "indicators:indicator-list": "definitions from a pack; their figures leave with the dossier",
    "feedback:comment-list": "comments are decided one by one, and leave only with the results",
    "review:dossier-list": "the auditor reads what was frozen; its annex holds the same rows as files",
    "review:evidence-list": "the same",
    "review:action-list": "the same",
    "review:reading-list": "the same",
}
HELD_AT = ("programme-detail",)  # an object whose page holds a list of its own
OF_THE_WHOLE_UNIVERSITY = {
    "partner-list",
    "agreement-list",
    "programme-list",
    "programme-detail",
    "programme-continuing",
    "route-list",
}
PERSONS = {"enrolment-list", "enrolment-register", "learner-list"}
WITHOUT_TEXTS_OF_PEOPLE = {"siiu-counts"}


def is_list(route: Route) -> bool:
    """By its name, or because its view is made of the list pattern."""
    view = inspect.unwrap(resolve_view(route))
    return bool(LISTED.search(route.name)) or "lists.list_page(" in inspect.getsource(view)


@cache
def views() -> dict[str, Any]:
    return {name: view for name, _path, _kwargs, view in _walk(get_resolver().url_patterns, "/", "", ())}


def resolve_view(route: Route) -> Any:
    return views()[route.name]


def lists_of(*apps: str) -> list[str]:
    """The names of the lists of these apps, enumerated from the routes: a new one cannot escape."""
    return sorted(
        route.name.rpartition(":")[2]
        for route in routes()
        if route.name.startswith(apps)
        and "GET" in route.methods
        and is_list(route)
        and route.name not in OTHERS
    )


LISTS = [*lists_of("microcredentials:", "routes:"), *HELD_AT]


def build(sign: str) -> dict[str, str]:
    """The address of every list, in a university where every text that people write begins like a formula.

    The texts are put past the services, which may refuse some of them: the export leans on nobody else's care.
    """
    bomb = sign + BOMB
    call_command("load_packs", verbosity=0)
    submission = take_to(make_submission(), "governing-body")
    centre = submission.version.microcredential.centre
    goes_on = make_microcredential(approved=True)
    document = make_document(goes_on.current)
    edition = make_edition(state="running")
    make_enrolments(edition, "enrolled")
    partner = make_partner("Ánfora")
    Agreement.objects.create(partner=partner, title=bomb, starts=date(2026, 1, 1), ends=date(2027, 1, 1))
    make_pathway(centre=centre)
    programme = make_programme()
    frozen_guard.remove(connection)  # what is approved is text that people wrote, too
    try:
        MicroCredentialVersion.objects.update(title_es=bomb, responsible_name=bomb)
    finally:
        frozen_guard.install(connection)
    Edition.objects.update(venue=bomb)
    AnnualProgramme.objects.update(body=bomb)
    ApprovalRoute.objects.update(title_es=bomb)
    Partner.objects.update(name=bomb)
    Pathway.objects.update(name_es=bomb, target_name=bomb)
    Learner.objects.update(given_name=bomb, family_name=bomb, student_number=bomb)
    type(document.requested_by).objects.update(name=bomb)
    type(centre).objects.update(name_es=bomb)
    as_if_printed(document)
    codes = {
        "enrolment-list": [edition.code],
        "programme-detail": [programme.code],
        "programme-continuing": [programme.code],
        "document-list": [goes_on.code],
    }
    return {name: address_of(name, codes) for name in LISTS}


def address_of(name: str, codes: dict[str, list[str]]) -> str:
    app = "routes" if name.startswith("route-") else "microcredentials"
    return reverse(f"{app}:{name}", args=codes.get(name, []))


def as_if_printed(document: Document) -> None:
    job = document.job
    assert job is not None
    artefact = Artefact.objects.create(
        job=job, sha256="0" * 64, size=1, filename="x.pdf", media_type="application/pdf"
    )
    Document.objects.filter(pk=document.pk).update(
        artefact=artefact, sha256="0" * 64, size=1, pages=1, made_at=document.requested_at
    )


@pytest.fixture
def addresses(at: Any) -> dict[str, str]:
    at("2026-03-02 10:00")
    return build("=")


def cells_of(answer: Any, kind: str) -> list[list[str]]:
    assert answer.status_code == 200
    assert f'.{kind}"' in answer["Content-Disposition"]
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    cells = [cell for row in page.iter_rows() for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    assert all(cell.data_type == "s" for cell in cells if "HYPERLINK" in str(cell.value))
    return [
        [str("" if value is None else value) for value in row] for row in page.iter_rows(values_only=True)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("sign", SIGNS, ids=repr)
def test_no_cell_is_a_formula(sign: str, at: Any, staff: Any, client_for: Any) -> None:
    at("2026-03-02 10:00")
    client = client_for(staff("quality_officer"))
    for name, address in build(sign).items():
        for kind in ("xlsx", "csv"):
            rows = cells_of(client.get(address, {"export": kind}), kind)
            assert len(rows) > 1, f"{name}: nothing was exported, so nothing is proved"
            if name != "siiu-counts":  # several tables one below the other
                assert len({len(row) for row in rows}) == 1, name
            texts = [cell for row in rows for cell in row]
            assert not [text for text in texts if text.lstrip().startswith(("=", "+", "@"))], name
            assert not [text for text in texts if text[:1] in ("\t", "\r", "\0")], name
            assert not [text for text in texts if text.startswith("-") and not is_number(text)], name
            assert any("HYPERLINK" in text for text in texts) or name in WITHOUT_TEXTS_OF_PEOPLE, name


def is_number(text: str) -> bool:
    return text.replace(",", ".").lstrip("-").replace(".", "", 1).isdigit()


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\t=", "\r=", "\n@", " ="], ids=repr
)
def test_the_export_neutralises_what_no_database_would_keep(sign: str) -> None:
    class Bombs(lists.Table):
        text = lists.Column()

    for kind in ("xlsx", "csv"):
        table = Bombs([{"text": f"{sign}{BOMB}"}])
        (_head, (cell,)) = cells_of(lists.export_table(table, "x", kind), kind)
        assert cell.startswith("'"), (kind, cell)
        assert BOMB in cell


def test_every_list_of_the_product_leaves_as_a_spreadsheet_or_says_why_not() -> None:
    """Lists made of the pattern have both buttons; those that are not are named above with their reason."""
    tested = {f"microcredentials:{name}" for name in LISTS} | {f"routes:{name}" for name in LISTS}
    found = [route for route in routes() if "GET" in route.methods and not route.name.startswith("api:")]
    bare = {
        route.name
        for route in found
        if is_list(route) and "lists.list_page(" not in inspect.getsource(inspect.unwrap(resolve_view(route)))
    }
    assert bare - tested - set(OTHERS) == set()
    assert set(OTHERS) - {route.name for route in found} == set(), "these pages are gone"
    assert len(LISTS) >= 15


def test_the_page_offers_both(addresses: dict[str, str], staff: Any, client_for: Any) -> None:
    client = client_for(staff("quality_officer"))
    for name, address in addresses.items():
        page = client.get(address)
        assert b"export=xlsx" in page.content, name
        assert b"export=csv" in page.content, name


def test_another_centre_exports_nothing_of_this_one(
    addresses: dict[str, str], staff: Any, client_for: Any
) -> None:
    client = client_for(staff("centre_quality", scope=make_centre("FAC-Z").scope))
    for name in sorted(set(LISTS) - OF_THE_WHOLE_UNIVERSITY):
        answer = client.get(addresses[name], {"export": "csv"})
        if answer.status_code == 404:
            continue
        rows = cells_of(answer, "csv")
        if name == "siiu-counts":
            assert not {cell for row in rows for cell in row[-2:]} & {"1", "2", "3"}
        else:
            assert len(rows) == 1, name


def test_who_may_not_see_persons_exports_none(addresses: dict[str, str], staff: Any, client_for: Any) -> None:
    client = client_for(staff("reader"))
    for name in sorted(PERSONS):
        assert client.get(addresses[name], {"export": "csv"}).status_code == 403, name


class TestTheRegisters:
    def test_approvals_by_state_and_by_turn(
        self, addresses: dict[str, str], staff: Any, client_for: Any, max_queries: Any
    ) -> None:
        second = make_submission()
        approver = client_for(staff("approver"))
        mine = approver.get(addresses["approval-list"], {"whose": "mine"})
        code = (
            MicroCredential.objects.filter(versions__submissions__waiting_for__code="governing-body")
            .get()
            .code
        )
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
