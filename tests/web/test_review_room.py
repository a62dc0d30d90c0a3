"""The auditor's room: its dossier and evidence, read-only, from the snapshot, and nothing else of the product."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote_plus as quote

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.models import Dossier, Reading, SelfAssessment, Snapshot
from audits.services import dossiers
from audits.services.reading import note
from iqas.accounts.models import RoleAssignment
from iqas.core.access import allowed, can, forget_grants
from iqas.core.files import store
from iqas.evidence.services import add_version, approve_version, withdraw_version
from iqas.jobs.models import Artefact
from iqas.organisation.models import Scope
from tests.factories.accounts import make_staff
from tests.factories.audits import Cast, make_assessment, make_cast, make_dossier, make_written
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db
UNSAFE = ("post", "put", "patch", "delete")
REACHABLE = (
    "/review/",
    "/accounts/",
    "/i18n/",
    "/verify/",
    "/healthz",
    "/readyz",
    "/accessibility/",
    "/privacy/",
    "/s/",
)


@pytest.fixture
def cast(at) -> Cast:
    at("2026-10-01 10:00")
    return make_cast()


@pytest.fixture(autouse=True)
def quick_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of a dossier are the business of tests/pdf; here a file that is its own in one line is enough."""
    monkeypatch.setattr(
        dossiers, "to_pdf", lambda content, enclosures: f"%PDF-1.7 {content.seal.code}".encode()
    )
    monkeypatch.setattr(dossiers, "lint", lambda pdf, attached: [])
    monkeypatch.setattr(dossiers, "count_pages", lambda pdf: 1)


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    return make_dossier(cast)


def auditor_of(dossier: Dossier, role: str = "auditor", **fields: Any) -> Any:
    return make_staff(role, dossier.scope, name="Ana Auditora", **fields)


def room_urls(dossier: Dossier) -> list[str]:
    code = dossier.code
    return [
        reverse("review:dossier-detail", args=[code]),
        reverse("review:dossier-download", args=[code]),
        reverse("review:chapter-detail", args=[code, "P1"]),
        reverse("review:evidence-list", args=[code]),
        reverse("review:evidence-detail", args=[code, "E-0001", 1]),
        reverse("review:evidence-download", args=[code, "E-0001", 1]),
        reverse("review:action-list", args=[code]),
        reverse("review:reading-list", args=[code]),
    ]


@pytest.mark.parametrize("role", ["auditor", "student_auditor"])
def test_an_auditor_opens_every_page_of_the_dossier(dossier: Dossier, client_for, role: str) -> None:
    client = client_for(auditor_of(dossier, role))
    assert client.get(reverse("review:dossier-list")).url == reverse(
        "review:dossier-detail", args=[dossier.code]
    )
    for url in room_urls(dossier):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert text_of(answer), url
    assert_shows(client.get(room_urls(dossier)[0]), "1 de octubre de 2026", dossier.sha256)


def test_files_leave_as_attachments(dossier: Dossier, client_for) -> None:
    client = client_for(auditor_of(dossier))
    pdf, evidence = (client.get(room_urls(dossier)[place]) for place in (1, 5))
    for answer in (pdf, evidence):
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert b"".join(evidence.streaming_content) == "Acta de la comisión".encode()


def test_the_pages_offer_their_files_as_links(dossier: Dossier, client_for) -> None:
    """The actions of a header were escaped, and a rule for empty headers then hid them."""
    client = client_for(auditor_of(dossier))
    detail, download, _, _, exhibit, file = room_urls(dossier)[:6]
    assert_shows(client.get(detail), f'<a class="btn btn-primary" href="{download}">')
    assert_shows(client.get(exhibit), f'<a class="btn btn-primary" href="{file}">')


def test_an_auditor_finds_the_dossier_among_the_work_until_the_last_day(dossier: Dossier, client_for) -> None:
    reader = auditor_of(dossier, valid_until=date(2026, 12, 31))
    assert_shows(client_for(reader).get("/"), f'href="{room_urls(dossier)[0]}"', "31/12/2026")


