"""Closing the loop: those responsible answer what was said, promise, publish it, and later say what they did.

Who was asked is told by mail twice at most: once of the promises, once of what was done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feedback.anonymity.addresses import decrypt_address
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.tokens import stop_mark
from feedback.models import Campaign, Invitation, Item, MailOptOut, Outcome, OutcomeAction
from feedback.selectors.outcomes import are_actions_finished, told_of
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.versions import claim
from iqas.improvement.models import Action
from iqas.jobs.mail import Mail, send_built
from iqas.jobs.services import Order

BUILDER = "feedback.outcome"
WILL, DID = "will", "did"
LONGEST = 2000
PROMISE = ("you_said_es", "you_said_en", "we_will_es", "we_will_en")
DONE = ("we_did_es", "we_did_en")
TEXTS = (*PROMISE, *DONE)


@transaction.atomic
def add_outcome(
    *,
    actor: Any,
    campaign: Campaign,
    texts: Mapping[str, str],
    item_code: str = "",
    actions: Collection[Action] = (),
) -> Outcome:
    """What those responsible answer to a finished campaign, or to one question of it. Not public yet.

    Refuses `not-finished`, `outcome-said` (nothing was said), `outcome-long`, `outcome-item` and `outcome-action`.
    """
    locked = _campaign(campaign)
    outcome = Outcome(campaign=locked, created_by=actor)
    require(actor, "outcome.edit", outcome)
    if locked.state != Campaign.State.MIXED:
        raise RuleViolation("not-finished", _("The results are answered once the campaign is finished."))
    last = locked.outcomes.aggregate(last=Max("order"))["last"]
    outcome.order = 1 if last is None else last + 1
    _set(outcome, texts, item_code)
    outcome.save(force_insert=True)
    _link(outcome, actions)
    _record(actor, "outcome.added", outcome, {"question": item_code})
    return outcome


@transaction.atomic
def change_outcome(
    *,
    actor: Any,
    outcome: Outcome,
    seen: int,
    texts: Mapping[str, str],
    item_code: str,
    actions: Collection[Action],
) -> Outcome:
    """Write it better, or say what was done. Refuses what `add_outcome` refuses, `StaleVersion`, `outcome-published`

    (a promise that was published stays as it is) and `done-published` (so does what was said to be done).
    """
    locked = _locked(actor, "outcome.edit", outcome)
    claim(locked, seen)
    before = {name: _text(locked, name) for name in TEXTS}
    changed = {name for name in TEXTS if name in texts and texts[name].strip() != before[name]}
    if locked.published_at and (changed & set(PROMISE) or item_code != locked.item_code):
        raise RuleViolation("outcome-published", _("It was published: what was promised stays as it is."))
    if locked.done_published_at and changed & set(DONE):
        raise RuleViolation("done-published", _("It was published: what was done stays as it is."))
    _set(locked, texts, item_code)
    locked.save(update_fields=[*TEXTS, "you_said", "we_will", "we_did", "item_code"])
    _link(locked, actions)
    _record(actor, "outcome.changed", locked, {"question": item_code, "texts": sorted(changed)})
    return locked


@transaction.atomic
def remove_outcome(*, actor: Any, outcome: Outcome, seen: int) -> None:
    """Take back what is not public. Refuses `outcome-published` and `StaleVersion`."""
    locked = _locked(actor, "outcome.edit", outcome)
    claim(locked, seen)
    if locked.published_at:
        raise RuleViolation("outcome-published", _("It was published: what was promised stays as it is."))
    _record(actor, "outcome.removed", locked, {})
    locked.delete()


@transaction.atomic
def publish_outcomes(*, actor: Any, campaign: Campaign) -> int:
    """Publish every answer that is not public yet, and tell those who were asked, the first time; how many they were.

    Refuses `outcome-nothing`, and `outcome-incomplete` where one does not say what will be done.
    """
    locked = _campaign(campaign)
    require(actor, "outcome.publish", Outcome(campaign=locked))
    waiting = list(locked.outcomes.select_for_update().filter(published_at=None))
    if not waiting:
        raise RuleViolation("outcome-nothing", _("There is nothing new to publish."))
    if any(not _text(one, "we_will_es") for one in waiting):
        raise RuleViolation("outcome-incomplete", _("One of them does not say what will be done."))
    is_first = not locked.outcomes.filter(told_at__isnull=False).exists()
    now = clock.now()
    for one in waiting:
        one.published_at = now
        one.told_at = now if is_first else None
        one.version += 1
        one.save(update_fields=["published_at", "told_at", "version"])
    told = _tell(actor, locked, WILL) if is_first else 0
    record(
        actor=actor,
        action="outcome.published",
        subject=locked,
        scope=locked.scope,
        after={"outcomes": len(waiting), "told": told},
    )
    return told


@transaction.atomic
def publish_done(*, actor: Any, outcome: Outcome, seen: int) -> int:
    """Publish what was done; those who were asked are told the first time; how many they were.

    Refuses `outcome-unpublished`, `done-published`, `done-missing` (no text), `actions-open` and `StaleVersion`.
    """
    locked = _locked(actor, "outcome.publish", outcome)
    claim(locked, seen)
    if locked.published_at is None:
        raise RuleViolation("outcome-unpublished", _("What was promised is published first."))
    if locked.done_published_at is not None:
        raise RuleViolation("done-published", _("It was published: what was done stays as it is."))
    if not _text(locked, "we_did_es"):
        raise RuleViolation("done-missing", _("Write what was done."))
    if not are_actions_finished(locked):
        raise RuleViolation("actions-open", _("Not all of its improvement actions are done."))
    campaign = _campaign(locked.campaign)
    is_first = not campaign.outcomes.filter(done_published_at__isnull=False).exists()
    locked.done_published_at = clock.now()
    locked.save(update_fields=["done_published_at"])
    told = _tell(actor, campaign, DID) if is_first else 0
    record(actor=actor, action="outcome.done", subject=campaign, scope=campaign.scope, after={"told": told})
    return told


def build_mail(*, invitation: str, stage: str) -> Mail | None:
    """The mail to one who was asked, made when it is sent; None where they want no more mail or their address is gone."""
    found = (
        Invitation.objects.filter(pk=UUID(invitation), undelivered=False, email_enc__isnull=False)
        .exclude(mail_idx__in=MailOptOut.objects.values("mail_idx"))
        .select_related("campaign")
        .first()
    )
    if found is None:
        return None
    campaign, ring = found.campaign, installed_ring()
    stop_url = f"{settings.BASE_URL}{reverse('survey:mail-stop', args=[stop_mark(ring, found.mail_idx)])}"
    with override(campaign.mail_language):
        context = {
            "title": campaign.title,
            "stage": stage,
            "told": told_of(campaign, campaign.mail_language),
            "stop_url": stop_url,
            "action_url": f"{settings.BASE_URL}{reverse('survey:outcome-campaign', args=[campaign.code])}",
            "action_label": _now("See what comes of it"),
        }
    return Mail(
        to=decrypt_address(ring, bytes(found.email_enc or b""), found.pk),
        language=campaign.mail_language,
        template="survey_outcome",
        context=context,
        headers={"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _tell(actor: Any, campaign: Campaign, stage: str) -> int:
    asked = campaign.invitations.filter(email_enc__isnull=False, undelivered=False).exclude(
        mail_idx__in=MailOptOut.objects.values("mail_idx")
    )
    keys = list(asked.order_by("pk").values_list("pk", flat=True))
    orders = [
        Order({"invitation": str(key), "stage": stage}, f"{key}|{stage}", campaign.code) for key in keys
    ]
    send_built(actor=actor, builder=BUILDER, orders=orders, scope=campaign.scope)
    return len(keys)


def _campaign(campaign: Campaign) -> Campaign:
    return (
        Campaign.objects.select_related("scope")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )


def _locked(actor: Any, action: str, outcome: Outcome) -> Outcome:
    rows = Outcome.objects.select_for_update(of=("self",)).select_related("campaign__scope")
    locked = rows.get(pk=outcome.pk)
    require(actor, action, locked)
    return locked


def _text(outcome: Outcome, name: str) -> str:
    """A column of one language."""
    return getattr(outcome, name) or ""


def _set(outcome: Outcome, texts: Mapping[str, str], item_code: str) -> None:
    for name, text in texts.items():
        if name not in TEXTS:
            raise TypeError(f"No text of an outcome: {name}")
        if len(text) > LONGEST:
            raise RuleViolation(
                "outcome-long", _("At most %(most)s characters.") % {"most": LONGEST}, field=name
            )
        setattr(outcome, name, text.replace("\x00", "").strip())
    if not _text(outcome, "you_said_es"):
        raise RuleViolation("outcome-said", _("Write what was said."), field="you_said_es")
    items = Item.objects.filter(version_id=outcome.campaign.questionnaire_version_id, code=item_code)
    if item_code and not items.exists():
        raise RuleViolation("outcome-item", _("There is no such question."), field="item_code")
    outcome.item_code = item_code


def _link(outcome: Outcome, actions: Collection[Action]) -> None:
    scope = outcome.campaign.scope
    far = [
        one.code
        for one in actions
        if not (one.scope.path.startswith(scope.path) or scope.path.startswith(one.scope.path))
    ]
    if far:
        raise RuleViolation("outcome-action", _("This action is of another part."), field="actions")
    links = OutcomeAction.objects.filter(outcome=outcome)
    links.exclude(action__in=actions).delete()
    had = set(links.values_list("action", flat=True))
    OutcomeAction.objects.bulk_create(
        OutcomeAction(outcome=outcome, action=one) for one in actions if one.pk not in had
    )


def _record(actor: Any, action: str, outcome: Outcome, after: Mapping[str, Any]) -> None:
    campaign = outcome.campaign
    linked = list(OutcomeAction.objects.filter(outcome=outcome).values_list("action__code", flat=True))
    record(
        actor=actor,
        action=action,
        subject=campaign,
        scope=campaign.scope,
        after={**after, "actions": sorted(linked)},
    )
