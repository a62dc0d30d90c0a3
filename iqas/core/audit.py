"""The audit chain: `record` what changed, `verify` that nothing was altered since (reliability.md §4.5)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, models, transaction

from iqas.core import clock
from iqas.core.access import role_on
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.models import AuditDetail, AuditEvent

GENESIS = "0" * 64
CHAIN_LOCK = 0x49514153  # "IQAS"
HASHED_FIELDS = (
    "seq",
    "at",
    "actor_id",
    "actor_role",
    "scope_id",
    "action",
    "object_type",
    "object_id",
    "result",
    "request_id",
    "detail_hash",
    "prev",
)


@dataclass(frozen=True)
class Head:
    """The end of the chain: enough to notice later that something before it was cut off or rewritten."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    problem: str


def record(
    *,
    actor: Any,
    action: str,
    subject: models.Model,
    scope: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    result: str = "done",
) -> AuditEvent:
    """Appends one event to the chain, inside the caller's transaction (an event exists if and only if its change does).

    `before` and `after` hold the changed fields only; text, numbers, dates, ids. The role is the one in which the
    actor acts on the scope at that time (`access.role_on`).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event is written in the transaction of its change.")
    _lock_chain()
    head = chain_head()
    salt = secrets.token_hex(16)
    label = str(subject)[:200]
    plain_before, plain_after = _json_ready(before), _json_ready(after)
    event = AuditEvent(
        seq=head.seq + 1,
        at=clock.now(),
        actor_id=str(actor.pk) if actor is not None and actor.pk else "",
        actor_role=role_on(actor, scope),
        scope_id=str(scope.pk) if scope is not None else "",
        action=action,
        object_type=subject._meta.label,
        object_id=str(subject.pk),
        result=result,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64],
        detail_hash=detail_hash(salt, label, plain_before, plain_after, reason),
        prev=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    AuditDetail.objects.create(
        event=event, salt=salt, label=label, before=plain_before, after=plain_after, reason=reason
    )
    return event


def record_changes(
    *,
    actor: Any,
    action: str,
    subject: models.Model,
    scope: models.Model,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """One event with the fields that differ; none where nothing does."""
    changed = [field for field in before if before[field] != after[field]]
    if changed:
        record(
            actor=actor,
            action=action,
            subject=subject,
            scope=scope,
            before={field: before[field] for field in changed},
            after={field: after[field] for field in changed},
        )


def chain_head() -> Head:
    row = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first()
    return Head(*row) if row else Head(0, GENESIS)


def event_hash(event: AuditEvent) -> str:
    return sha256_hex(canonical_json({field: getattr(event, field) for field in HASHED_FIELDS}))


def detail_hash(
    salt: str, label: str, before: Mapping[str, Any], after: Mapping[str, Any], reason: str
) -> str:
    return sha256_hex(
        canonical_json({"salt": salt, "label": label, "before": before, "after": after, "reason": reason})
    )


def verify(anchor: Head | None = None) -> Iterator[Break]:
    """Every place where the chain was edited, deleted from, inserted into or reordered.

    Cutting the tail off or re-chaining everything is only seen against an `anchor`: a head kept elsewhere
    (each dossier carries one).
    """
    expected_prev, expected_seq = GENESIS, 1
    anchored = anchor is None
    for event in AuditEvent.objects.select_related("detail").order_by("seq").iterator(chunk_size=2000):
        if event.seq != expected_seq:
            yield Break(event.seq, f"event {expected_seq} is missing")
        if event.prev != expected_prev:
            yield Break(event.seq, "does not follow the event before it")
        if event.hash != event_hash(event):
            yield Break(event.seq, "was altered")
        yield from _detail_breaks(event)
        if anchor is not None and event.seq == anchor.seq:
            anchored = True
            if event.hash != anchor.hash:
                yield Break(event.seq, "differs from the anchor: the chain was rewritten")
        expected_prev, expected_seq = event.hash, event.seq + 1
    if not anchored and anchor is not None:
        yield Break(anchor.seq, "is in the anchor but not in the chain: its end was cut off")


def _detail_breaks(event: AuditEvent) -> Iterator[Break]:
    try:
        detail = event.detail
    except AuditDetail.DoesNotExist:
        yield Break(event.seq, "has lost its detail")
        return
    told = (detail.salt, detail.label, detail.before, detail.after, detail.reason)
    if detail.erased_at is not None:
        if any(told):
            yield Break(event.seq, "has an erased detail that still says something")
    elif event.detail_hash != detail_hash(*told):
        yield Break(event.seq, "has an altered detail")


def erase_detail(*, event: AuditEvent) -> None:
    """Blanks the texts of one event (LOPDGDD art. 32); its hash stays, so the chain still holds. Once is enough."""
    with transaction.atomic():
        AuditDetail.objects.filter(event=event, erased_at__isnull=True).update(
            label="", before={}, after={}, reason="", salt="", erased_at=clock.now()
        )


def history(subject: models.Model) -> models.QuerySet[AuditEvent]:
    """The events of one object, newest first, with their details."""
    return (
        AuditEvent.objects.filter(object_type=subject._meta.label, object_id=str(subject.pk))
        .select_related("detail")
        .order_by("-seq")
    )


def _lock_chain() -> None:
    """One writer at a time. SQLite needs nothing: its write transactions are already exclusive."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _json_ready(values: Mapping[str, Any] | None) -> dict[str, Any]:
    import json

    plain = {key: str(value) if isinstance(value, float) else value for key, value in (values or {}).items()}
    ready: dict[str, Any] = json.loads(canonical_json(plain))
    return ready
