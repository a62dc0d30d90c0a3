"""A poster for a room is a fit PDF that leads to the survey, and holds no link of a person."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from django.urls import reverse

from feedback.selectors.invitations import open_link_of, printed_links
from feedback.services import campaigns
from feedback.services.posters import poster_html
from iqas.jobs import runner
from iqas.jobs.models import Job
from iqas.ui.pdf.lint import lint
from tests.factories.feedback import make_campaign
from tests.support.pages import assert_shows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def client(client_for: Any, staff: Any) -> Any:
    return client_for(staff("quality_officer"))


def address(campaign: Any) -> str:
    return reverse("feedback:campaign-poster", args=[campaign.code])


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_poster_is_printed_by_a_job_and_is_fit(client: Any, language: str) -> None:
    campaign = make_campaign(links=5, open_link=True)
    assert_shows(
        client.get(campaign.get_absolute_url(), headers={"accept-language": "en"}), "Poster for a room"
    )
    answers = [client.post(address(campaign), {"language": language}) for _press in range(2)]
    job = Job.objects.get(kind="feedback.poster")
    assert {answer.url for answer in answers} == {job.get_absolute_url()}
    assert runner.perform_here(job.pk).state == "finished"
    download = client.get(reverse("jobs:artefact-download", args=[job.pk]))
    assert download["Content-Type"] == "application/pdf"
    pdf = b"".join(download.streaming_content) if download.streaming else download.content
    assert lint(pdf) == []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1


def test_a_poster_holds_the_open_link_or_where_codes_are_typed_and_no_link_of_a_person() -> None:
    with_link, with_codes = make_campaign(links=5, open_link=True), make_campaign(links=5)
    link = open_link_of(with_link)
    assert link is not None
    assert link.url in poster_html(with_link, "en")
    assert link.code in poster_html(with_link, "en")
    html = poster_html(with_codes, "en")
    assert "type the code of your own slip" in html
    for personal in printed_links(with_codes, 1):
        assert personal.code not in html
        assert personal.url not in html


def test_a_poster_of_nothing_or_of_what_is_over_is_refused(client: Any) -> None:
    by_mail = make_campaign(addresses=tuple(f"p{number}@example.org" for number in range(5)))
    answer = client.post(address(by_mail), {"language": "es"}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "print links first" in text_of(answer)
    over = make_campaign(links=5)
    campaigns.close_campaign(actor=None, campaign=over)
    assert client.post(address(over), {"language": "es"}).status_code == 422
    assert client.post(address(over), {"language": "xx"}).status_code == 422
    assert not Job.objects.filter(kind="feedback.poster").exists()


def test_a_poster_is_for_those_who_invite(client_for: Any, staff: Any) -> None:
    campaign = make_campaign(links=5, open_link=True)
    reader = client_for(staff("coordinator"))
    assert reader.post(address(campaign), {"language": "es"}).status_code == 403
