"""Writing to invited people. The link is made from the keys when the mail is sent: no job and no table holds it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
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
    return _order(addressed(campaign).filter(last_mail_day__isnull=True), campaign, wave=0, actor=actor)


def send_reminders(campaign: Campaign, *, wave: int, actor: Any = None) -> int:
    """Order the n-th reminder to those who were written to and have not answered; how many. Needs a transaction."""
    due = addressed(campaign).filter(last_mail_day__isnull=False, reminder_count__lt=wave)
    return _order(due, campaign, wave=wave, actor=actor)


def build_mail(*, invitation: str, wave: int) -> Mail | None:
    """The mail of one invitation at the moment it is sent; None when it has lapsed: answered, closed, opted out."""
    found = (
        Invitation.objects.filter(pk=UUID(invitation), used=False, undelivered=False, email_enc__isnull=False)
        .select_related("campaign", "partner")
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
            "mode": campaign.mode,
            "partner": found.partner.name if found.partner else "",
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
    """The mail server will never take this address: marked, so that nothing more is sent to it, and counted.

    The count is of addresses: an address that is refused twice is one. Whoever answered was reached.
    """
    found = Invitation.objects.filter(pk=UUID(invitation))
    found.filter(used=False).update(undelivered=True)
    count_undelivered(Campaign.objects.filter(pk__in=found.values("campaign")))


def count_undelivered(campaigns: QuerySet[Campaign]) -> None:
    """Counts anew the people of these campaigns whose mail came back and who have not answered."""
    unreached = (
        Invitation.objects.filter(campaign=OuterRef("pk"), undelivered=True, used=False)
        .order_by()
        .values("campaign")
        .annotate(n=Count("pk"))
        .values("n")
    )
    campaigns.update(undelivered_count=Coalesce(Subquery(unreached), 0))


def addressed(campaign: Campaign) -> QuerySet[Invitation]:
    """Those who may be written to: with an address that takes mail, no answer yet, and no wish to be left alone."""
    return Invitation.objects.filter(
        campaign=campaign, email_enc__isnull=False, used=False, undelivered=False
    ).exclude(mail_idx__in=MailOptOut.objects.values("mail_idx"))


def _order(due: QuerySet[Invitation], campaign: Campaign, *, wave: int, actor: Any) -> int:
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # nobody is added meanwhile
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    due.update(last_mail_day=clock.today(), reminder_count=wave)
    orders = [Order({"invitation": str(key), "wave": wave}, f"{key}|{wave}", campaign.code) for key in keys]
    send_built(actor=actor, builder=BUILDER, orders=orders, scope=campaign.scope)
    return len(keys)
