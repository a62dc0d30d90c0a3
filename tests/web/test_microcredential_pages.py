"""Pages of micro-credentials and editions: who sees what, two editors, hostile text, statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.urls import reverse

from iqas.core import clock
from iqas.core.models import AuditEvent
from iqas.core.panels import _builders
from iqas.jobs.runner import perform_here
from microcredentials import rules
from microcredentials.models import Edition, MicroCredential
from microcredentials.services import intake, publication
from tests.factories.microcredentials import make_counts, make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year
from tests.support.pages import assert_hides, assert_shows, text_of, uploaded

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'{{7*7}}=cmd"


@pytest.fixture(autouse=True)
def only_our_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Panels of upper floors need their own packs; they are tested where they are made."""
    for place in ("microcredential", "edition"):
        monkeypatch.setitem(_builders, place, [])


def url(name: str, *args: Any) -> str:
    return reverse(f"microcredentials:{name}", args=args)


class TestWhoSeesWhat:
    def test_another_centre_is_404_and_a_forbidden_page_is_403(self, staff: Any, client_for: Any) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        mine = make_microcredential("CANARY-A", centre=here)
        edition = make_edition(make_microcredential("Otra", centre=here, approved=True))
        stranger = client_for(staff("coordinator", scope=there.scope))
        reader = client_for(staff("reader", scope=here.scope))
        pages = [
            ("microcredential-detail", mine.code),
            ("version-detail", mine.code, 1),
            ("proposal-detail", mine.code),
            ("section-edit", mine.code, "identity"),
            ("version-begin", mine.code),
            ("edition-create", mine.code),
            ("edition-detail", edition.code),
            ("edition-edit", edition.code),
            ("edition-counts", edition.code),
            ("edition-advance", edition.code, "open"),
        ]
        readable = {"microcredential-detail", "version-detail", "proposal-detail", "edition-detail"}
        for name, *args in pages:
            assert stranger.get(url(name, *args)).status_code == 404, name
            assert reader.get(url(name, *args)).status_code == (200 if name in readable else 403), name
        assert_hides(stranger.get(url("microcredential-list")), "CANARY-A")

    def test_a_coordinator_of_one_micro_credential_sees_only_that_one(
        self, staff: Any, client_for: Any
    ) -> None:
        mine, other = make_microcredential("CANARY-MINE"), make_microcredential("CANARY-OTHER")
        client = client_for(staff("coordinator", scope=mine.scope))
        answer = client.get(url("microcredential-list"))
        assert_shows(answer, "CANARY-MINE")
        assert_hides(answer, "CANARY-OTHER")
        assert client.get(url("section-edit", mine.code, "need")).status_code == 200
        assert client.get(url("microcredential-detail", other.code)).status_code == 404

    @pytest.mark.parametrize("role", ["auditor", "student_auditor"])
    def test_auditors_have_no_pages_here(self, staff: Any, client_for: Any, role: str) -> None:
        assert client_for(staff(role)).get(url("microcredential-list")).status_code == 403

    def test_small_counts_are_hidden_from_who_only_reads(self, staff: Any, client_for: Any) -> None:
        edition = make_edition(
            state="finished",
            counts={"enrolled": 23, "completed": 21, "presented": 21, "passed": 21, "withdrawn": 2},
        )
        coordinator = client_for(staff("coordinator", scope=edition.microcredential.scope))
        reader = client_for(staff("reader"))
        assert ">21<" in text_of(coordinator.get(edition.get_absolute_url()))
        seen = text_of(reader.get(edition.get_absolute_url()))
        assert ">23<" in seen
        assert ">21<" not in seen
        assert ">2<" not in seen


class TestList:
    def test_search_filters_and_order(self, staff: Any, client_for: Any) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        algebra = make_microcredential("Álgebra", centre=here, approved=True)
        make_microcredential("Zoología", centre=there, complete=False)
        make_edition(algebra, starts=date(2025, 10, 6))
        client = client_for(staff("quality_officer"))
        address = url("microcredential-list")

        def titles(query: str) -> list[bool]:
            body = text_of(client.get(f"{address}?{query}"))
            return ["Álgebra" in body, "Zoología" in body]

        assert titles("q=ALGEBRA") == [True, False]
        assert titles(f"centre={there.code}") == [False, True]
        assert titles("state=approved") == [True, False]
        assert titles("complete=no") == [False, True]
        assert titles("complete=yes") == [True, False]
        assert titles(f"year={make_year(2025).code}") == [True, False]
        body = text_of(client.get(f"{address}?sort=-title"))
        assert body.index("Zoología") < body.index("Álgebra")
        assert client.get(f"{address}?centre=nonsense&state=x&page=99&sort=password").status_code == 200

    def test_statements(self, staff: Any, client_for: Any, max_queries: Any) -> None:
        for number in range(12):
            make_microcredential(f"Curso {number}", centre=make_centre(f"C{number % 3}"), complete=False)
        client = client_for(staff("quality_officer"))
        with max_queries(12):
            assert_shows(client.get(url("microcredential-list")), "Curso 11")
        with max_queries(12):
            client.get(url("edition-list"))

    def test_the_export_holds_no_formula(self, staff: Any, client_for: Any) -> None:
        import io

        import openpyxl

        make_microcredential('=HYPERLINK("http://x")', complete=False)
        answer = client_for(staff("quality_officer")).get(url("microcredential-list") + "?export=xlsx")
        page = openpyxl.load_workbook(
            io.BytesIO(b"".join(answer) if answer.streaming else answer.content)
        ).active
        cells = [cell for row in page.iter_rows() for cell in row]
        assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)
        assert all(cell.data_type != "f" for cell in cells)


