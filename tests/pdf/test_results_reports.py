"""Reports of results: printed by a job, accessible and lasting, once for each content, without comments."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from django.urls import reverse

from feedback.models import Campaign, Item, QuestionnaireVersion, Report
from feedback.services import reports
from iqas.core.files import open_stored
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.jobs.runner import perform_here
from microcredentials.documents.content import Gap, Listed, Table, from_json
from microcredentials.models import Edition
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_plain_edition
from tests.factories.feedback_results import make_results, publish_comments, rate_all
from tests.factories.organisation import make_centre, make_year

pytestmark = [pytest.mark.pdf, pytest.mark.django_db, pytest.mark.timeout(600)]
HOSTILE = '<script>alert(1)</script> =HYPERLINK("http://evil.example") {{ 7 }}'


def printed(report: Report) -> Report:
    assert report.job_id is not None
    assert perform_here(report.job_id).state == "finished"
    report.refresh_from_db()
    return report


def three_reports() -> list[Report]:
    edition = make_plain_edition()
    campaign = make_results(
        "C-1",
        [("a", rate_all(4))] * 12 + [("b", rate_all(2))] * 10,
        edition=edition,
        groups={"a": "Mañana", "b": "Tarde"},
        comments=[("L16", "CANARY")],
        invited=40,
        title_es=HOSTILE,
    )
    publish_comments(campaign)
    actor = make_staff("quality_officer")
    return [
        reports.request_campaign(actor=actor, campaign=campaign, language="es"),
        reports.request_edition(actor=actor, edition=edition, language="en"),
        reports.request_centre(
            actor=actor, scope=edition.microcredential.centre.scope, year=make_year(2025), language="es"
        ),
    ]


def test_each_kind_is_printed_and_registered() -> None:
    for report in three_reports():
        assert "CANARY" not in report.body
        made = printed(report)
        assert made.is_made
        with open_stored(made.sha256) as file:
            pdf = pikepdf.open(io.BytesIO(file.read()))
        assert len(pdf.pages) == made.pages >= 3
        assert str(pdf.Root.Lang) == made.language
        assert pdf.Root.MarkInfo.Marked
    assert AuditEvent.objects.filter(action="report.made").count() == 3


def test_the_same_content_is_one_report_and_another_is_another() -> None:
    first, *_others = three_reports()
    campaign = Campaign.objects.get(code="C-1")
    actor = make_staff("quality_officer")
    assert reports.request_campaign(actor=actor, campaign=campaign, language="es") == first
    Campaign.objects.filter(pk=campaign.pk).update(title_es="Otra")
    second = reports.request_campaign(actor=actor, campaign=campaign, language="es")
    assert second != first
    Campaign.objects.filter(pk=campaign.pk).update(title_es=HOSTILE)
    again = reports.request_campaign(actor=actor, campaign=campaign, language="es")
    assert again == first
    assert again.as_of > second.as_of, "what the results say again is the latest report"
    assert list(Report.objects.filter(campaign=campaign).order_by("-as_of")) == [first, second]
    assert AuditEvent.objects.filter(action="report.confirmed").count() == 1


def test_what_cannot_be_reported_is_refused() -> None:
    actor = make_staff("quality_officer")
    open_one = make_results("C-1", [rate_all(4)] * 12, state=Campaign.State.OPEN)
    for wanted, code in ((("es", "no-results")), ("fr", "unknown-language")):
        with pytest.raises(RuleViolation) as refused:
            reports.request_campaign(actor=actor, campaign=open_one, language=wanted)
        assert refused.value.code == code
    with pytest.raises(RuleViolation, match=r"no campaign|ninguna campaña"):
        reports.request_edition(actor=actor, edition=make_plain_edition(), language="es")
    other = make_staff("centre_quality", scope=make_centre("FAC-Z", "Facultad Z").scope)
    with pytest.raises(AccessDenied):
        reports.request_campaign(actor=other, campaign=open_one, language="es")
    assert not Report.objects.exists()


def test_content_that_was_altered_is_not_printed() -> None:
    report = three_reports()[0]
    Report.objects.filter(pk=report.pk).update(body=report.body.replace("C-1", "C-2"))
    assert report.job_id is not None
    job = perform_here(report.job_id)
    assert job.state == "failed"
    report.refresh_from_db()
    assert not report.is_made


def test_the_pages_ask_for_it_and_hand_it_over(client_for: Any, staff: Any) -> None:
    edition = make_plain_edition()
    make_results("C-1", [rate_all(4)] * 12, edition=edition)
    client = client_for(staff("quality_officer"))
    asked = client.post(reverse("feedback:campaign-report", args=["C-1"]), {"language": "es"})
    report = Report.objects.get()
    assert asked.status_code == 302
    url = reverse("feedback:report-download", args=[report.code])
    assert client.get(url).status_code == 409
    printed(report)
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert report.code in client.get(reverse("feedback:campaign-results", args=["C-1"])).content.decode()
    for name, args in (
        ("edition-report", [edition.code]),
        ("centre-report", [edition.microcredential.centre.scope.code, "2025-26"]),
    ):
        assert client.post(reverse(f"feedback:{name}", args=args), {"language": "en"}).status_code == 302
    assert Report.objects.count() == 3
    stranger = client_for(staff("centre_quality", scope=make_centre("FAC-Z", "Facultad Z").scope))
    assert stranger.get(url).status_code == 404
    assert stranger.post(reverse("feedback:edition-report", args=[edition.code])).status_code == 404
    reader = client_for(staff("reader", scope=edition.microcredential.centre.scope))
    assert reader.post(reverse("feedback:campaign-report", args=["C-1"])).status_code == 403
    given = reader.get(url)
    assert given.status_code == 200
    assert b"".join(given.streaming_content).startswith(b"%PDF")


def compared_place() -> tuple[Any, Campaign]:
    """A centre with two years, the same asked of teachers, and another centre beside it; and employers with groups."""
    edition = make_plain_edition(make_centre("FAC-A", "Facultad A"))
    before = Edition.objects.create(
        code=f"{edition.code}-B",
        microcredential=edition.microcredential,
        version=edition.version,
        year=make_year(2024),
        number=7,
        state=Edition.State.IMPORTED,
    )
    elsewhere = make_plain_edition(make_centre("FAC-B", "Facultad B"))
    asked = {"questionnaire": "LEARNER-MIDDLE", "invited": 30}
    for code, value, where in (("C-1", 5, edition), ("C-2", 2, before), ("C-3", 3, elsewhere)):
        given = [{f"M{n:02}": 1 if n in (2, 5) else value for n in range(1, 12)}] * 20
        make_results(code, given, edition=where, **asked)
    make_results(
        "C-4",
        [{f"T{n:02}": 2 for n in range(1, 12)}] * 12,
        edition=edition,
        questionnaire="TEACHER",
    )
    pairs = {f"S{n}{letter}": 5 if letter else 3 for n in range(1, 6) for letter in ("", "I")}
    employers = [("a", {"E01": 1, "E06": 1} | pairs)] * 9 + [("b", {"E01": 1, "E06": 0} | pairs)] * 8
    campaign = make_results(
        "C-5",
        employers + [("a", {"E01": 2, "E06": 1} | {code: 5 for code in pairs if code.endswith("I")})] * 6,
        questionnaire="EMPLOYER",
        edition=edition,
        groups={"a": "Industria", "b": "Servicios", "c": "Otros"},
        invited=40,
    )
    return edition, campaign


def test_reports_lacked_what_the_pages_set_side_by_side() -> None:
    edition, campaign = compared_place()
    actor = make_staff("quality_officer")
    of_place = reports.request_centre(
        actor=actor,
        scope=edition.microcredential.centre.scope,
        year=make_year(2025),
        language="es",
    )
    told = from_json(of_place.body)
    titles = {section.anchor: section.title for section in told.sections}
    middle = QuestionnaireVersion.objects.get(questionnaire__code="LEARNER-MIDDLE")
    assert titles["q-LEARNER-MIDDLE"] == middle.title_es
    assert {"years-LEARNER-MIDDLE", "benchmark-LEARNER-MIDDLE", "audiences-LEARNER-MIDDLE"} <= titles.keys()
    assert not [title for title in titles.values() if "LEARNER-MIDDLE" in title]
    blocks = {section.anchor: section.blocks for section in told.sections}
    [years] = [block for block in blocks["years-LEARNER-MIDDLE"] if isinstance(block, Table)]
    assert [column.title for column in years.columns[1:3]] == ["2024-25", "2025-26"]
    [gap] = [block for block in blocks["benchmark-LEARNER-MIDDLE"] if isinstance(block, Gap)]
    assert (gap.rows[0].first, gap.rows[0].second) == ((0, 20), (20, 20))
    captions = [block.caption for block in blocks["audiences-LEARNER-MIDDLE"] if isinstance(block, Table)]
    assert captions
    assert not set(captions) & set(Item.objects.exclude(common_code="").values_list("common_code", flat=True))
    of_campaign = reports.request_campaign(actor=actor, campaign=campaign, language="en")
    sections = {section.anchor: section for section in from_json(of_campaign.body).sections}
    [groups] = [block for block in sections["groups"].blocks if isinstance(block, Table)]
    assert [column.title for column in groups.columns[1:3]] == ["Industria (15)", "Servicios (8)"]
    assert [block.entries for block in sections["groups"].blocks if isinstance(block, Listed)] == [("Otros",)]
    gaps = [block for one in sections.values() for block in one.blocks if isinstance(block, Gap)]
    assert gaps[0].rows[0].first == (23, 23)
    assert gaps[0].rows[0].second == (0, 17)
    for report in (of_place, of_campaign):
        assert printed(report).is_made
