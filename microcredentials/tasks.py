from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.jobs.mail import Mail, mail_builder
from iqas.jobs.registry import job_kind, periodic
from iqas.jobs.runner import JobContext
from microcredentials.services import documents, intake, reminders


@job_kind("microcredentials.remind", title=_("Reminders of acts that are due"), listed=False)
def remind(context: JobContext) -> None:
    reminders.remind()


@job_kind(documents.JOB_KIND, queue="pdf", title=_("Document"))
def render_document(context: JobContext, *, document: str) -> None:
    documents.produce(context, document)


@job_kind(intake.JOB_KIND, title=_("Import of a list"))
@job_kind(intake.AT_ONCE, title=_("Import of a list"), listed=False)
def take_in(context: JobContext, **payload: Any) -> None:
    intake.take_in(context, payload)


@job_kind(
    "microcredentials.forget_imports", queue="ctl", title=_("Deletion of old import reports"), listed=False
)
def forget_imports(context: JobContext) -> None:
    intake.forget_reports()


@mail_builder(reminders.BUILDER)
def approval_reminder(*, submission: str, step: str, person: str) -> Mail | None:
    return reminders.build_mail(submission=submission, step=step, person=person)


periodic("microcredentials.remind", every=6 * 3600)
periodic("microcredentials.forget_imports", every=24 * 3600)
