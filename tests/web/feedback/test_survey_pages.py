"""The respondent's pages, as a browser without JavaScript sees them."""

from __future__ import annotations

import datetime as dt
import json
import logging
import logging.config
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from feedback.anonymity import mixer
from feedback.models import Campaign, Comment, Draft, Inbox, Invitation, Response
from feedback.selectors.invitations import printed_links
from feedback.services import campaigns
from tests.factories.accounts import make_staff
from tests.factories.feedback import (
    EVERY_KIND,
    Respondent,
    answer_all,
    links_of,
    make_campaign,
    make_questionnaire,
)
from tests.support.pages import assert_shows, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]

ONE_PAGE = (("likert", "likert", "text"),)


def mixed_answers(campaign: Campaign) -> list[dict[str, Any]]:
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix(campaign.pk)
    return list(Response.objects.filter(campaign=campaign).values_list("answers", flat=True))


def respondents(campaign: Campaign) -> list[Respondent]:
    return [Respondent(link) for link in links_of(campaign)]


# --- the way in ------------------------------------------------------------------------------------


def test_the_link_leaves_the_address_at_once() -> None:
    campaign = make_campaign(links=5)
    link = links_of(campaign)[0]
    response = Client().get(link)
    assert response.status_code == 302
    assert response.url == f"/s/c/{campaign.code}/"
    assert response["Referrer-Policy"] == "no-referrer"
    cookie = response.cookies["survey_token"]
    assert cookie["path"] == f"/s/c/{campaign.code}/"
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    token = link.rsplit("/", 1)[-1]
    assert token not in Respondent(link).open().response.content.decode()


def test_the_first_screen_says_how_anonymity_is_kept() -> None:
    campaign = make_campaign(links=20, threshold=7)
    page = Respondent(links_of(campaign)[0]).open().response
    assert_shows(
        page,
        "about a minute",
        "at least 10 at a time",
        "fewer than 7 people",
        "/privacy/",
        "Comments are read by",
    )
    assert "Few people are invited" not in text_of(page)
    spanish = Respondent(links_of(campaign)[0], language="es").open().response
    assert spanish.wsgi_request.LANGUAGE_CODE == "es"


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((("likert",) * 2,), ("1 page.", "It takes about a minute.")),
        ((("likert",) * 10, ("likert",) * 18), ("2 pages.", "It takes about 5 minutes.")),
        ((("likert",) * 15, ("text",) * 2), ("2 pages.", "It takes about 3 minutes.")),
    ],
)
def test_three_minutes_were_promised_whatever_was_asked(kinds: Any, said: tuple[str, str]) -> None:
    campaign = make_campaign(links=20, version=make_questionnaire(*kinds))
    assert_shows(Respondent(links_of(campaign)[0]).open().response, *said)


@pytest.mark.parametrize(
    ("required", "said"),
    [
        ((), "you may leave any question open"),
        (("A1",), "1 question needs an answer; you may leave the others open"),
        (("A1", "A2"), "2 questions need an answer; you may leave the others open"),
        (("A1", "A2", "A3"), "If you take part, every question needs an answer"),
    ],
)
def test_any_question_could_be_left_open_also_those_that_had_to_be_answered(
    required: tuple[str, ...], said: str
) -> None:
    campaign = make_campaign(links=20, version=make_questionnaire(("likert",) * 3, required=required))
    respondent = Respondent(links_of(campaign)[0]).open()
    assert_shows(respondent.response, said)
    assert text_of(respondent.page(1)).count("This question needs an answer.") == len(required)


def test_a_small_group_is_warned() -> None:
    campaign = make_campaign(links=14)
    assert_shows(Respondent(links_of(campaign)[0]).open().response, "Few people are invited (14)")


def test_who_belongs_to_a_group_is_told() -> None:
    campaign = make_campaign(groups={"Turno de mañana": 8})
    assert_shows(Respondent(links_of(campaign)[0]).open().response, "Turno de mañana")


