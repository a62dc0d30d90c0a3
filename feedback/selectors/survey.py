"""What a survey page needs to know: whose link this is, what is asked, what was answered so far."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from django.db.models import Q

from feedback.anonymity.drafts import decrypt_draft
from feedback.anonymity.installed import installed_ring, ring_for_visits
from feedback.anonymity.keys import KeyRing
from feedback.anonymity.tokens import (
    TOKEN_LENGTH,
    box_of,
    code_index,
    draft_reference,
    is_press,
    receipt_hash,
    receipt_of,
    token,
    token_index,
)
from feedback.answer_sheet import AnswerSheet, asked, read_draft
from feedback.duration import minutes_to_answer
from feedback.models import Campaign, Draft, Inbox, Invitation, Item, Receipt, Section
from feedback.targets import TargetKind
from iqas.core import clock
from microcredentials.models import Edition

_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}")

Status = Literal["open", "used", "early", "paused", "over"]


@dataclass(frozen=True)
class Visit:
    """Somebody with a valid link."""

    token: str
    invitation: Invitation
    campaign: Campaign

    @property
    def status(self) -> Status:
        """Whether the link can answer now, and if not, why."""
        return "used" if self.invitation.used else door_of(self.campaign)


def door_of(campaign: Campaign) -> Status:
    """Whether a campaign takes answers today, and if not, why."""
    today = clock.today()
    if campaign.state in (Campaign.State.CLOSED, Campaign.State.MIXED):
        return "over"
    if campaign.state == Campaign.State.DRAFT or (campaign.opens and campaign.opens > today):
        return "early"
    if campaign.closes and campaign.closes < today:
        return "over"
    return "paused" if campaign.state == Campaign.State.PAUSED else "open"


@dataclass(frozen=True)
class Screen:
    """One page of the survey: a section and its items."""

    section: Section
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Progress:
    """What was answered so far, and the page (from 1) where the person was.

    `partly` are the codes of items whose answer was kept in part, as it did not fit.
    """

    sheet: AnswerSheet
    page: int
    begun: bool
    partly: tuple[str, ...] = ()


def find_visit(token: str) -> Visit | None:
    """Whose link this is; None for a token that we did not make."""
    ring = _ring()
    if ring is None or not _TOKEN.fullmatch(token):
        return None
    found = Invitation.objects.select_related("campaign").filter(tok_idx=token_index(ring, token))
    invitation = next(iter(found), None)  # `first` would sort
    return None if invitation is None else Visit(token, invitation, invitation.campaign)


def token_of_code(typed: str) -> str | None:
    """The token behind a short code of one's own, however it was typed; None for any other."""
    ring = _ring()
    index = code_index(ring, typed) if ring else None
    if ring is None or index is None:
        return None
    invitation = Invitation.objects.select_related("campaign").filter(code_idx=index).first()
    return token(ring, invitation.pk, bytes(invitation.campaign.salt)) if invitation else None


def campaign_of_open_code(typed: str) -> Campaign | None:
    """The campaign whose open link has this code, however it was typed; None for any other code."""
    ring = _ring()
    index = code_index(ring, typed) if ring else None
    found = Campaign.objects.filter(open_idx=index, open_link=True) if index else ()
    return next(iter(found), None)


def screens_of(campaign: Campaign) -> tuple[Screen, ...]:
    """The pages of its questionnaire in order; one statement whatever its length."""
    items = (
        Item.objects.filter(version_id=campaign.questionnaire_version_id)
        .select_related("section")
        .order_by("section__order", "order")
    )
    return tuple(
        Screen(section, tuple(group)) for section, group in groupby(items, key=lambda item: item.section)
    )


def minutes_of(campaign: Campaign) -> int:
    """About how long its questionnaire takes; one statement."""
    items = Item.objects.filter(version_id=campaign.questionnaire_version_id)
    return minutes_to_answer(items.order_by().values_list("kind", flat=True))


def shown_screens(screens: tuple[Screen, ...], sheet: AnswerSheet) -> dict[int, Screen]:
    """By their number, from 1, the pages with what somebody is asked who answered so far; never without the last."""
    shown = {item.pk for item in asked([item for screen in screens for item in screen.items], sheet.values)}
    pages = (
        (number, Screen(screen.section, tuple(item for item in screen.items if item.pk in shown)))
        for number, screen in enumerate(screens, start=1)
    )
    return {number: screen for number, screen in pages if screen.items}


def progress_of(visit: Visit, screens: tuple[Screen, ...]) -> Progress:
    """The draft behind this link, as far as it fits the questionnaire."""
    reference = draft_reference(installed_ring(), visit.token)
    draft = Draft.objects.filter(ref=reference).first()
    content = draft and decrypt_draft(visit.token, reference, bytes(draft.body))
    if not content:
        return Progress(AnswerSheet(), 1, begun=False)
    items = [item for screen in screens for item in screen.items]
    page = min(max(int(content.get("page", 1)), 1), len(screens))
    return Progress(read_draft(items, content), page, begun=True, partly=tuple(content.get("partly", ())))


def names_to_mind(campaign: Campaign) -> list[str]:
    """Those who teach what the campaign asks about: one is asked once more before one names them. One statement."""
    about = (
        Q(pk=campaign.edition_id)
        if campaign.target_kind == TargetKind.EDITION
        else Q(pooled_campaigns=campaign)
    )
    rows = Edition.objects.filter(about).order_by()
    told = rows.values_list(
        "teachers",
        "version__responsible_name",
        "version__responsible_teacher__name",
        "version__teachers__name",
    )
    names = {name for lines, *others in told for name in (*(lines or "").splitlines(), *others) if name}
    return sorted(name.strip() for name in names if name.strip())


def receipt_of_same_press(visit: Visit, press: str) -> str | None:
    """The receipt of the answer that came of this press of "Send", as long as it waits or is counted; else None.

    Box and receipt bear ids derived from the press (`anonymity.tokens`): another press, on another device, finds none.
    """
    if not is_press(press):
        return None
    receipt = receipt_of(press, visit.token)
    waits = Inbox.objects.filter(pk=box_of(press, visit.token), campaign_id=visit.campaign.pk)
    return receipt if waits.exists() or receipt_is_counted(receipt) else None


def receipt_is_counted(typed: str) -> bool:
    """Whether the answer that gave this receipt is among the counted ones; which it is nobody can tell."""
    digest = receipt_hash(typed)
    return digest is not None and Receipt.objects.filter(h=digest).exists()


def links_exist() -> bool:
    """Whether any link was ever made with the keys of this installation."""
    return Invitation.objects.exists() or Campaign.objects.filter(open_link=True).exists()


def _ring() -> KeyRing | None:
    return ring_for_visits(links_exist=links_exist)