def test_what_was_opened_is_shown_to_the_reader_and_the_university(
    cast: Cast, dossier: Dossier, client_for
) -> None:
    auditor = auditor_of(dossier)
    client = client_for(auditor)
    client.get(room_urls(dossier)[4])
    assert_shows(client.get(reverse("review:reading-list", args=[dossier.code])), "E-0001 v1")
    other = client_for(auditor_of(dossier, "student_auditor", email="otra@example.org"))
    assert_hides(other.get(reverse("review:reading-list", args=[dossier.code])), "E-0001 v1")
    assert_shows(client_for(cast.author).get(dossier.get_absolute_url()), "E-0001 v1", "Ana Auditora")
    assert Reading.objects.filter(reader=auditor).count() == 1


def test_what_was_opened_is_told_in_words_and_page_by_page(cast: Cast, dossier: Dossier, client_for) -> None:
    auditor = auditor_of(dossier)
    client = client_for(auditor)
    client.get(room_urls(dossier)[4])
    title = cast.author.evidence_owned.get().title
    log = reverse("review:reading-list", args=[dossier.code])
    assert_shows(client.get(log), title)
    Reading.objects.update(at=datetime(2026, 1, 1, tzinfo=UTC))
    for _number in range(50):
        note(auditor, dossier, dossier.code)
    assert_hides(client.get(log), title)
    assert_shows(client.get(log), "?page=2")
    assert_shows(client.get(log + "?page=2"), title)
    assert_shows(client_for(cast.author).get(dossier.get_absolute_url() + "?page=2"), title, "Ana Auditora")


def test_the_room_shows_the_snapshot_and_nothing_live(cast: Cast, dossier: Dossier, client_for) -> None:
    client = client_for(auditor_of(dossier))
    evidence = cast.author.evidence_owned.get()
    version = evidence.versions.get()
    newer = add_version(
        actor=cast.author,
        evidence=evidence,
        url="https://example.org/CANARY-new",
        date_of_fact=date(2026, 9, 30),
    )
    approve_version(actor=cast.approver, version=newer)
    withdraw_version(actor=cast.author, version=version, reason="CANARY-reason")
    evidence.title = "CANARY-title"
    evidence.save()
    SelfAssessment.objects.update(title="CANARY-report")
    Scope.objects.filter(pk=dossier.scope_id).update(label="Informe de autoevaluación 2025-26")
    for url in room_urls(dossier):
        assert_hides(client.get(url), "CANARY")
    assert_shows(client.get(room_urls(dossier)[4]), "Acta de la comisión")
    assert client.get(reverse("review:evidence-detail", args=[dossier.code, "E-0001", 2])).status_code == 404


def test_an_assignment_that_is_over_is_refused_with_its_date(dossier: Dossier, client_for, at) -> None:
    auditor = auditor_of(dossier, valid_until=date(2026, 10, 31))
    client = client_for(auditor)
    assert client.get(room_urls(dossier)[0]).status_code == 200
    at("2026-11-01 00:30")
    client = client_for(auditor)
    for url in (reverse("review:dossier-list"), *room_urls(dossier)):
        answer = client.get(url)
        assert answer.status_code == 403, url
        assert "31/10/2026" in text_of(answer)
        assert_hides(answer, "La comisión revisó")


def test_an_assignment_that_has_not_begun_is_refused_with_its_date(dossier: Dossier, client_for) -> None:
    answer = client_for(auditor_of(dossier, valid_from=date(2026, 12, 1))).get(reverse("review:dossier-list"))
    assert answer.status_code == 403
    assert "01/12/2026" in text_of(answer)


def test_a_role_taken_away_stops_at_the_next_request(dossier: Dossier, client_for) -> None:
    auditor = auditor_of(dossier)
    client = client_for(auditor)
    assert client.get(room_urls(dossier)[0]).status_code == 200
    RoleAssignment.objects.filter(user=auditor).delete()
    assert client.get(room_urls(dossier)[0]).status_code == 403


