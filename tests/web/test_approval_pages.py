"""The pages of the way to approval: for whom, with how many statements, refusals, comments, comparison, programme."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from iqas.core import clock
from iqas.core.worklist import work_of
from microcredentials import rules
from microcredentials.models import (
    AnnualProgramme,
    ApprovalAct,
    MicroCredential,
    Remark,
    StandingAct,
    Submission,
)
from microcredentials.services import approval, programmes, proposals
from microcredentials.services.writing import Outcome
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission, paper, take_to
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(at: Any) -> None:
    at("2026-03-02 10:00")


def url(name: str, *args: Any) -> str:
    return reverse(f"microcredentials:{name}", args=args)


class TestTheProcess:
    def test_a_draft_shows_what_blocks_it_and_what_it_will_need(
        self, client_for: Any, max_queries: Any
    ) -> None:
        author = make_staff("coordinator")
        draft = make_microcredential(actor=author, responsible_name="")
        client = client_for(author)
        make_submission()
        with max_queries(20):
            answer = client.get(url("approval-detail", draft.code))
        assert_shows(answer, "37.4", "Junta de Centro", "Consejo Social")
        assert_hides(answer, url("version-submit", draft.code))

    def test_from_the_draft_to_published_on_pages(self, client_for: Any, max_queries: Any) -> None:
        author, officer = make_staff("coordinator"), make_staff("quality_officer")
        draft = make_microcredential(actor=author)
        writer, judge = client_for(author), client_for(officer)
        assert writer.post(url("version-submit", draft.code), {"note": "Lista."}).status_code == 302
        assert writer.post(url("version-submit", draft.code), {"note": ""}).status_code == 422
        assert_shows(writer.get(url("approval-detail", draft.code)), "Lista.")
        assert writer.get(url("act-record", draft.code, "quality-report")).status_code == 403
        submission = Submission.objects.get()
        take_to(submission, "price")
        with max_queries(20):
            page = judge.get(url("approval-detail", draft.code))
        assert_shows(page, url("act-record", draft.code, "price"), "Consejo Social")
        refusal = judge.post(
            url("act-record", draft.code, "price"), {"outcome": "favourable", "held_on": "2026-03-02"}
        )
        assert refusal.status_code == 422
        accepted = judge.post(
            url("act-record", draft.code, "price"),
            {
                "outcome": "conditions",
                "conditions": "Precio de 150 €",
                "held_on": "2026-03-01",
                "upload": paper(),
            },
        )
        assert accepted.status_code == 422, "before the step before it"
        accepted = judge.post(
            url("act-record", draft.code, "price"),
            {
                "outcome": "conditions",
                "conditions": "Precio de 150 €",
                "held_on": "2026-03-02",
                "upload": paper(),
            },
        )
        assert accepted.status_code == 302
        standing = url("standing-change", draft.code, "publish")
        assert judge.post(standing, {"on": "2026-03-02"}).status_code == 422
        fulfilled = url("conditions-fulfil", draft.code, "price")
        assert judge.post(fulfilled, {"on": "2026-03-02"}).status_code == 302
        assert judge.get(fulfilled).status_code == 404
        assert judge.post(standing, {"on": "2026-03-02"}).status_code == 302
        draft.refresh_from_db()
        assert draft.state == "published"
        assert (
            judge.post(url("standing-change", draft.code, "suspend"), {"on": "2026-03-02"}).status_code == 422
        )
        answer = judge.post(
            url("standing-change", draft.code, "suspend"), {"on": "2026-03-02", "reason": "Sin aula"}
        )
        assert answer.status_code == 302
        assert_shows(judge.get(url("approval-detail", draft.code)), "Sin aula")
        ended = url("standing-change", draft.code, "extinguish")
        why = {"on": "2026-03-02", "reason": "Otra la sustituye", "body": "Junta Rectora"}
        assert judge.post(ended, why).status_code == 422, "without its document"
        assert judge.post(ended, why | {"upload": paper("extincion")}).status_code == 302
        with max_queries(20):
            page = judge.get(url("approval-detail", draft.code))
        assert_shows(page, "Otra la sustituye", "Junta Rectora", "Consejo de Gobierno")
        document = StandingAct.objects.get(step="extinguish").document
        assert document is not None
        assert_shows(page, document.label, document.evidence.get_absolute_url())
        assert_shows(judge.get(draft.get_absolute_url()), "Otra la sustituye")
        assert judge.get(url("standing-change", draft.code, "burn")).status_code == 404

    def test_a_second_version_with_open_conditions_is_shown_as_not_in_force(self, client_for: Any) -> None:
        author, officer = make_staff("coordinator"), make_staff("quality_officer")
        credential = make_microcredential("La primera", actor=author, approved=True)
        draft = proposals.begin_version(actor=author, microcredential=credential)
        draft = proposals.edit_version(actor=author, version=draft, seen=draft.version, hours=160)
        submission = approval.submit_version(actor=author, version=draft)
        decide(submission, "conditions")
        client = client_for(officer)
        page = client.get(url("approval-detail", credential.code))
        assert page.context["version"] == draft
        assert str(rules.OPEN_CONDITIONS) in text_of(page)
        fulfil = url("conditions-fulfil", credential.code, "quality-report")
        assert_shows(page, fulfil)
        assert client.get(credential.get_absolute_url()).context["version"].number == 1
        assert client.post(fulfil, {"on": "2026-03-02"}).status_code == 302
        assert client.get(credential.get_absolute_url()).context["version"] == draft

    def test_who_wrote_it_reads_why_they_may_not_decide(self, client_for: Any) -> None:
        author = make_staff("quality_officer")
        submission = make_submission(author=author)
        code = submission.version.microcredential.code
        client = client_for(author)
        page = client.get(url("approval-detail", code))
        assert_hides(page, url("act-record", code, "quality-report"))
        assert "Nadie aprueba" in text_of(page) or "Nobody approves" in text_of(page)
        assert client.post(url("act-record", code, "quality-report"), {}).status_code == 403

    def test_a_step_out_of_turn_is_refused(self, client_for: Any) -> None:
        code = make_submission().version.microcredential.code
        assert (
            client_for(make_staff("quality_officer")).get(url("act-record", code, "price")).status_code == 409
        )

    def test_another_centre_does_not_exist(self, client_for: Any) -> None:
        code = make_submission(
            make_microcredential(centre=make_centre("B", "B"))
        ).version.microcredential.code
        client = client_for(make_staff("centre_quality", make_centre().scope))
        for name, *more in (
            ("approval-detail",),
            ("version-compare",),
            ("act-record", "quality-report"),
            ("act-return", "quality-report"),
            ("remark-list", "need"),
            ("version-submit",),
        ):
            assert client.get(url(name, code, *more)).status_code == 404, name


class TestReturnsAndComments:
    def test_return_with_reasons_answer_and_resubmit(self, client_for: Any) -> None:
        author = make_staff("coordinator")
        submission = make_submission(author=author)
        credential = submission.version.microcredential
        decide(submission)
        officer = client_for(make_staff("quality_officer"))
        address = url("act-return", credential.code, "centre")
        sent = {"held_on": "2026-03-02", "upload": paper()}
        assert officer.post(address, sent).status_code == 422
        sent = {"held_on": "2026-03-02", "upload": paper(), "reason_need": "<b>¿Quién lo pide?</b>"}
        assert officer.post(address, sent).status_code == 302
        writer = client_for(author)
        page = writer.get(url("approval-detail", credential.code))
        assert_shows(page, "&lt;b&gt;¿Quién lo pide?")
        assert_hides(page, "<b>¿Quién", url("version-submit", credential.code))
        assert any(item.url == url("approval-detail", credential.code) for item in work_of(author))
        thread = Remark.objects.get()
        section = url("remark-list", credential.code, "need")
        assert_shows(writer.get(section), "¿Quién lo pide?")
        assert writer.post(section, {"text": " ", "parent": thread.pk}).status_code == 422
        assert writer.post(section, {"text": "Tres cartas.", "parent": thread.pk}).status_code == 302
        for nobody in ("no-uuid", "0c8a6f8e-7e1c-4c8e-9a58-000000000000"):
            lost = writer.post(section, {"text": "Otra cosa.", "parent": nobody})
            assert (lost.status_code, Remark.objects.count()) == (422, 2), "no thread of its own"
        assert Remark.objects.filter(parent=thread).count() == 1
        resolve = url("remark-resolve", credential.code, "need", thread.pk)
        assert writer.get(resolve).status_code == 405
        assert client_for(make_staff("reader")).post(resolve).status_code == 403
        assert writer.post(resolve).status_code == 302
        assert writer.post(url("version-submit", credential.code), {}).status_code == 302

    def test_a_reader_reads_and_does_not_comment(self, client_for: Any) -> None:
        credential = make_microcredential()
        client = client_for(make_staff("reader"))
        address = url("remark-list", credential.code, "need")
        assert client.get(address).status_code == 200
        assert client.post(address, {"text": "x"}).status_code == 403
        assert client.get(url("remark-list", credential.code, "colour")).status_code == 404


class TestMyWork:
    def test_each_body_finds_what_waits_for_it_with_its_deadline(self) -> None:
        submission = make_submission()
        credential = submission.version.microcredential
        reviewer, approver = make_staff("reviewer"), make_staff("approver")

        def waiting_for(person: Any) -> list[Any]:
            return [
                item.due for item in work_of(person) if item.url == url("approval-detail", credential.code)
            ]

        assert waiting_for(reviewer) == [clock.today() + timedelta(days=15)]
        assert waiting_for(approver) == []
        decide(submission)
        assert waiting_for(reviewer) == []
        assert waiting_for(approver) == [clock.today() + timedelta(days=20)]

    def test_those_of_the_programme_stand_together(self) -> None:
        for _one in range(2):
            take_to(make_submission(), "governing-body")
        officer = make_staff("quality_officer")
        (item,) = [item for item in work_of(officer) if item.url == url("programme-list")]
        assert str(item.title).startswith("2 ")

    def test_a_whole_draft_waits_for_its_author(self) -> None:
        author, other = make_staff("coordinator"), make_staff("coordinator")
        draft = make_microcredential(actor=author)
        make_microcredential("Incompleta", actor=author, complete=False)
        assert [item.url for item in work_of(author)] == [url("approval-detail", draft.code)]
        assert work_of(other) == []


class TestComparison:
    def two_versions(self, author: Any) -> MicroCredential:
        credential = make_microcredential(
            "Datos", actor=author, approved=True, summary_es="Para quien empieza hoy"
        )
        draft = proposals.begin_version(actor=author, microcredential=credential)
        draft = proposals.edit_version(
            actor=author, version=draft, seen=draft.version, summary_es="Para quien empieza mañana", ects=4
        )
        first = draft.outcomes.order_by("order").first()
        assert first is not None
        proposals.replace_outcomes(
            actor=author,
            version=draft,
            seen=draft.version,
            outcomes=[
                Outcome({"text_es": first.text_es + " Y más."}, id=first.pk, code=first.code, kind="skill"),  # type: ignore[attr-defined]
                Outcome({"text_es": "Publica <i>datos</i>."}, code="RA9"),
            ],
        )
        return credential

    def test_words_lists_and_kind(self, client_for: Any, max_queries: Any) -> None:
        author = make_staff("coordinator")
        credential = self.two_versions(author)
        client = client_for(author)
        with max_queries(20):
            page = client.get(url("version-compare", credential.code))
        body = page.content.decode()
        assert "hoy" in body
        assert "mañana" in body
        assert "Publica &lt;i&gt;datos" in body
        assert "ustancial" in body or "ubstantial" in body
        assert client.get(url("version-compare", credential.code) + "?before=1&after=1").status_code == 200
        assert client.get(url("version-compare", credential.code) + "?before=x&after=99").status_code == 200

    def test_the_edition_tells_what_changed_since_the_last_one(
        self, client_for: Any, max_queries: Any
    ) -> None:
        from microcredentials.services import approval

        author = make_staff("coordinator")
        first = make_edition(make_microcredential("Datos", actor=author, approved=True), state="closed")
        draft = proposals.begin_version(actor=author, microcredential=first.microcredential)
        draft = proposals.edit_version(actor=author, version=draft, seen=draft.version, ects=4, hours=100)
        approval.approve_version(actor=make_staff("approver"), version=draft)
        second = make_edition(MicroCredential.objects.get(pk=first.microcredential_id))
        client = client_for(author)
        with max_queries(20):
            page = client.get(second.get_absolute_url())
        assert_shows(page, first.code, "«6»", "«4»")
        assert_hides(client.get(first.get_absolute_url()), "«4»")


class TestProgrammes:
    def test_prepared_printed_and_approved_at_once(self, client_for: Any, max_queries: Any) -> None:
        make_year(2025)
        officer = make_staff("quality_officer")
        ready = [take_to(make_submission(), "governing-body") for _one in range(2)]
        mine = take_to(make_submission(author=officer), "governing-body")
        early = make_submission()
        client = client_for(officer)
        assert client.post(url("programme-create"), {}).status_code == 422
        year = make_year(2025)
        assert client.post(url("programme-create"), {"year": year.pk}).status_code == 302
        programme = AnnualProgramme.objects.get()
        with max_queries(12):
            page = client.get(url("programme-list"))
        assert_shows(page, programme.code)
        with max_queries(20):
            page = client.get(url("programme-detail", programme.code))
        assert_shows(page, ready[0].version.microcredential.code, early.version.microcredential.code)
        asked = client.post(url("programme-document-request", programme.code), {"language": "es"})
        document = programme.documents.get()
        assert (asked.status_code, asked["Location"]) == (302, document.job.get_absolute_url())
        assert ready[0].version.microcredential.code in document.body
        address = url("programme-approve", programme.code)
        page = client.get(address)
        assert_shows(page, mine.version.microcredential.code, str(ready[0].pk))
        assert_hides(page, str(mine.pk), str(early.pk))
        sent = {"held_on": "2026-03-02", "submissions": [str(one.pk) for one in ready]}
        assert client.post(address, sent).status_code == 422
        forged = {**sent, "submissions": [*sent["submissions"], str(mine.pk)], "upload": paper()}
        assert client.post(address, forged).status_code == 422
        assert client.post(address, {**sent, "upload": paper()}).status_code == 302
        assert ApprovalAct.objects.filter(programme=programme).count() == 2
        assert client.get(address).status_code == 409
        with max_queries(20):
            assert_shows(
                client.get(url("programme-detail", programme.code)), ready[0].version.microcredential.code
            )
        client.post(url("programme-document-request", programme.code), {"language": "es"})
        assert programme.documents.count() == 2

    def test_what_continues_is_read_before_it_is_approved(self, client_for: Any, max_queries: Any) -> None:
        call_command("load_packs", verbosity=0)
        goes_on = make_microcredential("Sigue igual", approved=True)
        officer = make_staff("quality_officer")
        programme = programmes.prepare_programme(actor=officer, year=make_year(2025))
        client = client_for(officer)
        assert_shows(client.get(url("programme-detail", programme.code)), "1 microcredencial</a>")
        with max_queries(12):
            page = client.get(url("programme-continuing", programme.code), {"q": "sigue"})
        assert_shows(page, goes_on.code, "export=xlsx")
        address = url("programme-approve", programme.code)
        assert_shows(client.get(address), "Con él se aprueba 1 microcredencial")
        assert client.post(address, {"held_on": "2026-03-02", "upload": paper()}).status_code == 302
        programme.refresh_from_db()
        assert [version.microcredential for version in programme.continues.all()] == [goes_on]

    def test_is_not_for_one_centre_alone(self, client_for: Any) -> None:
        programme = programmes.prepare_programme(actor=make_staff("quality_officer"), year=make_year(2025))
        client = client_for(make_staff("centre_quality", make_centre().scope))
        assert client.get(url("programme-detail", programme.code)).status_code == 404
        assert client.get(url("programme-create")).status_code == 403
