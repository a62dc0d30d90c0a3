"""The pages of a report: who sees what, what a form keeps, what happens twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from audits.models import CriterionAssessment, Dossier, SelfAssessment
from audits.services import assessments, freezing
from iqas.evidence.models import Citation
from tests.factories.accounts import make_staff
from tests.factories.audits import (
    Cast,
    make_assessment,
    make_cast,
    make_frozen,
    make_version,
    make_written,
    need_pack,
    write_criterion,
)
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(at) -> Cast:
    at("2026-10-01 10:00")
    return make_cast()


def criterion_url(assessment: SelfAssessment, code: str = "P1") -> str:
    return reverse("audits:criterion-edit", args=[assessment.code, code])


def typed(row: CriterionAssessment, **changes: Any) -> dict[str, Any]:
    values = {
        "seen_version": row.version,
        "narrative": "Texto",
        "rating": "B",
        "strengths": "",
        "weaknesses": "",
    }
    return values | changes


def row_of(assessment: SelfAssessment, code: str = "P1") -> CriterionAssessment:
    return assessment.criteria.select_related("criterion", "self_assessment").get(criterion__code=code)


def test_a_centre_opens_its_report_from_the_page(cast: Cast, client_for) -> None:
    make_assessment(cast, framework="ESG-2015-P1")
    need_pack("BOE-2022-SIGC")
    client = client_for(cast.author)
    page = client.get(reverse("audits:assessment-start"))
    assert_shows(page, "Facultad A")
    form = page.context["form"]
    framework = form.fields["framework"].queryset.get(code="BOE-2022-SIGC")
    answer = client.post(
        reverse("audits:assessment-start"),
        {
            "scope": cast.centre.scope.pk,
            "framework": framework.pk,
            "scale": form.fields["scale"].queryset.get(code="ACREDITA-A-D").pk,
            "year": form.fields["year"].queryset.get(code="2025-26").pk,
            "title": "Autoinforme 2026",
            "language": "es",
        },
    )
    assert answer.status_code == 302
    assert_shows(client.get(answer.url), "Autoinforme 2026", "P6a")


def test_an_open_form_keeps_every_field_and_says_what_is_wrong(cast: Cast, client_for) -> None:
    make_assessment(cast)
    answer = client_for(cast.author).post(reverse("audits:assessment-start"), {"title": "Solo el título"})
    assert answer.status_code == 422
    assert "Solo el título" in text_of(answer)


def test_nobody_opens_a_report_of_another_centre(cast: Cast, client_for) -> None:
    make_assessment(cast, framework="ESG-2015-P1")
    other = make_cast("FAC-B", "Facultad B")
    page = client_for(cast.author).get(reverse("audits:assessment-start"))
    form = page.context["form"]
    answer = client_for(cast.author).post(
        reverse("audits:assessment-start"),
        {
            "scope": other.centre.scope.pk,
            "framework": form.fields["framework"].queryset.first().pk,
            "scale": form.fields["scale"].queryset.first().pk,
            "year": form.fields["year"].queryset.first().pk,
            "title": "x",
            "language": "es",
        },
    )
    assert answer.status_code == 422
    assert SelfAssessment.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    [
        "assessment-detail",
        "completeness-detail",
        "introduction-edit",
        "assessment-submit",
        "assessment-freeze",
    ],
)
def test_a_foreign_report_does_not_exist(cast: Cast, client_for, name: str) -> None:
    assessment = make_assessment(cast, title="CANARY-A")
    other = make_cast("FAC-B", "Facultad B")
    for person in (other.author, other.approver, other.coordinator):
        answer = client_for(person).get(reverse(f"audits:{name}", args=[assessment.code]))
        assert answer.status_code in (403, 404)
        assert_hides(answer, "CANARY-A", "Facultad A")
    assert_hides(client_for(other.author).get(reverse("audits:assessment-list")), "CANARY-A")


def test_saving_works_without_javascript(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    client = client_for(cast.author)
    answer = client.post(
        criterion_url(assessment), typed(row_of(assessment), narrative="Se revisa cada curso.")
    )
    assert answer.status_code == 302
    assert_shows(client.get(answer.url), "Se revisa cada curso.", cast.author.name)


def test_saving_in_the_background_answers_with_the_new_version(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    client = client_for(cast.author)
    answer = client.post(criterion_url(assessment), typed(row_of(assessment)), headers={"HX-Request": "true"})
    assert_shows(answer, 'id="save-state"', 'value="2"', "hx-swap-oob")
    again = client.post(
        criterion_url(assessment), typed(row_of(assessment), narrative="Más"), headers={"HX-Request": "true"}
    )
    assert_shows(again, 'value="3"')
    stale = client.post(
        criterion_url(assessment),
        typed(row_of(assessment), seen_version=1, narrative="Pisar"),
        headers={"HX-Request": "true"},
    )
    assert "tone-unmet" in text_of(stale)
    assert row_of(assessment).narrative == "Más"


def test_two_people_at_once_see_both_texts_and_lose_none(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    opened = row_of(assessment)
    write_criterion(cast, row_of(assessment), narrative="Lo que guardó Elena")
    coordinator = client_for(cast.coordinator)
    answer = coordinator.post(criterion_url(assessment), typed(opened, narrative="Lo que escribió Jorge"))
    assert answer.status_code == 409
    body = text_of(answer)
    assert "Lo que guardó Elena" in body
    assert "Lo que escribió Jorge" in body
    assert row_of(assessment).narrative == "Lo que guardó Elena"
    merged = typed(row_of(assessment), narrative="Los dos")
    assert 'value="2"' in body
    assert coordinator.post(criterion_url(assessment), merged).status_code == 302
    assert row_of(assessment).narrative == "Los dos"


def test_a_refused_save_keeps_the_text(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    answer = client_for(cast.author).post(
        criterion_url(assessment), typed(row_of(assessment), rating="Z", narrative="Mi texto")
    )
    assert answer.status_code == 422
    assert "Mi texto" in text_of(answer)


def test_hostile_text_is_shown_as_text(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast, title="<script>alert(1)</script>")
    hostile = "<script>alert(2)</script> [x](javascript:alert(3)) ![y](http://evil.example/z.png)"
    write_criterion(cast, row_of(assessment), narrative=hostile, strengths=hostile, weaknesses=hostile)
    reader = make_staff("reader", cast.centre.scope)
    for person in (cast.author, reader):
        body = text_of(client_for(person).get(criterion_url(assessment)))
        assert "<script>alert" not in body
        assert 'href="javascript:' not in body
        assert "<img" not in body


def test_a_reader_reads_and_is_refused_writing(cast: Cast, client_for) -> None:
    assessment = make_written(cast)
    client = client_for(make_staff("reader", cast.centre.scope))
    page = client.get(criterion_url(assessment))
    assert_shows(page, "La comisión revisó")
    assert "<textarea" not in text_of(page)
    assert client.post(criterion_url(assessment), typed(row_of(assessment))).status_code == 403


def test_evidence_is_cited_and_taken_back_from_the_card(cast: Cast, client_for) -> None:
    assessment, version = make_assessment(cast), make_version(cast, title="Acta de marzo")
    client = client_for(cast.author)
    assert_shows(client.get(criterion_url(assessment)), "Acta de marzo")
    cited = client.post(
        reverse("audits:evidence-cite", args=[assessment.code, "P1"]), {"version": version.pk}
    )
    assert cited.status_code == 302
    citation = Citation.objects.get()
    assert citation.version_id == version.pk
    taken = client.post(
        reverse("audits:evidence-uncite", args=[assessment.code, "P1"]), {"citation": citation.pk}
    )
    assert taken.status_code == 302
    assert not Citation.objects.exists()


@pytest.mark.parametrize("sent", ["", "not-a-uuid", "00000000-0000-4000-8000-000000000000"])
def test_nonsense_cannot_be_cited_or_taken_back(cast: Cast, client_for, sent: str) -> None:
    assessment = make_assessment(cast)
    client = client_for(cast.author)
    cite = client.post(reverse("audits:evidence-cite", args=[assessment.code, "P1"]), {"version": sent})
    uncite = client.post(reverse("audits:evidence-uncite", args=[assessment.code, "P1"]), {"citation": sent})
    assert (cite.status_code, uncite.status_code) == (409, 404)


def test_evidence_of_another_centre_is_neither_offered_nor_accepted(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    foreign = make_version(make_cast("FAC-B", "Facultad B"), title="CANARY-B-acta")
    client = client_for(cast.author)
    assert_hides(client.get(criterion_url(assessment)), "CANARY-B")
    answer = client.post(
        reverse("audits:evidence-cite", args=[assessment.code, "P1"]), {"version": foreign.pk}
    )
    assert answer.status_code == 409
    assert not Citation.objects.exists()


def test_the_way_from_text_to_dossier(cast: Cast, client_for) -> None:
    assessment = make_written(cast)
    author, approver = client_for(cast.author), client_for(cast.approver)
    assert author.post(reverse("audits:assessment-submit", args=[assessment.code])).status_code == 302
    assert author.get(reverse("audits:assessment-freeze", args=[assessment.code])).status_code == 403
    assert_shows(approver.get(reverse("audits:assessment-freeze", args=[assessment.code])), assessment.code)
    assert approver.post(reverse("audits:assessment-freeze", args=[assessment.code])).status_code == 302
    ordered = author.post(reverse("audits:dossier-request", args=[assessment.code]), {"language": "es"})
    dossier = Dossier.objects.get()
    assert ordered.url == dossier.job.get_absolute_url()
    again = author.post(reverse("audits:dossier-request", args=[assessment.code]), {"language": "es"})
    assert again.url == ordered.url
    assert Dossier.objects.count() == 1
    assert_shows(author.get(dossier.get_absolute_url()), dossier.code)
    assert author.get(reverse("audits:dossier-download", args=[dossier.code])).status_code == 409


def test_an_incomplete_report_is_led_to_its_gaps(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    url = reverse("audits:assessment-submit", args=[assessment.code])
    client = client_for(cast.author)
    assert client.get(url).url == reverse("audits:completeness-detail", args=[assessment.code])
    assert client.post(url).status_code == 422
    assert_shows(client.get(reverse("audits:completeness-detail", args=[assessment.code])), "P1", "P7")


def test_a_frozen_report_offers_no_form(cast: Cast, client_for) -> None:
    assessment = make_frozen(cast)
    page = client_for(cast.author).get(criterion_url(assessment))
    assert_shows(page, "La comisión revisó")
    assert "<textarea" not in text_of(page)
    assert (
        client_for(cast.author).post(criterion_url(assessment), typed(row_of(assessment))).status_code == 403
    )


def test_pages_ask_the_database_little(cast: Cast, client_for, max_queries) -> None:
    assessment = make_written(cast)
    client = client_for(cast.author)
    for path, limit in (
        (reverse("audits:assessment-list"), 12),
        (reverse("audits:dossier-list"), 12),
        (assessment.get_absolute_url(), 20),
        (criterion_url(assessment), 25),
        (reverse("audits:completeness-detail", args=[assessment.code]), 12),
    ):
        client.get(path)
        with max_queries(limit):
            assert client.get(path).status_code == 200


def test_a_missing_criterion_is_not_found(cast: Cast, client_for) -> None:
    assessment = make_assessment(cast)
    assert client_for(cast.author).get(criterion_url(assessment, "Z9")).status_code == 404
    assert client_for(cast.author).get(criterion_url(assessment, "P6")).status_code == 404


def test_the_review_returns_with_a_reason(cast: Cast, client_for) -> None:
    assessment = make_written(cast)
    assessments.submit(actor=cast.author, assessment=assessment)
    client = client_for(cast.approver)
    url = reverse("audits:assessment-return", args=[assessment.code])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Falta el análisis"}).status_code == 302
    assessment.refresh_from_db()
    assert assessment.state == "drafting"
    assessments.submit(actor=cast.author, assessment=assessment)
    freezing.freeze(actor=cast.approver, assessment=assessment)
    assert client.post(url, {"reason": "Tarde"}).status_code == 403
