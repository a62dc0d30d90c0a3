from __future__ import annotations

from feedback.services import mailing
from iqas.core.events import on
from iqas.jobs.mail import BUILT_KIND
from iqas.jobs.models import Job


@on("job.failed")
def survey_mail_refused(*, job: Job, code: str) -> None:
    """Counts the addresses that a mail server refuses for good."""
    if code == "mail-refused" and job.kind == BUILT_KIND and job.payload.get("builder") == mailing.BUILDER:
        mailing.note_undelivered(invitation=job.payload["ids"]["invitation"])