@pytest.mark.parametrize("token", ["x", "A" * 43, "../../etc", "ñ" * 43, "A" * 5000])
def test_a_wrong_link_has_its_own_page(token: str) -> None:
    make_campaign(links=5)
    response = Client(headers={"Accept-Language": "en"}).get(f"/s/{token}", follow=True)
    assert response.status_code == 404


def test_a_link_of_an_installation_without_keys_is_a_wrong_link(settings: Any, tmp_path: Any) -> None:
    settings.KEYS_DIR = tmp_path / "none"
    response = Client(headers={"Accept-Language": "en"}).get(f"/s/{'A' * 43}", follow=True)
    assert response.status_code == 404
    assert "We do not know this survey link" in text_of(response)
    assert not (tmp_path / "none").exists(), "a stranger's request makes no keys"


def test_lost_keys_are_our_fault_and_say_so(settings: Any, tmp_path: Any) -> None:
    campaign = make_campaign(links=5)
    link = links_of(campaign)[0]
    settings.KEYS_DIR = tmp_path / "lost"
    response = Client(headers={"Accept-Language": "en"}).get(link, follow=True)
    assert response.status_code == 409
    assert "Your link is right" in text_of(response)


def test_the_short_code_leads_to_the_survey() -> None:
    campaign = make_campaign(links=5)
    code = printed_links(campaign, 1)[0].code
    client = Client(headers={"Accept-Language": "en"})
    assert_shows(client.get("/s/"), "Code of your sheet")
    for typed in (code, code.lower().replace("-", " "), f" {code.replace('-', '')} "):
        assert client.post("/s/", {"code": typed}).url == f"/s/c/{campaign.code}/"
    wrong = client.post("/s/", {"code": "0000-0000-0000"})
    assert wrong.status_code == 422
    assert "We do not know this code" in text_of(wrong)


def test_pages_without_cookie_or_with_a_tampered_one_ask_for_the_link() -> None:
    campaign, other = make_campaign(links=5), make_campaign(links=5)
    respondent = Respondent(links_of(campaign)[0]).open()
    assert Client().get(f"/s/c/{campaign.code}/1/").status_code == 404
    token = respondent.client.cookies["survey_token"].value
    for tampered in (
        "",
        "x",
        token[:-1],
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        "A" * 5000,
        "\x00",
    ):
        respondent.client.cookies["survey_token"] = tampered
        response = respondent.client.get(f"/s/c/{campaign.code}/1/")
        assert response.status_code == 404
        assert "Open your link again" in text_of(response)
    respondent.client.cookies["survey_token"] = token
    assert respondent.client.get(f"/s/c/{other.code}/1/").status_code == 404, (
        "a link opens its own campaign only"
    )
    assert respondent.client.get(f"/s/c/{campaign.code}/1/").status_code == 200


# --- closed doors ----------------------------------------------------------------------------------


def test_a_used_link_says_so_on_every_page() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    respondent = Respondent(links_of(campaign)[0]).open()
    assert_shows(respondent.post(1, A1="4"), "Your receipt")
    for response in (
        respondent.page(1),
        respondent.client.get(f"{respondent.begin}clear/"),
        respondent.client.get(respondent.link, follow=True),
    ):
        assert response.status_code == 410
        assert "already been used" in text_of(response)
    assert Inbox.objects.count() == 1


def test_a_second_press_of_send_is_told_that_the_answer_was_received() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    respondent = Respondent(links_of(campaign)[0]).open()
    assert_shows(respondent.post(1, A1="4"), "Your receipt")
    again = respondent.post(1, A1="4")
    assert again.status_code == 410
    assert "An answer was received through this link" in text_of(again)
    assert "already been used" not in text_of(again)
    assert Inbox.objects.count() == 1


def press_of(page: Any) -> str:
    found = re.search(r'name="press" value="([^"]+)"', text_of(page))
    assert found
    return found[1]