class TestThePage:
    def test_statements(self, staff: Any, client_for: Any, max_queries: Any) -> None:
        microcredential = make_microcredential(approved=True)
        for _number in range(4):
            make_edition(microcredential)
        client = client_for(staff("quality_officer"))
        with max_queries(20):
            assert_shows(client.get(microcredential.get_absolute_url()), "RA1", "Proyecto")
        edition = microcredential.editions.first()
        with max_queries(20):
            client.get(edition.get_absolute_url())

    def test_what_is_missing_links_to_its_field(self, staff: Any, client_for: Any) -> None:
        microcredential = make_microcredential(complete=False)
        answer = client_for(staff("quality_officer")).get(microcredential.get_absolute_url())
        identity, staff_page = (
            url("section-edit", microcredential.code, section) for section in ("identity", "staff")
        )
        assert_shows(answer, f'href="{identity}#id_ects"', f'href="{staff_page}#id_responsible_name"')
        assert_shows(answer, "37.8", "37.4")
        assert_shows(answer, f'href="{url("section-edit", microcredential.code, "outcomes")}#outcomes"')
        reader = client_for(staff("reader")).get(microcredential.get_absolute_url())
        assert_hides(reader, identity)

    def test_hostile_text_is_shown_and_never_run(self, staff: Any, client_for: Any) -> None:
        microcredential = make_microcredential(HOSTILE, summary_es=HOSTILE, responsible_name=HOSTILE[:100])
        client = client_for(staff("quality_officer"))
        for address in (
            microcredential.get_absolute_url(),
            url("section-edit", microcredential.code, "identity"),
            url("proposal-detail", microcredential.code),
            url("microcredential-list"),
        ):
            answer = client.get(address)
            assert answer.status_code == 200
            assert_hides(answer, "<script>alert(1)")


