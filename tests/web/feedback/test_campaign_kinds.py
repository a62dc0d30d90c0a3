"""Campaigns of every target and mode through their pages, and what respondents are told in each."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, CommentReader, Draft, Invitation, SignedAnswer
from feedback.selectors.invitations import open_link_of
from feedback.selectors.survey import find_visit
from feedback.selectors.targets import with_target
from feedback.services import campaigns, open_link
from feedback.services.register import invite_contacts
from feedback.services.submission import submit
from feedback.services.terms import Aim
from iqas.core import clock
from iqas.core.models import AuditEvent
from microcredentials.models import Edition, Partner, PartnerContact
from microcredentials.services.partners import save_contact
from tests.factories.accounts import make_staff
from tests.factories.feedback import (
    Respondent,
    links_of,
    make_campaign,
    make_plain_edition,
    make_questionnaire,
)
from tests.factories.feedback_results import make_results
from tests.factories.microcredentials import make_edition, make_enrolments
from tests.factories.organisation import make_centre, make_year, the_university
from tests.factories.partners import make_partner
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(staff: Any, client_for: Any) -> Client:
    client: Client = client_for(staff("quality_officer", language="en"))
    client.cookies["iqas_language"] = "en"
    return client


def url(campaign: Campaign, page: str = "") -> str:
    return f"/feedback/campaigns/{campaign.code}/{page}"


def terms(**other: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "questionnaire_version": str(make_questionnaire().pk),
        "opens": today.isoformat(),
        "closes": (today + dt.timedelta(days=14)).isoformat(),
        "threshold": "",
        "mail_language": "es",
        "title_es": "",
        "title_en": "",
        **other,
    }


def says(response: Any, *texts: str) -> None:
    """As `assert_shows`, whatever the status."""
    assert [text for text in texts if text not in text_of(response)] == []


def planned_edition(*places: Any) -> Edition:
    edition = make_plain_edition(*places)
    Edition.objects.filter(pk=edition.pk).update(state="planned")
    return edition


def make_contact(partner: Partner, name: str, email: str) -> PartnerContact:
    return save_contact(
        actor=make_staff("quality_officer"),
        partner=partner,
        name=name,
        email=email,
        basis="contract",
        basis_on=dt.date(2025, 1, 1),
    )


# --- preparing ---------------------------------------------------------------------------------------------


def test_a_pool_is_chosen_from_the_editions_of_a_year_and_a_place(officer: Client) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B")
    one, two, far = planned_edition(here), planned_edition(here), planned_edition(there)
    page = officer.get("/feedback/campaigns/add/pool/", {"year": "2025-26", "scope": "FAC-A"})
    assert_shows(page, one.code, two.code)
    assert_hides(page, far.code)
    made = officer.post(
        "/feedback/campaigns/add/pool/?year=2025-26&scope=FAC-A", terms(editions=[one.code, two.code])
    )
    campaign = with_target(Campaign.objects.all()).get()
    assert made.url == url(campaign)
    assert set(campaign.target.editions) == {one, two}
    assert_shows(officer.get(url(campaign)), one.code, two.code, "2025-26")
    assert_shows(officer.get("/feedback/"), "2 editions")


def test_another_years_or_centres_edition_cannot_be_forced_in(officer: Client) -> None:
    one, far = planned_edition(make_centre("FAC-A")), planned_edition(make_centre("FAC-B"))
    refused = officer.post(
        "/feedback/campaigns/add/pool/?year=2025-26&scope=FAC-A", terms(editions=[one.code, far.code])
    )
    assert refused.status_code == 422
    assert not Campaign.objects.exists()


def test_a_pool_page_says_what_to_choose_and_where_there_is_nothing(officer: Client) -> None:
    the_university()
    make_year(2025)
    assert_shows(officer.get("/feedback/campaigns/add/pool/"), "List the editions")
    page = officer.get(
        "/feedback/campaigns/add/pool/", {"year": "2025-26", "scope": the_university().scope.code}
    )
    assert_shows(page, "There is no edition of this year there")
    assert officer.get("/feedback/campaigns/add/pool/", {"year": "x", "scope": "y"}).status_code == 422


def test_partners_are_chosen_from_the_register(officer: Client) -> None:
    university, company = make_partner("Universidad Vecina", kind="university"), make_partner("Ánfora")
    page = officer.get("/feedback/campaigns/add/partners/", {"kind": "university"})
    assert_shows(page, "Universidad Vecina")
    assert_hides(page, "Ánfora")
    sent = terms(
        partners=[university.code, company.code], scope=the_university().scope.code, mode="attributed"
    )
    made = officer.post("/feedback/campaigns/add/partners/", sent)
    campaign = with_target(Campaign.objects.all()).get()
    assert made.url == url(campaign)
    assert (campaign.mode, campaign.threshold, len(campaign.target.partners)) == ("attributed", 1, 2)
    detail = officer.get(url(campaign))
    assert_shows(detail, "Universidad Vecina", "institutions answer in their own name", "Invite contacts")
    assert_hides(detail, "Print links")


def test_an_edition_is_not_asked_in_the_name_of_an_institution(officer: Client) -> None:
    edition = planned_edition()
    assert_hides(officer.get("/feedback/campaigns/add/"), 'value="attributed"')
    refused = officer.post("/feedback/campaigns/add/", terms(edition=edition.code, mode="attributed"))
    assert refused.status_code == 422


def test_a_threshold_left_empty_is_the_least(officer: Client) -> None:
    the_university(threshold=8)
    edition = planned_edition()
    assert officer.post("/feedback/campaigns/add/", terms(edition=edition.code)).status_code == 302
    assert Campaign.objects.get().threshold == 8


def test_two_who_edit_see_both_texts_and_lose_nothing(officer: Client) -> None:
    campaign = make_campaign(is_open=False)
    page = officer.get(url(campaign, "edit/"))
    assert 'name="seen_version" value="1"' in text_of(page)
    sent = terms(seen_version="1", threshold="6", title_es="La mía", title_en="Mine")
    assert officer.post(url(campaign, "edit/"), sent | {"title_es": "La primera"}).status_code == 302
    lost = officer.post(url(campaign, "edit/"), sent)
    assert lost.status_code == 409
    says(lost, "Somebody else saved this in the meantime", "La mía", "La primera", 'value="2"')
    campaign.refresh_from_db()
    assert campaign.title_es == "La primera"
    assert officer.post(url(campaign, "edit/"), sent | {"seen_version": "2"}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.title_es == "La mía"


def test_a_list_of_partners_is_changed_until_it_opens(officer: Client) -> None:
    one, two = make_partner("Ánfora"), make_partner("Zafra")
    campaign = make_campaign(aim=Aim(partners=(one,)), is_open=False)
    assert_shows(officer.get(url(campaign, "edit/")), "Zafra")
    sent = terms(seen_version="1", partners=[str(two.pk)], mode="confidential")
    assert officer.post(url(campaign, "edit/"), sent).status_code == 302
    changed = with_target(Campaign.objects.all()).get()
    assert (changed.target.partners, changed.mode) == ((two,), "confidential")


def test_readers_are_named_and_taken_away(officer: Client, staff: Any) -> None:
    teacher = staff("reader", name="Berta Gil")
    campaign = make_campaign(is_open=False)
    assert_shows(officer.get(url(campaign, "readers/")), "those responsible for the course", "Berta Gil")
    assert (
        officer.post(
            url(campaign, "readers/"), {"role": "", "user": str(teacher.pk), "item_code": "A3"}
        ).status_code
        == 302
    )
    refused = officer.post(url(campaign, "readers/"), {"role": "", "user": "", "item_code": ""})
    assert refused.status_code == 422
    assert officer.post(url(campaign, "readers/"), {"remove": "1", "role": "coordinator"}).status_code == 302
    assert officer.post(url(campaign, "readers/"), {"remove": "1", "role": "teachers"}).status_code == 302
    assert [reader.user for reader in CommentReader.objects.all()] == [teacher]


# --- inviting from the registers -------------------------------------------------------------------------------


def test_learners_are_invited_by_the_state_of_their_enrolment(officer: Client) -> None:
    edition = make_edition(state="running")
    learners = make_enrolments(edition, "enrolled", "enrolled", "withdrawn", "passed")
    campaign = make_campaign(edition=edition, is_open=False)
    page = officer.get(url(campaign, "invite/learners/"))
    assert_shows(page, "2 people, 2 with an address", "1 person, 1 with an address")
    assert_hides(page, "withdrawn:")
    assert_hides(page, *(enrolment.learner.email for enrolment in learners))
    sent = officer.post(url(campaign, "invite/learners/"), {"states": ["enrolled", "passed"]})
    assert sent.status_code == 302
    campaign.refresh_from_db()
    assert campaign.invited_count == 3
    make_enrolments(edition, "passed")
    again = officer.post(url(campaign, "invite/learners/"), {"states": ["enrolled", "passed"]}, follow=True)
    assert_shows(again, "1 person was added", "3 were invited before")
    assert officer.post(url(campaign, "invite/learners/"), {"states": ["withdrawn"]}).status_code == 422
    assert officer.post(url(campaign, "invite/learners/"), {"states": ["completed"]}).status_code == 422


def test_editions_of_a_pool_become_groups_where_they_are_compared(officer: Client) -> None:
    one = make_edition(state="running")
    two = make_edition(one.microcredential, state="running")
    make_enrolments(one, *["enrolled"] * 5)
    make_enrolments(two, *["enrolled"] * 6)
    campaign = make_campaign(aim=Aim(editions=(one, two)), is_open=False)
    officer.post(url(campaign, "invite/learners/"), {"states": ["enrolled"], "by_edition": "on"})
    assert set(campaign.groups.values_list("label", flat=True)) == {one.code, two.code}
    assert campaign.invitations.count() == 11


def test_contacts_of_a_partner_are_invited_and_an_anonymous_link_does_not_know_them(officer: Client) -> None:
    partner = make_partner("Ánfora")
    ana = make_contact(partner, "Ana Ruiz", "ana@anfora.example")
    luis = make_contact(partner, "Luis Gil", "luis@anfora.example")
    anonymous = make_campaign(aim=Aim(partners=(partner,)), is_open=False)
    assert_shows(officer.get(url(anonymous, "invite/contacts/")), "Ánfora: Ana Ruiz")
    officer.post(url(anonymous, "invite/contacts/"), {"contacts": [str(ana.pk), str(luis.pk)]})
    assert anonymous.invitations.count() == 2
    assert not Invitation.objects.filter(partner__isnull=False).exists()
    confidential = make_campaign(aim=Aim(partners=(partner,)), mode="confidential", is_open=False)
    officer.post(url(confidential, "invite/contacts/"), {"contacts": [str(ana.pk)]})
    assert confidential.invitations.get().partner == partner


def test_an_institution_gets_one_link(officer: Client) -> None:
    partner, silent = make_partner("Ánfora"), make_partner("Zafra")
    ana = make_contact(partner, "Ana Ruiz", "ana@anfora.example")
    luis = make_contact(partner, "Luis Gil", "luis@anfora.example")
    campaign = make_campaign(aim=Aim(partners=(partner, silent)), mode="attributed", is_open=False)
    page = officer.get(url(campaign, "invite/contacts/"))
    assert_shows(page, "Without a contact that can be written to", "Zafra")
    assert text_of(page).count("checked") == 1
    both = officer.post(url(campaign, "invite/contacts/"), {"contacts": [str(ana.pk), str(luis.pk)]})
    assert both.status_code == 422
    assert officer.post(url(campaign, "invite/contacts/"), {"contacts": [str(ana.pk)]}).status_code == 302
    later = officer.post(url(campaign, "invite/contacts/"), {"contacts": [str(luis.pk)]})
    assert later.status_code == 422
    pasted = officer.post(url(campaign, "invite/"), {"addresses": "eva@example.org"})
    assert pasted.status_code == 422
    assert officer.post(url(campaign, "print/"), {"count": "3", "group": ""}).status_code == 422
    assert campaign.invitations.count() == 1


# --- what respondents are told, and what is kept -------------------------------------------------------------------


def asked_institution() -> tuple[Campaign, str]:
    partner = make_partner("Ánfora S. A.")
    campaign = make_campaign(aim=Aim(partners=(partner,)), mode="attributed", is_open=False)
    invite_contacts(
        actor=None, campaign=campaign, contacts=[make_contact(partner, "Ana Ruiz", "ana@anfora.example")]
    )
    campaigns.open_campaign(actor=None, campaign=Campaign.objects.get(pk=campaign.pk))
    return campaign, links_of(campaign)[0]


def test_who_answers_for_an_institution_is_told_so_and_the_answer_has_its_name(officer: Client) -> None:
    campaign, link = asked_institution()
    person = Respondent(link).open()
    assert_shows(person.response, "in the name of your institution", "the answer of Ánfora S. A.")
    assert_hides(person.response, "Nobody will know what you answered", "fewer than")
    sent = person.post(1, A1="5", A2="4", A3="Nos vendría bien otra edición.")
    assert_shows(sent, "They count as the answer of Ánfora S. A.")
    page = officer.get(url(campaign, "answers/"))
    assert_shows(page, "Ánfora S. A.", "Nos vendría bien otra edición.", "Strongly agree")
    assert_hides(page, "Ana Ruiz", "ana@anfora.example")


def test_who_answers_in_confidence_is_told_who_reads_it(officer: Client, client_for: Any, staff: Any) -> None:
    campaign = make_campaign(mode="confidential", links=5)
    person = Respondent(links_of(campaign)[0]).open()
    assert_shows(
        person.response, "Your answer is confidential", "not anonymous: so few are asked (5)", "fewer than 5"
    )
    assert_hides(person.response, "Nobody will know what you answered")
    person.post(1, A1="2", A2="na", A3="CANARIO")
    assert_shows(person.response, "Only the quality office can read them")
    assert SignedAnswer.objects.get().answers == {"A1": 2, "A2": None}
    assert_shows(officer.get(url(campaign, "answers/")), "CANARIO", "Disagree")
    assert AuditEvent.objects.filter(action="answers.read").count() == 1
    for role in ("coordinator", "reader", "reviewer", "administrator"):
        refused = client_for(staff(role)).get(url(campaign, "answers/"))
        assert refused.status_code == 403
        assert_hides(refused, "CANARIO")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"links": 14}, "It is not anonymous: so few are asked (14) that nobody could promise it."),
        ({"links": 15}, "It is not anonymous: as it is kept with your link, we could find out"),
        ({"links": 3, "open_link": True}, "so we do not call it anonymous"),
    ],
)
def test_a_confidential_survey_said_that_few_were_asked_also_of_many(
    asked: dict[str, Any], said: str
) -> None:
    campaign = make_campaign(mode="confidential", **asked)
    page = Respondent(links_of(campaign)[0]).open().response
    assert_shows(page, said)
    assert ("so few are asked" in text_of(page)) == (asked == {"links": 14})


def test_an_anonymous_campaign_has_no_single_answers(officer: Client) -> None:
    campaign = make_campaign(links=5)
    Respondent(links_of(campaign)[0]).open().post(1, A1="2", A3="CANARIO")
    page = officer.get(url(campaign, "answers/"))
    assert_shows(page, "not kept one by one")
    assert_hides(page, "CANARIO")


def test_readers_are_named_before_the_first_question_and_beside_each_comment(
    staff: Any, officer: Client
) -> None:
    teacher = staff("reader", name="Berta Gil")
    campaign = make_campaign(is_open=False, links=6)
    officer.post(url(campaign, "readers/"), {"role": "", "user": str(teacher.pk), "item_code": "A3"})
    officer.post(url(campaign, "open/"))
    person = Respondent(links_of(campaign)[0]).open()
    assert_shows(
        person.response,
        "Comments are read by the quality office, those responsible for the course and the teaching staff who may reply before publication",
    )
    page = person.page(1)
    assert_shows(
        page,
        "Read by the quality office, those responsible for the course, the teaching staff who may reply before publication and Berta Gil.",
    )
    assert 'aria-describedby="q-A3-readers"' in text_of(page)


def test_a_paused_survey_says_so_and_keeps_what_was_begun(officer: Client) -> None:
    campaign = make_campaign(links=6, version=make_questionnaire(("likert", "likert"), ("likert",)))
    person = Respondent(links_of(campaign)[0]).open()
    person.post(1, A1="4", A2="4")
    assert_shows(officer.get(url(campaign)), url(campaign, "pause/"))
    assert officer.post(url(campaign, "pause/"), {"reason": "Una pregunta está mal"}).status_code == 302
    for page in (person.page(2), person.open().response, person.post(2, B1="5")):
        assert page.status_code == 403
        says(page, "This survey is paused", "kept")
    assert Draft.objects.count() == 1
    assert_shows(officer.get(url(campaign)), "Paused", "Resume")
    assert officer.get("/feedback/").status_code == 200
    assert officer.post(url(campaign, "resume/")).status_code == 302
    sent = person.post(2, B1="5")
    assert_shows(sent, "Your receipt")


# --- the open link -----------------------------------------------------------------------------------------------


def test_anybody_with_the_open_link_begins_at_the_press_of_a_button(officer: Client) -> None:
    campaign = make_campaign(open_link=True)
    link = open_link_of(campaign)
    assert link is not None
    path = link.url[link.url.index("/s/") :]
    assert_shows(officer.get(url(campaign)), link.code, "nobody knows how many could")
    browser = Client(headers={"Accept-Language": "en"})
    page = browser.get(path)
    assert_shows(page, "Nobody will know what you answered", "nothing can stop a second answer", "Begin")
    assert not Invitation.objects.exists(), "looking makes no link"
    begun = browser.post(path)
    assert begun.url == f"/s/c/{campaign.code}/1/"
    assert begun.cookies["survey_token"]["path"] == f"/s/c/{campaign.code}/"
    assert_shows(browser.post(begun.url, {"q-A1": "4", "q-A2": "5"}), "Your receipt")
    typed = browser.post("/s/", {"code": link.code.lower().replace("-", " ")})
    assert typed.status_code == 302
    assert browser.get(typed.url).status_code == 200


def test_an_open_link_that_is_busy_asks_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make_campaign(open_link=True)
    link = open_link_of(campaign)
    assert link is not None
    monkeypatch.setattr(open_link, "PER_MINUTE", 0)
    page = Client(headers={"Accept-Language": "en"}).post(link.url[link.url.index("/s/") :])
    assert page.status_code == 429
    says(page, "Wait a minute and press again", "Begin")


@pytest.mark.parametrize("code", ["0000-0000-0000", "x", "ñandú", "A" * 400])
def test_a_code_that_is_no_open_link_is_an_unknown_link(code: str) -> None:
    make_campaign(links=5)
    page = Client(headers={"Accept-Language": "en"}).get(f"/s/o/{code}", follow=True)
    assert page.status_code == 404


def test_an_open_link_closes_with_its_campaign() -> None:
    campaign = make_campaign(open_link=True)
    link = open_link_of(campaign)
    assert link is not None
    campaigns.close_campaign(actor=None, campaign=campaign)
    path = link.url[link.url.index("/s/") :]
    for page in (Client().get(path), Client().post(path)):
        assert page.status_code == 410


def test_results_of_an_open_link_say_why_there_is_no_rate(officer: Client) -> None:
    campaign = make_campaign(open_link=True)
    visit = find_visit(open_link.begin(campaign=campaign))
    assert visit is not None
    submit(visit=visit, sheet=AnswerSheet({"A1": 3}))
    assert_shows(officer.get(url(campaign, "results/")), "anybody with the open link could answer")


def test_the_list_of_campaigns_counts_what_a_pool_holds_and_that_it_holds_nothing(client_for: Any) -> None:
    make_results("C-EMPTY")
    page = client_for(make_staff("quality_officer")).get("/feedback/").content.decode()
    assert "C-EMPTY" in page
    assert re.search(r">\s*0 (ediciones|editions)", page)