@pytest.mark.parametrize("mode", ["anonymous", "confidential"])
def test_a_second_press_of_send_lost_the_receipt(mode: str) -> None:
    campaign = make_campaign(links=5, mode=mode, version=make_questionnaire(*ONE_PAGE))
    first, *others = respondents(campaign)
    page = first.open().page(1)
    sent = first.post(1, A1="4", press=press_of(page))
    again = first.post(1, A1="4", press=press_of(page))
    assert (sent.status_code, again.status_code) == (200, 200)
    receipts = [re.search(r"receipt\">([0-9A-Z-]+)<", text_of(one)) for one in (sent, again)]
    assert receipts[0]
    assert receipts[1]
    assert receipts[0][1] == receipts[1][1]
    other = first.post(1, A1="4", press=press_of(others[0].open().page(1)))
    assert other.status_code == 410, "another press is not told the receipt of this one"
    assert "nothing joins a receipt to a link" in text_of(other)
    for respondent in others:
        respondent.open().post(1, A1="5")
    campaigns.close_campaign(actor=None, campaign=campaign)
    if mode == "anonymous":
        mixer.mix(campaign.pk)
    again = first.post(1, A1="4", press=press_of(page))
    assert receipts[0][1] in text_of(again), "as long as the answer waits or is counted"
    check = Client(headers={"Accept-Language": "en"}).post("/s/receipt/", {"receipt": receipts[0][1]})
    assert_shows(check, "Yes. The answer with this receipt")


def test_what_is_changed_before_a_second_press_of_send_is_not_said_to_be_taken() -> None:
    campaign = make_campaign(links=5, mode="confidential", version=make_questionnaire(*ONE_PAGE))
    first = respondents(campaign)[0].open()
    press = press_of(first.page(1))
    sent, again = (first.post(1, A1=value, press=press) for value in ("4", "1"))
    assert campaign.signed_answers.get().answers == {"A1": 4}
    assert "What counts is what you sent first" not in text_of(sent)
    assert "What counts is what you sent first" in text_of(again)


def test_one_page_sent_through_two_links_makes_two_boxes() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    one, two = respondents(campaign)[:2]
    press = press_of(one.open().page(1))
    assert_shows(one.post(1, A1="4", press=press), "Your receipt")
    assert_shows(two.open().post(1, A1="4", press=press), "Your receipt")
    assert Inbox.objects.count() == 2


def test_a_page_that_carries_no_press_is_sent_all_the_same() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    for respondent, press in zip(
        respondents(campaign), ("", "x", "A" * 23, "\x00" * 22, "ñ" * 22), strict=True
    ):
        assert_shows(respondent.open().post(1, A1="4", press=press), "Your receipt")


def test_closed_and_not_yet_open_have_their_own_pages(at: Any) -> None:
    at("2026-03-10 10:00")
    campaign = make_campaign(links=5)
    respondent = Respondent(links_of(campaign)[0]).open()
    at("2026-03-09 10:00")
    early = respondent.page(1)
    assert early.status_code == 403
    assert "not open yet" in text_of(early)
    at("2026-04-10 10:00")
    late = respondent.post(1, A1="4")
    assert late.status_code == 410
    assert "This survey is closed" in text_of(late)
    assert not Invitation.objects.filter(used=True).exists()


def test_a_campaign_being_prepared_takes_no_answer() -> None:
    campaign = make_campaign(links=5, is_open=False)
    respondent = Respondent(links_of(campaign)[0]).open()
    assert respondent.response.status_code == 403
    assert respondent.post(1, A1="4").status_code == 403


# --- answering -------------------------------------------------------------------------------------


def test_every_kind_of_question_arrives_as_it_was_answered() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*EVERY_KIND))
    for respondent in respondents(campaign):
        respondent.open()
        assert respondent.post(1, A1="4", A2="na", A3="1").url.endswith("/2/")
        assert respondent.post(2, B1="2", B2=["3", "1"], B3="12").url.endswith("/3/")
        assert_shows(respondent.post(3, C1="10", C2="Muy bien\r\nde verdad", C3=""), "Your receipt")
    answers = mixed_answers(campaign)
    expected = {"A1": 4, "A2": None, "A3": 1, "B1": 2, "B2": [1, 3], "B3": 12, "C1": 10}
    assert answers == [expected] * 5
    assert set(Comment.objects.values_list("item__code", "text")) == {("C2", "Muy bien\nde verdad")}


