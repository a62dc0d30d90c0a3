"""Mixing: sealed answers become rows that nobody can join to an invitation, to a moment or to each other.

Everything of the campaign is rewritten with fresh keys in random order, so that neither row order nor transaction
numbers nor the comparison of two dumps tells more than "one of at least `batch`".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.cadence import is_time_to_rewrite
from feedback.anonymity.compaction import compact
from feedback.anonymity.groups import dissolved_groups
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.keys import KeyFolderError
from feedback.anonymity.sealing import DamagedBoxError, SealedAnswer, unseal
from feedback.models import Campaign, Comment, Draft, Inbox, Item, Receipt, Response
from feedback.services import signed, summaries
from iqas.core import clock
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation

CHUNK = 500
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Mixing:
    """What one mixing did: answers mixed, still waiting, and destroyed (too few to be read, or damaged)."""

    mixed: int = 0
    waiting: int = 0
    destroyed: int = 0


def mix_and_settle(campaign_id: UUID) -> Mixing:
    """Mix one campaign and, as soon as that is committed, do what follows. Refuses what `mix` refuses."""
    mixing = mix(campaign_id)
    transaction.on_commit(settle)
    return mixing


@transaction.atomic
def mix(campaign_id: UUID) -> Mixing:
    """Mix what may be mixed now; `settle` must follow, outside this transaction.

    While the campaign is open, in steps of at least `batch`, leaving at least as many; with groups, nothing; in a large
    installation once at once and then by night, when everything may be rewritten (`cadence`). Once the campaign
    is closed, everything; fewer answers than the threshold are destroyed unread. A process killed anywhere leaves
    what the next run completes. Answers that are kept with their invitation are only counted, at closing. Refuses
    `seal-key` where answers wait and their key is missing or another.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    if campaign.is_signed:
        return _count_signed(campaign)
    waiting = list(campaign.inbox.values_list("pk", flat=True))
    if campaign.state in (Campaign.State.OPEN, Campaign.State.PAUSED):
        return _take_batches(campaign, waiting)
    if campaign.state == Campaign.State.CLOSED:
        Draft.objects.filter(campaign=campaign).delete()
        return _empty_inbox(campaign, waiting)
    return Mixing()


def _count_signed(campaign: Campaign) -> Mixing:
    if campaign.state != Campaign.State.CLOSED:
        return Mixing(waiting=campaign.signed_answers.count())
    return Mixing(mixed=signed.unbundle(campaign))


def settle() -> None:
    """What follows mixings: new summaries, no trace of old rows in the database's files, no key once all is mixed.

    Runs outside any transaction. Doing it again changes nothing; a run that was killed is completed by the next.
    """
    pending = list(Campaign.objects.filter(mixings_count__gt=F("settled_count")))
    for campaign in pending:
        summaries.refresh(campaign)
    sealed = [campaign for campaign in pending if not campaign.is_signed]
    if sealed:
        replaced = any(campaign.mixings_count > 1 for campaign in sealed)
        compact(everything=replaced or is_time_to_rewrite())
    for campaign in pending:
        _settle_one(campaign)


def _settle_one(campaign: Campaign) -> None:
    all_mixed = campaign.state == Campaign.State.CLOSED and not campaign.inbox.exists()
    if all_mixed:
        installed_ring().destroy_seal(campaign.pk)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        locked.settled_count = max(locked.settled_count, campaign.mixings_count)
        if all_mixed and locked.state == Campaign.State.CLOSED:
            locked.finish(at=clock.now())
            action = "campaign.ended" if locked.is_signed else "campaign.finished"
            record(actor=None, action=action, subject=locked, scope=locked.scope)
        locked.save(update_fields=["settled_count", "state", "mixed_at"])


def _take_batches(campaign: Campaign, waiting: list[UUID]) -> Mixing:
    """As many whole batches as leave one behind: whoever compares two dumps never sees fewer than `batch` move."""
    batches = len(waiting) // campaign.batch - 1
    if batches < 1 or campaign.groups.exists():
        return Mixing(waiting=len(waiting))
    if campaign.mixings_count and not is_time_to_rewrite():
        return Mixing(waiting=len(waiting))
    opened = _unseal(campaign, SystemRandom().sample(waiting, batches * campaign.batch))
    if len(opened) < campaign.batch:
        return Mixing(waiting=len(waiting))
    _rewrite(campaign, opened)
    return _recorded(campaign, Mixing(mixed=len(opened), waiting=len(waiting) - len(opened)))