class TestEditions:
    def test_plan_count_and_close_on_pages(self, staff: Any, client_for: Any, at: Any) -> None:
        at("2026-04-01 10:00")
        make_year(2025)
        microcredential = make_microcredential(approved=True)
        client = client_for(staff("coordinator", scope=microcredential.scope))
        client.post(
            url("edition-create", microcredential.code),
            {"starts": "2026-03-03", "ends": "2026-03-17", "places": 25},
        )
        edition = Edition.objects.get()
        for step in ("open", "run", "finish"):
            assert client.post(url("edition-advance", edition.code, step)).status_code == 302
        assert client.post(url("edition-advance", edition.code, "sign")).status_code == 409
        counts = {
            "seen_version": 0,
            "enrolled": 20,
            "completed": 18,
            "passed": 17,
            "presented": 18,
            "source": "Acta",
        }
        assert client.post(url("edition-counts", edition.code), counts | {"passed": 99}).status_code == 422
        assert client.post(url("edition-counts", edition.code), counts).status_code == 302
        assert client.post(url("edition-counts", edition.code), counts).status_code == 409
        assert client.post(url("edition-advance", edition.code, "sign")).status_code == 302
        assert (
            client.post(url("edition-counts", edition.code), counts | {"seen_version": 1}).status_code == 422
        )
        assert client.post(url("edition-advance", edition.code, "close")).status_code == 409
        report = {"seen_version": 0, "went_well": "Todo", "proposals": "Nada", "file": "1"}
        assert client.post(url("edition-report", edition.code), report).status_code == 302
        assert client.post(url("edition-advance", edition.code, "close")).status_code == 302
        edition.refresh_from_db()
        assert edition.state == "closed"

    def test_a_blocked_step_shows_its_reason_and_no_button(self, staff: Any, client_for: Any) -> None:
        edition = make_edition(make_microcredential(), places=25)
        answer = client_for(staff("quality_officer")).get(edition.get_absolute_url())
        assert_hides(answer, f'action="{url("edition-advance", edition.code, "open")}"')
        assert edition.microcredential.get_absolute_url() in text_of(answer)

    def test_an_edition_is_planned_at_the_price_and_places_of_the_design(
        self, staff: Any, client_for: Any
    ) -> None:
        make_year(2025)
        microcredential = make_microcredential(approved=True, price=Decimal("120.50"), places=18)
        client = client_for(staff("coordinator", scope=microcredential.scope))
        page = url("edition-create", microcredential.code)
        form = client.get(page).context["form"]
        assert (form.initial["price"], form.initial["places"]) == (Decimal("120.50"), 18)
        terms = {"starts": "2026-03-03", "ends": "2026-03-17", "places": "18", "price": "100"}
        answer = client.post(page, terms)
        assert answer.status_code == 422
        assert "art. 37.2" in str(answer.context["form"].errors["price"])
        assert client.post(page, terms | {"price": "120,50"}).status_code == 302
        repeat = url("edition-repeat", Edition.objects.get().code)
        assert client.get(repeat).context["form"].initial["price"] == Decimal("120.50")

    def test_a_suspended_one_shows_why_no_edition_is_planned(self, staff: Any, client_for: Any) -> None:
        edition = make_edition()
        microcredential = edition.microcredential
        publication.change_standing(
            actor=staff("quality_officer"),
            microcredential=microcredential,
            step="suspend",
            on=clock.today(),
            reason="Sin profesorado",
        )
        client = client_for(staff("coordinator", scope=microcredential.scope))
        page = client.get(microcredential.get_absolute_url())
        assert str(rules.SUSPENDED) in text_of(page)
        assert_hides(page, url("edition-create", microcredential.code))
        blocked = client.get(edition.get_absolute_url())
        assert str(rules.SUSPENDED) in text_of(blocked)
        assert_hides(
            blocked, url("edition-repeat", edition.code), url("edition-advance", edition.code, "open")
        )
        for name, code in (("edition-create", microcredential.code), ("edition-repeat", edition.code)):
            assert client.get(url(name, code)).status_code == 409

    def test_unknown_steps_and_codes(self, staff: Any, client_for: Any) -> None:
        edition = make_edition()
        client = client_for(staff("quality_officer"))
        assert client.get(url("edition-advance", edition.code, "delete")).status_code == 404
        assert client.get(url("edition-detail", "nada")).status_code == 404

    def test_counts_are_of_one_edition(self) -> None:
        edition = make_edition()
        make_counts(edition, enrolled=10)
        assert Edition.objects.get(pk=edition.pk).counts.enrolled == 10


