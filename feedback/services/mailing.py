"""Writing to invited people. The link is made from the keys when the mail is sent: no job and no table holds it."""

from __future__ import annotations

from collections.abc import Sequence
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
from feedback.anonymity.keys import KeyRing
from feedback.anonymity.tokens import stop_mark, token
from feedback.models import Campaign, Invitation, MailOptOut
from feedback.selectors.invitations import survey_url
from feedback.selectors.survey import minutes_of
from feedback.selectors.targets import with_target
from feedback.services.submission import takes_answers
from iqas.core import clock
from iqas.jobs.mail import Mail, join_waiting, send_built
from iqas.jobs.services import Order
from iqas.ui.formats import day

BUILDER = "feedback.invitation"
CHUNK = 500
SAMPLE_ADDRESS, SAMPLE_TOKEN = "persona@example.org", "EXAMPLE"


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


def build_mail(*, invitation: str, wave: int, more: Sequence[Sequence[Any]] = ()) -> Mail | None:
    """The one message about everything that a person owes, at the moment it is sent.

    `more` are other invitations of the same person, with their waves, that were ordered while it waited. None when all
    of them have lapsed: answered, closed, opted out. What the person was asked earlier and still owes is named too.
    """
    waves = {UUID(invitation): wave} | {UUID(key): number for key, number in more}
    due = _owed(Invitation.objects.filter(pk__in=waves))
    due.sort(key=lambda one: one.pk != UUID(invitation))
    if not due:
        return None
    first, ring = due[0], installed_ring()
    earlier = Invitation.objects.filter(mail_idx=first.mail_idx, last_mail_day__isnull=False)
    others = [*due[1:], *_owed(earlier.exclude(pk__in=[one.pk for one in due]))]
    return _message(
        first.campaign,
        to=decrypt_address(ring, bytes(first.email_enc or b""), first.pk),
        language=first.campaign.mail_language,
        wave=waves[first.pk],
        link=_link(ring, first),
        mark=stop_mark(ring, first.mail_idx),
        partner=first.partner.name if first.partner else "",
        others=[(one.campaign, _link(ring, one)) for one in sorted(others, key=_by_last_day)],
    )


def sample_mail(campaign: Campaign, *, language: str, wave: int) -> Mail:
    """The message of a campaign as everybody will get it, with links that lead nowhere. Needs its target."""
    partners = campaign.target.partners
    return _message(
        campaign,
        to=SAMPLE_ADDRESS,
        language=language,
        wave=wave,
        link=survey_url(SAMPLE_TOKEN),
        mark=SAMPLE_TOKEN,
        partner=partners[0].name if partners else "",
    )


def _message(
    campaign: Campaign,
    *,
    to: str,
    language: str,
    wave: int,
    link: str,
    mark: str,
    partner: str,
    others: Sequence[tuple[Campaign, str]] = (),
) -> Mail:
    stop_url = f"{settings.BASE_URL}{reverse('survey:mail-stop', kwargs={'mark': mark})}"
    with override(language):
        context = {
            **_asked(campaign, link),
            "title": campaign.title,
            "minutes": minutes_of(campaign),
            "threshold": campaign.threshold,
            "mode": campaign.mode,
            "partner": partner,
            "wave": wave,
            "last": wave >= campaign.reminders_most,
            "stop_url": stop_url,
            "action_label": _("Answer the survey"),
            "others": [_asked(other, its_link) for other, its_link in others],
        }
    return Mail(
        to=to,
        language=language,
        template="survey_invitation",
        context=context,
        headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _owed(invitations: QuerySet[Invitation]) -> list[Invitation]:
    """Those that can still be answered by somebody who may be written to, each with its campaign and target."""
    rows = list(
        invitations.filter(used=False, undelivered=False, email_enc__isnull=False)
        .exclude(mail_idx__in=MailOptOut.objects.values("mail_idx"))
        .select_related("partner")
        .order_by("pk")
    )
    asking = Campaign.objects.filter(takes_answers(), pk__in={one.campaign_id for one in rows})
    campaigns = {campaign.pk: campaign for campaign in with_target(asking)}
    owed = [one for one in rows if one.campaign_id in campaigns]
    for one in owed:
        one.campaign = campaigns[one.campaign_id]
    return owed


def _asked(campaign: Campaign, link: str) -> dict[str, Any]:
    """What one survey asks about, until when, and its link."""
    return {
        "course": campaign.target.title if campaign.target.editions else campaign.title,
        "last_day": day(campaign.closes),
        "action_url": link,
    }


def _link(ring: KeyRing, invitation: Invitation) -> str:
    return survey_url(token(ring, invitation.pk, bytes(invitation.campaign.salt)))


def _by_last_day(invitation: Invitation) -> tuple[Any, str]:
    return invitation.campaign.closes, invitation.campaign.code


def note_undelivered(*, invitation: str, more: Sequence[Sequence[Any]] = ()) -> None:
    """The mail server will never take this address: marked, so that nothing more is sent to it, and counted.

    The same for `more`, the other invitations that the message was about. The count is of addresses: an address that is refused twice is one. Whoever answered was reached.
    """
    found = Invitation.objects.filter(pk__in=[UUID(invitation), *(UUID(key) for key, _wave in more)])
    found.filter(used=False).update(undelivered=True)
    count_undelivered(Campaign.objects.filter(pk__in=found.values("campaign")))


def count_undelivered(campaigns: QuerySet[Campaign]) -> None:
    """Counts anew the people of these campaigns whose mail came back; an answer takes the mark away as it is sent."""
    unreached = (
        Invitation.objects.filter(campaign=OuterRef("pk"), undelivered=True)
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
    rows = list(due.order_by("pk").values_list("pk", "mail_idx"))
    due.update(last_mail_day=clock.today(), reminder_count=wave)
    ordered_today = _ordered_today({mail_idx for _key, mail_idx in rows}, campaign)
    wishes = [(ordered_today.get(mail_idx, ()), [str(key), wave]) for key, mail_idx in rows]
    joined = join_waiting(builder=BUILDER, wishes=wishes)
    orders = [
        Order({"invitation": str(key), "wave": wave}, f"{key}|{wave}", campaign.code)
        for (key, _mail_idx), has_joined in zip(rows, joined, strict=True)
        if not has_joined
    ]
    send_built(actor=actor, builder=BUILDER, orders=orders, scope=campaign.scope)
    return len(rows)


def _ordered_today(people: set[str], campaign: Campaign) -> dict[str, list[str]]:
    """By person, the keys of the messages about other campaigns that were ordered today."""
    found: dict[str, list[str]] = {}
    wanted = sorted(people)
    for start in range(0, len(wanted), CHUNK):
        others = Invitation.objects.filter(
            mail_idx__in=wanted[start : start + CHUNK], last_mail_day=clock.today()
        ).exclude(campaign=campaign)
        for key, mail_idx, wave in others.order_by("pk").values_list("pk", "mail_idx", "reminder_count"):
            found.setdefault(mail_idx, []).append(f"{key}|{wave}")
    return found
