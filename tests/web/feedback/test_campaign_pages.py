"""Staff pages of campaigns, through forms as people fill them in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.checks import survey_balance, survey_keys, survey_mixing
from feedback.models import Campaign, Invitation
from feedback.work import campaigns_to_open, people_to_remind
from iqas.core import clock
from microcredentials.models import Edition
from tests.factories.feedback import (
    Respondent,
    links_of,
    make_campaign,
    make_plain_edition,
    make_questionnaire,
)
from tests.factories.organisation import make_centre, the_university
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db

PAGES = ("", "edit/", "invite/", "print/", "sheets/1/", "open/", "extend/", "remind/", "close/")


@pytest.fixture
def officer(staff: Any, client_for: Any) -> Client:
    client: Client = client_for(staff("quality_officer", language="en"))
    client.cookies["iqas_language"] = "en"
    return client


def url(campaign: Campaign, page: str = "") -> str:
    return f"/feedback/campaigns/{campaign.code}/{page}"


def test_from_an_edition_to_an_open_campaign_through_the_pages(officer: Client) -> None:
    the_university()
    edition = make_plain_edition()
    Edition.objects.filter(pk=edition.pk).update(state="planned")
    version = make_questionnaire()
    assert_shows(
        officer.get(f"/feedback/campaigns/add/?edition={edition.code}"), f'value="{edition.code}" selected'
    )
    today = clock.today()
    terms = {
        "edition": edition.code,
        "questionnaire_version": str(version.pk),
        "opens": today.isoformat(),
        "closes": (today + dt.timedelta(days=14)).isoformat(),
        "threshold": "5",
        "mail_language": "es",
        "title_es": "",
        "title_en": "",
    }
    refused = officer.post("/feedback/campaigns/add/", terms | {"threshold": "4"})
    assert refused.status_code == 422
    assert "the university&#x27;s" in text_of(refused)
    made = officer.post("/feedback/campaigns/add/", terms)
    campaign = Campaign.objects.get()
    assert made.url == url(campaign)
    assert_shows(officer.get(url(campaign)), "Nobody is invited yet: add addresses or print links.")
    pasted = officer.post(url(campaign, "invite/"), {"addresses": "Ana <ana@example.org>\nx\nLuis"})
    assert pasted.status_code == 422
    assert "Row 2: " in text_of(pasted)
    assert "Row 3: " in text_of(pasted)
    assert "Ana &lt;ana@example.org&gt;" in text_of(pasted), "the list is still in the field"
    assert Invitation.objects.count() == 0
    assert officer.post(url(campaign, "invite/"), {"addresses": "Ana <ana@example.org>"}).status_code == 302
    file = SimpleUploadedFile("lista.csv", b"correo;grupo\nluis@example.org;A\neva@example.org;A\n")
    assert officer.post(url(campaign, "invite/"), {"file": file}).status_code == 302
    blocked = officer.post(url(campaign, "open/"))
    assert blocked.status_code == 409
    sheet = officer.post(url(campaign, "print/"), {"count": "4", "group": ""})
    assert sheet.url == url(campaign, "sheets/1/")
    assert text_of(officer.get(sheet.url)).count('class="sheet__qr"') == 4
    assert_shows(officer.get(url(campaign, "open/")), "can no longer be changed")
    assert officer.post(url(campaign, "open/")).status_code == 302
    page = officer.get(url(campaign))
    assert_shows(page, "0 of 7 have answered", "Prepared it", "Opened it")
    assert_hides(page, "ana@example.org", "luis@example.org")
    campaign.refresh_from_db()
    assert (campaign.state, campaign.invited_count) == ("open", 7)


def test_two_sources_or_none_are_not_a_list(officer: Client) -> None:
    campaign = make_campaign(is_open=False)
    file = SimpleUploadedFile("lista.csv", b"email\na@example.org\n")
    for data in ({}, {"addresses": "a@example.org", "file": file}):
        response = officer.post(url(campaign, "invite/"), data)
        assert response.status_code == 422
        assert "one of the two" in text_of(response)
    broken = officer.post(
        url(campaign, "invite/"), {"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04nonsense")}
    )
    assert broken.status_code == 422
    assert not Invitation.objects.exists()


def test_closing_asks_for_a_reason_and_says_what_follows(officer: Client) -> None:
    campaign = make_campaign(links=5)
    assert_shows(officer.get(url(campaign, "close/")), "destroyed unread")
    assert officer.post(url(campaign, "close/"), {"reason": ""}).status_code == 422
    assert officer.post(url(campaign, "close/"), {"reason": "Terminó antes"}).status_code == 302
    assert Campaign.objects.get().state == "closed"
    assert officer.post(url(campaign, "close/"), {"reason": "Otra vez"}).status_code in (409, 422)


def test_extending_and_reminding_through_the_pages(officer: Client, at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(addresses=tuple(f"p{n}@example.org" for n in range(6)))
    assert officer.post(url(campaign, "extend/"), {"closes": "2026-03-02"}).status_code == 422
    assert officer.post(url(campaign, "extend/"), {"closes": "2026-04-20"}).status_code == 302
    assert officer.post(url(campaign, "remind/")).status_code == 409
    at("2026-03-05 10:00")
    assert officer.post(url(campaign, "remind/")).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.reminders_count, campaign.closes) == (1, dt.date(2026, 4, 20))


def test_groups_too_small_are_not_counted_apart(officer: Client) -> None:
    """Nor the next larger one, from which they could be worked out."""
    campaign = make_campaign(groups={"Grande": 9, "CANARIO-6": 6, "CANARIO-2": 2})
    page = officer.get(url(campaign))
    assert_shows(page, "Grande")
    assert_hides(page, "CANARIO")


@pytest.mark.parametrize("page", PAGES)
def test_another_centre_does_not_even_know_that_it_exists(page: str, staff: Any, client_for: Any) -> None:
    campaign = make_campaign(links=6)
    stranger = client_for(staff("centre_quality", scope=make_centre("FAC-B").scope))
    for response in (stranger.get(url(campaign, page)), stranger.post(url(campaign, page), {"reason": "x"})):
        assert response.status_code in (404, 405)
        assert_hides(response, campaign.title)
    assert_hides(stranger.get("/feedback/"), campaign.code)


@pytest.mark.parametrize("role", ["reader", "coordinator", "reviewer", "administrator"])
@pytest.mark.parametrize("page", PAGES[2:])
def test_who_only_reads_gets_no_links_and_changes_nothing(
    role: str, page: str, staff: Any, client_for: Any
) -> None:
    campaign = make_campaign(links=6)
    client = client_for(staff(role))
    assert client.get(url(campaign)).status_code == 200
    assert client.get(url(campaign, page)).status_code == 403
    assert client.post(url(campaign, page), {"reason": "x"}).status_code in (403, 405)
    assert Campaign.objects.get().state == "open"


def test_the_list_and_the_page_take_few_statements(officer: Client, max_queries: Any) -> None:
    campaign = make_campaign(links=6)
    for _another in range(3):
        make_campaign(links=6)
    with max_queries(12):
        officer.get("/feedback/")
    with max_queries(20):
        officer.get(url(campaign))


def test_the_list_is_put_in_order_without_reading_who_was_invited(officer: Client) -> None:
    """A thousand surveys have tens of thousands of links; those of the 25 that are shown are counted."""
    for _another in range(3):
        make_campaign(links=6)
    Invitation.objects.filter(campaign=Campaign.objects.latest("code"), sheet=1).update(used=True)
    with CaptureQueriesContext(connection) as captured:
        page = officer.get("/feedback/?sort=closes")
    assert sorted(campaign.answered for campaign in page.context["table"].page.object_list.data) == [0, 0, 6]
    statements = [query["sql"] for query in captured.captured_queries]
    assert any('"feedback_invitation"' in sql for sql in statements)
    assert not any('JOIN "feedback_invitation"' in sql for sql in statements)


def test_what_is_due_stands_in_my_work(staff: Any, at: Any) -> None:
    at("2026-03-01 10:00")
    person = staff("quality_officer")
    make_campaign(is_open=False)
    make_campaign(links=6, is_open=False)
    assert [str(item.verb) for item in campaigns_to_open(person)].count("Preparar") <= 1
    assert len(list(campaigns_to_open(person))) == 2
    asked = make_campaign(addresses=tuple(f"p{n}@example.org" for n in range(6)))
    assert not list(people_to_remind(person))
    at("2026-03-28 10:00")
    assert [item.due for item in people_to_remind(person)] == [asked.closes]
    assert not list(people_to_remind(staff("reader")))


def test_doctor_notices_a_lost_and_a_doubled_answer(at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(links=6, version=make_questionnaire(("likert",)))
    for link in links_of(campaign)[:2]:
        Respondent(link).open().post(1, A1="4")
    assert [list(check()) for check in (survey_keys, survey_balance, survey_mixing)] == [[], [], []]
    campaign.inbox.all()[0].delete()
    assert len(list(survey_balance())) == 1
    campaign.inbox.create(sealed=b"x")
    assert not list(survey_balance())
    campaign.inbox.create(sealed=b"y")
    assert len(list(survey_balance())) == 1
    at("2026-04-05 10:00")
    assert len(list(survey_mixing())) == 1


def test_the_command_says_what_it_cannot_do() -> None:
    for arguments in (["--close"], ["--campaign", "C-9999"]):
        with pytest.raises(CommandError):
            call_command("survey_mix", *arguments)


@pytest.mark.django_db(transaction=True)
def test_the_command_closes_and_mixes(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = make_campaign(links=8, version=make_questionnaire(("likert",)))
    for link in links_of(campaign)[:6]:
        Respondent(link).open().post(1, A1="4")
    call_command("survey_mix")
    assert capsys.readouterr().out == f"{campaign.code}: 0 mixed, 6 waiting, 0 destroyed unread\n"
    call_command("survey_mix", "--campaign", campaign.code, "--close", "--json")
    assert (
        capsys.readouterr().out.strip()
        == f'{{"{campaign.code}": {{"mixed": 6, "waiting": 0, "destroyed": 0}}}}'
    )
    assert Campaign.objects.get().state == "mixed"
