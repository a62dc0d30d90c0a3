"""The dossier of the demo university, printed from its frozen snapshot in a process of its own."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from typing import Any

from tests.bench.house import House


def printed(house: House) -> Iterator[dict[str, Any]]:
    """Builds the demo (minutes), then prints its dossier as the job does."""
    house.manage("migrate", "--verbosity=0")
    house.manage("demo")
    code = house.manage("demo", "--json").answer["dossier"]
    yield from house.lines("dossier", "--code", code)


def print_it(code: str) -> None:
    """Twice, as a worker does that prints all day: the first time unpacks fonts and style sheets. The second counts."""
    from audits.dossier.manifest import MANIFEST_NAME, SNAPSHOT_NAME, manifest
    from audits.dossier.render import to_pdf
    from audits.models import Dossier
    from audits.services.dossiers import content_of
    from iqas.ui.pdf.lint import count_pages
    from iqas.ui.pdf.printing import Enclosure

    dossier = Dossier.objects.select_related("snapshot__self_assessment", "scope__parent").get(code=code)
    body = dossier.snapshot.body.encode()
    spent, pdf = 0.0, b""
    for _time in range(2):
        began = time.process_time()
        content = content_of(dossier)
        listing = manifest(content, snapshot=body, previous_sha256="")
        enclosures = (
            Enclosure(MANIFEST_NAME, listing, "manifest"),
            Enclosure(SNAPSHOT_NAME, body, "snapshot"),
        )
        pdf = to_pdf(content, enclosures)
        spent = time.process_time() - began
    pages = count_pages(pdf)
    line = {
        "kind": "dossier",
        "name": "the demo university's, in Spanish",
        "pages": pages,
        "cpu_ms_a_page": round(spent * 1000 / pages),
        "cpu_seconds": round(spent, 1),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(line))
