"""Inviting people by address or by printed link, reminding those who did not answer, and forgetting addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.addresses import encrypt_address
from feedback.anonymity.installed import ring_for_new_links
from feedback.anonymity.keys import KeyRing
from feedback.anonymity.tokens import code_index, mail_index, short_code, token, token_index
from feedback.importers.recipients import Recipient
from feedback.models import Campaign, CampaignGroup, Invitation, MailOptOut
from feedback.selectors.invitations import person_behind
from feedback.selectors.survey import links_exist
from feedback.services.mailing import addressed, send_first_mails, send_reminders
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.organisation.models import University

LINKS_ON_A_SHEET = 200
DAYS_BETWEEN_MAILS = 2
CHUNK = 500


@dataclass(frozen=True)
class Invited:
    """How many were added, how many were invited before, how many asked for no more mail and stay out."""

    added: int
    known: int = 0
    opted_out: int = 0


@transaction.atomic
def invite_people(*, actor: Any, campaign: Campaign, people: Sequence[Recipient]) -> Invited:
    """Invite each address once, however often it is given. In an open campaign the mails go out at once.

    Refuses `campaign-over`, `nobody` (an empty list), `group-late` (a new group after the opening: answers already
    mixed could not be told apart from it), and where institutions answer in their own name `invited-unnamed` and
    `partner-twice`. An anonymous campaign never keeps which partner a link is for.
    """
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.invite", campaign)
    _refuse_over(campaign)
    if not people:
        raise RuleViolation("nobody", _("There is no address in the list."), field="addresses")
    ring = _ring()
    by_index = {mail_index(ring, person.address): person for person in people}
    known = _known(by_index, Invitation.objects.filter(campaign=campaign))
    opted_out = _known(by_index, MailOptOut.objects.all()) - known
    new = {index: one for index, one in by_index.items() if index not in known | opted_out}
    if campaign.mode == Campaign.Mode.ATTRIBUTED:
        _refuse_unnamed(campaign, [one.partner_id for one in new.values()])
    groups = _groups(campaign, {one.group for one in new.values() if one.group})
    invitations = []
    for index, person in new.items():
        invitation = Invitation(campaign=campaign, group_code=groups.get(person.group, ""), mail_idx=index)
        if campaign.is_signed:
            invitation.partner_id = person.partner_id
        invitation.email_enc = encrypt_address(ring, person.address, invitation.pk)
        invitation.tok_idx = token_index(ring, token(ring, invitation.pk, bytes(campaign.salt)))
        invitations.append(invitation)
    _add(campaign, invitations)
    outcome = Invited(len(invitations), len(known), len(opted_out))
    record(
        actor=actor,
        action="campaign.invited",
        subject=campaign,
        scope=campaign.scope,
        after={"added": outcome.added, "invited": campaign.invited_count},
    )
    send_first_mails(campaign, actor=actor)
    return outcome


@transaction.atomic
def print_links(*, actor: Any, campaign: Campaign, count: int, group: str = "") -> int:
    """Make links without address for one printed sheet; returns the sheet's number.

    Refuses `campaign-over`, `links-count` (1 to 200 on a sheet), `group-late`, and `invited-unnamed` where
    institutions answer in their own name.
    """
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.invite", campaign)
    _refuse_over(campaign)
    if not 1 <= count <= LINKS_ON_A_SHEET:
        raise RuleViolation(
            "links-count",
            _("A sheet has from 1 to %(most)s links.") % {"most": LINKS_ON_A_SHEET},
            field="count",
        )
    if campaign.mode == Campaign.Mode.ATTRIBUTED:
        _refuse_unnamed(campaign, [None])
    ring = _ring()
    code = _groups(campaign, {group} if group else set()).get(group, "")
    campaign.sheets_count += 1
    campaign.save(update_fields=["sheets_count"])
    salt = bytes(campaign.salt)
    invitations = []
    for _number in range(count):
        invitation = Invitation(campaign=campaign, group_code=code, sheet=campaign.sheets_count)
        invitation.tok_idx = token_index(ring, token(ring, invitation.pk, salt))
        invitation.code_idx = code_index(ring, short_code(ring, invitation.pk, salt))
        invitations.append(invitation)
    _add(campaign, invitations)
    record(
        actor=actor,
        action="campaign.links_printed",
        subject=campaign,
        scope=campaign.scope,
        after={"sheet": campaign.sheets_count, "links": count, "invited": campaign.invited_count},
    )
    return campaign.sheets_count


@transaction.atomic
def remind(*, actor: Any, campaign: Campaign) -> None:
    """Order one mail to everybody with an address who has not answered. Refuses what `reminder_refusal` says."""
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.invite", campaign)
    refusal = reminder_refusal(campaign)
    if refusal is not None:
        raise refusal
    campaign.reminders_count += 1
    campaign.save(update_fields=["reminders_count"])
    record(
        actor=actor,
        action="campaign.reminded",
        subject=campaign,
        scope=campaign.scope,
        after={"reminder": campaign.reminders_count},
    )
    send_reminders(campaign, wave=campaign.reminders_count, actor=actor)


@transaction.atomic
def remind_if_due(campaign: Campaign) -> bool:
    """Order the next reminder by itself when its day has come; whether it was.

    The days divide the window evenly: with two reminders, after a third and after two thirds. One that was sent by hand
    counts. Where nobody is left to remind, or the last mail is too recent, nothing happens; tomorrow is another day.
    """
    day = next_reminder_day(campaign)
    if day is None or clock.today() < day or reminder_refusal(campaign) is not None:
        return False
    remind(actor=None, campaign=campaign)
    return True


def next_reminder_day(campaign: Campaign) -> dt.date | None:
    """From which day on the next reminder goes out by itself; None where all that were set have gone out."""
    if campaign.opens is None or campaign.closes is None:
        return None
    if campaign.reminders_count >= campaign.reminders_most:
        return None
    days = (campaign.closes - campaign.opens).days
    part = (campaign.reminders_count + 1) * days // (campaign.reminders_most + 1)
    return campaign.opens + dt.timedelta(days=max(part, DAYS_BETWEEN_MAILS))


def reminder_refusal(campaign: Campaign) -> RuleViolation | None:
    """Why nobody can be reminded now: `campaign-state`, `reminders-spent`, `nobody-to-remind`, `reminder-early`."""
    today = clock.today()
    if campaign.state != Campaign.State.OPEN or not campaign.opens or not campaign.opens <= today:
        return RuleViolation("campaign-state", _("The campaign is not open."))
    if campaign.closes is not None and campaign.closes < today:
        return RuleViolation("campaign-state", _("The campaign is not open."))
    if campaign.reminders_count >= campaign.reminders_most:
        return RuleViolation(
            "reminders-spent",
            _("Everybody was reminded %(times)s times: that is all.") % {"times": campaign.reminders_most},
        )
    waiting = addressed(campaign).filter(last_mail_day__isnull=False)
    last = waiting.aggregate(last=Max("last_mail_day"))["last"]
    if last is None:
        return RuleViolation("nobody-to-remind", _("Nobody who was written to is left to answer."))
    next_day = last + dt.timedelta(days=DAYS_BETWEEN_MAILS)
    if today < next_day:
        return RuleViolation(
            "reminder-early",
            _("The last mail is too recent: a reminder can go out from %(day)s on.")
            % {"day": next_day.strftime("%d/%m/%Y")},
        )
    return None


def stop_mails(*, mark: str) -> bool:
    """Write no more survey mail to the person behind this mark; False for a mark that is not ours."""
    index = person_behind(mark)
    if index is None:
        return False
    MailOptOut.objects.get_or_create(mail_idx=index)
    return True


def resume_mails(*, mark: str) -> bool:
    """The person behind this mark wants survey mail again; False for a mark that is not ours."""
    index = person_behind(mark)
    if index is None:
        return False
    MailOptOut.objects.filter(mail_idx=index).delete()
    return True


def forget_addresses() -> int:
    """Remove the addresses of campaigns that ended longer ago than the university keeps them; how many they were.

    Counts stay: the invitations remain, without address.
    """
    university = University.objects.first()
    if university is None:
        return 0
    limit = clock.now() - dt.timedelta(days=university.retention_days)
    return Invitation.objects.filter(
        campaign__state=Campaign.State.MIXED, campaign__mixed_at__lt=limit, email_enc__isnull=False
    ).update(email_enc=None, mail_idx="")


def _locked(campaign: Campaign) -> Campaign:
    return (
        Campaign.objects.select_related("scope")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )


def _refuse_over(campaign: Campaign) -> None:
    if not campaign.takes_links or (campaign.closes is not None and campaign.closes < clock.today()):
        raise RuleViolation("campaign-over", _("The campaign is over: nobody can be invited any more."))


def _refuse_unnamed(campaign: Campaign, partners: Sequence[UUID | None]) -> None:
    """One link an institution, and every link an institution's."""
    if None in partners:
        raise RuleViolation(
            "invited-unnamed",
            _("Institutions answer in their own name: choose contacts of the partners."),
            field="addresses",
        )
    invited = set(campaign.invitations.values_list("partner", flat=True))
    if len(set(partners)) < len(partners) or invited & set(partners):
        raise RuleViolation(
            "partner-twice",
            _("An institution answers once: choose one contact of each partner."),
            field="contacts",
        )


