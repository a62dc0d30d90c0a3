"""The sealed box: anyone can close it with the campaign's public key, only the mixer can open it.

X25519 with an ephemeral key, HKDF-SHA256, ChaCha20-Poly1305. Every box of a campaign has the same size, which the
caller takes from the questionnaire (`sealed_size`): otherwise the length of a box in an old dump would match the
comment that came out of it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from feedback.anonymity.padding import pad, padded_size, unpad

CLOSED_BUCKET = 1024
TEXT_BUCKET = 8 * 1024
COMMENT_BYTES = 4000  # one comment as JSON
ITEM_BYTES = 200  # code and value of one closed item of the usual length
_FRAME_BYTES = 250  # names of the fields, group, receipt
_ONE_USE_NONCE = bytes(12)  # each box has its own key
_KEY_BYTES = 32


class DamagedBoxError(Exception):
    """The box was not closed for this campaign, or was changed since."""


@dataclass(frozen=True)
class SealedAnswer:
    """What travels in the box: ratings by item code, comments by item code, the group, the receipt's hash."""

    answers: dict[str, int | list[int] | None]
    receipt_hash: str
    comments: dict[str, str] = field(default_factory=dict)
    group_code: str = ""


def sealed_size(closed_items: int, text_items: int, *, beyond: int = 0) -> int:
    """Bytes inside every box of a campaign: enough for its longest possible answer.

    `beyond` are the bytes by which the longest answers to its closed items are longer than `ITEM_BYTES`, together.
    """
    closed = _FRAME_BYTES + closed_items * ITEM_BYTES + beyond
    if text_items:
        return padded_size(closed + text_items * (COMMENT_BYTES + ITEM_BYTES), TEXT_BUCKET)
    return padded_size(closed, CLOSED_BUCKET)


def seal(answer: SealedAnswer, public_key: bytes, campaign: UUID, size: int) -> bytes:
    """Close the box. Refuses (ValueError) an answer larger than the campaign's size."""
    ephemeral = X25519PrivateKey.generate()
    ephemeral_public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key))
    body = json.dumps(asdict(answer), ensure_ascii=False, separators=(",", ":")).encode()
    cipher = _cipher(shared, ephemeral_public, public_key)
    return ephemeral_public + cipher.encrypt(_ONE_USE_NONCE, pad(body, size), campaign.bytes)


def unseal(sealed: bytes, private_key: X25519PrivateKey, campaign: UUID) -> SealedAnswer:
    """Open the box. Raises DamagedBoxError for anything that was not sealed for this campaign and key."""
    ephemeral_public = sealed[:_KEY_BYTES]
    try:
        shared = private_key.exchange(X25519PublicKey.from_public_bytes(ephemeral_public))
        cipher = _cipher(shared, ephemeral_public, private_key.public_key().public_bytes_raw())
        body = unpad(cipher.decrypt(_ONE_USE_NONCE, sealed[_KEY_BYTES:], campaign.bytes))
        return SealedAnswer(**json.loads(body))
    except (InvalidTag, ValueError, TypeError) as error:
        raise DamagedBoxError from error


def _cipher(shared: bytes, ephemeral_public: bytes, public_key: bytes) -> ChaCha20Poly1305:
    kdf = HKDF(SHA256(), 32, salt=ephemeral_public + public_key, info=b"iqas sealed answer")
    return ChaCha20Poly1305(kdf.derive(shared))