def test_the_receipt_is_counted_only_after_mixing() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    pages = answer_all(campaign, *[{"A1": "4"}] * 5)
    receipt = re.search(r"receipt\">([0-9A-Z-]+)<", text_of(pages[0]))
    assert receipt is not None
    client = Client(headers={"Accept-Language": "en"})
    assert_shows(client.post("/s/receipt/", {"receipt": receipt[1]}), "Not yet")
    mixed_answers(campaign)
    assert_shows(
        client.post("/s/receipt/", {"receipt": receipt[1].lower()}), "Yes. The answer with this receipt"
    )
    for wrong in ("", "0" * 26, "\x00", "x" * 9000):
        assert_shows(client.post("/s/receipt/", {"receipt": wrong}), "Not yet")


@pytest.mark.parametrize(
    "fields",
    [
        {"A1": "6"}, {"A1": "0"}, {"A1": "-1"}, {"A1": "4.0"}, {"A1": "٤"}, {"A1": "four"}, {"A1": "1e1"},
        {"A1": ["1", "5"]}, {"A1": "9" * 5000}, {"A1": "\x00"}, {"A3": "2"}, {"A1": "na", "A3": "yes"},
    ],
)  # fmt: skip
def test_answers_off_the_scale_are_refused_with_the_question_named(fields: dict[str, Any]) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert", "likert", "yes_no")))
    response = Respondent(links_of(campaign)[0]).open().post(1, **({"A2": "4"} | fields))
    assert response.status_code == 422
    body = text_of(response)
    assert "There is a problem" in body
    assert "Choose one of the answers shown." in body
    assert "<title>Error:" in body
    assert re.search(r'value="4" checked', body), "what was answered well is still there"
    assert not Inbox.objects.exists()


@pytest.mark.parametrize("number", ["-1", "100", "1,5", "1.0", "abc", "1e1", "²", "9" * 400])
def test_numbers_outside_their_bounds_are_refused_and_kept_in_the_field(number: str) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("number",)))
    response = Respondent(links_of(campaign)[0]).open().post(1, A1=number)
    assert response.status_code == 422
    assert "whole number between 0 and 99" in text_of(response)
    assert f'value="{number}"' in text_of(response)


def test_cannot_judge_is_refused_where_it_is_not_offered() -> None:
    version = make_questionnaire(("likert",))
    version.items.update(no_answer_allowed=False)
    campaign = make_campaign(links=5, version=version)
    respondent = Respondent(links_of(campaign)[0]).open()
    assert "I cannot judge" not in text_of(respondent.page(1))
    assert respondent.post(1, A1="na").status_code == 422


def test_fields_of_other_items_are_not_looked_at() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",), ("likert",)))
    for respondent in respondents(campaign):
        respondent.open()
        respondent.post(1, A1="4", B1="1", Z9="1", receipt="x", group_code="otro", answers="{}")
        respondent.post(2, B1="5", A1="1")
    assert mixed_answers(campaign) == [{"A1": 4, "B1": 5}] * 5


def test_required_questions_are_asked_for_and_going_back_is_not_stopped_by_them() -> None:
    version = make_questionnaire(("likert", "likert"), ("likert",), required=("A1", "B1"))
    campaign = make_campaign(links=5, version=version)
    respondent = Respondent(links_of(campaign)[0]).open()
    missing = respondent.post(1, A2="3")
    assert missing.status_code == 422
    assert text_of(missing).count("Answer this question.") == 2, "in the summary and at the question"
    assert respondent.post(1, A2="3", back="1").url == respondent.begin
    assert respondent.post(2, back="1").url.endswith("/1/")
    skipped = respondent.post(2, B1="5")
    assert skipped.url.endswith("/1/?check=1"), "a page that was jumped over is shown with what it lacks"
    assert_shows(respondent.client.get(skipped.url), "Answer this question.")
    respondent.post(1, A1="4")
    assert_shows(respondent.post(2, B1="5"), "Your receipt")


