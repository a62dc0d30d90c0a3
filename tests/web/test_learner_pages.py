"""Pages with people's names: who sees them, searching, enrolling, changing many, importing, handing over, erasing."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from iqas.core.files import location_of
from iqas.jobs.runner import perform_here
from microcredentials.models import Edition, EditionReport, Enrolment, Incident, Learner
from tests.factories.microcredentials import (
    make_edition,
    make_enrolments,
    make_identity,
    make_microcredential,
)
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.pages import assert_hides, assert_shows, text_of, uploaded

pytestmark = pytest.mark.django_db
ANSWER, LATE = {"response": "Se repitió la clase"}, {"response": "No se hizo nada"}
HOSTILE = "D<script>alert(1)</script>"


def url(name: str, *args: Any) -> str:
    return reverse(f"microcredentials:{name}", args=args)


def an_edition(state: str = "running", centre: str = "FAC-A", **how: Any) -> Edition:
    return make_edition(make_microcredential(centre=make_centre(centre), approved=True), state=state, **how)


def person(**changes: str) -> dict[str, str]:
    return {
        "given_name": "Álvaro",
        "family_name": "Núñez CANARY",
        "email": "alvaro@example.org",
        "enrolled_on": "2025-10-01",
    } | changes


class TestWhoSeesNames:
    def test_only_editors_in_reach(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        (row,) = make_enrolments(edition, "enrolled")
        Learner.objects.update(family_name="CANARY", sort_name="canary", search_key="canary")
        pages = [
            url("learner-list"),
            url("learner-detail", row.learner_id),
            url("learner-edit", row.learner_id),
            url("enrolment-list", edition.code),
            url("enrolment-create", edition.code),
            url("enrolment-edit", row.pk),
            url("edition-enrolment-upload", edition.code),
        ]
        here, there = edition.microcredential.centre, make_centre("FAC-B")
        coordinator = client_for(staff("coordinator", scope=here.scope))
        for address in pages:
            assert coordinator.get(address).status_code == 200, address
        for role in ("reader", "reviewer", "approver", "administrator", "auditor", "student_auditor"):
            client = client_for(staff(role))
            for address in pages:
                assert client.get(address).status_code == 403, (role, address)
            if "auditor" not in role:
                assert_hides(
                    client.get(edition.get_absolute_url()), "CANARY", url("enrolment-list", edition.code)
                )
        stranger = client_for(staff("coordinator", scope=there.scope))
        for address in pages[1:]:
            assert stranger.get(address).status_code == 404, address
        assert_hides(stranger.get(pages[0]), "CANARY")
        assert coordinator.get(url("learner-erase", row.learner_id)).status_code == 403

    def test_the_statistics_stand_on_no_page(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        (row,) = make_enrolments(edition, "enrolled", residence="ELCHECANARY", nationality="PT")
        client = client_for(staff("quality_officer"))
        for address in (
            url("learner-detail", row.learner_id),
            url("learner-edit", row.learner_id),
            url("enrolment-list", edition.code),
            url("siiu-counts"),
        ):
            assert_hides(client.get(address), "ELCHECANARY")


class TestComingBack:
    def test_an_erased_person_is_enrolled_once_it_is_confirmed_that_they_ask(
        self, staff: Any, client_for: Any
    ) -> None:
        edition = an_edition()
        client = client_for(staff("quality_officer"))
        form = url("enrolment-create", edition.code)
        client.post(form, person())
        learner = Learner.objects.get()
        client.post(url("learner-erase", learner.pk), {"reason": "Lo pide"})
        assert 'type="checkbox" name="at_own_request"' not in text_of(client.get(form))
        refused = client.post(form, person())
        assert refused.status_code == 422
        body = text_of(refused)
        assert 'name="at_own_request"' in body
        assert refused.context["form"]["at_own_request"].field.widget.input_type == "checkbox"
        assert 'value="alvaro@example.org"' in body  # nothing typed is lost
        assert client.post(form, person(at_own_request="on")).status_code == 302
        assert Learner.objects.get(erased_at=None).email == "alvaro@example.org"


class TestTheLists:
    def test_search_without_accents_and_filters(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        client = client_for(staff("quality_officer"))
        client.post(url("enrolment-create", edition.code), person())
        make_enrolments(edition, "withdrawn")
        answer = client.get(url("learner-list") + "?q=nunez+ALVARO")
        assert_shows(answer, "Núñez CANARY")
        assert_hides(answer, "Prueba")
        assert_hides(client.get(url("learner-list") + f"?year={make_year(2023).code}"), "Núñez")
        assert_shows(client.get(url("learner-list") + f"?year={edition.year.code}"), "Núñez")
        listed = client.get(url("enrolment-list", edition.code) + "?state=withdrawn")
        assert_shows(listed, "Prueba")
        assert_hides(listed, "Núñez")

    def test_statements(self, staff: Any, client_for: Any, max_queries: Any) -> None:
        edition = an_edition()
        rows = make_enrolments(edition, *["enrolled"] * 25)
        client = client_for(staff("centre_quality", scope=edition.microcredential.centre.scope))
        for address in (url("learner-list"), url("enrolment-list", edition.code)):
            with max_queries(12):
                assert client.get(address).status_code == 200
        for address in (url("learner-detail", rows[0].learner_id), edition.get_absolute_url()):
            with max_queries(20):
                assert client.get(address).status_code == 200

    def test_the_export_of_a_list_holds_no_formula(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        make_enrolments(edition, "enrolled")
        Learner.objects.update(family_name='=HYPERLINK("http://x")')
        answer = client_for(staff("quality_officer")).get(url("learner-list") + "?export=xlsx")
        cells = [
            cell
            for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows()
            for cell in row
        ]
        assert all(cell.data_type != "f" for cell in cells)
        assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)


class TestEnrollingAndChanging:
    def test_a_refused_form_keeps_every_field_and_says_where(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        client = client_for(staff("quality_officer"))
        answer = client.post(
            url("enrolment-create", edition.code), person(document_number="12345678A", given_name=HOSTILE)
        )
        assert answer.status_code == 422
        body = text_of(answer)
        assert all(text in body for text in ("#id_document_number", "#id_given_name", "Núñez CANARY"))
        assert "<script>alert(1)" not in body
        assert not Learner.objects.exists()

    def test_chosen_and_all_that_the_filters_show(self, staff: Any, client_for: Any) -> None:
        edition = an_edition(state="finished")
        rows = make_enrolments(edition, *["enrolled"] * 3)
        client = client_for(staff("quality_officer"))
        change = url("enrolment-change", edition.code)
        assert client.post(change, {"state": "passed"}).status_code == 422
        client.post(change, {"state": "withdrawn", "chosen": [f"{rows[0].pk}.1"]})
        answer = client.post(f"{change}?state=enrolled", {"state": "passed", "everybody": "on"})
        assert answer.headers["Location"].endswith("?state=enrolled")
        assert sorted(edition.enrolments.values_list("state", flat=True)) == ["passed", "passed", "withdrawn"]
        refused = client.post(change, {"state": "enrolled", "everybody": "on"})
        assert refused.status_code == 422
        assert "#id_reason" in text_of(refused)

    def test_one_enrolment_with_its_grade(self, staff: Any, client_for: Any) -> None:
        edition = an_edition(state="finished")
        (row,) = make_enrolments(edition, "enrolled")
        client = client_for(staff("quality_officer"))
        page = url("enrolment-edit", row.pk)
        wrong = {"state": "withdrawn", "grade": "5", "seen_version": "1"}
        assert client.post(page, wrong).status_code == 422
        right = {"state": "passed", "grade": "7,25", "seen_version": "1"}
        assert client.post(page, right).status_code == 302
        row.refresh_from_db()
        assert (row.state, str(row.grade)) == ("passed", "7.25")

    def test_a_signed_edition_offers_no_change(self, staff: Any, client_for: Any) -> None:
        edition = an_edition(state="finished")
        (row,) = make_enrolments(edition, "passed")
        client = client_for(staff("quality_officer"))
        client.post(url("edition-advance", edition.code, "sign"))
        assert_hides(
            client.get(url("enrolment-list", edition.code)), url("enrolment-edit", row.pk), 'name="chosen"'
        )
        late = {"state": "failed", "seen_version": "1"}
        assert client.post(url("enrolment-edit", row.pk), late).status_code == 422

    def test_the_second_of_two_who_grade_the_same_person_sees_both_grades(
        self, staff: Any, client_for: Any
    ) -> None:
        edition = an_edition(state="finished")
        (row,) = make_enrolments(edition, "enrolled")
        first, second = (client_for(staff("quality_officer")) for _person in range(2))
        page = url("enrolment-edit", row.pk)
        mine = {"state": "passed", "grade": "9,50", "seen_version": "1"}
        assert first.post(page, mine).status_code == 302
        theirs = {"state": "failed", "grade": "4,25", "seen_version": "1"}
        answer = second.post(page, theirs)
        assert answer.status_code == 409
        assert all(words in text_of(answer) for words in ("9,50", "4,25", "Compare ambos textos"))
        assert answer.context["form"]["seen_version"].value() == "2"
        row.refresh_from_db()
        assert str(row.grade) == "9.50"
        assert second.post(page, theirs | {"state": "passed", "seen_version": "2"}).status_code == 302
        row.refresh_from_db()
        assert str(row.grade) == "4.25"

    def test_the_list_says_who_was_changed_since_it_was_shown(self, staff: Any, client_for: Any) -> None:
        edition = an_edition(state="finished")
        (row,) = make_enrolments(edition, "enrolled")
        client = client_for(staff("quality_officer"))
        assert_shows(client.get(url("enrolment-list", edition.code)), f'value="{row.pk}.1"')
        client.post(url("enrolment-edit", row.pk), {"state": "failed", "grade": "3", "seen_version": "1"})
        change = url("enrolment-change", edition.code)
        answer = client.post(change, {"state": "passed", "chosen": [f"{row.pk}.1"]})
        assert answer.status_code == 422
        assert str(row.learner) in str(answer.context["form"].errors)
        assert client.post(change, {"state": "passed", "chosen": ["x.1"]}).status_code == 422


class TestImportPage:
    def test_dry_run_then_confirm_and_the_file_is_not_kept(
        self, staff: Any, client_for: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        edition = an_edition()
        client = client_for(staff("coordinator", scope=edition.microcredential.scope))
        content = b"nombre;apellidos;correo;fuente\nAna;Ruiz;ana@example.org;x\n"
        answer = uploaded(client, url("edition-enrolment-upload", edition.code), content)
        assert_shows(answer, "fuente")
        assert not Learner.objects.exists()
        kept = location_of(answer.context["sha256"])
        assert default_storage.exists(kept)
        confirm = url("import-confirm", answer.context["job"].pk)
        other = client_for(staff("quality_officer"))
        assert other.post(confirm).status_code == 404
        with django_capture_on_commit_callbacks(execute=True):
            done = client.post(confirm, follow=True)
        assert_shows(done, edition.code)
        assert done.context["report"]["created"] == 1
        assert Enrolment.objects.get().edition == edition
        assert not default_storage.exists(kept)
        assert client.post(confirm, follow=True).context["job"] == done.context["job"]
        for hidden in ("ana@example.org", "Ruiz"):
            assert hidden not in str(done.context["job"].payload)

    def test_only_who_brought_a_list_of_people_sees_what_its_rows_say(
        self, staff: Any, client_for: Any
    ) -> None:
        client = client_for(staff("coordinator", scope=an_edition().microcredential.scope))
        content = b"edicion;nombre;apellidos;correo\nX;Ana;Ruiz;CANARY sin arroba\n"
        answer = uploaded(client, url("enrolment-upload"), content)
        assert_shows(answer, "CANARY")
        job = answer.context["job"]
        for role in ("administrator", "quality_officer", "coordinator"):
            other = client_for(staff(role))
            assert other.get(url("import-detail", job.pk)).status_code == 404
            assert other.get(reverse("jobs:artefact-download", args=[job.pk])).status_code == 404

    def test_rejections_are_shown_by_row_and_the_file_is_gone(
        self, staff: Any, client_for: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        an_edition()
        client = client_for(staff("quality_officer"))
        with django_capture_on_commit_callbacks(execute=True):
            answer = uploaded(
                client,
                url("enrolment-upload"),
                b"edicion;nombre;apellidos;correo\nX;<b>Uno</b>;Dos;a@example.org",
            )
        assert "<strong>Nombre</strong>" in text_of(answer)
        assert "<b>Uno" not in text_of(answer)
        assert not default_storage.exists(location_of(answer.context["sha256"]))

    def test_thousands_of_bad_rows_make_a_page_that_ends(self, staff: Any, client_for: Any) -> None:
        an_edition()
        rows = "\n".join(f"X;Ana;Gil;a{n}@example.org" for n in range(3000))
        client = client_for(staff("quality_officer"))
        content = f"edicion;nombre;apellidos;correo\n{rows}".encode()
        job = uploaded(client, url("enrolment-upload"), content).context["job"]
        assert perform_here(job.pk).state == "finished"
        answer = client.get(url("import-detail", job.pk))
        assert len(answer.content) < 200_000
        assert answer.context["more_rejected"] == 2800


class TestThePerson:
    def test_hand_over_and_erase(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        client = client_for(staff("centre_quality", scope=edition.microcredential.centre.scope))
        client.post(url("enrolment-create", edition.code), person(sex="female"))
        learner = Learner.objects.get()
        told = client.post(url("learner-export", learner.pk))
        assert told.headers["Content-Disposition"].startswith("attachment")
        assert json.loads(told.content)["person"]["family_name"] == "Núñez CANARY"
        erase = url("learner-erase", learner.pk)
        assert client.post(erase, {"reason": ""}).status_code == 422
        assert client.post(erase, {"reason": "Lo pide"}).status_code == 302
        for address in (
            url("learner-detail", learner.pk),
            url("learner-list"),
            url("enrolment-list", edition.code),
        ):
            assert_hides(client.get(address), "CANARY")
        assert client.get(url("learner-edit", learner.pk)).status_code == 200
        assert client.post(url("learner-edit", learner.pk), person() | {"seen_version": 2}).status_code == 422
        assert edition.enrolments.count() == 1

    def test_the_second_editor_sees_both_texts(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        client = client_for(staff("quality_officer"))
        client.post(url("enrolment-create", edition.code), person())
        address = url("learner-edit", Learner.objects.get().pk)
        assert client.post(address, person(given_name="Primera") | {"seen_version": 1}).status_code == 302
        answer = client.post(address, person(given_name="Segunda") | {"seen_version": 1})
        assert answer.status_code == 409
        assert all(name in text_of(answer) for name in ("Primera", "Segunda"))


class TestEditionPages:
    def test_the_whole_end_of_an_edition(self, staff: Any, client_for: Any) -> None:
        edition = an_edition()
        client = client_for(staff("coordinator", scope=edition.microcredential.scope))
        make_enrolments(edition, "passed", "failed")
        client.post(
            url("incident-create", edition.code), {"happened_on": "2025-10-08", "text": "Se fue la luz"}
        )
        incident = Incident.objects.get()
        client.post(url("incident-edit", edition.code, incident.pk), ANSWER | {"seen_version": 1})
        late = client.post(url("incident-edit", edition.code, incident.pk), LATE | {"seen_version": 1})
        assert late.status_code == 409
        assert all(text in text_of(late) for text in (ANSWER["response"], LATE["response"]))
        client.post(url("edition-advance", edition.code, "finish"))
        assert_shows(client.get(url("edition-report", edition.code)), "Se fue la luz", "Se repitió la clase")
        client.post(url("edition-advance", edition.code, "sign"))
        report = {"seen_version": 0, "went_well": "Las prácticas", "proposals": "", "file": "1"}
        assert client.post(url("edition-report", edition.code), report).status_code == 422
        assert (
            client.post(
                url("edition-report", edition.code), report | {"proposals": "Otro horario"}
            ).status_code
            == 302
        )
        assert EditionReport.objects.get().filed_at is not None
        client.post(url("edition-advance", edition.code, "close"))
        edition.refresh_from_db()
        assert edition.state == "closed"
        assert_shows(client.get(edition.get_absolute_url()), "Las prácticas", "Se repitió la clase")

    def test_beginning_with_too_few_is_a_page_that_asks_why(self, staff: Any, client_for: Any) -> None:
        the_university(min_enrolment=8)
        edition = an_edition(state="open")
        make_enrolments(edition, "enrolled")
        client = client_for(staff("quality_officer"))
        run = url("edition-advance", edition.code, "run")
        assert client.post(run, {"reason": ""}).status_code == 422
        assert client.post(run, {"reason": "Convenio"}).status_code == 302
        assert (
            client.post(url("edition-advance", edition.code, "cancel"), {"reason": "Sin aula"}).status_code
            == 302
        )
        assert_shows(client.get(edition.get_absolute_url()), "Sin aula")

    def test_planning_it_again_lists_what_changed(self, staff: Any, client_for: Any) -> None:
        edition = an_edition(state="finished", places=20)
        client = client_for(staff("quality_officer"))
        form = client.get(url("edition-repeat", edition.code)).context["form"]
        assert form.initial["places"] == 20
        terms = {name: str(form.initial[name] or "") for name in form.TERMS} | {"places": "30", "price": "0"}
        answer = client.post(url("edition-repeat", edition.code), terms)
        planned = Edition.objects.get(repeats=edition)
        assert answer.headers["Location"] == planned.get_absolute_url()
        assert_shows(client.get(planned.get_absolute_url()), edition.code, ">30<")


class TestSiiuPage:
    def test_page_and_files_say_the_same_and_hide_the_same(self, staff: Any, client_for: Any) -> None:
        edition = an_edition(state="finished")
        make_enrolments(edition, *["passed"] * 8, sex="female", residence="=cmd")
        make_enrolments(edition, *["passed"] * 9, sex="male")
        make_enrolments(edition, *["passed"] * 2, sex="other")
        client = client_for(staff("quality_officer"))
        address = url("siiu-counts")
        shown = text_of(client.get(address))
        assert ">19<" in shown
        assert ">2<" not in shown
        lines = b"".join([client.get(f"{address}?export=csv").content]).decode("utf-8-sig")
        assert "19;19" in lines
        assert ";2;" not in lines
        assert "'=cmd" in lines
        page = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}?export=xlsx").content)).active
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
        assert client.get(f"{address}?year=nada").status_code == 404

    def test_without_a_year_there_is_nothing_to_count(self, staff: Any, client_for: Any) -> None:
        assert client_for(staff("quality_officer")).get(url("siiu-counts")).status_code == 200


def test_an_identity_of_the_tests_is_new_each_time() -> None:
    assert make_identity().email != make_identity().email
