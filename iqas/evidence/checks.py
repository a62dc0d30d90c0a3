"""What `manage.py doctor` asks about evidence."""

from __future__ import annotations

from collections.abc import Iterator

from iqas.core.doctor import check
from iqas.core.files import open_stored
from iqas.core.refusals import RuleViolation
from iqas.core.unheld import holds_files
from iqas.evidence.models import EvidenceVersion

holds_files("evidence.EvidenceVersion", "sha256")


holds_files("evidence.EvidenceVersion", "sha256")


@check("evidence-files", "Every file of evidence is there and has the SHA-256 that was recorded.")
def evidence_files() -> Iterator[str]:
    """Reads every file once, however many versions share it."""
    versions = (
        EvidenceVersion.objects.exclude(sha256="")
        .select_related("evidence")
        .order_by("sha256", "evidence__code", "number")
    )
    sound = ""
    for version in versions.iterator(chunk_size=500):
        if version.sha256 == sound:
            continue
        try:
            open_stored(version.sha256).close()
            sound = version.sha256
        except RuleViolation as refusal:
            yield f"{version} ({version.original_name}): {refusal} Restore {version.sha256} from a backup."