def test_an_empty_answer_is_not_sent() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    response = Respondent(links_of(campaign)[0]).open().post(1, A3="   \r\n ")
    assert response.status_code == 422
    assert "Answer at least one question" in text_of(response)
    assert not Invitation.objects.filter(used=True).exists()


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE feedback_response; --",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% load %}",
        '=HYPERLINK("http://x")',
        "🙂" * 900,
        "a\u202egnp.exe",
    ],
)
def test_hostile_text_comes_back_harmless_and_is_stored_as_written(hostile: str) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert", "text"), ("likert",)))
    for respondent in respondents(campaign):
        respondent.open().post(1, A1="4", A2=hostile)
        body = text_of(respondent.page(1))
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "49" not in re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", body, re.S)[0]
        respondent.post(2, B1="1")
    mixed_answers(campaign)
    assert set(Comment.objects.values_list("text", flat=True)) == {hostile.replace("\u202e", "")}


def test_nul_bytes_and_control_signs_do_not_reach_the_database() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("text",)))
    answer_all(campaign, *[{"A1": "uno\x00dos\x07\x1b[31m\ttres"}] * 5)
    mixed_answers(campaign)
    assert set(Comment.objects.values_list("text", flat=True)) == {"unodos[31m\ttres"}


@pytest.mark.parametrize("text", ["x" * 2001, "🙂" * 1001, "\\" * 2001, "y" * 1_500_000])
def test_a_comment_too_long_is_refused_and_given_back(text: str) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    respondent = Respondent(links_of(campaign)[0]).open()
    response = respondent.post(1, A1="4", A3=text)
    assert response.status_code == 422
    assert text in text_of(response)
    assert not Invitation.objects.filter(used=True).exists()


@pytest.mark.parametrize("text", ["x" * 2001, "🙂" * 1001])
def test_a_comment_too_long_locked_the_language_of_the_page(text: str) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",), ("likert", "text")))
    respondent = Respondent(links_of(campaign)[0]).open()
    respondent.post(1, A1="4")
    switched = respondent.post(2, B1="2", B2=text, language="es")
    body = text_of(switched)
    assert (switched.status_code, switched["Content-Language"]) == (422, "es")
    assert "Pregunta B1" in body
    assert "Este comentario" in body
    assert text in body, "nothing of it is lost"
    assert re.search(r'id="q-B1-2"[^>]* checked', body)
    assert "Pregunta B1" in text_of(respondent.page(2)), "the language stays"


def test_a_comment_too_long_locked_the_way_back() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",), ("likert", "text", "number")))
    respondent = Respondent(links_of(campaign)[0]).open()
    respondent.post(1, A1="4")
    assert respondent.post(2, B1="2", B2="x" * 2001, B3="abc", back="1").url.endswith("/1/")
    respondent.post(1, A1="5")
    body = text_of(respondent.page(2))
    assert "Only the beginning of this comment was kept" in body
    assert "did not fit and was not kept" in body
    assert "x" * 2000 in body
    assert re.search(r'id="q-B1-2"[^>]* checked', body)
    assert_shows(respondent.post(2, B1="2", B2="short"), "Your receipt")


def test_a_problem_took_the_place_of_the_help_for_who_hears_the_page() -> None:
    version = make_questionnaire(("likert", "text"), required=("A1",))
    version.items.update(help_en="Help", help_es="Ayuda")
    campaign = make_campaign(links=5, version=version)
    body = text_of(Respondent(links_of(campaign)[0]).open().post(1, A2="x" * 2001))
    assert 'aria-describedby="q-A2-help q-A2-problem q-A2-readers"' in body
    assert 'aria-describedby="q-A1-required q-A1-help q-A1-problem"' not in body, "nothing is said of it yet"
    body = text_of(Respondent(links_of(campaign)[0]).open().post(1, A2="short"))
    assert 'aria-describedby="q-A1-required q-A1-help q-A1-problem"' in body
    for described in re.findall(r'aria-describedby="([^"]+)"', body):
        assert all(f'id="{one}"' in body for one in described.split())


