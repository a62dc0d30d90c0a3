"""Documents of the tests: asked for by the service, printed by the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iqas.core.files import open_stored
from iqas.jobs.runner import perform_here
from microcredentials.services import documents
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential

if TYPE_CHECKING:
    from microcredentials.models import Document, Edition, MicroCredentialVersion


def approved_version(**design: Any) -> MicroCredentialVersion:
    """A whole version, approved."""
    microcredential = make_microcredential(approved=True, **design)
    assert microcredential.current is not None
    return microcredential.current


def make_document(
    version: MicroCredentialVersion | None = None,
    kind: str = "application",
    language: str = "es",
    *,
    actor: Any = None,
) -> Document:
    """A document asked for; nothing is printed yet."""
    return documents.request(
        actor=actor or make_staff("quality_officer"),
        version=version or approved_version(),
        kind=kind,
        language=language,
    )


def make_report(edition: Edition, language: str = "es", *, actor: Any = None) -> Document:
    return documents.request_report(
        actor=actor or make_staff("quality_officer"), edition=edition, language=language
    )


def printed(document: Document) -> Document:
    """The document after its job."""
    assert document.job_id is not None
    perform_here(document.job_id)
    document.refresh_from_db()
    return document


def pdf_of(document: Document) -> bytes:
    with open_stored(document.sha256) as file:
        return file.read()
