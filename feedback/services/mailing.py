"""Writing to invited people. The link is made from the keys when the mail is sent: no job and no table holds it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.anonymity.addresses import decrypt_address
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.tokens import stop_mark, token
from feedback.models import Campaign, Invitation, MailOptOut
from feedback.selectors.invitations import survey_url
from feedback.selectors.targets import with_target
from feedback.services.submission import takes_answers
from iqas.core import clock
from iqas.jobs.mail import Mail, send_built
from iqas.jobs.services import Order
from iqas.ui.formats import day

BUILDER = "feedback.invitation"


def send_first_mails(campaign: Campaign, *, actor: Any = None) -> int:
    """Order the mail to those who have not had one, from the first day on; how many. Needs a transaction.

    Who is ordered one is marked in the same transaction, so asking again orders nothing again.
    """
    if not Campaign.objects.filter(takes_answers(), pk=campaign.pk).exists():
        return 0
    return _order(_addressed(campaign).filter(last_mail_day__isnull=True), campaign, wave=0, actor=actor)


def send_reminders(campaign: Campaign, *, wave: int, actor: Any = None) -> int:
    """Order the n-th reminder to those who were written to and have not answered; how many. Needs a transaction."""
    due = _addressed(campaign).filter(last_mail_day__isnull=False, reminder_count__lt=wave)
    return _order(due, campaign, wave=wave, actor=actor)


def build_mail(*, invitation: str, wave: int) -> Mail | None:
    """The mail of one invitation at the moment it is sent; None when it has lapsed: answered, closed, opted out."""
    found = (
        Invitation.objects.filter(pk=UUID(invitation), used=False, email_enc__isnull=False)
        .select_related("campaign")
        .exclude(mail_idx__in=MailOptOut.objects.values("mail_idx"))
        .first()
    )
    if found is None:
        return None
    campaign = with_target(Campaign.objects.filter(takes_answers(), pk=found.campaign_id)).first()
    if campaign is None:
        return None
    ring = installed_ring()
    stop_url = (
        f"{settings.BASE_URL}{reverse('survey:mail-stop', kwargs={'mark': stop_mark(ring, found.mail_idx)})}"
    )
    with override(campaign.mail_language):
        context = {
            "course": campaign.target.title if campaign.target.editions else campaign.title,
            "title": campaign.title,
            "last_day": day(campaign.closes),
            "threshold": campaign.threshold,
            "wave": wave,
            "last": wave >= campaign.reminders_most,
            "stop_url": stop_url,
            "action_url": survey_url(token(ring, found.pk, bytes(campaign.salt))),
            "action_label": _("Answer the survey"),
        }
    return Mail(
        to=decrypt_address(ring, bytes(found.email_enc or b""), found.pk),
        language=campaign.mail_language,
        template="survey_invitation",
        context=context,
        headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def note_undelivered(*, invitation: str) -> None:
    """The mail server will never take this address: counted, so that the officer can ask for a better list."""
    campaigns = Campaign.objects.filter(invitations__pk=UUID(invitation))
    Campaign.objects.filter(pk__in=campaigns.values("pk")).update(
        undelivered_count=F("undelivered_count") + 1
    )


def _addressed(campaign: Campaign) -> QuerySet[Invitation]:
    return Invitation.objects.filter(campaign=campaign, email_enc__isnull=False, used=False).exclude(
        mail_idx__in=MailOptOut.objects.values("mail_idx")
    )


def _order(due: QuerySet[Invitation], campaign: Campaign, *, wave: int, actor: Any) -> int:
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # nobody is added meanwhile
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    due.update(last_mail_day=clock.today(), reminder_count=wave)
    orders = [Order({"invitation": str(key), "wave": wave}, f"{key}|{wave}", campaign.code) for key in keys]
    send_built(actor=actor, builder=BUILDER, orders=orders, scope=campaign.scope)
    return len(keys)
