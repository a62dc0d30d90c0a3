"""Reads the notices of mail servers that a message could not be delivered: RFC 3464 in a multipart/report (RFC 6522)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

FAILED, FOR_GOOD = "failed", "5."
_START_OF_MESSAGE = re.compile(rb"(?m)^From .*\r?\n")


def returned_addresses(content: bytes) -> list[str]:
    """The addresses that servers refuse for good, in lower case, each once; of one message or of a mailbox (mbox).

    A delay, a success and a passing failure (status 4.x.x) are no refusal. Where a server names both, the address that
    was written to counts, not the one that it was passed on to.
    """
    parts = _START_OF_MESSAGE.split(content) if content.startswith(b"From ") else [content]
    return list(dict.fromkeys(address for part in parts if part.strip() for address in _read(part)))


def _read(content: bytes) -> list[str]:
    """Of one message; none of one that is nested deeper than any notice, so that it does not hide the others."""
    try:
        return list(_refused(message_from_bytes(content, policy=policy.compat32)))
    except RecursionError:
        return []


def _refused(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for told in part.get_payload():
            if isinstance(told, Message) and _is_refusal(told):
                yield from _recipient(told)


def _is_refusal(told: Message) -> bool:
    action, status = (str(told.get(name, "")).strip().lower() for name in ("Action", "Status"))
    return action == FAILED and status.startswith(FOR_GOOD)


def _recipient(told: Message) -> Iterator[str]:
    """`Original-Recipient: rfc822; ana@example.org`"""
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _separator, address = str(told.get(name, "")).partition(";")
        address = address.strip().strip("<>").lower()
        if kind.strip().lower() == "rfc822" and "@" in address:
            yield address
            return
