from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iqas.jobs.mail import Mail, mail_builder
from iqas.jobs.registry import job_kind, periodic
from iqas.jobs.runner import JobContext
from microcredentials.services import documents, reminders


@job_kind("microcredentials.remind", title=_("Reminders of acts that are due"), listed=False)
def remind(context: JobContext) -> None:
    reminders.remind()


@job_kind(documents.JOB_KIND, queue="pdf", title=_("Document"))
def render_document(context: JobContext, *, document: str) -> None:
    documents.produce(context, document)


@mail_builder(reminders.BUILDER)
def approval_reminder(*, submission: str, step: str, person: str) -> Mail | None:
    return reminders.build_mail(submission=submission, step=step, person=person)


periodic("microcredentials.remind", every=6 * 3600)
