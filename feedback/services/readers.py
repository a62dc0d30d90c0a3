"""Declaring who will read the comments of a campaign, before it opens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, CommentReader, Item
from feedback.selectors.readers import CHOICES, readers_of
from iqas.accounts.models import EXTERNAL_ROLES, User
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation


@transaction.atomic
def add_reader(
    *, actor: Any, campaign: Campaign, role: str = "", user: User | None = None, item_code: str = ""
) -> CommentReader:
    """Name one more reader: those with a role there, or one person; of all comments, or of those on one question.

    The usual readers stay until they are removed. Refuses `campaign-frozen`, `reader-one` (a role or a person),
    `reader-role`, `reader-external`, `reader-item` (no question for comments) and `reader-twice`.
    """
    campaign = _prepared(actor, campaign)
    _check(campaign, role, user, item_code)
    _write_usual(campaign)
    reader, made = CommentReader.objects.get_or_create(
        campaign=campaign, role=role, user=user, item_code=item_code
    )
    if not made:
        raise RuleViolation("reader-twice", _("They are among the readers already."))
    _record(actor, campaign)
    return reader


@transaction.atomic
def remove_reader(
    *, actor: Any, campaign: Campaign, role: str = "", user: User | None = None, item_code: str = ""
) -> None:
    """Take a reader away; the quality office always reads. Refuses `campaign-frozen`, and `reader-last`: with nobody

    declared the usual readers would be back.
    """
    campaign = _prepared(actor, campaign)
    _write_usual(campaign)
    rows = campaign.comment_readers.filter(role=role, user=user, item_code=item_code)
    if rows.exists() and campaign.comment_readers.count() == 1:
        raise RuleViolation(
            "reader-last", _("Name somebody else first: at least one reader besides the quality office.")
        )
    rows.delete()
    _record(actor, campaign)


def name_readers(campaign: Campaign, roles: Iterable[str]) -> None:
    """Those that an order names for a campaign that it makes; none: the usual ones."""
    CommentReader.objects.bulk_create(CommentReader(campaign=campaign, role=role) for role in roles)


def settle_readers(campaign: Campaign) -> str:
    """Write down who reads, as the campaign opens: what respondents are told does not follow a later default."""
    _write_usual(campaign)
    return _told(campaign)


def refuse_readers(roles: Iterable[str]) -> None:
    """Refuses `reader-role`."""
    if not set(roles) <= set(CHOICES):
        raise RuleViolation("reader-role", _("People with this role do not read comments."), field="readers")


def _prepared(actor: Any, campaign: Campaign) -> Campaign:
    locked = (
        Campaign.objects.select_related("scope")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=campaign.pk)
    )
    require(actor, "campaign.edit", locked)
    if locked.state != Campaign.State.DRAFT:
        raise RuleViolation(
            "campaign-frozen", _("The campaign is open: what people were told stays as it is.")
        )
    return locked


def _check(campaign: Campaign, role: str, user: User | None, item_code: str) -> None:
    if bool(role) == (user is not None):
        raise RuleViolation("reader-one", _("Choose a role or a person."))
    if role and role not in CHOICES:
        raise RuleViolation("reader-role", _("People with this role do not read comments."), field="role")
    external = user is not None and user.assignments.filter(role__in=EXTERNAL_ROLES).exists()
    if external:
        raise RuleViolation(
            "reader-external", _("External auditors do not read single comments."), field="user"
        )
    texts = Item.objects.filter(
        version_id=campaign.questionnaire_version_id, kind=Item.Kind.TEXT, code=item_code
    )
    if item_code and not texts.exists():
        raise RuleViolation("reader-item", _("This is no question for comments."), field="item_code")


def _write_usual(campaign: Campaign) -> None:
    """Whoever changes the readers starts from those who would have been told."""
    if not campaign.comment_readers.exists():
        CommentReader.objects.bulk_create(readers_of(campaign).rows)


def _told(campaign: Campaign) -> str:
    rows = campaign.comment_readers.select_related("user").order_by("item_code", "role")
    named = [f"{row.item_code or '*'}: {row.user.get_full_name() if row.user else row.role}" for row in rows]
    return "; ".join(named)


def _record(actor: Any, campaign: Campaign) -> None:
    record(
        actor=actor,
        action="campaign.readers",
        subject=campaign,
        scope=campaign.scope,
        after={"readers": _told(campaign)},
    )
