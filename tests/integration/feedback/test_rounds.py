"""Orders that make campaigns: a round for a term, a rule for each edition in its time; once, whole, and with reasons."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from feedback.anonymity.keys import KeyMissingError
from feedback.models import TEACHERS, Campaign, OpeningRule, Questionnaire, Round, RoundExclusion
from feedback.selectors.opening_rules import due_editions
from feedback.selectors.readers import IN_WORDS, readers_of
from feedback.selectors.rounds import plan_of
from feedback.selectors.targets import with_target
from feedback.services import campaigns, opening_rules, rounds, upkeep
from feedback.services.opening_rules import RuleTerms, follow_rules
from feedback.services.register import invite_learners
from feedback.services.rounds import RoundTerms
from feedback.services.thresholds import set_threshold
from feedback.services.upkeep import hourly
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.jobs.models import Job
from iqas.jobs.runner import perform_here
from microcredentials.models import Edition
from microcredentials.services.register import Entry, Register
from tests.factories.accounts import make_staff
from tests.factories.feedback import make_campaign, make_plain_edition, make_questionnaire
from tests.factories.microcredentials import (
    make_edition,
    make_enrolments,
    make_identity,
    make_microcredential,
)
from tests.factories.organisation import make_centre, make_year, the_university
from tests.support.pages import assert_hides, assert_shows, deliver, text_of

pytestmark = pytest.mark.django_db

STAYED = ["enrolled", "completed", "passed", "failed"]


@pytest.fixture
def officer(staff: Any) -> Any:
    return staff("quality_officer", language="en")


@pytest.fixture
def browser(officer: Any, client_for: Any) -> Client:
    client: Client = client_for(officer)
    client.cookies["iqas_language"] = "en"
    return client


def terms(**other: Any) -> RoundTerms:
    given: dict[str, Any] = {
        "title": "Otoño",
        "scope": the_university().scope,
        "year": make_year(2025),
        "questionnaire_version": other.pop("version", None) or make_questionnaire(),
        "opens": dt.date(2025, 12, 1),
        "closes": dt.date(2025, 12, 15),
        "enrolment_states": STAYED,
    }
    return RoundTerms(**given | other)


def edition_with(
    people: int, *, state: str = "running", microcredential: Any = None, **dates: Any
) -> Edition:
    edition = make_edition(microcredential, state=state, **dates)
    make_enrolments(edition, *["enrolled"] * people)
    return edition


def reasons(order: Round) -> dict[str, str]:
    return {out.edition.code: out.rule for out in plan_of(order).left_out}


# --- rounds ------------------------------------------------------------------------------------------------


def test_a_round_says_what_it_would_make_and_whom_it_leaves_out_and_why(officer: Any, at: Any) -> None:
    at("2025-12-01 10:00")
    version = make_questionnaire()
    good, asked, tiny, left = (edition_with(6), edition_with(7), edition_with(2), edition_with(8))
    cancelled, imported = make_plain_edition(), make_plain_edition()
    Edition.objects.filter(pk=cancelled.pk).update(state="cancelled", cancel_reason="sin matrícula")
    make_campaign(edition=asked, version=version, is_open=False)
    make_campaign(edition=good, version=version, moment="middle", is_open=False)
    order = rounds.create_round(actor=officer, terms=terms(version=version))
    rounds.exclude_edition(actor=officer, order=order, edition=left, reason="La imparte otra universidad")
    plan = plan_of(order)
    assert [(one.editions, one.people) for one in plan.planned] == [((good,), 6)]
    assert plan.people == 6
    assert reasons(order) == {
        asked.code: "asked",
        tiny.code: "too-few",
        left.code: "by-hand",
        cancelled.code: "cancelled",
        imported.code: "imported",
    }


def test_only_the_term_and_the_place_of_the_round_count(officer: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B")
    mine, theirs = (
        make_microcredential(centre=here, approved=True),
        make_microcredential(centre=there, approved=True),
    )
    inside = edition_with(5, microcredential=mine)
    edition_with(5, microcredential=theirs)
    edition_with(5, microcredential=mine, ends=dt.date(2025, 10, 30))
    order = rounds.create_round(
        actor=officer,
        terms=terms(scope=here.scope, ends_from=dt.date(2025, 11, 1), ends_until=dt.date(2025, 11, 30)),
    )
    assert [one.editions for one in plan_of(order).planned] == [(inside,)]


def test_a_round_makes_its_campaigns_opens_them_and_keeps_the_reasons(officer: Any, at: Any) -> None:
    at("2025-12-01 10:00")
    big, small = edition_with(6), edition_with(2)
    order = rounds.create_round(actor=officer, terms=terms(opens_campaigns=True, reminders_most=1))
    made = rounds.make_campaigns(actor=officer, order=order)
    campaign = with_target(Campaign.objects.all()).get()
    assert made == [campaign]
    assert (campaign.edition, campaign.state, campaign.invited_count) == (big, "open", 6)
    assert (campaign.round, campaign.reminders_most, campaign.year) == (order, 1, make_year(2025))
    order.refresh_from_db()
    assert (order.state, order.made_at is not None) == ("made", True)
    left = RoundExclusion.objects.get()
    assert (left.edition, left.rule, left.by_hand) == (small, "too-few", False)
    assert Job.objects.filter(queue="mail").count() == 6
    assert rounds.make_campaigns(actor=officer, order=order) == []
    assert Campaign.objects.count() == 1


def test_small_editions_are_asked_together(officer: Any, at: Any) -> None:
    at("2025-12-01 10:00")
    one = make_microcredential(centre=make_centre("FAC-A"), approved=True)
    two = make_microcredential(centre=make_centre("FAC-A"), approved=True)
    small = [edition_with(2, microcredential=one), edition_with(2, microcredential=one)]
    more = edition_with(3, microcredential=two)
    order = rounds.create_round(actor=officer, terms=terms(grouping="microcredential"))
    assert Counter(reasons(order).values()) == {"too-few": 3}
    rounds.change_round(actor=officer, order=order, seen=1, terms=terms(grouping="centre"))
    order.refresh_from_db()
    rounds.make_campaigns(actor=officer, order=order)
    campaign = with_target(Campaign.objects.all()).get()
    assert set(campaign.target.editions) == {*small, more}
    assert (campaign.scope, campaign.invited_count) == (make_centre("FAC-A").scope, 7)


def test_a_confidential_round_asks_small_groups_too(officer: Any, at: Any) -> None:
    at("2025-12-01 10:00")
    edition_with(1)
    order = rounds.create_round(actor=officer, terms=terms(mode="confidential", opens_campaigns=True))
    rounds.make_campaigns(actor=officer, order=order)
    assert Campaign.objects.get().state == "open"


def test_without_learners_the_campaigns_wait_prepared(officer: Any, at: Any) -> None:
    at("2025-12-01 10:00")
    edition_with(0)
    order = rounds.create_round(actor=officer, terms=terms(enrolment_states=[], opens_campaigns=True))
    rounds.make_campaigns(actor=officer, order=order)
    assert (Campaign.objects.get().state, Campaign.objects.get().invited_count) == ("draft", 0)


def test_a_round_that_breaks_in_the_middle_makes_nothing_and_can_be_made_again(
    officer: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it leave a second key behind: the same order is the same campaign."""
    at("2025-12-01 10:00")
    for _number in range(3):
        edition_with(6)
    order = rounds.create_round(actor=officer, terms=terms(opens_campaigns=True))
    seals = settings.KEYS_DIR / "seal"
    before = set(seals.iterdir()) if seals.exists() else set()
    real, calls = rounds.prepare, []

    def breaks(**given: Any) -> Campaign:
        calls.append(given)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return real(**given)

    monkeypatch.setattr(rounds, "prepare", breaks)
    with pytest.raises(RuntimeError):
        rounds.make_campaigns(actor=officer, order=order)
    assert not Campaign.objects.exists()
    assert not Job.objects.filter(queue="mail").exists()
    monkeypatch.setattr(rounds, "prepare", real)
    made = rounds.make_campaigns(actor=officer, order=order)
    assert len(made) == 3
    assert {path.stem for path in set(seals.iterdir()) - before} == {str(campaign.pk) for campaign in made}


