"""The freeze: a report becomes a snapshot that nothing can change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from audits.models import SelfAssessment, Snapshot
from audits.selectors.snapshot import snapshot_of
from audits.services.assessments import locked, refuse_incomplete
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import chain_head, record
from iqas.core.canonical import canonical_json, sha256_hex

T = TypeVar("T")
ATTEMPTS = 5


def freeze(*, actor: Any, assessment: SelfAssessment, reason: str = "") -> Snapshot:
    """Writes the snapshot and closes the report for ever, in one consistent reading of the database.

    Refuses `not-in-review`, `own-work` (an author freezes nothing) and `incomplete`.
    """
    return _in_one_reading(lambda: _freeze(actor, assessment, reason))


def _freeze(actor: Any, assessment: SelfAssessment, reason: str) -> Snapshot:
    held = locked(assessment)
    require(actor, "assessment.freeze", held)
    refuse_incomplete(held)
    now, head = clock.now(), chain_head()
    body = canonical_json(snapshot_of(held, at=now, by=actor, head=head))
    held.freeze()
    held.save(update_fields=["state"])
    snapshot = Snapshot.objects.create(
        self_assessment=held,
        body=body.decode(),
        sha256=sha256_hex(body),
        frozen_at=now,
        frozen_by=actor,
        chain_seq=head.seq,
        chain_hash=head.hash,
    )
    record(
        actor=actor,
        action="assessment.frozen",
        subject=held,
        scope=held.scope,
        before={"state": "review"},
        after={"state": held.state, "snapshot_sha256": snapshot.sha256, "size": len(body)},
        reason=reason.strip(),
    )
    return snapshot


def _in_one_reading(work: Callable[[], T]) -> T:
    """All rows as they stood at one moment: SQLite's write transaction, PostgreSQL's REPEATABLE READ.

    There a transaction that wrote to the chain meanwhile makes ours fail; it is begun again, from nothing.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        with transaction.atomic():
            return work()
    for _attempt in range(ATTEMPTS - 1):
        try:
            return _repeatable(work)
        except (IntegrityError, OperationalError):
            continue
    return _repeatable(work)


def _repeatable(work: Callable[[], T]) -> T:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return work()
