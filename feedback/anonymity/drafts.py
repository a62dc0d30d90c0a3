"""Answers not sent yet: encrypted under the respondent's own token, which the server does not keep."""

from __future__ import annotations

import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from feedback.anonymity.padding import pad, padded_size, unpad

BUCKET = 4 * 1024
_NONCE = 12


def encrypt_draft(token: str, reference: str, content: dict[str, Any], size: int = BUCKET) -> bytes:
    """The draft padded to a multiple of `size`, readable only with the token, only in the row it was made for.

    A campaign gives the size of its boxes, which hold the longest answer: then all its drafts are equally long.
    """
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    nonce = secrets.token_bytes(_NONCE)
    padded = pad(body, padded_size(len(body), size))
    return nonce + _cipher(token).encrypt(nonce, padded, reference.encode())


def decrypt_draft(token: str, reference: str, encrypted: bytes) -> dict[str, Any] | None:
    """The draft, or None where it was damaged or belongs to another token."""
    try:
        padded = _cipher(token).decrypt(encrypted[:_NONCE], encrypted[_NONCE:], reference.encode())
    except (InvalidTag, ValueError):
        return None
    content: dict[str, Any] = json.loads(unpad(padded))
    return content


def _cipher(token: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=None, info=b"iqas draft").derive(token.encode()))