def test_the_longest_comment_that_is_allowed_arrives_whole() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert", "text", "text")))
    longest = '"' * 2000
    answer_all(campaign, *[{"A1": "5", "A2": longest, "A3": "ñ" * 2000}] * 5)
    mixed_answers(campaign)
    assert set(Comment.objects.values_list("text", flat=True)) == {longest, "ñ" * 2000}


def test_a_body_larger_than_we_take_is_refused_politely() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    respondent = Respondent(links_of(campaign)[0]).open()
    response = respondent.post(1, A3="z" * 3_000_000)
    assert response.status_code == 400
    body = text_of(response)
    assert "Your comment is too long" in body
    assert "your answers on earlier pages are still there" in body
    assert f'href="{respondent.begin}1/">Back to the survey' in body
    assert "survey.css" in body
    assert not Invitation.objects.filter(used=True).exists()


@pytest.mark.parametrize("address", ["/s/%00", "/s/c/%00/1/", "/s/c/C-1/nowhere/at/all/"])
def test_an_address_that_cannot_be_read_led_to_the_start_page_of_the_house(address: str) -> None:
    response = Client(headers={"Accept-Language": "en"}).get(address)
    assert response.status_code in (400, 404)
    body = text_of(response)
    assert 'href="/s/">Type the code of a printed sheet' in body
    assert "survey.css" in body
    assert 'href="/"' not in body


def test_a_form_that_expired_leads_back_to_the_survey() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*ONE_PAGE))
    client = Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)
    begin = client.get(links_of(campaign)[0]).url
    response = client.post(f"{begin}1/", {"q-A1": "4"})
    assert response.status_code == 403
    assert f'href="{begin}1/">Back to the page' in text_of(response)


# --- drafts ----------------------------------------------------------------------------------------


def test_answers_are_found_again_on_another_device_with_the_same_link() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert", "text"), ("likert", "multiple")))
    link = links_of(campaign)[0]
    phone = Respondent(link).open()
    phone.post(1, A1="4", A2="Borrador")
    computer = Respondent(link).open()
    assert_shows(computer.response, "Go on where you were", f"{computer.begin}2/")
    body = text_of(computer.page(1))
    assert re.search(r'id="q-A1-4"[^>]* checked', body)
    assert "Borrador" in body
    computer.post(2, B1="2", B2=["1", "3"], back="1")
    body = text_of(phone.page(2))
    assert len(re.findall(r'id="q-B\d-\d"[^>]* checked', body)) == 3
    assert Draft.objects.count() == 1


def test_going_back_and_switching_language_lose_nothing() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",), ("likert", "text")))
    respondent = Respondent(links_of(campaign)[0]).open()
    respondent.post(1, A1="4")
    switched = respondent.post(2, B1="2", B2="hola", language="es")
    assert switched.url.endswith("/2/")
    body = text_of(respondent.page(2))
    assert "Pregunta B1" in body
    assert "hola" in body
    assert re.search(r'id="q-B1-2"[^>]* checked', body)
    respondent.post(2, B1="2", B2="hola", back="1")
    assert re.search(r'id="q-A1-4"[^>]* checked', text_of(respondent.page(1)))


def test_an_answer_can_be_taken_back_before_sending() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert", "likert"), ("likert",)))
    respondent = Respondent(links_of(campaign)[0]).open()
    respondent.post(1, A1="4", A2="5")
    respondent.post(1, A2="5")
    body = text_of(respondent.page(1))
    assert not re.search(r'id="q-A1-\d"[^>]* checked', body)


