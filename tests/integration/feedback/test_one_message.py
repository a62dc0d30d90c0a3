"""One message for all that a person owes; reminders by themselves; and a mail server that refuses one message in twenty."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, Invitation, MailOptOut
from feedback.selectors.survey import find_visit
from feedback.services import campaigns, invitations
from feedback.services.submission import submit
from feedback.services.upkeep import hourly
from iqas.jobs import runner
from iqas.jobs.models import Job, JobState
from tests.factories.feedback import make_campaign
from tests.support.smtp import MailServer, mail_server

FIVE = tuple(f"{name}@example.org" for name in ("ana", "berta", "celia", "dora", "eva"))
LINK = re.compile(r"/s/([A-Za-z0-9_-]{43})\b")


def deliver() -> list[Any]:
    """Does every mail job that waits; the messages since the last time."""
    mail.outbox.clear()
    for job in Job.objects.filter(queue="mail", state="queued"):
        assert runner.perform_here(job.pk).state == "finished"
    return list(mail.outbox)


def links_in(message: Any) -> list[str]:
    return list(dict.fromkeys(LINK.findall(message.body)))


@pytest.mark.django_db
class TestOneMessage:
    def test_names_every_survey_that_was_opened_before_it_left(self) -> None:
        made = [make_campaign(addresses=FIVE) for _number in range(3)]
        sent = deliver()
        assert Counter(message.to[0] for message in sent) == dict.fromkeys(FIVE, 1)
        for message in sent:
            links = links_in(message)
            visits = [find_visit(link) for link in links]
            assert {visit.campaign.pk for visit in visits if visit} == {campaign.pk for campaign in made}
            assert len({visit.invitation.mail_idx for visit in visits if visit}) == 1
        assert Invitation.objects.filter(last_mail_day__isnull=True).count() == 0

    def test_is_written_again_where_the_first_had_left_and_names_what_is_still_owed(self) -> None:
        first = make_campaign(addresses=FIVE)
        by_address = {message.to[0]: links_in(message)[0] for message in deliver()}
        visit = find_visit(by_address[FIVE[0]])
        assert visit
        submit(visit=visit, sheet=AnswerSheet({"A1": 4}))
        second = make_campaign(addresses=FIVE)
        sent = {message.to[0]: links_in(message) for message in deliver()}
        assert len(sent) == 5
        assert [len(sent[address]) for address in FIVE] == [1, 2, 2, 2, 2]
        for links in sent.values():
            asked = [visit.campaign.pk for link in links if (visit := find_visit(link))]
            assert asked in ([second.pk], [second.pk, first.pk])

    def test_is_sent_for_the_others_where_its_first_survey_has_lapsed(self) -> None:
        first = make_campaign(addresses=FIVE)
        second = make_campaign(addresses=FIVE)
        campaigns.close_campaign(actor=None, campaign=first)
        sent = deliver()
        assert len(sent) == 5
        for message in sent:
            assert [visit.campaign.pk for link in links_in(message) if (visit := find_visit(link))] == [
                second.pk
            ]
        third, fourth = make_campaign(addresses=FIVE), make_campaign(addresses=FIVE)
        for campaign in (second, third, fourth):
            campaigns.close_campaign(actor=None, campaign=campaign)
        assert deliver() == []

    def test_goes_to_nobody_who_asked_for_none(self) -> None:
        make_campaign(addresses=FIVE)
        MailOptOut.objects.create(mail_idx=Invitation.objects.values_list("mail_idx", flat=True)[0])
        make_campaign(addresses=(*FIVE, "fe@example.org"))
        assert len(deliver()) == 5

    def test_that_is_refused_for_good_marks_every_survey_it_was_about(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import smtplib

        from iqas.jobs import mail as outgoing

        made = [make_campaign(addresses=FIVE), make_campaign(addresses=FIVE)]

        def refuse(self: Any, *args: Any, **kwargs: Any) -> int:
            raise smtplib.SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})

        monkeypatch.setattr(outgoing.EmailMultiAlternatives, "send", refuse)
        job = Job.objects.filter(queue="mail").first()
        assert job
        assert runner.perform_here(job.pk).state == "failed"
        counts = Campaign.objects.filter(pk__in=[one.pk for one in made]).values_list(
            "undelivered_count", flat=True
        )
        assert list(counts) == [1, 1]

    def test_holds_no_address_and_no_link_while_it_waits(self) -> None:
        make_campaign(addresses=FIVE)
        make_campaign(addresses=FIVE)
        stored = repr(list(Job.objects.values()))
        assert "example.org" not in stored
        assert not LINK.search(stored)


@pytest.mark.django_db
class TestReminders:
    def sent_on(self, at: Any, days: range) -> dict[int, int]:
        """The day of the month → how many messages the hourly job sent on it."""
        found = {}
        for day in days:
            at(f"2026-03-{day:02d} 09:00")
            hourly()
            hourly()
            if messages := deliver():
                found[day] = len(messages)
        return found

    def test_go_out_by_themselves_never_more_often_than_set(self, at: Any) -> None:
        at("2026-03-01 09:00")
        campaign = make_campaign(addresses=FIVE, closes=dt.date(2026, 3, 16), reminders_most=2)
        links = {message.to[0]: links_in(message)[0] for message in deliver()}
        assert self.sent_on(at, range(1, 8)) == {6: 5}
        for address in FIVE[:2]:
            visit = find_visit(links[address])
            assert visit
            submit(visit=visit, sheet=AnswerSheet({"A1": 4}))
        assert self.sent_on(at, range(8, 17)) == {11: 3}
        campaign.refresh_from_db()
        assert campaign.reminders_count == 2

    def test_by_hand_count_and_none_set_means_none(self, at: Any) -> None:
        at("2026-03-01 09:00")
        campaign = make_campaign(addresses=FIVE, closes=dt.date(2026, 3, 16), reminders_most=1)
        make_campaign(
            addresses=tuple(f"x{one}" for one in FIVE), closes=dt.date(2026, 3, 16), reminders_most=0
        )
        deliver()
        at("2026-03-04 09:00")
        invitations.remind(actor=None, campaign=campaign)
        assert len(deliver()) == 5
        assert self.sent_on(at, range(5, 17)) == {}

    def test_of_several_surveys_are_one_message(self, at: Any) -> None:
        at("2026-03-01 09:00")
        for _number in range(2):
            make_campaign(addresses=FIVE, closes=dt.date(2026, 3, 16), reminders_most=1)
        assert len(deliver()) == 5
        assert self.sent_on(at, range(2, 17)) == {8: 5}

    def test_do_not_follow_at_once_on_a_late_invitation(self, at: Any) -> None:
        at("2026-03-01 09:00")
        campaign = make_campaign(addresses=FIVE, closes=dt.date(2026, 3, 16), reminders_most=1)
        deliver()
        at("2026-03-08 08:00")
        invitations.invite_people(
            actor=None,
            campaign=campaign,
            people=[invitations.Recipient(1, "tarde@example.org")],
        )
        assert len(deliver()) == 1
        assert self.sent_on(at, range(8, 17)) == {10: 6}


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
        yield running


def test_a_server_that_refuses_one_message_in_twenty_loses_none_and_doubles_none(
    transactional_db: None, server: MailServer
) -> None:
    everybody = tuple(f"persona{number:03d}@example.org" for number in range(100))
    full, gone = everybody[::20], everybody[7::50]
    server.answers = dict.fromkeys(full, 452) | dict.fromkeys(gone, 550)
    campaign = make_campaign(addresses=everybody)
    send_waiting()
    assert {message["To"] for message in server.received} == set(everybody) - set(full) - set(gone)
    server.answers = dict.fromkeys(gone, 550)
    send_waiting()
    send_waiting()
    hourly()
    send_waiting()
    counts = Counter(message["To"] for message in server.received)
    assert counts == dict.fromkeys(set(everybody) - set(gone), 1)
    assert all("One-Click" in message["List-Unsubscribe-Post"] for message in server.received)
    campaign.refresh_from_db()
    assert campaign.undelivered_count == len(gone)
    assert not Job.objects.filter(queue="mail", state=JobState.QUEUED).exists()


def send_waiting() -> None:
    Job.objects.update(not_before=None)
    call_command("run_jobs", "--once", "--queue", "mail")