def test_another_dossier_does_not_exist_for_an_auditor(dossier: Dossier, client_for) -> None:
    other = make_dossier(make_cast("FAC-B", "CANARY-B"), title="CANARY-B-report")
    client = client_for(auditor_of(dossier))
    for url in room_urls(other):
        answer = client.get(url)
        assert answer.status_code == 404, url
        assert_hides(answer, "CANARY-B")


def test_a_dossier_that_is_not_printed_yet_does_not_exist_in_the_room(cast: Cast, client_for) -> None:
    pending = make_dossier(cast, printed=False)
    client = client_for(auditor_of(pending))
    assert client.get(room_urls(pending)[0]).status_code == 404
    assert client.get(reverse("review:dossier-list")).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/review/D-2026-001/criteria/Z9/",
        "/review/D-2026-001/criteria/P6/",
        "/review/D-2026-001/indicators/nothing/",
        "/review/D-2026-001/evidence/E-9999/1/",
        "/review/D-2026-001/evidence/E-0001/99999999999/",
        "/review/D-2026-999/",
    ],
)
def test_nonsense_is_not_found(dossier: Dossier, client_for, url: str) -> None:
    assert client_for(auditor_of(dossier)).get(url).status_code == 404


def every_route(patterns: Any = None, prefix: str = "") -> list[str]:
    """The paths of the product with a plausible value for each argument."""
    import re

    found: list[str] = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += every_route(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", route)
            path = re.sub(r"<int:\w+>", "1", path)
            path = re.sub(r"<(?:\w+:)?code>", "D-2026-001", path)
            path = re.sub(r"<(?:\w+:)?\w+>", "P1", path)
            path = (
                re.sub(r"\(\?P<\w+>[^)]*\)", "1", path).replace("^", "").replace("$", "").replace("\\Z", "")
            )
            found.append("/" + path.replace("\\", ""))
    return found


def test_an_auditor_reaches_its_dossier_and_nothing_else(cast: Cast, dossier: Dossier, client_for) -> None:
    """Walks every route of the product: outside the room nothing answers 200 with anything of the university."""
    make_written(cast, framework="ESG-2015-P1", title="CANARY-A-live")
    client = client_for(auditor_of(dossier))
    routes = [path for path in every_route() if not path.startswith("/static/")]
    assert len(routes) > 60
    opened = []
    for path in routes:
        answer = client.get(path)
        assert answer.status_code < 500, path
        assert_hides(answer, "CANARY-A", cast.author.email, cast.coordinator.name)
        if answer.status_code == 200 and not path.startswith(REACHABLE):
            opened.append(path)
    assert set(opened) <= {"/", "/people/me/", "/api/v1/docs/", "/api/v1/schema/"}, opened


@pytest.mark.parametrize("method", UNSAFE)
def test_an_auditor_sends_nothing_that_changes_anything(dossier: Dossier, client_for, method: str) -> None:
    client = client_for(auditor_of(dossier))
    before = (SelfAssessment.objects.count(), Dossier.objects.count(), Reading.objects.count())
    for path in every_route():
        if path.startswith(("/accounts/", "/i18n/", "/static/")):
            continue
        answer = getattr(client, method)(path)
        assert answer.status_code in (403, 404, 405), (path, answer.status_code)
    assert (SelfAssessment.objects.count(), Dossier.objects.count(), Reading.objects.count()) == before


ACTIONS = (
    "assessment.view",
    "assessment.edit",
    "assessment.submit",
    "assessment.return",
    "assessment.freeze",
    "dossier.build",
)
ROLES = (
    "quality_officer",
    "centre_quality",
    "coordinator",
    "reviewer",
    "approver",
    "reader",
    "administrator",
)


def test_predicate_and_twin_agree(cast: Cast) -> None:
    other = make_cast("FAC-B", "Facultad B")
    dossier = make_dossier(cast, printed=False)
    drafting, review = make_assessment(other), make_written(cast, framework="ESG-2015-P1")
    from audits.services.assessments import submit

    submit(actor=cast.author, assessment=review)
    people = [cast.author, cast.approver, cast.coordinator, other.author, other.approver]
    people += [
        make_staff(role, None if role in ("quality_officer", "administrator") else cast.centre.scope)
        for role in ROLES
    ]
    people += [auditor_of(dossier), make_staff("student_auditor", dossier.scope)]
    review.authors.add(people[5])
    reports = list(SelfAssessment.objects.select_related("scope"))
    printed = list(Dossier.objects.select_related("scope"))
    assert {drafting.state, SelfAssessment.objects.get(pk=review.pk).state} == {"drafting", "review"}

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.sampled_from(people), st.sampled_from((*ACTIONS, "dossier.view", "review.open")))
    def agree(person: Any, action: str) -> None:
        forget_grants(person)
        things = printed if action in ("dossier.view", "review.open") else reports
        by_predicate = {thing.pk for thing in things if can(person, action, thing)}
        by_twin = set(allowed(person, action).values_list("pk", flat=True))
        assert by_predicate == by_twin, (person, action)

    agree()


