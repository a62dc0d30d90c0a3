"""The gate of a campaign: once it is shut, no answer that passed before is still on its way.

Without it an answer whose transaction began before the closing could arrive after the last mixing, when the key
is gone. SQLite needs nothing: its write transactions follow one another.
"""

from __future__ import annotations

from uuid import UUID
from zlib import crc32

from django.db import connection

_GATES = 0x67617465  # "gate": the first of the two keys of a PostgreSQL advisory lock


def pass_gate(campaign: UUID) -> None:
    """Called first in the transaction that takes an answer; many pass at once."""
    _lock("SELECT pg_advisory_xact_lock_shared(%s, %s)", campaign)


def shut_gate(campaign: UUID) -> None:
    """Called first in the transaction that closes: waits until everybody who passed has committed."""
    _lock("SELECT pg_advisory_xact_lock(%s, %s)", campaign)


def _lock(statement: str, campaign: UUID) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("The gate lasts as long as the transaction around it.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, [_GATES, crc32(campaign.bytes) - 2**31])
