"""The messages that Celery carries. The job's id is all they say; the row says the rest."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from iqas.jobs import bell, mail, reaper, runner, schedule
from iqas.jobs.registry import job_kind


@shared_task(name=bell.RUN_TASK)
def run(job_id: str) -> None:
    runner.perform(uuid.UUID(job_id), worker=worker_name())


@shared_task(name=schedule.REAPER_TASK)
def reap() -> None:
    reaper.sweep()


@shared_task(name=schedule.SCHEDULE_TASK)
def run_due() -> None:
    schedule.run_due()


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


MAIL: dict[str, Any] = {"queue": "mail", "listed": False, "backoff": timedelta(minutes=5)}


@job_kind(mail.LETTER_KIND, title=_("Message"), **MAIL)
def send_letter(context: runner.JobContext) -> None:
    mail.deliver_letter(context)


@job_kind(mail.BUILT_KIND, title=_("Message"), **MAIL)
def send_built(context: runner.JobContext, *, builder: str, ids: dict[str, Any]) -> None:
    mail.deliver_built(context, builder=builder, ids=ids)
