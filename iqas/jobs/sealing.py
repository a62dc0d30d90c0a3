"""Sealed with the installation's secret: what stands in the database opens nothing by itself."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"iqas.jobs letter 1"


class SealBroken(Exception):
    """Sealed with a secret that this installation no longer has, or altered."""


def seal(values: dict[str, Any]) -> bytes:
    return _locks().encrypt(json.dumps(values).encode())


def unseal(sealed: bytes) -> dict[str, Any]:
    try:
        opened: dict[str, Any] = json.loads(_locks().decrypt(sealed))
    except InvalidToken:
        raise SealBroken from None
    return opened


def _locks() -> MultiFernet:
    """The lock of today's secret, and those of the secrets before it (`SECRET_KEY_FALLBACKS`), which only open."""
    return MultiFernet([_lock(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _lock(secret: str | bytes) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(key))