def test_clearing_asks_once_and_deletes_the_draft() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",), ("likert",)))
    respondent = Respondent(links_of(campaign)[0]).open()
    respondent.post(1, A1="4")
    assert_shows(respondent.client.get(f"{respondent.begin}clear/"), "will be deleted")
    assert Draft.objects.count() == 1
    assert respondent.client.post(f"{respondent.begin}clear/").url == respondent.begin
    assert Draft.objects.count() == 0
    assert " checked" not in text_of(respondent.page(1))


def test_a_draft_is_one_block_without_the_answers_in_it() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("text",), ("likert",)))
    Respondent(links_of(campaign)[0]).open().post(1, A1="CANARIO-BORRADOR")
    Respondent(links_of(campaign)[1]).open().post(1, A1="x")
    bodies = [bytes(body) for body in Draft.objects.values_list("body", flat=True)]
    assert len({len(body) for body in bodies}) == 1
    assert all(b"CANARIO" not in body for body in bodies)
    assert set(Draft.objects.values_list("expires_day", flat=True)) == {campaign.closes}


# --- what is not kept ------------------------------------------------------------------------------


def answer_one(client: Client, link: str) -> Any:
    begin = client.get(link).url
    client.get(begin)
    client.post(f"{begin}1/", {"q-A1": "x"})
    return client.post(f"{begin}1/", {"q-A1": "4"})


def test_no_session_and_no_cookie_but_the_own() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",)))
    client = Client()
    answer_one(client, links_of(campaign)[0])
    assert not Session.objects.exists()
    assert set(client.cookies) == {"survey_token", "iqas_csrf"}


