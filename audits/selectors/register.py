"""The register of dossiers: what was issued, read from the dossiers and held against the audit chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audits.models import Dossier
from iqas.core.audit import detail_hash, event_hash
from iqas.core.models import AuditDetail


def entries() -> Iterator[dict[str, Any]]:
    """One entry for each registered dossier, oldest first, as `audits/verifier.py` reads them.

    A dossier whose row differs from its event in the audit chain is left out: somebody altered it.
    """
    dossiers = list(
        Dossier.objects.exclude(state=Dossier.State.PENDING)
        .select_related("snapshot")
        .order_by("registered_seq")
    )
    details = AuditDetail.objects.select_related("event").in_bulk(
        [dossier.registered_seq for dossier in dossiers]
    )
    for dossier in dossiers:
        entry = _entry(dossier, details.get(dossier.registered_seq))
        if entry is not None:
            yield entry


def entry_of(dossier: Dossier) -> dict[str, Any] | None:
    """The entry of one registered dossier, or None where the audit chain says otherwise."""
    return _entry(
        dossier, AuditDetail.objects.select_related("event").filter(pk=dossier.registered_seq).first()
    )


def _entry(dossier: Dossier, detail: AuditDetail | None) -> dict[str, Any] | None:
    if detail is None:
        return None
    registered = {
        "code": dossier.code,
        "sha256": dossier.sha256,
        "size": dossier.size,
        "manifest_sha256": dossier.manifest_sha256,
        "snapshot_sha256": dossier.snapshot.sha256,
        "verification_code": dossier.csv_code,
    }
    if detail.after != registered or not _is_untouched(detail):
        return None
    del registered["code"]
    return registered | {
        "dossier": dossier.code,
        "registered_at": detail.event.at.isoformat(timespec="seconds"),
        "state": dossier.state,
        "chain": {"seq": detail.event.seq, "hash": detail.event.hash},
    }


def _is_untouched(detail: AuditDetail) -> bool:
    event = detail.event
    words = detail_hash(detail.salt, detail.label, detail.before, detail.after, detail.reason)
    return event.detail_hash == words and event.hash == event_hash(event)
