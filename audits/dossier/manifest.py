"""`manifest.json`: what one dossier vouches for, attached to the PDF and hashed into the register."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from audits.dossier.content import Content
from iqas.core.canonical import canonical_json, sha256_hex

MANIFEST_SCHEMA = "iqas/dossier-manifest/2"  # 2 added the program's commit and the survey results
MANIFEST_NAME = "manifest.json"
SNAPSHOT_NAME = "snapshot.json"


def manifest(content: Content, *, snapshot: bytes, previous_sha256: str = "") -> bytes:
    """Canonical JSON that ties the dossier's code to its snapshot, evidence, survey results and the audit chain's head.

    `commit` is null where this program does not know which commit it was built from.
    `previous_sha256` is the file hash of the dossier that this one replaces, empty for the first.
    """
    listing: dict[str, Any] = {
        "schema": MANIFEST_SCHEMA,
        "dossier": {
            "code": content.seal.code,
            "language": content.seal.language,
            "self_assessment": content.self_assessment,
            "verification_code": content.seal.verification_code,
        },
        "created": content.seal.created.astimezone(UTC).isoformat(timespec="seconds"),
        "application": content.seal.application,
        "commit": content.seal.commit or None,
        "snapshot": {"name": SNAPSHOT_NAME, "sha256": sha256_hex(snapshot), "size": len(snapshot)},
        "evidence": [
            {
                "id": exhibit.label,
                "original_name": exhibit.name,
                "url": exhibit.url,
                "size": exhibit.size,
                "sha256": exhibit.sha256,
                "media_type": exhibit.media_type,
            }
            for exhibit in sorted(content.exhibits, key=lambda exhibit: (exhibit.code, exhibit.number))
        ],
        "survey_results": [
            {
                "campaign": result.campaign,
                "edition": result.edition,
                "responses": result.responses,
                "sha256": result.sha256,
            }
            for result in content.survey_results
        ],
        "chain": {"seq": content.chain_seq, "hash": content.chain_hash},
        "previous": previous_sha256,
    }
    return canonical_json(listing)
