"""Are the keys that open campaigns depend on still here, and still the same ones? Asked by /readyz and doctor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings

from feedback.anonymity.addresses import decrypt_address
from feedback.anonymity.keys import KeyFolderError, KeyRing
from feedback.anonymity.tokens import code_index, open_code, token, token_index
from feedback.models.campaigns import Campaign, Invitation


def key_problems() -> list[str]:
    """What is wrong with the key folder, one sentence each; empty when every link and every sealed answer opens.

    Reads the files anew: a process that still remembers a lost key must not report health.
    """
    waiting = Campaign.objects.exclude(state=Campaign.State.MIXED)
    campaigns = list(waiting)
    if not campaigns:
        return []
    try:
        ring = KeyRing.load(Path(settings.KEYS_DIR))
    except KeyFolderError as error:
        return [str(error)]
    return [problem for campaign in campaigns for problem in _problems_of(campaign, ring)]


def _problems_of(campaign: Campaign, ring: KeyRing) -> Iterator[str]:
    invitation = campaign.invitations.first()
    if invitation is not None and not _opens(invitation, campaign, ring):
        yield f"{campaign.code}: its links were made with other keys than those in the key folder"
    if (
        campaign.open_idx
        and code_index(ring, open_code(ring, campaign.pk, bytes(campaign.salt))) != campaign.open_idx
    ):
        yield f"{campaign.code}: its open link was made with other keys than those in the key folder"
    if campaign.public_key is None or not _seal_needed(campaign):
        return
    try:
        public = ring.seal(campaign.pk).public_key().public_bytes_raw()
    except KeyFolderError as error:
        yield f"{campaign.code}: {error}"
        return
    if public != bytes(campaign.public_key):
        yield f"{campaign.code}: the sealing key in the key folder is not the one its answers were sealed with"


def _seal_needed(campaign: Campaign) -> bool:
    running = (Campaign.State.OPEN, Campaign.State.PAUSED)
    return campaign.state in running or campaign.inbox.exists()


def _opens(invitation: Invitation, campaign: Campaign, ring: KeyRing) -> bool:
    if token_index(ring, token(ring, invitation.pk, bytes(campaign.salt))) != invitation.tok_idx:
        return False
    if invitation.email_enc is None:
        return True
    try:
        decrypt_address(ring, bytes(invitation.email_enc), invitation.pk)
    except InvalidTag:
        return False
    return True
