"""Campaigns of every target and mode: what may be prepared, what is frozen, paused, kept and counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from feedback.anonymity import mixer
from feedback.anonymity.installed import installed_ring, ring_for_new_links
from feedback.anonymity.tokens import token, token_index
from feedback.answer_sheet import AnswerSheet
from feedback.checks import survey_balance
from feedback.importers.recipients import Recipient
from feedback.models import (
    TEACHERS,
    AudienceThreshold,
    Campaign,
    Comment,
    Inbox,
    Invitation,
    Questionnaire,
    Receipt,
    Response,
    SignedAnswer,
)
from feedback.selectors.readers import may_read_comments, readers_of
from feedback.selectors.results import campaign_results, shown_comments
from feedback.selectors.survey import Visit, find_visit, receipt_is_counted
from feedback.selectors.targets import with_target
from feedback.services import campaigns, invitations, open_link, readers, summaries
from feedback.services.submission import save_draft, submit
from feedback.services.terms import Aim
from feedback.services.upkeep import hourly
from iqas.accounts.models import Role
from iqas.core import clock
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.jobs.models import Job
from tests.factories.accounts import make_staff
from tests.factories.feedback import links_of, make_campaign, make_plain_edition, make_questionnaire
from tests.factories.organisation import make_centre, make_year, the_university
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db


def visits(campaign: Campaign) -> list[Visit]:
    found = [find_visit(link.rsplit("/", 1)[-1]) for link in links_of(campaign)]
    return [visit for visit in found if visit]


def code_of(refusal: pytest.ExceptionInfo[RuleViolation]) -> str:
    return refusal.value.code


def reread(campaign: Campaign) -> Campaign:
    return with_target(Campaign.objects.select_related("scope")).get(pk=campaign.pk)


# --- targets ---------------------------------------------------------------------------------------------


def test_a_pool_hangs_where_all_its_editions_meet() -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B")
    one, two, far = make_plain_edition(here), make_plain_edition(here), make_plain_edition(there)
    for editions, scope in (
        ((one, two), here.scope),
        ((one, far), the_university().scope),
    ):
        campaign = reread(make_campaign(aim=Aim(editions=editions), is_open=False))
        assert (campaign.target_kind, campaign.edition, campaign.scope) == ("editions", None, scope)
        assert set(campaign.target.editions) == set(editions)
        assert campaign.year == make_year(2025)
        assert " (2025-26): Encuesta " in campaign.title_es


def test_a_pool_of_one_edition_is_a_campaign_on_it() -> None:
    edition = make_plain_edition()
    campaign = reread(make_campaign(aim=Aim(editions=(edition,)), is_open=False))
    assert (campaign.target_kind, campaign.edition, campaign.pool.count()) == ("edition", edition, 0)


def test_partners_are_asked_on_behalf_of_a_scope() -> None:
    centre, partners = make_centre("FAC-A"), (make_partner(), make_partner())
    campaign = reread(make_campaign(aim=Aim(partners=partners, scope=centre.scope), is_open=False))
    assert (campaign.target_kind, campaign.scope, campaign.year) == ("partners", centre.scope, None)
    assert set(campaign.target.partners) == set(partners)


@pytest.mark.parametrize("code", ["target-empty", "target-two", "edition-cancelled", "partner-inactive"])
def test_impossible_targets_are_refused(code: str) -> None:
    edition, partner = make_plain_edition(), make_partner()
    cancelled, gone = make_plain_edition(), make_partner()
    type(cancelled).objects.filter(pk=cancelled.pk).update(state="cancelled", cancel_reason="sin matrícula")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    cancelled.refresh_from_db()
    gone.refresh_from_db()
    aims = {
        "target-empty": Aim(),
        "target-two": Aim(editions=(edition,), partners=(partner,)),
        "edition-cancelled": Aim(editions=(edition, cancelled)),
        "partner-inactive": Aim(partners=(partner, gone)),
    }
    with pytest.raises(RuleViolation) as refusal:
        campaigns.create_campaign(
            actor=None,
            aim=aims[code],
            questionnaire_version=make_questionnaire(),
            opens=dt.date(2026, 3, 1),
            closes=dt.date(2099, 3, 9),
        )
    assert code_of(refusal) == code


def test_a_coordinator_prepares_for_the_own_microcredential_and_not_for_a_pool_beyond() -> None:
    one, two = make_plain_edition(), make_plain_edition()
    own = make_staff("coordinator", scope=one.microcredential.scope)
    terms: dict[str, Any] = {
        "questionnaire_version": make_questionnaire(),
        "opens": dt.date(2099, 3, 1),
        "closes": dt.date(2099, 3, 9),
    }
    assert campaigns.create_campaign(actor=own, edition=one, **terms).code
    with pytest.raises(AccessDenied):
        campaigns.create_campaign(actor=own, aim=Aim(editions=(one, two)), **terms)


def test_the_same_is_asked_again_only_at_another_moment() -> None:
    edition, other, version = make_plain_edition(), make_plain_edition(), make_questionnaire()
    make_campaign(edition=edition, version=version, is_open=False)
    make_campaign(edition=edition, version=version, is_open=False, moment="after")
    for aim in (Aim(editions=(edition,)), Aim(editions=(other, edition))):
        with pytest.raises(RuleViolation) as refusal:
            make_campaign(aim=aim, version=version, is_open=False)
        assert code_of(refusal) == "campaign-exists"


def test_a_prepared_campaign_changes_its_target() -> None:
    officer = make_staff("quality_officer")
    one, two = make_plain_edition(), make_plain_edition()
    campaign = make_campaign(edition=one, is_open=False)
    window: dict[str, Any] = {"opens": campaign.opens, "closes": campaign.closes}
    campaigns.change_campaign(
        actor=officer, campaign=campaign, seen=1, aim=Aim(editions=(one, two)), mode="confidential", **window
    )
    changed = reread(campaign)
    assert set(changed.target.editions) == {one, two}
    assert (changed.mode, changed.moment, changed.version) == ("confidential", "end", 2)
    campaigns.change_campaign(actor=officer, campaign=campaign, seen=2, **window)
    assert set(reread(campaign).target.editions) == {one, two}


# --- thresholds --------------------------------------------------------------------------------------------


def least_of(version: Any, given: int | None = None) -> int:
    return make_campaign(version=version, threshold=given, is_open=False).threshold


def test_the_least_group_is_the_universitys_the_audiences_or_that_for_persons() -> None:
    plain, persons = make_questionnaire(), make_questionnaire()
    Questionnaire.objects.filter(pk=persons.questionnaire_id).update(about_persons=True)
    persons.questionnaire.refresh_from_db()
    assert (least_of(plain), least_of(persons)) == (5, 10)
    AudienceThreshold.objects.create(subject="learner", least=7)
    AudienceThreshold.objects.create(subject="persons", least=12)
    assert (least_of(plain), least_of(persons)) == (7, 12)
    assert least_of(plain, 9) == 9
    for version, given in ((plain, 6), (persons, 11), (plain, 101)):
        with pytest.raises(RuleViolation) as refusal:
            least_of(version, given)
        assert code_of(refusal) == "campaign-threshold"


# --- modes -----------------------------------------------------------------------------------------------


def test_only_partners_answer_in_their_own_name() -> None:
    with pytest.raises(RuleViolation) as refusal:
        make_campaign(mode="attributed", is_open=False)
    assert code_of(refusal) == "campaign-mode"
    with pytest.raises(RuleViolation) as refusal:
        make_campaign(mode="imported", is_open=False)
    assert code_of(refusal) == "campaign-mode"


@pytest.mark.django_db(transaction=True)
def test_a_confidential_answer_is_kept_with_its_link_and_published_behind_the_threshold() -> None:
    campaign = make_campaign(mode="confidential", links=6)
    assert campaign.public_key is None
    for place, visit in enumerate(visits(campaign)[:4]):
        receipt = submit(visit=visit, sheet=AnswerSheet({"A1": 5, "A2": 4}, {"A3": f"texto {place}"}))
        assert receipt_is_counted(receipt)
    assert SignedAnswer.objects.filter(campaign=campaign, invitation__used=True).count() == 4
    assert not Inbox.objects.exists()
    assert not Response.objects.exists()
    with pytest.raises(RuleViolation) as refusal:
        submit(visit=again(campaign), sheet=AnswerSheet({"A1": 1}))
    assert code_of(refusal) == "already-answered"
    hourly()
    assert reread(campaign).responses_count == 0, "nothing is counted before it closes"
    campaigns.close_campaign(actor=None, campaign=campaign)
    hourly()
    finished = reread(campaign)
    assert (finished.state, finished.responses_count) == ("mixed", 4)
    assert campaign_results(finished, "en").suppressed
    assert sorted(Comment.objects.values_list("text", flat=True)) == [f"texto {n}" for n in range(4)]
    assert not Comment.objects.filter(partner__isnull=False).exists()
    hourly()
    assert Comment.objects.count() == 4
    assert list(survey_balance()) == []
    assert {"campaign.counted", "campaign.ended"} <= set(AuditEvent.objects.values_list("action", flat=True))


def again(campaign: Campaign) -> Visit:
    """A link that was used, as a second tab still holds it."""
    used = campaign.invitations.filter(used=True)[0]
    return Visit(token(installed_ring(), used.pk, bytes(campaign.salt)), used, campaign)


def test_confidential_figures_appear_from_the_threshold_on() -> None:
    campaign = make_campaign(mode="confidential", links=6)
    for visit in visits(campaign)[:5]:
        submit(visit=visit, sheet=AnswerSheet({"A1": 5, "A2": None}))
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix(campaign.pk)
    summaries.refresh(reread(campaign))
    results = campaign_results(reread(campaign), "en")
    assert [(item.code, item.figures.n) for item in results.items] == [("A1", 5), ("A2", None)]


def institutions(*names: str) -> Campaign:
    """An attributed campaign that is not open, with one link for each partner."""
    partners = tuple(make_partner(name) for name in names)
    campaign = make_campaign(aim=Aim(partners=partners), mode="attributed", is_open=False)
    for partner in partners:
        _link_for(campaign, partner)
    return campaign


def _link_for(campaign: Campaign, partner: Any) -> None:
    ring = ring_for_new_links(links_exist=Invitation.objects.exists())
    invitation = Invitation(campaign=campaign, partner=partner)
    invitation.tok_idx = token_index(ring, token(ring, invitation.pk, bytes(campaign.salt)))
    invitation.save()
    Campaign.objects.filter(pk=campaign.pk).update(invited_count=campaign.invitations.count())


def test_an_institution_answers_in_its_name_and_alone_is_enough() -> None:
    campaign = institutions("Ánfora", "Zafra")
    assert campaign.threshold == 1
    campaigns.open_campaign(actor=None, campaign=reread(campaign))
    first = next(visit for visit in visits(reread(campaign)) if visit.invitation.partner.name == "Ánfora")
    submit(visit=first, sheet=AnswerSheet({"A1": 5, "A2": 3}, {"A3": "Reconoceríamos los créditos."}))
    hourly()
    results = campaign_results(reread(campaign), "en")
    assert (results.suppressed, results.items[0].figures.n) == (False, 1)
    campaigns.close_campaign(actor=None, campaign=reread(campaign))
    hourly()
    comment = Comment.objects.get()
    assert comment.partner is not None
    assert comment.partner.name == "Ánfora"


def test_who_was_invited_without_a_name_cannot_answer_for_an_institution() -> None:
    officer = make_staff("quality_officer")
    campaign = make_campaign(aim=Aim(partners=(make_partner(),)), links=5, is_open=False)
    window: dict[str, Any] = {"opens": campaign.opens, "closes": campaign.closes}
    with pytest.raises(RuleViolation) as refusal:
        campaigns.change_campaign(actor=officer, campaign=campaign, seen=1, mode="attributed", **window)
    assert code_of(refusal) == "invited-unnamed"


def test_a_campaign_that_becomes_anonymous_forgets_whose_links_they_are() -> None:
    officer = make_staff("quality_officer")
    campaign = institutions("Ánfora", "Zafra")
    window: dict[str, Any] = {"opens": campaign.opens, "closes": campaign.closes}
    campaigns.change_campaign(actor=officer, campaign=campaign, seen=1, mode="anonymous", **window)
    assert not campaign.invitations.filter(partner__isnull=False).exists()
    assert reread(campaign).threshold == 5


def test_the_mode_is_frozen_when_it_opens() -> None:
    officer = make_staff("quality_officer")
    campaign = make_campaign(mode="confidential", links=5)
    window: dict[str, Any] = {"opens": campaign.opens, "closes": campaign.closes}
    with pytest.raises(RuleViolation) as refusal:
        campaigns.change_campaign(actor=officer, campaign=campaign, seen=1, mode="anonymous", **window)
    assert code_of(refusal) == "campaign-frozen"


# --- pause and resume --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_paused_campaign_keeps_what_it_has_and_takes_nothing(at: Any) -> None:
    at("2026-03-02 10:00")
    officer = make_staff("quality_officer")
    campaign = make_campaign(links=40, addresses=("ana@example.org",))
    links = visits(campaign)
    for visit in links[:20]:
        submit(visit=visit, sheet=AnswerSheet({"A1": 4, "A2": 2}))
    save_draft(visit=links[20], sheet=AnswerSheet({"A1": 3}), page=1)
    campaigns.pause_campaign(actor=officer, campaign=campaign, reason="error en una pregunta")
    late = find_visit(links[21].token)
    assert late is not None
    assert late.status == "paused"
    with pytest.raises(RuleViolation) as refusal:
        submit(visit=links[21], sheet=AnswerSheet({"A1": 1}))
    assert code_of(refusal) == "not-open"
    assert not links[21].campaign.invitations.filter(pk=links[21].invitation.pk, used=True).exists()
    hourly()
    paused = reread(campaign)
    assert (paused.state, paused.responses_count, paused.inbox.count()) == ("paused", 10, 10)
    assert list(survey_balance()) == []
    assert invitations.reminder_refusal(paused) is not None
    campaigns.resume_campaign(actor=officer, campaign=paused)
    submit(visit=links[20], sheet=AnswerSheet({"A1": 3}))
    assert reread(campaign).state == "open"


def test_a_paused_campaign_closes_on_its_day(at: Any) -> None:
    at("2026-03-02 10:00")
    campaign = make_campaign(links=6)
    campaigns.pause_campaign(actor=make_staff("quality_officer"), campaign=campaign)
    at("2026-04-05 10:00")
    with pytest.raises(RuleViolation) as refusal:
        campaigns.resume_campaign(actor=make_staff("quality_officer"), campaign=campaign)
    assert code_of(refusal) == "campaign-dates"
    campaigns.close_due()
    assert reread(campaign).state == "closed"


def test_mail_waits_while_it_is_paused_and_goes_out_when_it_goes_on() -> None:
    officer = make_staff("quality_officer")
    campaign = make_campaign(links=6)
    campaigns.pause_campaign(actor=officer, campaign=campaign)
    invitations.invite_people(actor=officer, campaign=campaign, people=[Recipient(1, "ana@example.org")])
    assert not Job.objects.filter(queue="mail").exists()
    campaigns.resume_campaign(actor=officer, campaign=campaign)
    assert Job.objects.filter(queue="mail").count() == 1


@pytest.mark.parametrize("step", ["pause_campaign", "resume_campaign"])
def test_only_the_quality_office_pauses(step: str) -> None:
    campaign = make_campaign(links=6)
    with pytest.raises(AccessDenied):
        getattr(campaigns, step)(actor=make_staff("coordinator"), campaign=campaign)


# --- the open link -------------------------------------------------------------------------------------------


def test_an_open_link_makes_links_and_no_response_rate() -> None:
    campaign = make_campaign(open_link=True)
    for number in range(7):
        visit = find_visit(open_link.begin(campaign=campaign))
        assert visit is not None
        if number < 5:
            submit(visit=visit, sheet=AnswerSheet({"A1": 4, "A2": 4}))
    assert campaign.invitations.filter(by_open_link=True).count() == 7
    assert reread(campaign).invited_count == 0
    campaigns.close_campaign(actor=None, campaign=campaign)
    assert campaign.invitations.count() == 5, "who never answered was nobody"
    mixer.mix(campaign.pk)
    summaries.refresh(reread(campaign))
    results = campaign_results(reread(campaign), "en")
    assert (results.invited, results.response_rate, results.responses) == (None, None, 5)
    assert results.items[0].figures.margin is None
    assert not results.items[0].figures.is_census
    assert list(survey_balance()) == []


def test_an_open_link_is_busy_before_it_is_flooded(monkeypatch: pytest.MonkeyPatch, at: Any) -> None:
    at("2026-03-02 10:00:30")
    campaign = make_campaign(open_link=True)
    monkeypatch.setattr(open_link, "PER_MINUTE", 3)
    for _number in range(3):
        open_link.begin(campaign=campaign)
    with pytest.raises(RuleViolation) as refusal:
        open_link.begin(campaign=campaign)
    assert code_of(refusal) == "open-link-busy"
    at("2026-03-02 10:01:30")
    monkeypatch.setattr(open_link, "MOST_UNUSED", 4)
    open_link.begin(campaign=campaign)
    with pytest.raises(RuleViolation) as refusal:
        open_link.begin(campaign=campaign)
    assert code_of(refusal) == "open-link-busy"
    assert campaign.invitations.count() == 4


def test_a_campaign_without_open_link_makes_none() -> None:
    campaign = make_campaign(links=5)
    with pytest.raises(RuleViolation) as refusal:
        open_link.begin(campaign=campaign)
    assert code_of(refusal) == "not-open"


# --- readers ---------------------------------------------------------------------------------------------------


def test_the_usual_readers_are_the_office_and_those_responsible() -> None:
    campaign = make_campaign(is_open=False)
    with translation.override("en"):
        assert [str(word) for word in readers_of(campaign).words()] == [
            "the quality office",
            "those responsible for the course",
            "the teaching staff who may reply before publication",
        ]
    coordinator = make_staff("coordinator", scope=campaign.scope)
    reader = make_staff("reader")
    told = readers_of(campaign)
    assert may_read_comments(coordinator, campaign, told)
    assert may_read_comments(make_staff("quality_officer"), campaign, told)
    assert not may_read_comments(reader, campaign, told)
    assert not may_read_comments(make_staff("coordinator", scope=make_centre("FAC-Z").scope), campaign, told)


def test_declared_readers_read_what_they_were_named_for() -> None:
    officer, teacher = make_staff("quality_officer"), make_staff("reader", name="Berta Gil")
    campaign = make_campaign(is_open=False, links=6)
    readers.add_reader(actor=officer, campaign=campaign, user=teacher, item_code="A3")
    readers.remove_reader(actor=officer, campaign=campaign, role=Role.COORDINATOR)
    readers.remove_reader(actor=officer, campaign=campaign, role=TEACHERS)
    told = readers_of(campaign)
    assert [str(word) for word in told.words("A3")][1:] == ["Berta Gil"]
    assert len(told.words("A9")) == 1
    assert may_read_comments(teacher, campaign, told, "A3")
    assert not may_read_comments(teacher, campaign, told, "A9")
    coordinator = make_staff("coordinator", scope=campaign.scope)
    assert not may_read_comments(coordinator, campaign, told, "A3")


def test_shown_comments_are_for_those_who_were_named() -> None:
    campaign = make_campaign(links=6)
    for visit in visits(campaign):
        submit(visit=visit, sheet=AnswerSheet({"A1": 4}, {"A3": "más prácticas"}))
    campaigns.close_campaign(actor=None, campaign=campaign)
    mixer.mix(campaign.pk)
    summaries.refresh(reread(campaign))
    Comment.objects.update(review_state="shown")
    Campaign.objects.update(review_closed_at=clock.now())
    finished = reread(campaign)
    coordinator = make_staff("coordinator", scope=campaign.scope)
    assert len(shown_comments(finished, coordinator, "es")[0].comments) == 6
    assert shown_comments(finished, make_staff("reader"), "es") == []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "reader-one"),
        ({"role": "administrator"}, "reader-role"),
        ({"role": "coordinator"}, "reader-twice"),
        ({"role": "reader", "item_code": "A1"}, "reader-item"),
    ],
)
def test_readers_that_cannot_be_are_refused(wanted: dict[str, str], code: str) -> None:
    campaign = make_campaign(is_open=False)
    with pytest.raises(RuleViolation) as refusal:
        readers.add_reader(actor=make_staff("quality_officer"), campaign=campaign, **wanted)
    assert code_of(refusal) == code


def test_readers_are_frozen_and_never_nobody() -> None:
    officer = make_staff("quality_officer")
    campaign = make_campaign(is_open=False, links=6)
    readers.remove_reader(actor=officer, campaign=campaign, role=TEACHERS)
    with pytest.raises(RuleViolation) as refusal:
        readers.remove_reader(actor=officer, campaign=campaign, role=Role.COORDINATOR)
    assert code_of(refusal) == "reader-last"
    campaigns.open_campaign(actor=officer, campaign=campaign)
    with pytest.raises(RuleViolation) as refusal:
        readers.add_reader(actor=officer, campaign=campaign, role=Role.READER)
    assert code_of(refusal) == "campaign-frozen"


def test_receipts_of_signed_answers_are_one_each() -> None:
    campaign = make_campaign(mode="confidential", links=5)
    submit(visit=visits(campaign)[0], sheet=AnswerSheet({"A1": 5}))
    Receipt.objects.all().delete()
    assert "1 links used, but 1 answers and 0 receipts" in next(iter(survey_balance()))
