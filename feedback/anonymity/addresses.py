"""E-mail addresses at rest: encrypted with the ring's mail key, all of one length."""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from feedback.anonymity.keys import KeyRing
from feedback.anonymity.padding import pad, unpad

_SIZE = 320  # an address has at most 254 characters
_NONCE = 12


def encrypt_address(ring: KeyRing, address: str, invitation: UUID) -> bytes:
    """The address for this invitation's row and no other."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(ring).encrypt(nonce, pad(address.encode(), _SIZE), invitation.bytes)


def decrypt_address(ring: KeyRing, encrypted: bytes, invitation: UUID) -> str:
    """The address. Raises InvalidTag when the key or the row is not the one it was encrypted for."""
    padded = _cipher(ring).decrypt(encrypted[:_NONCE], encrypted[_NONCE:], invitation.bytes)
    return unpad(padded).decode()


def _cipher(ring: KeyRing) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=None, info=b"iqas address").derive(ring.mail))