class TestImportPage:
    def upload(self, client: Any, content: bytes, name: str = "lista.csv", **fields: Any) -> Any:
        return uploaded(client, url("catalogue-upload"), content, name, **fields)

    def test_dry_run_then_confirm(self, staff: Any, client_for: Any) -> None:
        centre = make_centre()
        client = client_for(staff("centre_quality", scope=centre.scope))
        content = "titulo;ects;fuente\nÁlgebra;3;x\n".encode("cp1252")
        answer = self.upload(client, content, centre=centre.pk)
        assert_shows(answer, "Álgebra", "fuente", sha256(content).hexdigest())
        assert not MicroCredential.objects.exists()
        confirm = url("import-confirm", answer.context["job"].pk)
        assert client_for(staff("quality_officer")).post(confirm).status_code == 403
        assert client_for(staff("coordinator", scope=centre.scope)).post(confirm).status_code == 404
        done = client.post(confirm, follow=True)
        assert done.redirect_chain[-1][1] == 303
        assert_shows(done, "Álgebra", sha256(content).hexdigest())
        assert done.context["report"]["created"] == 1
        assert MicroCredential.objects.count() == 1
        again = client.post(confirm, follow=True)
        assert again.context["job"] == done.context["job"]
        assert MicroCredential.objects.count() == 1

    def test_a_rejection_names_the_column_as_people_write_it_and_what_was_not_read(
        self, staff: Any, client_for: Any
    ) -> None:
        client = client_for(staff("quality_officer"))
        content = b"titulo;ects;inicio;color\nUno;15;31/02/2026;rojo\n"
        page = text_of(self.upload(client, content, centre=make_centre().pk))
        assert "<strong>Créditos</strong>" in page
        assert "<strong>Inicio</strong>" in page
        assert "color" in page

    def test_rejections_are_shown_by_row_and_are_never_imported(self, staff: Any, client_for: Any) -> None:
        centre = make_centre()
        client = client_for(staff("quality_officer"))
        answer = self.upload(client, b"titulo;ects\n<b>Uno</b>;15\n", centre=centre.pk, drafts="on")
        assert "37.8" in text_of(answer)
        assert "<b>Uno" not in text_of(answer)
        assert not answer.context["may_confirm"]
        refused = client.post(url("import-confirm", answer.context["job"].pk))
        assert (refused.status_code, refused.context["code"]) == (409, "import-rejected")

    def test_a_dry_run_is_good_for_an_hour_and_its_report_for_a_week(
        self, staff: Any, client_for: Any, at: Any
    ) -> None:
        centre = make_centre()
        officer = staff("quality_officer")
        at("2026-03-02 10:00")
        seen = self.upload(client_for(officer), b"titulo;ects\nUno;3\n", centre=centre.pk)
        page = url("import-detail", seen.context["job"].pk)
        at("2026-03-02 11:01")
        refused = client_for(officer).post(url("import-confirm", seen.context["job"].pk))
        assert (refused.status_code, refused.context["code"]) == (409, "promise-expired")
        at("2026-03-09 09:59")
        assert intake.forget_reports() == 0
        assert_shows(client_for(officer).get(page), "Uno")
        at("2026-03-09 10:01")
        assert intake.forget_reports() == 1
        answer = client_for(officer).get(page)
        assert answer.context["forgotten"]
        assert_hides(answer, "Uno")

    def test_what_changed_meanwhile_is_told_by_the_import(self, staff: Any, client_for: Any) -> None:
        centre = make_centre()
        client = client_for(staff("quality_officer"))
        seen = self.upload(client, b"titulo;ects;codigo\nUno;3;MC-900\n", centre=centre.pk)
        make_microcredential("Uno", centre=centre)
        done = client.post(url("import-confirm", seen.context["job"].pk), follow=True)
        assert [error["code"] for error in done.context["report"]["rejected"]] == ["title-taken"]
        assert MicroCredential.objects.count() == 1

    def test_a_large_list_is_read_and_imported_by_a_job(
        self, staff: Any, client_for: Any, settings: Any
    ) -> None:
        settings.IMPORT_REQUEST_ROWS = 2
        centre = make_centre()
        client = client_for(staff("quality_officer"))
        content = b"titulo;ects\n" + b"".join(b"Titulo %d;3\n" % number for number in range(3))
        for state in ("tried", "imported"):
            if state == "tried":
                page = self.upload(client, content, centre=centre.pk)
            else:
                page = client.post(url("import-confirm", page.context["job"].pk), follow=True)
            job = page.context["job"]
            assert (job.state, job.kind, page.context["report"]) == ("queued", intake.JOB_KIND, None)
            assert_shows(
                page, f'hx-get="{url("import-detail", job.pk)}"', reverse("jobs:job-cancel", args=[job.pk])
            )
            assert not MicroCredential.objects.exists()
            address, polling = url("import-detail", job.pk), {"HX-Request": "true"}
            assert_shows(client.get(address, headers=polling), 'id="import"')
            perform_here(job.pk)
            assert client.get(address, headers=polling)["HX-Refresh"] == "true"
            page = client.get(address)
            assert page.context["report"]["created"] == 3
        assert MicroCredential.objects.count() == 3

    def test_a_cancelled_import_writes_nothing(self, staff: Any, client_for: Any, settings: Any) -> None:
        settings.IMPORT_REQUEST_ROWS = 0
        client = client_for(staff("quality_officer"))
        page = self.upload(client, b"titulo;ects\nUno;3\n", centre=make_centre().pk)
        job = page.context["job"]
        client.post(reverse("jobs:job-cancel", args=[job.pk]))
        answer = client.get(url("import-detail", job.pk))
        assert (answer.status_code, answer.context["report"]) == (200, None)
        assert client.post(url("import-confirm", job.pk)).status_code == 409

    def test_one_event_for_a_small_import(self, staff: Any, client_for: Any) -> None:
        client = client_for(staff("quality_officer"))
        centre = make_centre()
        before = AuditEvent.objects.count()
        seen = self.upload(client, b"titulo;ects\nUno;3\nDos;2\n", centre=centre.pk)
        assert AuditEvent.objects.count() == before
        client.post(url("import-confirm", seen.context["job"].pk))
        (event,) = AuditEvent.objects.order_by("seq")[before:]
        assert event.action == "catalogue.imported"

    def test_files_that_are_no_tables(self, staff: Any, client_for: Any) -> None:
        centre = make_centre()
        client = client_for(staff("quality_officer"))
        for name, content in (("a.exe", b"MZ"), ("a.csv", b""), ("a.csv", b"a;b\n\x00")):
            assert self.upload(client, content, name, centre=centre.pk).status_code == 422, name
        broken = self.upload(client, b"PK\x03\x04junk", "a.xlsx", centre=centre.pk)
        assert broken.status_code == 422

    def test_only_centres_of_the_person(self, staff: Any, client_for: Any) -> None:
        here, there = make_centre("FAC-A"), make_centre("FAC-B")
        client = client_for(staff("centre_quality", scope=here.scope))
        assert self.upload(client, b"titulo;ects\nUno;3\n", centre=there.pk).status_code == 422
