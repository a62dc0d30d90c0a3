from __future__ import annotations

from feedback.models import CampaignPartner, Comment, ConsultationPartner, Invitation
from feedback.services import mailing
from iqas.core.events import on
from iqas.jobs.mail import BUILT_KIND
from iqas.jobs.models import Job
from microcredentials.models import Partner


@on("partner.merged")
def partner_was_merged(*, kept: Partner, duplicate: Partner) -> None:
    """What hung on the duplicate hangs on the one that was kept; what both had stays once."""
    for model, owner in ((CampaignPartner, "campaign"), (ConsultationPartner, "consultation")):
        rows = model._default_manager.filter(partner=duplicate)
        had = model._default_manager.filter(partner=kept).values(owner)
        rows.filter(**{f"{owner}__in": had}).delete()
        rows.update(partner=kept)
    Invitation.objects.filter(partner=duplicate).update(partner=kept)
    Comment.objects.filter(partner=duplicate).update(partner=kept)


@on("job.failed")
def survey_mail_refused(*, job: Job, code: str) -> None:
    """Counts the addresses that a mail server refuses for good."""
    if code == "mail-refused" and job.kind == BUILT_KIND and job.payload.get("builder") == mailing.BUILDER:
        ids = job.payload["ids"]
        mailing.note_undelivered(invitation=ids["invitation"], more=ids.get("more", ()))
