"""What a respondent's link may do: keep a draft, discard it, submit once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.drafts import BUCKET, encrypt_draft
from feedback.anonymity.gate import pass_gate
from feedback.anonymity.installed import installed_ring
from feedback.anonymity.sealing import SealedAnswer, seal
from feedback.anonymity.tokens import (
    box_of,
    draft_reference,
    is_press,
    new_press,
    receipt_hash,
    receipt_of,
)
from feedback.answer_sheet import AnswerSheet
from feedback.models import Campaign, Draft, Inbox, Invitation, Receipt, SignedAnswer
from feedback.selectors.survey import Visit
from iqas.core import clock
from iqas.core.refusals import RuleViolation


def takes_answers() -> Q:
    """Campaigns that take answers today."""
    today = clock.today()
    return Q(state=Campaign.State.OPEN, opens__lte=today, closes__gte=today)


def save_draft(
    *, visit: Visit, sheet: AnswerSheet, page: int, pages_on: int = 1, partly: Iterable[str] = ()
) -> None:
    """Keep what was answered so far, readable only with the link. Its padding and date tell nothing of it.

    `partly` are the codes of items whose answer did not fit: what the sheet has of them is a part.

    A database remembers for a while how often a row was written. Who is spared a page, because of an answer, gives how
    many `pages_on` that was: it is saved as often as by somebody who saw them all.
    """
    campaign, reference = visit.campaign, draft_reference(installed_ring(), visit.token)
    content = {**sheet.as_json(), "page": page, "partly": sorted(partly)}
    last_day: Any = campaign.closes  # an open campaign has one: campaign_has_dates
    for _page in range(pages_on):
        body = encrypt_draft(visit.token, reference, content, campaign.sealed_size or BUCKET)
        draft = Draft(ref=reference, campaign_id=campaign.pk, body=body, expires_day=last_day)
        Draft.objects.bulk_create(
            [draft], update_conflicts=True, unique_fields=["ref"], update_fields=["body", "expires_day"]
        )


def clear_draft(*, visit: Visit) -> None:
    """Forget what was answered and not yet sent."""
    Draft.objects.filter(ref=draft_reference(installed_ring(), visit.token)).delete()


def submit(*, visit: Visit, sheet: AnswerSheet, press: str = "") -> str:
    """Take the answer, once, and return its receipt, which only the page that was sent can derive again.

    `press` is what that page carries (`anonymity.tokens.new_press`); without one, nobody can show the receipt again.
    Refuses `already-answered` and `not-open`. The invitation and the answer change in one transaction: both or
    neither. What an anonymous answer says is never in the database before the mixing, not even for a moment; a
    confidential or attributed one is kept with its invitation, as its first page says. A mark that mail came back stays, so
    that the number of those marked does not tell an officer, who marked one address, that its person has answered.
    """
    campaign, ring = visit.campaign, installed_ring()
    press = press if is_press(press) else new_press()
    receipt = receipt_of(press, visit.token)
    rows = _signed(visit, sheet, receipt) if campaign.is_signed else [_sealed(visit, sheet, press)]
    with transaction.atomic():
        pass_gate(campaign.pk)
        open_campaign = Campaign.objects.filter(takes_answers(), pk=OuterRef("campaign_id"))
        unused = Invitation.objects.filter(
            Exists(open_campaign), tok_idx=visit.invitation.tok_idx, used=False
        )
        if unused.update(used=True) != 1:
            raise _refusal(visit)
        for row in rows:
            row.save(force_insert=True)
        Draft.objects.filter(ref=draft_reference(ring, visit.token)).delete()
    return receipt


def _sealed(visit: Visit, sheet: AnswerSheet, press: str) -> Inbox:
    campaign = visit.campaign
    answer = SealedAnswer(
        answers=sheet.values,
        comments=sheet.comments,
        group_code=visit.invitation.group_code,
        receipt_hash=receipt_hash(receipt_of(press, visit.token)) or "",
    )
    sealed = seal(answer, bytes(campaign.public_key or b""), campaign.pk, campaign.sealed_size or 0)
    return Inbox(pk=box_of(press, visit.token), campaign_id=campaign.pk, sealed=sealed)


def _signed(visit: Visit, sheet: AnswerSheet, receipt: str) -> list[SignedAnswer | Receipt]:
    return [
        SignedAnswer(
            campaign_id=visit.campaign.pk,
            invitation_id=visit.invitation.pk,
            answers=sheet.values,
            comments=sheet.comments,
            answered_on=clock.today(),
        ),
        Receipt(h=receipt_hash(receipt) or "", campaign_id=visit.campaign.pk),
    ]


def _refusal(visit: Visit) -> RuleViolation:
    if Invitation.objects.filter(pk=visit.invitation.pk, used=True).exists():
        return RuleViolation("already-answered", _("This link has already been used to answer."))
    return RuleViolation("not-open", _("This survey does not take answers now."))