def _empty_inbox(campaign: Campaign, waiting: list[UUID]) -> Mixing:
    counted = campaign.responses.count()
    opened = _unseal(campaign, waiting) if counted + len(waiting) >= campaign.threshold else {}
    if counted + len(opened) < campaign.threshold:
        opened = {}
    _rewrite(campaign, opened)
    _delete_sealed(waiting)
    return _recorded(campaign, Mixing(mixed=len(opened), destroyed=len(waiting) - len(opened)))


def _recorded(campaign: Campaign, mixing: Mixing) -> Mixing:
    campaign.destroyed_count += mixing.destroyed
    campaign.mixings_count += 1
    campaign.save(update_fields=["destroyed_count", "mixings_count"])
    record(
        actor=None,
        action="campaign.mixed",
        subject=campaign,
        scope=campaign.scope,
        after={"mixed": mixing.mixed, "destroyed": mixing.destroyed, "waiting": mixing.waiting},
    )
    return mixing


def _unseal(campaign: Campaign, keys: Sequence[UUID]) -> dict[UUID, SealedAnswer]:
    """The answers behind these inbox keys. One that was damaged stays out; a wrong key refuses them all."""
    if not keys:
        return {}
    private_key = _private_key(campaign)
    opened = {}
    for chunk in _chunks(keys):
        for row in Inbox.objects.filter(pk__in=chunk):
            try:
                opened[row.pk] = unseal(bytes(row.sealed), private_key, campaign.pk)
            except DamagedBoxError:
                continue
    return opened


def _private_key(campaign: Campaign) -> X25519PrivateKey:
    try:
        key = installed_ring().seal(campaign.pk)
    except KeyFolderError as error:
        raise _no_key(campaign) from error
    if key.public_key().public_bytes_raw() != bytes(campaign.public_key or b""):
        raise _no_key(campaign)
    return key


def _no_key(campaign: Campaign) -> RuleViolation:
    return RuleViolation(
        "seal-key",
        _(
            "The key of %(code)s is not in the key folder. Restore the folder from its backup; the answers wait."
        )
        % {"code": campaign.code},
    )


def _rewrite(campaign: Campaign, opened: dict[UUID, SealedAnswer]) -> None:
    """Old and new rows together, each table shuffled on its own, all keys fresh; the boxes that were opened go."""
    sealed = list(opened.values())
    if campaign.state == Campaign.State.CLOSED:
        sealed = _without_small_groups(campaign, sealed)
    items = {item.code: item for item in Item.objects.filter(version_id=campaign.questionnaire_version_id)}
    responses = [
        Response(group_code=one.group_code, answers=dict(sorted(one.answers.items()))) for one in sealed
    ]
    comments = [
        Comment(group_code=one.group_code, item=items[code], text=text)
        for one in sealed
        for code, text in one.comments.items()
    ]
    receipts = [Receipt(h=one.receipt_hash) for one in sealed]
    _replace_rows(campaign, Response, responses)
    _replace_rows(campaign, Comment, comments)
    _replace_rows(campaign, Receipt, receipts)
    _delete_sealed(list(opened))


def _replace_rows(campaign: Campaign, model: type[M], new: Sequence[M]) -> None:
    rows = model._default_manager.filter(campaign=campaign)
    together = [_afresh(campaign, row) for row in (*rows, *new)]
    rows.delete()
    SystemRandom().shuffle(together)
    model._default_manager.bulk_create(together, batch_size=CHUNK)


def _afresh(campaign: Campaign, row: M) -> M:
    """The same content as a row that was never stored: with a new key, unless the key is the content (a receipt)."""
    kept = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name != "id"
    }
    return type(row)(**{**kept, "campaign_id": campaign.pk})


def _without_small_groups(campaign: Campaign, sealed: list[SealedAnswer]) -> list[SealedAnswer]:
    """Groups are mixed once, when the campaign closes, so that all their answers are here."""
    gone = dissolved_groups(Counter(one.group_code for one in sealed), campaign.threshold)
    return [replace(one, group_code="") if one.group_code in gone else one for one in sealed]


def _delete_sealed(keys: Sequence[UUID]) -> None:
    for chunk in _chunks(keys):
        Inbox.objects.filter(pk__in=chunk).delete()


def _chunks(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