def _ring() -> KeyRing:
    return ring_for_new_links(links_exist=links_exist())


def _known(indexes: Iterable[str], rows: Any) -> set[str]:
    wanted = list(indexes)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(
            rows.filter(mail_idx__in=wanted[start : start + CHUNK]).values_list("mail_idx", flat=True)
        )
    return found


def _groups(campaign: Campaign, labels: set[str]) -> dict[str, str]:
    """The code of each group by its label, made where it is new and still allowed."""
    codes = {group.label: group.code for group in campaign.groups.all()}
    by_fold = {label.casefold(): code for label, code in codes.items()}
    for label in sorted(labels):
        if label in codes:
            continue
        if label.casefold() in by_fold:
            codes[label] = by_fold[label.casefold()]
            continue
        if campaign.state != Campaign.State.DRAFT:
            raise RuleViolation(
                "group-late",
                _("The group “%(group)s” is new: groups are set before the campaign opens.")
                % {"group": label},
                field="addresses",
            )
        code = _free_code(label, set(codes.values()))
        CampaignGroup.objects.create(campaign=campaign, code=code, label=label)
        codes[label] = by_fold[label.casefold()] = code
    return codes


def _free_code(label: str, taken: set[str]) -> str:
    stem = slugify(label)[:26] or "group"
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(code for code in numbered if code not in taken)


def _add(campaign: Campaign, invitations: list[Invitation]) -> None:
    Invitation.objects.bulk_create(invitations, batch_size=CHUNK)
    campaign.invited_count += len(invitations)
    campaign.save(update_fields=["invited_count"])
