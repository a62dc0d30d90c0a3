"""Campaigns, invitations and mail: everybody once, reminders only to who is missing, nothing half-written."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail

from feedback.anonymity.canary import key_problems
from feedback.answer_sheet import AnswerSheet
from feedback.importers.recipients import Recipient, read_pasted
from feedback.models import Campaign, CampaignGroup, Invitation, MailOptOut
from feedback.selectors.survey import find_visit
from feedback.services import campaigns, invitations
from feedback.services.submission import submit
from feedback.services.upkeep import hourly
from iqas.core.models import AuditDetail
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.jobs import runner
from iqas.jobs.models import Job
from tests.factories.accounts import make_staff
from tests.factories.feedback import links_of, make_campaign, make_plain_edition, make_questionnaire
from tests.factories.organisation import make_centre, the_university

pytestmark = pytest.mark.django_db

FIVE = tuple(f"persona{number}@example.org" for number in range(5))


def people(*addresses: str, group: str = "") -> list[Recipient]:
    return [Recipient(row, address, group) for row, address in enumerate(addresses, start=1)]


def deliver() -> list[Any]:
    """Does every mail job that waits; the messages since the last time."""
    mail.outbox.clear()
    for job in Job.objects.filter(queue="mail", state="queued"):
        assert runner.perform_here(job.pk).state == "finished"
    return list(mail.outbox)


def link_in(message: Any) -> str:
    found = re.search(r"/s/([A-Za-z0-9_-]{43})\b", message.body)
    assert found
    return found[1]


def refused(code: str) -> Any:
    class Refused:
        def __enter__(self) -> None:
            self.raises = pytest.raises(RuleViolation)
            self.info = self.raises.__enter__()

        def __exit__(self, *error: object) -> Any:
            swallowed = self.raises.__exit__(*error)
            assert self.info.value.code == code
            return swallowed

    return Refused()


# --- preparing and opening -------------------------------------------------------------------------


def test_a_campaign_says_what_it_asks_of_whom() -> None:
    campaign = make_campaign(is_open=False)
    assert re.fullmatch(r"C-\d{4}", campaign.code)
    assert (
        campaign.title_es
        == f"{campaign.edition.version.title_es} ({campaign.edition.code}): {campaign.questionnaire_version.title_es}"
    )
    assert campaign.title_en.endswith(campaign.questionnaire_version.title_en)
    assert campaign.scope == campaign.edition.microcredential.scope
    assert campaign.threshold == 5
    assert (campaign.mode, campaign.state) == ("anonymous", "draft")


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"closes": dt.date(2026, 2, 1)}, "campaign-dates"),
        ({"opens": dt.date(2026, 2, 1), "closes": dt.date(2026, 2, 20)}, "campaign-dates"),
        ({"closes": dt.date(2027, 3, 1)}, "campaign-dates"),
        ({"threshold": 4}, "campaign-threshold"),
        ({"threshold": 101}, "campaign-threshold"),
    ],
)
def test_impossible_terms_are_refused(at: Any, terms: dict[str, Any], code: str) -> None:
    at("2026-03-01 10:00")
    with refused(code):
        campaigns.create_campaign(
            actor=None,
            **{
                "edition": make_plain_edition(),
                "questionnaire_version": make_questionnaire(),
                "opens": dt.date(2026, 3, 1),
                "closes": dt.date(2026, 3, 20),
            }
            | {"threshold": 5}
            | terms,
        )
    assert not Campaign.objects.exists()


def test_the_same_questionnaire_is_not_asked_twice_of_one_edition() -> None:
    campaign = make_campaign(is_open=False)
    with refused("campaign-exists"):
        make_campaign(edition=campaign.edition, version=campaign.questionnaire_version, is_open=False)
    make_campaign(edition=campaign.edition, is_open=False)


def test_a_campaign_that_nobody_could_read_does_not_open() -> None:
    campaign = make_campaign(is_open=False)
    with refused("nobody-invited"):
        campaigns.open_campaign(actor=None, campaign=campaign)
    invitations.print_links(actor=None, campaign=campaign, count=4)
    with refused("too-few-invited"):
        campaigns.open_campaign(actor=None, campaign=campaign)
    invitations.print_links(actor=None, campaign=campaign, count=1)
    opened = campaigns.open_campaign(actor=None, campaign=campaign)
    assert opened.state == "open"
    with refused("campaign-state"):
        campaigns.open_campaign(actor=None, campaign=campaign)


def test_opening_freezes_what_people_are_told() -> None:
    campaign = make_campaign(links=5)
    campaign.questionnaire_version.refresh_from_db()
    assert campaign.questionnaire_version.frozen_at is not None
    officer = make_staff("quality_officer")
    with refused("campaign-frozen"):
        campaigns.change_campaign(
            actor=officer,
            campaign=campaign,
            seen=1,
            opens=campaign.opens,
            closes=campaign.closes,
            threshold=9,
        )
    campaign.refresh_from_db()
    assert campaign.threshold == 5


def test_a_lost_update_is_noticed() -> None:
    campaign = make_campaign(is_open=False)
    officer = make_staff("quality_officer")
    terms = {"opens": campaign.opens, "closes": campaign.closes}
    campaigns.change_campaign(actor=officer, campaign=campaign, seen=1, threshold=6, **terms)
    with refused("stale-version"):
        campaigns.change_campaign(actor=officer, campaign=campaign, seen=1, threshold=7, **terms)
    campaign.refresh_from_db()
    assert campaign.threshold == 6


def test_extending_goes_forward_only(at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(links=5)
    officer = make_staff("quality_officer")
    for date in (campaign.closes, dt.date(2026, 2, 1), dt.date(2027, 1, 1)):
        with refused("campaign-dates"):
            campaigns.extend_campaign(actor=officer, campaign=campaign, closes=date)
    extended = campaigns.extend_campaign(actor=officer, campaign=campaign, closes=dt.date(2026, 4, 15))
    assert extended.closes == dt.date(2026, 4, 15)


@pytest.mark.parametrize("role", ["reader", "reviewer", "approver", "coordinator", "administrator"])
def test_who_may_not_open_invite_or_close(role: str) -> None:
    campaign = make_campaign(links=5, is_open=False)
    actor = make_staff(role)
    for act in (
        lambda: campaigns.open_campaign(actor=actor, campaign=campaign),
        lambda: invitations.invite_people(actor=actor, campaign=campaign, people=people(*FIVE)),
        lambda: invitations.print_links(actor=actor, campaign=campaign, count=1),
        lambda: invitations.remind(actor=actor, campaign=campaign),
        lambda: campaigns.close_campaign(actor=actor, campaign=campaign),
    ):
        with pytest.raises(AccessDenied):
            act()
    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert campaign.invited_count == 5


def test_a_centre_reaches_only_its_own_campaigns() -> None:
    campaign = make_campaign(links=5, is_open=False)
    neighbour = make_staff("centre_quality", scope=make_centre("FAC-B").scope)
    own = make_staff("centre_quality", scope=make_centre("FAC-A").scope)
    with pytest.raises(AccessDenied):
        campaigns.open_campaign(actor=neighbour, campaign=campaign)
    assert campaigns.open_campaign(actor=own, campaign=campaign).state == "open"


# --- inviting --------------------------------------------------------------------------------------


def test_nobody_is_invited_twice_however_often_the_list_comes() -> None:
    campaign = make_campaign(is_open=False)
    first = invitations.invite_people(actor=None, campaign=campaign, people=people(*FIVE))
    again = invitations.invite_people(
        actor=None, campaign=campaign, people=people(*FIVE, "nueva@example.org")
    )
    upper = invitations.invite_people(actor=None, campaign=campaign, people=people("PERSONA1@example.org"))
    assert (first.added, first.known) == (5, 0)
    assert (again.added, again.known) == (1, 5)
    assert (upper.added, upper.known) == (0, 1)
    campaign.refresh_from_db()
    assert campaign.invited_count == campaign.invitations.count() == 6


def test_an_empty_list_is_refused() -> None:
    with refused("nobody"):
        invitations.invite_people(actor=None, campaign=make_campaign(is_open=False), people=[])


def test_addresses_are_stored_encrypted_and_names_not_at_all() -> None:
    campaign = make_campaign(is_open=False)
    found = read_pasted("CANARIA Pérez <canaria@example.org>")
    invitations.invite_people(actor=None, campaign=campaign, people=found.people)
    stored = repr(list(Invitation.objects.values())) + repr(list(AuditDetail.objects.values()))
    assert "canaria" not in stored.lower()


def test_groups_are_made_from_the_list_and_only_before_the_opening() -> None:
    campaign = make_campaign(is_open=False)
    invitations.invite_people(
        actor=None, campaign=campaign, people=people("a@example.org", group="Turno de mañana")
    )
    invitations.invite_people(
        actor=None, campaign=campaign, people=people("b@example.org", group="turno de MAÑANA")
    )
    invitations.invite_people(actor=None, campaign=campaign, people=people("c@example.org", group="Ñ"))
    invitations.invite_people(actor=None, campaign=campaign, people=people("d@example.org", group="n"))
    assert dict(CampaignGroup.objects.values_list("label", "code")) == {
        "Turno de mañana": "turno-de-manana", "Ñ": "n", "n": "n-2"
    }  # fmt: skip
    assert campaign.invitations.filter(group_code="turno-de-manana").count() == 2
    invitations.print_links(actor=None, campaign=campaign, count=3)
    campaigns.open_campaign(actor=None, campaign=campaign)
    invitations.invite_people(actor=None, campaign=campaign, people=people("e@example.org", group="Ñ"))
    with refused("group-late"):
        invitations.invite_people(
            actor=None, campaign=campaign, people=people("f@example.org", group="Tarde")
        )
    assert campaign.invitations.count() == 8, "the refused person was not half invited"


@pytest.mark.parametrize("count", [0, -1, 201])
def test_a_sheet_has_a_sensible_number_of_links(count: int) -> None:
    with refused("links-count"):
        invitations.print_links(actor=None, campaign=make_campaign(is_open=False), count=count)


def test_nobody_is_invited_to_what_is_over(at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(links=5)
    at("2026-04-01 10:00")
    for act in (
        lambda: invitations.invite_people(actor=None, campaign=campaign, people=people(*FIVE)),
        lambda: invitations.print_links(actor=None, campaign=campaign, count=1),
    ):
        with refused("campaign-over"):
            act()


# --- mail ------------------------------------------------------------------------------------------


def test_everybody_gets_one_mail_with_a_link_of_their_own_that_works() -> None:
    campaign = make_campaign(addresses=FIVE)
    messages = deliver()
    assert sorted(address for message in messages for address in message.to) == sorted(FIVE)
    assert all(len(message.to) == 1 and not message.cc and not message.bcc for message in messages)
    links = {link_in(message) for message in messages}
    assert len(links) == 5
    assert links == {link.rsplit("/", 1)[-1] for link in links_of(campaign)}
    for message in messages:
        assert re.fullmatch(r"<\S+/s/stop/[A-Za-z0-9_-]+/>", message.extra_headers["List-Unsubscribe"])
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link_in(message) not in message.extra_headers["List-Unsubscribe"]
        assert "&quot;" not in message.body
    assert deliver() == []
    hourly_without_mixing(campaign)
    assert deliver() == [], "nobody is written to twice"


def hourly_without_mixing(campaign: Campaign) -> None:
    from feedback.services.mailing import send_first_mails

    send_first_mails(campaign)


def test_no_job_and_no_table_holds_a_link_or_an_address() -> None:
    campaign = make_campaign(addresses=FIVE)
    tokens = [link.rsplit("/", 1)[-1] for link in links_of(campaign)]
    deliver()
    stored = repr(list(Job.objects.values())) + repr(list(AuditDetail.objects.values()))
    assert not [secret for secret in (*tokens, *FIVE) if secret in stored]


def test_mails_wait_for_the_first_day(at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(addresses=FIVE, opens=dt.date(2026, 3, 3))
    assert deliver() == []
    hourly_without_mixing(campaign)
    assert deliver() == []
    at("2026-03-03 00:10")
    hourly_without_mixing(campaign)
    assert len(deliver()) == 5


def test_people_added_to_an_open_campaign_are_written_to_at_once_and_alone() -> None:
    campaign = make_campaign(addresses=FIVE)
    deliver()
    invitations.invite_people(actor=None, campaign=campaign, people=people(*FIVE, "tarde@example.org"))
    assert [message.to for message in deliver()] == [["tarde@example.org"]]


def test_reminders_go_to_who_has_not_answered_with_the_same_link_twice_at_most(at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(addresses=FIVE)
    first = {message.to[0]: link_in(message) for message in deliver()}
    with refused("reminder-early"):
        invitations.remind(actor=None, campaign=campaign)
    visit = find_visit(first[FIVE[0]])
    assert visit
    submit(visit=visit, sheet=AnswerSheet({"A1": 4}))
    for day, expected in (("2026-03-04 10:00", 4), ("2026-03-08 10:00", 4)):
        at(day)
        invitations.remind(actor=None, campaign=campaign)
        sent = deliver()
        assert {message.to[0]: link_in(message) for message in sent} == {
            address: link for address, link in first.items() if address != FIVE[0]
        }
        assert len(sent) == expected
    at("2026-03-12 10:00")
    with refused("reminders-spent"):
        invitations.remind(actor=None, campaign=campaign)


def test_nobody_is_reminded_when_all_have_answered_or_have_no_address(at: Any) -> None:
    at("2026-03-01 10:00")
    campaign = make_campaign(links=5)
    at("2026-03-05 10:00")
    with refused("nobody-to-remind"):
        invitations.remind(actor=None, campaign=campaign)


def test_a_mail_whose_reason_has_passed_is_not_sent() -> None:
    campaign = make_campaign(addresses=FIVE)
    answered, stopped = Invitation.objects.order_by("pk")[:2]
    Invitation.objects.filter(pk=answered.pk).update(used=True)
    MailOptOut.objects.create(mail_idx=stopped.mail_idx)
    assert len(deliver()) == 3
    campaigns.close_campaign(actor=None, campaign=campaign)
    assert deliver() == []


def test_who_wants_no_mail_is_left_out_of_later_campaigns() -> None:
    campaign = make_campaign(addresses=FIVE)
    MailOptOut.objects.create(mail_idx=campaign.invitations.values_list("mail_idx", flat=True)[0])
    other = make_campaign(is_open=False)
    outcome = invitations.invite_people(actor=None, campaign=other, people=people(*FIVE))
    assert (outcome.added, outcome.opted_out) == (4, 1)


def test_an_address_that_the_server_refuses_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    import smtplib

    from iqas.jobs import mail as outgoing

    campaign = make_campaign(addresses=FIVE)

    def refuse(self: Any, *args: Any, **kwargs: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})

    monkeypatch.setattr(outgoing.EmailMultiAlternatives, "send", refuse)
    job = Job.objects.filter(queue="mail").first()
    assert job
    assert runner.perform_here(job.pk).state == "failed"
    campaign.refresh_from_db()
    assert campaign.undelivered_count == 1


def test_mails_are_in_the_language_of_the_campaign() -> None:
    campaign = make_campaign(is_open=False)
    Campaign.objects.filter(pk=campaign.pk).update(mail_language="en")
    invitations.invite_people(actor=None, campaign=campaign, people=people(*FIVE))
    campaigns.open_campaign(actor=None, campaign=campaign)
    message = deliver()[0]
    assert message.subject.startswith("Your opinion on")
    assert campaign.title_en in message.body
    assert "It takes about a minute, on a phone" in message.body


# --- keys and retention ----------------------------------------------------------------------------


def test_addresses_are_forgotten_after_the_retention_and_counts_stay(at: Any) -> None:
    moment = at("2026-06-01 10:00")
    the_university(retention_days=30)
    campaign = make_campaign(addresses=FIVE)
    Campaign.objects.filter(pk=campaign.pk).update(state="mixed", mixed_at=moment)
    at("2026-06-30 10:00")
    assert invitations.forget_addresses() == 0
    at("2026-07-02 10:00")
    assert invitations.forget_addresses() == 5
    assert not Invitation.objects.exclude(email_enc=None, mail_idx="").exists()
    assert Invitation.objects.count() == 5


def test_the_canary_sings_for_each_key_that_is_gone_or_another() -> None:
    campaign = make_campaign(addresses=FIVE)
    assert key_problems() == []
    keys = Path(settings.KEYS_DIR)
    for spoilt in ("ring/token.key", "ring/index.key", "ring/mail.key"):
        genuine = (keys / spoilt).read_bytes()
        (keys / spoilt).write_bytes(bytes(32))
        assert key_problems(), spoilt
        (keys / spoilt).write_bytes(genuine)
    for name in ("seal", "escrow"):
        (keys / name / f"{campaign.pk}.key").rename(keys / name / "away")
    assert [campaign.code in problem for problem in key_problems()] == [True]
    for name in ("seal", "escrow"):
        (keys / name / "away").rename(keys / name / f"{campaign.pk}.key")
    assert key_problems() == []


@pytest.mark.django_db(transaction=True)
def test_the_hourly_job_sends_what_is_due(at: Any) -> None:
    at("2026-03-01 10:00")
    make_campaign(addresses=FIVE, opens=dt.date(2026, 3, 2))
    at("2026-03-02 08:00")
    hourly()
    assert len(deliver()) == 5
