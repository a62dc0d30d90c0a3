"""Reminders of acts that are due: once for each step and person, to those who may, while it still waits."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.management import call_command

from iqas.jobs.models import Job
from microcredentials.services.reminders import remind
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre


def ordered() -> int:
    return Job.objects.filter(kind="mail.built").count()


@pytest.mark.django_db
def test_once_for_each_step_and_person(at: Any) -> None:
    at("2026-03-02 10:00")
    here = make_centre()
    author = make_staff("coordinator", here.scope)
    submission = make_submission(make_microcredential(actor=author, centre=here), author=author)
    make_staff("reviewer", name="Revisa")
    make_staff("centre_quality", here.scope)
    make_staff("centre_quality", make_centre("OTRO", "Otro").scope)
    make_staff("approver")
    make_staff("reviewer", is_active=False)
    remind()
    assert ordered() == 0, "not due yet"
    at("2026-03-14 10:00")
    remind()
    assert ordered() == 2
    at("2026-03-20 10:00")
    remind()
    assert ordered() == 2
    decide(submission, actor=make_staff("quality_officer", valid_until=None))
    at("2026-05-20 10:00")
    remind()
    steps = {job.payload["ids"]["step"] for job in Job.objects.filter(kind="mail.built")}
    assert len(steps) == 2


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
