"""Reminders of acts that are due: before, on the day and weekly after it, to those who may, while it still waits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.management import call_command

from iqas.jobs.models import Job
from microcredentials.services.reminders import MOST_OVERDUE, remind
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre


def ordered() -> int:
    return Job.objects.filter(kind="mail.built").count()


@pytest.mark.django_db
def test_before_on_the_day_and_every_week_after_it_and_never_more(at: Any) -> None:
    at("2026-03-02 10:00")
    here = make_centre()
    author = make_staff("coordinator", here.scope)
    submission = make_submission(make_microcredential(actor=author, centre=here), author=author)
    make_staff("reviewer", name="Revisa")
    make_staff("centre_quality", here.scope)
    make_staff("centre_quality", make_centre("OTRO", "Otro").scope)
    make_staff("approver")
    make_staff("reviewer", is_active=False)
    ordered_by = {  # due on the 17th, for two people
        "2026-03-13": 0,
        "2026-03-14": 2,
        "2026-03-16": 2,
        "2026-03-17": 4,
        "2026-03-23": 4,
        "2026-03-24": 6,
        "2026-03-30": 6,
        "2026-04-02": 8,  # nothing ran on the 31st
        "2026-04-06": 8,
        "2026-04-07": 10,
    }
    for day, messages in ordered_by.items():
        for hour in ("09:00", "15:00"):
            at(f"{day} {hour}")
            remind()
        assert ordered() == messages, day
    for day in range(1, 200):
        at(f"{date(2026, 4, 7) + timedelta(days=day)} 10:00")
        remind()
    assert ordered() == 2 * (2 + MOST_OVERDUE)
    decide(submission, actor=make_staff("quality_officer", valid_until=None))
    remind()
    steps = {job.payload["ids"]["step"] for job in Job.objects.filter(kind="mail.built")}
    assert len(steps) == 1, "the next act has its own days"


@pytest.mark.django_db(transaction=True)
def test_says_what_waits_and_lapses_when_it_is_done(at: Any) -> None:
    at("2026-03-02 10:00")
    submission = make_submission()
    reviewer = make_staff("reviewer", name="Carmen", language="es")
    at("2026-03-25 10:00")
    remind()
    call_command("run_jobs", "--once", "--queue", "mail")
    (message,) = outgoing.outbox
    assert message.to == [reviewer.email]
    code = submission.version.microcredential.code
    assert code in message.subject
    assert f"/microcredentials/{code}/approval/" in message.body
    outgoing.outbox.clear()
    make_staff("reviewer", name="Otra")
    remind()
    decide(submission)
    call_command("run_jobs", "--once", "--queue", "mail")
    assert outgoing.outbox == []
