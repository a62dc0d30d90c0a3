"""The life of a campaign: prepared, opened (what respondents are told freezes), extended, closed, mixed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feedback.anonymity.gate import shut_gate
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.sealing import ITEM_BYTES, sealed_size
from feedback.answer_sheet import longest_bytes
from feedback.models import Campaign, Item, QuestionnaireVersion
from feedback.services import questionnaires
from feedback.services.mailing import send_first_mails
from feedback.targets import Target
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.core.versions import claim
from iqas.jobs.services import enqueue
from iqas.organisation.models import University
from microcredentials.models import Edition

LONGEST_DAYS = 180


@transaction.atomic
def create_campaign(
    *,
    actor: Any,
    edition: Edition,
    questionnaire_version: QuestionnaireVersion,
    opens: dt.date,
    closes: dt.date,
    threshold: int | None = None,
    titles: Mapping[str, str] | None = None,
    mail_language: str = "es",
) -> Campaign:
    """An anonymous campaign on an edition, not open yet. `titles` by language; what is missing is composed.

    Refuses `campaign-dates`, `campaign-threshold` (below the university's) and `campaign-exists` (this questionnaire
    is being asked of this edition already). `actor` is None for the terminal.
    """
    campaign = Campaign(
        edition=edition,
        year=edition.year,
        scope=edition.microcredential.scope,
        questionnaire_version=questionnaire_version,
        mail_language=mail_language,
    )
    if actor is not None:
        require(actor, "campaign.edit", campaign)
    _refuse_second(edition, questionnaire_version)
    campaign.code = next_code("C", width=4)
    _set_terms(campaign, opens=opens, closes=closes, threshold=threshold, titles=titles)
    campaign.save(force_insert=True)
    record(
        actor=actor, action="campaign.created", subject=campaign, scope=campaign.scope, after=_terms(campaign)
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
    threshold: int | None = None,
    titles: Mapping[str, str] | None = None,
    mail_language: str = "es",
) -> Campaign:
    """Change what is asked, when and how, until it opens. Refuses what `create_campaign` does, and `campaign-frozen`."""
    campaign = _locked(campaign)
    require(actor, "campaign.edit", campaign)
    if campaign.state != Campaign.State.DRAFT:
        raise RuleViolation(
            "campaign-frozen", _("The campaign is open: what people were told stays as it is.")
        )
    claim(campaign, seen)
    before = _terms(campaign)
    campaign.mail_language = mail_language
    _set_terms(campaign, opens=opens, closes=closes, threshold=threshold, titles=titles)
    campaign.save(
        update_fields=["opens", "closes", "threshold", "mail_language", "sort_title", *_title_fields()]
    )
    after = _terms(campaign)
    record(
        actor=actor,
        action="campaign.changed",
        subject=campaign,
        scope=campaign.scope,
        before=before,
        after=after,
    )
    return campaign


@transaction.atomic
def open_campaign(*, actor: Any, campaign: Campaign) -> Campaign:
    """Freeze questionnaire, mode and threshold, make the key, and let the invitations go out on the first day.

    Refuses `campaign-state`, `nobody-invited`, `too-few-invited` (no result could ever be shown),
    `campaign-dates` (the closing date has passed).
    """
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.open", campaign)
    refusal = opening_refusal(campaign)
    if refusal is not None:
        raise refusal
    questionnaires.freeze(actor=actor, version=campaign.questionnaire_version)
    campaign.begin(public_key=installed_ring().make_seal(campaign.pk), sealed_size=_box_size(campaign))
    campaign.save(update_fields=["state", "public_key", "sealed_size"])
    record(
        actor=actor, action="campaign.opened", subject=campaign, scope=campaign.scope, after=_terms(campaign)
    )
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
    if campaign.invited_count == 0:
        return RuleViolation("nobody-invited", _("Nobody is invited yet: add addresses or print links."))
    if campaign.invited_count < campaign.threshold:
        return RuleViolation(
            "too-few-invited",
            _(
                "%(invited)s people are invited, but nothing is shown about fewer than %(threshold)s. Invite more."
            )
            % {"invited": campaign.invited_count, "threshold": campaign.threshold},
        )
    return None


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
    _check_window(campaign.opens, closes)
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
    """Take no further answer; whatever waits is mixed by the job that this orders. Refuses `campaign-state`."""
    shut_gate(campaign.pk)
    campaign = _locked(campaign)
    if actor is not None:
        require(actor, "campaign.close", campaign)
    _require_open(campaign)
    campaign.end()
    campaign.save(update_fields=["state"])
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
    due = Campaign.objects.filter(state=Campaign.State.OPEN, closes__lt=clock.today())
    return [close_campaign(actor=None, campaign=campaign) for campaign in due]


def _locked(campaign: Campaign) -> Campaign:
    return (
        Campaign.objects.select_related("scope", "questionnaire_version")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )


def _require_open(campaign: Campaign) -> None:
    if campaign.state != Campaign.State.OPEN:
        raise RuleViolation("campaign-state", _("The campaign is not open."))


def _refuse_second(edition: Edition, version: QuestionnaireVersion) -> None:
    twin = Campaign.objects.filter(
        edition=edition,
        questionnaire_version__questionnaire_id=version.questionnaire_id,
        state__in=(Campaign.State.DRAFT, Campaign.State.OPEN),
    ).first()
    if twin is not None:
        raise RuleViolation(
            "campaign-exists",
            _("%(code)s asks this questionnaire of this edition already.") % {"code": twin.code},
            field="questionnaire_version",
        )


def _set_terms(
    campaign: Campaign,
    *,
    opens: dt.date,
    closes: dt.date,
    threshold: int | None,
    titles: Mapping[str, str] | None,
) -> None:
    least = University.current().threshold
    chosen = least if threshold is None else threshold
    if not least <= chosen <= 100:
        raise RuleViolation(
            "campaign-threshold",
            _("The minimum group size is between %(least)s, the university's, and 100.") % {"least": least},
            field="threshold",
        )
    _check_window(opens, closes)
    if closes < clock.today():
        raise RuleViolation(
            "campaign-dates", _("The closing date has passed: choose a later one."), field="closes"
        )
    campaign.opens, campaign.closes, campaign.threshold = opens, closes, chosen
    for language in settings.INTERFACE_LANGUAGES:
        given = (titles or {}).get(language, "").strip()
        setattr(
            campaign,
            f"title_{language}",
            given[:300] or composed_title(campaign.questionnaire_version, campaign.target, language),
        )
    campaign.sort_title = sort_key(campaign.title_es)[:300]  # type: ignore[attr-defined]
    try:
        campaign.clean_fields(exclude=["code", "state"])
    except ValidationError as error:
        raise RuleViolation("campaign-values", "; ".join(error.messages)) from error


def _check_window(opens: dt.date | None, closes: dt.date) -> None:
    if opens is None or closes < opens:
        raise RuleViolation(
            "campaign-dates", _("The closing date is before the opening date."), field="closes"
        )
    if (closes - opens).days > LONGEST_DAYS:
        raise RuleViolation(
            "campaign-dates",
            _("A campaign lasts at most %(days)s days.") % {"days": LONGEST_DAYS},
            field="closes",
        )


def composed_title(version: QuestionnaireVersion, target: Target, language: str) -> str:
    """The questionnaire's title and what it is about, in a language."""
    with override(language):
        parts = [version.title, target.name]
    return ": ".join(parts)[:300]


def _title_fields() -> list[str]:
    return [f"title_{language}" for language in settings.INTERFACE_LANGUAGES]


def _terms(campaign: Campaign) -> dict[str, Any]:
    return {
        "questionnaire": str(campaign.questionnaire_version),
        "mode": campaign.mode,
        "opens": campaign.opens,
        "closes": campaign.closes,
        "threshold": campaign.threshold,
        "invited": campaign.invited_count,
        **{field: getattr(campaign, field) for field in _title_fields()},
    }