@pytest.mark.parametrize("replaced", ["snapshot", "file", "hash"])
def test_a_dossier_that_somebody_replaced_in_the_database_is_not_shown(
    cast: Cast, dossier: Dossier, client_for, replaced: str
) -> None:
    forged = store(ContentFile(b"CANARY forged", "forged.txt"))
    if replaced == "snapshot":
        body = dossier.snapshot.body.replace("Participaci", "CANARYcipaci", 1)
        Snapshot.objects.update(body=body, sha256=hashlib.sha256(body.encode()).hexdigest())
    elif replaced == "file":
        Artefact.objects.filter(pk=dossier.artefact_id).update(sha256=forged.sha256)
    else:
        Dossier.objects.filter(pk=dossier.pk).update(sha256=forged.sha256)
    client = client_for(auditor_of(dossier))
    for place in (0, 1, 2):
        answer = client.get(room_urls(dossier)[place])
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"CANARY" not in content
        assert answer.status_code == (200 if replaced == "file" else 409)


def test_the_evidence_is_filtered_and_leaves_with_its_hashes(dossier: Dossier, client_for) -> None:
    """Auditors read off-line: the list that they take along names each file by what proves it."""
    client = client_for(auditor_of(dossier))
    address = reverse("review:evidence-list", args=[dossier.code])
    exhibits = dossiers.content_of(dossier).exhibits
    cited = exhibits[0].cited_by[0]
    assert_shows(
        client.get(address, {"q": exhibits[0].title.upper(), "criterion": cited, "sort": "-label"}),
        f'class="chip" href="?q={quote(exhibits[0].title.upper())}&amp;sort=-label"',
        'aria-sort="descending"',
        exhibits[0].label,
    )
    assert_shows(client.get(address, {"validity": "withdrawn"}), "Nada coincide con estos filtros")
    rows = list(
        csv.reader(
            io.StringIO(client.get(address, {"export": "csv"}).content.decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(rows) == 1 + len(exhibits)
    assert exhibits[0].sha256 in rows[1]
    assert {cell for row in rows for cell in row}.isdisjoint({"None"})


def test_who_may_open_several_dossiers_finds_them_in_a_list(cast: Cast, dossier: Dossier, client_for) -> None:
    client = client_for(make_staff("quality_officer"))
    assert_shows(client.get(reverse("review:dossier-list")), dossier.code, "aria-sort", "Exportar esta fila")
    assert_hides(client.get(reverse("review:dossier-list"), {"state": "superseded"}), f"{dossier.code}</a>")


def test_a_page_below_a_tab_marks_it(dossier: Dossier, client_for) -> None:
    client = client_for(auditor_of(dossier))
    report, _, chapter, listed, exhibit = room_urls(dossier)[:5]
    for url, tab, current in (
        (report, report, "page"),
        (chapter, report, "true"),
        (listed, listed, "page"),
        (exhibit, listed, "true"),
    ):
        page = text_of(client.get(url))
        assert f'<a href="{tab}" aria-current="{current}">' in page.split('class="tabs"')[1], url
        assert page.split('class="tabs"')[1].split("</ul>")[0].count("aria-current") == 1
