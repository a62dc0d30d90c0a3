"""Links, codes and the indexes under which the database knows them.

A link is derived from the invitation and never stored, so that a reminder carries the same one and a dump carries
none: the database keeps `token_index`, which without the key folder leads neither to the link nor from it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from feedback.anonymity.keys import KeyRing

TOKEN_LENGTH = 43  # 32 bytes as base64url without padding
SALT_BYTES = 16
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
CODE_LENGTH = 12  # 60 bits
RECEIPT_BYTES = 16
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, ".": None})
_STOP_TAG_BYTES = 16
_PRESS = re.compile(r"[A-Za-z0-9_-]{22}")  # 16 bytes as base64url without padding


def new_salt() -> bytes:
    """Random bytes that make the links of one campaign."""
    return secrets.token_bytes(SALT_BYTES)


def token(ring: KeyRing, invitation: UUID, salt: bytes) -> str:
    """The secret part of an invitation's link: 43 characters, the same every time."""
    return _base64(_mac(ring.token, b"tok|" + str(invitation).encode() + b"|" + salt))


def reply_token(ring: KeyRing, link: UUID, salt: bytes) -> str:
    """The secret part of a teacher's link to the comments of a campaign: shaped like an invitation's, never equal to one."""
    return _base64(_mac(ring.token, b"reply|" + str(link).encode() + b"|" + salt))


def token_index(ring: KeyRing, token: str) -> str:
    """Under which index the database keeps a token (64 hexadecimal digits)."""
    return _mac(ring.index, token.encode()).hex()


def draft_reference(ring: KeyRing, token: str) -> str:
    """The key of a draft's row: nobody without the ring can tell whose draft it is."""
    return _mac(ring.index, b"draft|" + token.encode()).hex()


def short_code(ring: KeyRing, invitation: UUID, salt: bytes) -> str:
    """What a person types where no camera reads the QR: `7K3D-9QMX-2TRW`, 60 bits."""
    digest = _mac(ring.token, b"code|" + str(invitation).encode() + b"|" + salt)
    return _in_fours(_base32(int.from_bytes(digest), CODE_LENGTH))


def open_code(ring: KeyRing, campaign: UUID, salt: bytes) -> str:
    """The code of a campaign's open link, which anybody may pass on: typed and shaped like a person's own."""
    digest = _mac(ring.token, b"open|" + str(campaign).encode() + b"|" + salt)
    return _in_fours(_base32(int.from_bytes(digest), CODE_LENGTH))


def code_index(ring: KeyRing, code: str) -> str | None:
    """Index of a code as a person typed it: any case, spaces or dashes, O for 0 and I or L for 1; None if impossible."""
    normal = _normal(code, CODE_LENGTH)
    return None if normal is None else _mac(ring.index, b"code|" + normal.encode()).hex()


def mail_index(ring: KeyRing, address: str) -> str:
    """One index for one person's address, whatever its case."""
    return _mac(ring.mail, address.strip().lower().encode()).hex()


def stop_mark(ring: KeyRing, mail_index: str) -> str:
    """What the "no more of these mails" link carries. It opens no survey."""
    return _base64(bytes.fromhex(mail_index) + _stop_tag(ring, mail_index))


def read_stop_mark(ring: KeyRing, mark: str) -> str | None:
    """The mail index a mark stands for; None unless we made it."""
    try:
        raw = urlsafe_b64decode(mark.encode("ascii"))
    except ValueError:
        return None
    index, tag = raw[:32].hex(), raw[32:]
    return index if hmac.compare_digest(tag, _stop_tag(ring, index)) else None


def new_press() -> str:
    """128 random bits that the last page carries, so that pressing "Send" on it twice is one press.

    Only the page holds them. Receipt and box bear ids that are derived from them, each by itself: whoever has a copy of
    the database, even with the keys of the links, cannot tell which belong together, and the page finds both again.
    """
    return secrets.token_urlsafe(RECEIPT_BYTES)


def is_press(given: str) -> bool:
    """Whether it has the shape of a press that a page carries."""
    return _PRESS.fullmatch(given) is not None


def receipt_of(press: str, token: str) -> str:
    """What a press on the page of this link gives the respondent to keep: `4Q2M-…`, 26 characters in fours."""
    number = int.from_bytes(_of_press(press, "receipt", token))
    return _in_fours(_base32(number, 26))


def new_receipt() -> str:
    """128 random bits, written as receipts are."""
    return _in_fours(_base32(secrets.randbits(8 * RECEIPT_BYTES), 26))


def box_of(press: str, token: str) -> UUID:
    """The id of the sealed box that a press on the page of this link makes."""
    return UUID(bytes=_of_press(press, "box", token), version=4)


def receipt_hash(receipt: str) -> str | None:
    """What is kept of a receipt, however it was typed; None if it cannot be one."""
    normal = _normal(receipt, 26)
    return None if normal is None else sha256(normal.encode()).hexdigest()


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _of_press(press: str, what: str, token: str) -> bytes:
    return _mac(press.encode(), f"{what}|{token}".encode())[:RECEIPT_BYTES]


def _stop_tag(ring: KeyRing, mail_index: str) -> bytes:
    return _mac(ring.mail, b"stop|" + mail_index.encode())[:_STOP_TAG_BYTES]


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _base32(number: int, length: int) -> str:
    return "".join(CODE_ALPHABET[(number >> 5 * place) & 31] for place in range(length))


def _in_fours(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _normal(typed: str, length: int) -> str | None:
    normal = typed.upper().translate(_LOOKALIKES).strip()
    return normal if len(normal) == length and set(normal) <= set(CODE_ALPHABET) else None
