"""The life of a campaign: prepared, opened (what respondents are told freezes), paused, extended, closed, mixed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.gate import shut_gate
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.sealing import ITEM_BYTES, sealed_size
from feedback.answer_sheet import longest_bytes
from feedback.models import Campaign, Item, Moment, OpeningRule, QuestionnaireVersion, Round
from feedback.models.campaigns import REMINDERS
from feedback.selectors.targets import with_target
from feedback.services import questionnaires
from feedback.services.mailing import send_first_mails
from feedback.services.readers import name_readers, settle_readers
from feedback.services.terms import (
    Aim,
    Terms,
    check_aim,
    check_window,
    refuse_second,
    set_aim,
    set_terms,
    store_aim,
    title_fields,
    told,
)
from feedback.targets import Target
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim
from iqas.jobs.services import enqueue
from microcredentials.models import Edition

TERM_FIELDS = (
    "target_kind",
    "edition",
    "year",
    "scope",
    "opens",
    "closes",
    "threshold",
    "mode",
    "moment",
    "open_link",
    "open_idx",
    "reminders_most",
    "mail_language",
    "sort_title",
)


@transaction.atomic
def create_campaign(
    *,
    actor: Any,
    questionnaire_version: QuestionnaireVersion,
    opens: dt.date,
    closes: dt.date,
    edition: Edition | None = None,
    aim: Aim | None = None,
    threshold: int | None = None,
    titles: Mapping[str, str] | None = None,
    mail_language: str = "es",
    moment: str = Moment.END,
    mode: str = Campaign.Mode.ANONYMOUS,
    open_link: bool = False,
    reminders_most: int = REMINDERS,
) -> Campaign:
    """A campaign on an edition, or with another `aim`, not open yet. `titles` by language; what is missing is composed.

    Refuses what `terms.check_aim` and `terms.set_terms` refuse, and `campaign-exists` (this questionnaire is being
    asked of these people already). `actor` is None for the terminal.
    """
    terms = Terms(
        opens=opens,
        closes=closes,
        threshold=threshold,
        titles=titles or {},
        mail_language=mail_language,
        moment=moment,
        mode=mode,
        open_link=open_link,
        reminders_most=reminders_most,
    )
    if aim is None:
        aim = Aim(editions=(edition,)) if edition is not None else Aim()
    return prepare(actor=actor, version=questionnaire_version, aim=aim, terms=terms)


@transaction.atomic
def prepare(
    *,
    actor: Any,
    version: QuestionnaireVersion,
    aim: Aim,
    terms: Terms,
    made_by: Round | OpeningRule | None = None,
    key: UUID | None = None,
) -> Campaign:
    """As `create_campaign`, for those who make many. `key`: the same order makes the same row, and no second one."""
    check_aim(aim)
    campaign = Campaign(questionnaire_version=version)
    if isinstance(made_by, Round):
        campaign.round = made_by
    elif made_by is not None:
        campaign.rule = made_by
    if key is not None:
        campaign.pk = key
    set_aim(campaign, aim)
    campaign.moment = terms.moment
    if actor is not None:
        require(actor, "campaign.edit", campaign)
    refuse_second(campaign, aim)
    campaign.code = next_code("C", width=4)
    set_terms(campaign, terms, _target(aim))
    campaign.save(force_insert=True)
    store_aim(campaign, aim)
    name_readers(campaign, terms.readers)
    record(
        actor=actor,
        action="campaign.created",
        subject=campaign,
        scope=campaign.scope,
        after=told(campaign, _codes(aim)),
    )
    return campaign


@transaction.atomic
def change_campaign(
    *,
    actor: Any,
    campaign: Campaign,
    seen: int,
    opens: dt.date,
    closes: dt.date,
    aim: Aim | None = None,
    threshold: int | None = None,
    titles: Mapping[str, str] | None = None,
    mail_language: str = "es",
    moment: str | None = None,
    mode: str | None = None,
    open_link: bool | None = None,
    reminders_most: int | None = None,
) -> Campaign:
    """Change what is asked, of whom, when and how, until it opens; None leaves as it is.

    Refuses what `create_campaign` does, `campaign-frozen`, and `StaleVersion`. A campaign that becomes anonymous
    forgets which partner its links were for.
    """
    campaign = _locked(campaign)
    require(actor, "campaign.edit", campaign)
    if campaign.state != Campaign.State.DRAFT:
        raise RuleViolation(
            "campaign-frozen", _("The campaign is open: what people were told stays as it is.")
        )
    claim(campaign, seen)
    former = _aim_of(campaign)
    before = told(campaign, _codes(former))
    if aim is not None and aim != former:
        check_aim(aim)
        set_aim(campaign, aim)
        require(actor, "campaign.edit", campaign)
    aim = aim or former
    terms = Terms(
        opens=opens,
        closes=closes,
        threshold=threshold,
        titles=titles or {},
        mail_language=mail_language,
        moment=campaign.moment if moment is None else moment,
        mode=campaign.mode if mode is None else mode,
        open_link=campaign.open_link if open_link is None else open_link,
        reminders_most=campaign.reminders_most if reminders_most is None else reminders_most,
    )
    campaign.moment = terms.moment
    refuse_second(campaign, aim)
    _refuse_unnamed(campaign, terms)
    set_terms(campaign, terms, _target(aim))
    campaign.save(update_fields=[*TERM_FIELDS, *title_fields()])
    store_aim(campaign, aim)
    if campaign.mode == Campaign.Mode.ANONYMOUS:
        campaign.invitations.filter(partner__isnull=False).update(partner=None)
    record(
        actor=actor,
        action="campaign.changed",
        subject=campaign,
        scope=campaign.scope,
        before=before,
        after=told(campaign, _codes(aim)),
    )
    return campaign


@transaction.atomic
def open_campaign(*, actor: Any, campaign: Campaign, sends_mails: bool = True) -> Campaign:
    """Freeze questionnaire, mode, threshold and readers, and let the invitations go out on the first day.

    An anonymous campaign gets its key. Without `sends_mails` the next hourly round sends them, with all that people owe.

    Refuses `campaign-state`, `nobody-invited`, `too-few-invited` (no result could ever be shown to anybody),
    `campaign-dates` (the closing date has passed).
    """
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.open", campaign)
    refusal = opening_refusal(campaign)
    if refusal is not None:
        raise refusal
    readers = settle_readers(campaign)
    questionnaires.freeze(actor=actor, version=campaign.questionnaire_version)
    if campaign.is_signed:
        campaign.begin(public_key=None, sealed_size=None)
    else:
        campaign.begin(public_key=installed_ring().make_seal(campaign.pk), sealed_size=_box_size(campaign))
    campaign.save(update_fields=["state", "public_key", "sealed_size"])
    record(
        actor=actor,
        action="campaign.opened",
        subject=campaign,
        scope=campaign.scope,
        after=told(campaign, _codes(_aim_of(campaign))) | {"readers": readers},
    )
    if sends_mails:
        send_first_mails(campaign, actor=actor)
    return campaign


def _box_size(campaign: Campaign) -> int:
    """What every sealed answer of it measures, by the longest answers that its questions allow."""
    items = list(Item.objects.filter(version_id=campaign.questionnaire_version_id))
    closed = [longest_bytes(item) for item in items if item.kind != Item.Kind.TEXT]
    beyond = sum(max(0, size - ITEM_BYTES) for size in closed)
    return sealed_size(len(closed), len(items) - len(closed), beyond=beyond)


def opening_refusal(campaign: Campaign) -> RuleViolation | None:
    """Why the campaign cannot open now; None when it can."""
    if campaign.state != Campaign.State.DRAFT:
        return RuleViolation("campaign-state", _("The campaign was opened before."))
    if campaign.closes is None or campaign.closes < clock.today():
        return RuleViolation("campaign-dates", _("The closing date has passed: choose a later one."))
    if campaign.open_link:
        return None
    if campaign.invited_count == 0:
        return RuleViolation("nobody-invited", _("Nobody is invited yet: add addresses or print links."))
    if not campaign.is_signed and campaign.invited_count < campaign.threshold:
        return RuleViolation(
            "too-few-invited",
            _(
                "%(invited)s people are invited, but nothing is shown about fewer than %(threshold)s. Invite more."
            )
            % {"invited": campaign.invited_count, "threshold": campaign.threshold},
        )
    return None


@transaction.atomic
def pause_campaign(*, actor: Any, campaign: Campaign, reason: str = "") -> Campaign:
    """Take no answer for a while. What was answered and what was begun is kept. Refuses `campaign-state`."""
    campaign = _locked(campaign)
    require(actor, "campaign.pause", campaign)
    if campaign.state != Campaign.State.OPEN:
        raise RuleViolation("campaign-state", _("The campaign is not open."))
    campaign.pause()
    campaign.save(update_fields=["state"])
    record(actor=actor, action="campaign.paused", subject=campaign, scope=campaign.scope, reason=reason)
    return campaign


@transaction.atomic
def resume_campaign(*, actor: Any, campaign: Campaign) -> Campaign:
    """Take answers again, and send the mail that waited. Refuses `campaign-state` and `campaign-dates` (it is over)."""
    campaign = _locked(campaign)
    require(actor, "campaign.pause", campaign)
    if campaign.state != Campaign.State.PAUSED:
        raise RuleViolation("campaign-state", _("The campaign is not paused."))
    if campaign.closes is None or campaign.closes < clock.today():
        raise RuleViolation("campaign-dates", _("Its last day has passed: extend it first."))
    campaign.resume()
    campaign.save(update_fields=["state"])
    record(actor=actor, action="campaign.resumed", subject=campaign, scope=campaign.scope)
    send_first_mails(campaign, actor=actor)
    return campaign


@transaction.atomic
def extend_campaign(*, actor: Any, campaign: Campaign, closes: dt.date) -> Campaign:
    """Close later than announced. Refuses `campaign-state` and `campaign-dates` (not later, or over half a year)."""
    campaign = _locked(campaign)
    require(actor, "campaign.open", campaign)
    _require_open(campaign)
    before = campaign.closes
    if before is None or closes <= max(before, clock.today()):
        raise RuleViolation(
            "campaign-dates",
            _("Choose a date later than the present closing date and today."),
            field="closes",
        )
    check_window(campaign.opens, closes)
    campaign.closes = closes
    campaign.save(update_fields=["closes"])
    record(
        actor=actor,
        action="campaign.extended",
        subject=campaign,
        scope=campaign.scope,
        before={"closes": before},
        after={"closes": closes},
    )
    return campaign


@transaction.atomic
def close_campaign(*, actor: Any, campaign: Campaign, reason: str = "") -> Campaign:
    """Take no further answer; whatever waits is mixed by the job that this orders. Refuses `campaign-state`.

    Links that an open link made and nobody used are forgotten: they were nobody.
    """
    shut_gate(campaign.pk)
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.close", campaign)
    _require_open(campaign)
    campaign.end()
    campaign.save(update_fields=["state"])
    campaign.invitations.filter(by_open_link=True, used=False).delete()
    record(actor=actor, action="campaign.closed", subject=campaign, scope=campaign.scope, reason=reason)
    enqueue(
        actor=None,
        kind="feedback.mix_campaign",
        payload={"campaign": str(campaign.pk)},
        idem_key=str(campaign.pk),
        scope=campaign.scope,
        about=campaign.code,
        about_url=campaign.get_absolute_url(),
    )
    return campaign


def close_due() -> list[Campaign]:
    """Close the campaigns whose last day has passed."""
    running = (Campaign.State.OPEN, Campaign.State.PAUSED)
    due = Campaign.objects.filter(state__in=running, closes__lt=clock.today())
    return [close_campaign(actor=None, campaign=campaign) for campaign in due]


def _locked(campaign: Campaign) -> Campaign:
    return (
        Campaign.objects.select_related("scope", "questionnaire_version")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )


def _require_open(campaign: Campaign) -> None:
    if campaign.state not in (Campaign.State.OPEN, Campaign.State.PAUSED):
        raise RuleViolation("campaign-state", _("The campaign is not open."))


def _refuse_unnamed(campaign: Campaign, terms: Terms) -> None:
    """Who answers in the name of an institution was invited as that institution."""
    unnamed = campaign.invitations.filter(partner__isnull=True)
    if terms.mode == Campaign.Mode.ATTRIBUTED and unnamed.exists():
        raise RuleViolation(
            "invited-unnamed",
            _("Some people are invited without an institution: prepare another campaign for them."),
            field="mode",
        )


def _aim_of(campaign: Campaign) -> Aim:
    """The stored aim of a saved campaign."""
    target = with_target(Campaign.objects.filter(pk=campaign.pk)).get().target
    scope = campaign.scope if target.partners else None
    return Aim(editions=target.editions, partners=target.partners, scope=scope, year=target.year)


def _target(aim: Aim) -> Target:
    return Target(kind=aim.kind, editions=aim.editions, partners=aim.partners, year=aim.common_year)


def _codes(aim: Aim) -> list[str]:
    return [edition.code for edition in aim.editions] + [partner.code for partner in aim.partners]