def test_two_orders_for_a_round_are_one_job(officer: Any, at: Any) -> None:
    at("2025-12-01 10:00")
    edition_with(6)
    order = rounds.create_round(actor=officer, terms=terms())
    job = rounds.order_campaigns(actor=officer, order=order)
    assert rounds.order_campaigns(actor=officer, order=order) == job
    assert perform_here(job.pk).state == "finished"
    assert Campaign.objects.get().round == order
    with pytest.raises(RuleViolation, match="ya se han creado"):
        rounds.order_campaigns(actor=officer, order=Round.objects.get())


def test_the_plan_costs_the_same_for_few_editions_and_for_many(
    officer: Any, django_assert_max_num_queries: Any
) -> None:
    order = rounds.create_round(actor=officer, terms=terms())
    for _number in range(4):
        make_plain_edition()
        edition_with(5)
    order = Round.objects.select_related("scope", "year", "questionnaire_version__questionnaire").get()
    with django_assert_max_num_queries(8):
        plan_of(order)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"closes": dt.date(2025, 11, 1)}, "campaign-dates"),
        ({"mode": "attributed"}, "round-mode"),
        ({"enrolment_states": ["dead"]}, "round-states"),
        ({"enrolment_states": ["withdrawn"]}, "audience-states"),
        ({"readers": ["administrator"]}, "reader-role"),
        ({"reminders_most": 9}, "round-values"),
        ({"ends_from": dt.date(2026, 2, 1), "ends_until": dt.date(2026, 1, 1)}, "round-values"),
        ({"title": ""}, "round-values"),
    ],
)
def test_rounds_that_cannot_be_are_refused(officer: Any, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        rounds.create_round(actor=officer, terms=terms(**wrong))
    assert refusal.value.code == code


def test_a_round_with_nobody_is_not_ordered(officer: Any) -> None:
    order = rounds.create_round(actor=officer, terms=terms())
    with pytest.raises(RuleViolation) as refusal:
        rounds.order_campaigns(actor=officer, order=order)
    assert refusal.value.code == "round-empty"


def test_a_lost_update_of_a_round_is_noticed(officer: Any) -> None:
    order = rounds.create_round(actor=officer, terms=terms())
    rounds.change_round(actor=officer, order=order, seen=1, terms=terms(title="Otro"))
    with pytest.raises(StaleVersion):
        rounds.change_round(actor=officer, order=order, seen=1, terms=terms())


def test_a_centre_makes_rounds_of_its_own_editions(officer: Any) -> None:
    here, there = make_centre("FAC-A"), make_centre("FAC-B")
    own = make_staff("centre_quality", scope=here.scope)
    assert rounds.create_round(actor=own, terms=terms(scope=here.scope)).code
    for scope in (there.scope, the_university().scope):
        with pytest.raises(AccessDenied):
            rounds.create_round(actor=own, terms=terms(scope=scope))
    with pytest.raises(AccessDenied):
        rounds.create_round(actor=make_staff("coordinator"), terms=terms())


def test_a_round_through_its_pages(browser: Client, at: Any) -> None:
    at("2025-12-01 10:00")
    kept, left = edition_with(6), edition_with(7)
    sent = {
        "seen_version": "0",
        "title": "Fin de otoño",
        "scope": the_university().scope.code,
        "year": "2025-26",
        "ends_from": "",
        "ends_until": "",
        "questionnaire_version": str(make_questionnaire().pk),
        "moment": "end",
        "grouping": "edition",
        "enrolment_states": STAYED,
        "mode": "anonymous",
        "opens": "2025-12-01",
        "closes": "2025-12-15",
        "threshold": "",
        "reminders_most": "2",
        "mail_language": "es",
        "opens_campaigns": "on",
    }
    assert browser.post("/feedback/rounds/add/", sent | {"closes": "2025-11-01"}).status_code == 422
    made = browser.post("/feedback/rounds/add/", sent)
    order = Round.objects.get()
    assert made.url == f"/feedback/rounds/{order.code}/"
    page = browser.get(made.url)
    assert_shows(page, "2 campaigns would be made", kept.code, left.code, "13 people with an address")
    exclude = f"{made.url}editions/{left.code}/"
    assert browser.post(exclude, {"reason": " "}).status_code == 422
    assert browser.post(exclude, {"reason": "Se pregunta aparte"}).status_code == 302
    assert_shows(browser.get(made.url), "1 campaign would be made", "Se pregunta aparte", "Take in")
    assert browser.post(exclude, {"include": "1"}).status_code == 302
    browser.post(exclude, {"reason": "Se pregunta aparte"})
    lost = browser.post(f"{made.url}edit/", sent | {"seen_version": "9", "title": "Mía"})
    assert lost.status_code == 409
    assert "Fin de otoño" in text_of(lost)
    assert browser.post(f"{made.url}edit/", sent | {"seen_version": "1", "title": "Mía"}).status_code == 302
    assert_shows(
        browser.get(f"{made.url}make/"), "1 campaign is made", "6 people are invited", "They open at once"
    )
    job = browser.post(f"{made.url}make/")
    assert job.url.startswith("/jobs/")
    assert_shows(browser.get(made.url), "being made")
    perform_here(Job.objects.get(kind=rounds.JOB_KIND).pk)
    done = browser.get(made.url)
    assert_shows(done, Campaign.objects.get().code, "Se pregunta aparte", "Made its campaigns")
    assert_hides(done, "would be made", "Take in")
    assert_shows(browser.get("/feedback/rounds/"), order.code)
    assert browser.get(f"{made.url}editions/{make_plain_edition().code}/").status_code in (200, 404)


def test_another_centre_does_not_know_a_round(officer: Any, client_for: Any) -> None:
    order = rounds.create_round(actor=officer, terms=terms(scope=make_centre("FAC-A").scope))
    stranger = client_for(make_staff("centre_quality", scope=make_centre("FAC-B").scope))
    for page in ("", "edit/", "make/", "editions/X/"):
        assert stranger.get(f"/feedback/rounds/{order.code}/{page}").status_code == 404


# --- rules ---------------------------------------------------------------------------------------------------


def rule_terms(**other: Any) -> RuleTerms:
    version = other.pop("version", None) or make_questionnaire()
    given: dict[str, Any] = {
        "title": "Dos semanas antes",
        "scope": the_university().scope,
        "questionnaire": Questionnaire.objects.get(pk=version.questionnaire_id),
        "since": dt.date(2025, 1, 1),
        "offset_days": -14,
        "duration_days": 20,
        "enrolment_states": STAYED,
    }
    return RuleTerms(**given | other)


def test_a_rule_asks_fourteen_days_before_the_end(officer: Any, at: Any) -> None:
    at("2025-11-13 10:00")
    edition = edition_with(6, ends=dt.date(2025, 11, 28))
    rule = opening_rules.create_rule(actor=officer, terms=rule_terms())
    assert follow_rules() == []
    at("2025-11-14 10:00")
    made = follow_rules()
    campaign = Campaign.objects.get()
    assert made == [campaign]
    assert (campaign.rule, campaign.edition, campaign.state) == (rule, edition, "open")
    assert (campaign.opens, campaign.closes) == (dt.date(2025, 11, 14), dt.date(2025, 12, 4))
    assert campaign.invited_count == 6
    assert follow_rules() == []
    at("2025-11-20 10:00")
    assert follow_rules() == []
    assert Campaign.objects.count() == 1


def test_a_rule_asks_half_a_year_after_the_results(officer: Any, at: Any) -> None:
    at("2025-12-05 10:00")
    edition = make_edition(state="results_signed")
    Edition.objects.filter(pk=edition.pk).update(state="running")
    edition.refresh_from_db()
    make_enrolments(edition, *["passed"] * 6, "failed")
    Edition.objects.filter(pk=edition.pk).update(state="closed")
    opening_rules.create_rule(
        actor=officer,
        terms=rule_terms(anchor="signed", offset_days=180, enrolment_states=["passed"], moment="after"),
    )
    at("2026-06-02 10:00")
    assert follow_rules() == []
    at("2026-06-03 10:00")
    campaign = follow_rules()[0]
    assert (campaign.moment, campaign.invited_count) == ("after", 6)


@pytest.mark.parametrize(("when", "opens"), [("2025-11-14", 14), ("2025-11-25", 25)])
def test_a_rule_that_comes_late_asks_what_is_left_of_the_window(
    officer: Any, at: Any, when: str, opens: int
) -> None:
    at("2025-11-01 10:00")
    edition_with(6, ends=dt.date(2025, 11, 28))
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    at(f"{when} 10:00")
    campaign = follow_rules()[0]
    assert (campaign.opens, campaign.closes) == (dt.date(2025, 11, opens), dt.date(2025, 12, 4))


def test_a_rule_never_asks_about_the_past(officer: Any, at: Any) -> None:
    at("2025-12-05 10:00")
    edition_with(6, ends=dt.date(2025, 11, 28))
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    assert follow_rules() == []
    at("2025-11-20 10:00")
    opening_rules.create_rule(actor=officer, terms=rule_terms(since=dt.date(2025, 11, 20)))
    made = follow_rules()
    assert [campaign.rule.code for campaign in made if campaign.rule] == ["RG-001"]


def test_an_edition_with_too_few_is_passed_over_and_asked_once_there_are_enough(
    officer: Any, at: Any
) -> None:
    at("2025-11-14 10:00")
    edition = edition_with(3, ends=dt.date(2025, 11, 28))
    rule = opening_rules.create_rule(actor=officer, terms=rule_terms())
    assert follow_rules() == []
    assert "fewer than" in due_editions(rule)[0].reason or "menos de" in due_editions(rule)[0].reason
    make_enrolments(edition, "enrolled", "enrolled")
    assert len(follow_rules()) == 1


def test_an_edition_that_was_asked_by_hand_is_not_asked_again(officer: Any, at: Any) -> None:
    at("2025-11-14 10:00")
    version = make_questionnaire()
    edition = edition_with(6, ends=dt.date(2025, 11, 28))
    by_hand = make_campaign(edition=edition, version=version, links=5)
    campaigns.close_campaign(actor=None, campaign=by_hand)
    rule = opening_rules.create_rule(actor=officer, terms=rule_terms(version=version))
    assert follow_rules() == []
    assert by_hand.code in due_editions(rule)[0].reason


def test_one_edition_that_is_refused_does_not_stop_the_others(
    officer: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2025-11-14 10:00")
    first, second = (edition_with(6, ends=dt.date(2025, 11, 28)) for _ in range(2))
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    real = opening_rules.open_campaign

    def refuses(**given: Any) -> Campaign:
        if given["campaign"].edition == min(first, second, key=lambda edition: edition.code):
            raise RuleViolation("no", "no")
        return real(**given)

    monkeypatch.setattr(opening_rules, "open_campaign", refuses)
    assert len(follow_rules()) == 1
    assert Campaign.objects.count() == 1, "what was refused left nothing behind"
    monkeypatch.setattr(opening_rules, "open_campaign", real)
    assert len(follow_rules()) == 1


def test_a_rule_killed_between_two_editions_goes_on_where_it_stopped(
    officer: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2025-11-14 10:00")
    for _number in range(3):
        edition_with(6, ends=dt.date(2025, 11, 28))
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    real, calls = opening_rules.open_campaign, []

    def killed(**given: Any) -> Campaign:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**given)

    monkeypatch.setattr(opening_rules, "open_campaign", killed)
    with pytest.raises(KeyboardInterrupt):
        follow_rules()
    assert Campaign.objects.count() == 1
    monkeypatch.setattr(opening_rules, "open_campaign", real)
    assert len(follow_rules()) == 2
    assert Campaign.objects.filter(state="open").count() == 3
    assert len({campaign.edition_id for campaign in Campaign.objects.all()}) == 3


def test_a_stopped_rule_asks_nobody(officer: Any, at: Any) -> None:
    at("2025-11-14 10:00")
    edition_with(6, ends=dt.date(2025, 11, 28))
    rule = opening_rules.create_rule(actor=officer, terms=rule_terms())
    opening_rules.change_rule(actor=officer, rule=rule, seen=1, terms=rule_terms(is_active=False))
    assert follow_rules() == []


@pytest.mark.django_db(transaction=True)
def test_a_learner_of_two_editions_got_a_message_for_each_when_a_worker_was_quick(
    officer: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("2025-11-14 10:00")
    editions = [edition_with(5, ends=dt.date(2025, 11, 28)) for _ in range(2)]
    learner = make_identity(email="ambas@example.org")
    register = Register(actor=officer)
    with transaction.atomic():
        register.take(
            [
                Entry(
                    row=row, edition=edition, identity=learner, statistics={}, state="enrolled",
                    enrolled_on=edition.starts,
                )
                for row, edition in enumerate(editions, 1)
            ]
        )  # fmt: skip
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    real, sent = opening_rules.open_campaign, []

    def opened(**given: Any) -> Campaign:
        found = real(**given)
        sent.extend(deliver())
        return found

    monkeypatch.setattr(opening_rules, "open_campaign", opened)
    hourly()
    sent += deliver()
    to_both = [message for message in sent if message.to == ["ambas@example.org"]]
    assert len(to_both) == 1
    assert len(set(re.findall(r"/s/[\w-]{20,}", str(to_both[0].body)))) == 2
    assert len(sent) == 11


def test_rules_without_keys_held_up_the_mails_of_everybody(
    officer: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise KeyMissingError("no keys here")

    at("2025-11-14 10:00")
    sent: list[str] = []
    monkeypatch.setattr(upkeep, "follow_rules", missing)
    monkeypatch.setattr(upkeep, "_send_mails", lambda: sent.append("mails"))
    with pytest.raises(KeyMissingError):
        hourly()
    assert sent == ["mails"]


def test_the_hourly_job_follows_the_rules(officer: Any, at: Any) -> None:
    at("2025-11-14 10:00")
    edition_with(6, ends=dt.date(2025, 11, 28))
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    hourly()
    assert Campaign.objects.get().state == "open"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"mode": "attributed"}, "rule-mode"),
        ({"enrolment_states": []}, "rule-states"),
        ({"enrolment_states": ["passed", "withdrawn"]}, "audience-states"),
        ({"readers": ["auditor"]}, "reader-role"),
        ({"duration_days": 0}, "rule-values"),
        ({"offset_days": 4000}, "rule-values"),
    ],
)
def test_rules_that_cannot_be_are_refused(officer: Any, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        opening_rules.create_rule(actor=officer, terms=rule_terms(**wrong))
    assert refusal.value.code == code


def test_a_rule_through_its_pages(browser: Client, at: Any) -> None:
    at("2025-11-14 10:00")
    edition = edition_with(6, ends=dt.date(2025, 11, 28))
    version = make_questionnaire()
    sent = {
        "seen_version": "0",
        "title": "Dos semanas antes",
        "scope": the_university().scope.code,
        "questionnaire": version.questionnaire.code,
        "moment": "end",
        "offset_days": "-14",
        "anchor": "ends",
        "duration_days": "14",
        "since": "2025-11-01",
        "enrolment_states": STAYED,
        "mode": "anonymous",
        "threshold": "",
        "reminders_most": "2",
        "mail_language": "es",
        "is_active": "on",
    }
    made = browser.post("/feedback/rules/add/", sent)
    rule = OpeningRule.objects.get()
    assert made.url == f"/feedback/rules/{rule.code}/"
    assert_shows(browser.get(made.url), edition.code, "Due within 30 days")
    follow_rules()
    assert_shows(browser.get(made.url), Campaign.objects.get().code)
    lost = browser.post(made.url, sent | {"seen_version": "5", "title": "Mía"})
    assert lost.status_code == 409
    assert browser.post(made.url, sent | {"seen_version": "1", "is_active": ""}).status_code == 302
    assert_shows(browser.get(made.url), "The rule is stopped")
    assert_shows(browser.get("/feedback/rules/"), rule.code)


def test_no_learner_is_sent_the_questions_for_teachers(officer: Any, browser: Client, at: Any) -> None:
    """A rule with the questionnaire of the teaching staff was saved without a word, for enrolled learners."""
    at("2025-12-01 10:00")
    for_teachers, for_partners = make_questionnaire(), make_questionnaire()
    Questionnaire.objects.filter(pk=for_teachers.questionnaire_id).update(audience="teacher")
    Questionnaire.objects.filter(pk=for_partners.questionnaire_id).update(audience="partner")
    for_teachers.refresh_from_db()
    for_partners.refresh_from_db()
    for act, code in (
        (
            lambda: opening_rules.create_rule(actor=officer, terms=rule_terms(version=for_teachers)),
            "audience-learners",
        ),
        (lambda: rounds.create_round(actor=officer, terms=terms(version=for_teachers)), "audience-learners"),
        (lambda: rounds.create_round(actor=officer, terms=terms(version=for_partners)), "round-audience"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            act()
        assert refusal.value.code == code
    assert rounds.create_round(actor=officer, terms=terms(version=for_teachers, enrolment_states=[]))
    assert_hides(browser.get("/feedback/rules/add/"), for_teachers.questionnaire.code)
    assert_shows(browser.get("/feedback/rounds/add/"), str(for_teachers))
    assert_hides(browser.get("/feedback/rounds/add/"), str(for_partners))
    edition = edition_with(6)
    campaign = campaigns.create_campaign(
        actor=officer,
        questionnaire_version=for_teachers,
        edition=edition,
        opens=dt.date(2025, 12, 1),
        closes=dt.date(2026, 1, 10),
    )
    assert_hides(browser.get(campaign.get_absolute_url()), "Invite from the register")
    page = browser.get(f"{campaign.get_absolute_url()}invite/learners/")
    assert_shows(page, "This questionnaire is not for learners")
    with pytest.raises(RuleViolation) as refusal:
        invite_learners(actor=officer, campaign=campaign, states=STAYED)
    assert refusal.value.code == "audience-learners"


def test_a_rule_that_opens_by_itself_leaves_the_right_of_reply(officer: Any, at: Any) -> None:
    """Only coordinators were readers by default, so that no teacher could be asked, and no rule could name others."""
    at("2025-11-14 10:00")
    edition_with(6, ends=dt.date(2025, 11, 28))
    opening_rules.create_rule(actor=officer, terms=rule_terms())
    rule = opening_rules.create_rule(actor=officer, terms=rule_terms(readers=["approver"], moment="middle"))
    follow_rules()
    usual, named = Campaign.objects.exclude(rule=rule).get(), Campaign.objects.get(rule=rule)
    assert set(usual.comment_readers.values_list("role", flat=True)) == {"coordinator", "teachers"}
    assert set(named.comment_readers.values_list("role", flat=True)) == {"approver"}
    assert IN_WORDS[TEACHERS] in readers_of(usual).words()


# --- minimum groups ------------------------------------------------------------------------------------------------


def test_minimum_groups_are_decided_by_the_university_alone(browser: Client, client_for: Any) -> None:
    the_university()
    assert_shows(browser.get("/feedback/thresholds/"), "surveys about persons need 10")
    assert browser.post("/feedback/thresholds/", {"least_teacher": "4"}).status_code == 422
    assert (
        browser.post("/feedback/thresholds/", {"least_teacher": "8", "least_persons": "12"}).status_code
        == 302
    )
    assert 'value="8"' in text_of(browser.get("/feedback/thresholds/"))
    assert browser.post("/feedback/thresholds/", {"least_persons": "12"}).status_code == 302
    assert 'value="8"' not in text_of(browser.get("/feedback/thresholds/"))
    centre = client_for(make_staff("centre_quality", scope=make_centre().scope))
    assert centre.get("/feedback/thresholds/").status_code == 403
    with pytest.raises(AccessDenied):
        set_threshold(
            actor=make_staff("centre_quality", scope=make_centre().scope), subject="teacher", least=9
        )