def test_who_is_signed_in_is_nobody_here(client_for: Any) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",)))
    teacher = make_staff("coordinator")
    client = client_for(teacher)
    response = answer_one(client, links_of(campaign)[0])
    assert_shows(response, "receipt")
    assert response.wsgi_request.user.is_anonymous
    for trace in ("REMOTE_ADDR", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR"):
        assert trace not in response.wsgi_request.META
    assert teacher.email not in text_of(response)
    assert client.get("/feedback/").status_code == 200, "still signed in elsewhere"


def test_the_log_holds_neither_token_nor_the_moment_of_an_answer(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    logging.config.dictConfig(settings.LOGGING)
    for speaker in ("django_structlog", "django.request"):
        caplog.set_level(logging.INFO, logger=speaker)
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",)))
    link = links_of(campaign)[0]
    token = link.rsplit("/", 1)[-1]
    client = Client(
        headers={"User-Agent": "CANARY-AGENT", "X-Forwarded-For": "203.0.113.77"}, enforce_csrf_checks=True
    )
    begin = client.get(link).url
    client.get(f"{begin}1/")
    client.post(f"{begin}1/", {"q-A1": "4"})  # refused: no CSRF token
    client.get(f"/s/{token}x")
    assert client.get(link, headers={"Host": "evil.example"}).status_code == 400
    answer_one(Client(headers={"User-Agent": "CANARY-AGENT"}), link)
    Client().get("/verify/nothing-here/")
    logging.getLogger("django.request").error("Broken: %s", link)
    logged = "".join(capfd.readouterr())
    assert "nothing-here" in logged, "the log is being written"
    assert "evil.example" in logged
    assert "Broken: " in logged, "errors are logged, without their token"
    for secret in (token, "CANARY-AGENT", "203.0.113.77", campaign.code, "/s/c/"):
        assert secret not in logged


def test_the_web_server_log_leaves_survey_pages_out(capfd: pytest.CaptureFixture[str]) -> None:
    from gunicorn.config import Config

    from iqas.access_log import AccessLog

    config = Config()
    config.set("accesslog", "-")
    log = AccessLog(config)

    class Answer:
        status = "200"
        sent = 1
        headers: tuple[()] = ()

    for path, referer in (("/s/CANARY-TOKEN", ""), ("/s/c/C-0001/1/", ""), ("/privacy/", "https://x/s/CANARY-TOKEN"),
                          ("/accounts/password/reset/key/CANARY-KEY/", ""), ("/verify/", "")):  # fmt: skip
        environ = {
            "RAW_URI": path,
            "HTTP_REFERER": referer,
            "REQUEST_METHOD": "GET",
            "SERVER_PROTOCOL": "HTTP/1.1",
        }
        request = type("Request", (), {"headers": ()})()
        log.access(Answer(), request, environ, dt.timedelta(seconds=1))
    logged = "".join(capfd.readouterr())
    assert "/verify/" in logged
    for secret in ("CANARY", "/s/", "C-0001"):
        assert secret not in logged


def test_stopping_the_mail_needs_a_press_and_works_in_one_click_for_mail_programs() -> None:
    from feedback.anonymity.installed import installed_ring
    from feedback.anonymity.tokens import stop_mark
    from feedback.models import MailOptOut

    make_campaign(
        addresses=("ana@example.org", "b@example.org", "c@example.org", "d@example.org", "e@example.org")
    )
    index = Invitation.objects.values_list("mail_idx", flat=True)[0]
    url = f"/s/stop/{stop_mark(installed_ring(), index)}/"
    client = Client(headers={"Accept-Language": "en"}, enforce_csrf_checks=True)
    assert_shows(client.get(url), "Stop the mail")
    assert not MailOptOut.objects.exists(), "link scanners fetch, they do not press"
    assert_shows(client.post(url, {"List-Unsubscribe": "One-Click"}), "no more survey mail")
    assert_shows(client.post(url), "no more survey mail")
    assert list(MailOptOut.objects.values_list("mail_idx", flat=True)) == [index]
    assert client.post(f"{url[:-3]}AA/").status_code == 404


def test_who_stopped_the_mail_can_have_it_again() -> None:
    """An opt-out was for ever: one press in the wrong mail, and no survey reached that person again."""
    from feedback.anonymity.installed import installed_ring
    from feedback.anonymity.tokens import stop_mark
    from feedback.models import MailOptOut

    make_campaign(addresses=tuple(f"persona{number}@example.org" for number in range(5)))
    index = Invitation.objects.values_list("mail_idx", flat=True)[0]
    url = f"/s/stop/{stop_mark(installed_ring(), index)}/"
    client = Client(headers={"Accept-Language": "en"})
    assert_shows(client.post(url), "Write to me again")
    assert_shows(client.get(url), "Write to me again")
    assert_shows(client.post(url, {"again": "1"}), "You will get survey mail again")
    assert not MailOptOut.objects.exists()
    assert_shows(client.get(url), "Stop the mail")
    assert client.post(f"{url[:-3]}AA/", {"again": "1"}).status_code == 404


# --- weight ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("items", [3, 34])
def test_opening_takes_few_statements_whatever_the_number_of_questions(items: int, max_queries: Any) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("likert",) * items, ("text",)))
    respondent = Respondent(links_of(campaign)[0]).open()
    with max_queries(7):
        respondent.client.get(respondent.begin)
    with max_queries(7):
        respondent.page(1)


@pytest.mark.parametrize("items", [3, 34])
def test_submitting_takes_few_statements_whatever_the_number_of_questions(
    items: int, max_queries: Any
) -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(("text",), ("likert",) * items))
    respondent = Respondent(links_of(campaign)[0]).open()
    respondent.post(1, A1="hola")
    sheet = {f"B{number}": "4" for number in range(1, items + 1)}
    with max_queries(8):
        assert_shows(respondent.post(2, **sheet), "receipt")


def test_no_page_needs_a_script_or_another_origin() -> None:
    campaign = make_campaign(links=5, version=make_questionnaire(*EVERY_KIND))
    respondent = Respondent(links_of(campaign)[0]).open()
    for response in (respondent.response, respondent.page(1), respondent.page(2), respondent.page(3)):
        body = text_of(response)
        assert "<script" not in body
        assert " style=" not in body
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', body)
        assert response["Cache-Control"] == "private, no-store"
        assert json.dumps(body)
