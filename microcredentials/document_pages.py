"""What pages show of documents: which can be made, by whom, which files there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core.access import can
from microcredentials.models import Document, Edition, MicroCredential, MicroCredentialVersion
from microcredentials.selectors.documents import Shelf, edition_shelf, shelf
from microcredentials.services.documents import (
    NOT_FILED,
    STILL_WRITTEN,
    obstacle,
    permission_for,
)

Kind = Document.Kind
OF_VERSIONS = (Kind.APPLICATION, Kind.QUALITY_REPORT, Kind.SELF_ASSESSMENT, Kind.SHEET)
PURPOSES: dict[str, str | Promise] = {
    Kind.APPLICATION: _("The whole proposal, to be signed and sent to the bodies that decide."),
    Kind.QUALITY_REPORT: _("What the quality system checked in it, with its opinion and the acts so far."),
    Kind.SELF_ASSESSMENT: _("The proposal held against Annex I, the law and the principles of quality."),
    Kind.SHEET: _("What learners and employers ask, on one leaf, without anything internal."),
    Kind.EDITION_REPORT: _("The filed report with the learners, the incidents and what changed."),
}


@dataclass(frozen=True)
class Slot:
    """A document in one language: the file that there is, if any."""

    language: str
    label: str | Promise
    document: Document | None


@dataclass(frozen=True)
class Line:
    """One kind of document; `reason` says why it cannot be made yet."""

    kind: str
    label: str | Promise
    purpose: str | Promise
    slots: tuple[Slot, ...]
    reason: str | Promise
    may_make: bool


@dataclass(frozen=True)
class VersionShelf:
    """The documents of one version, and where to ask for one."""

    version: MicroCredentialVersion
    lines: tuple[Line, ...]
    url: str


def documents_page(user: Any, microcredential: MicroCredential) -> dict[str, Any]:
    """Every version that can have documents, the newest first, and the register of what was made."""
    stages = MicroCredentialVersion.Stage
    versions = microcredential.versions.filter(stage__in=(stages.SUBMITTED, stages.APPROVED)).order_by(
        "-number"
    )
    found = shelf(microcredential)
    shelves = []
    for version in versions:
        version.microcredential = microcredential
        shelves.append(_of_version(user, version, found))
    return {
        "microcredential": microcredential,
        "shelves": shelves,
        "register": [(document, found.counts(document)) for document in found.documents if document.is_made],
        "reason": STILL_WRITTEN,
    }


def edition_panel(user: Any, edition: Edition) -> dict[str, Any]:
    edition.version.microcredential = edition.microcredential
    reason = "" if edition.has_filed_report else NOT_FILED
    line = _line(user, edition.version, Kind.EDITION_REPORT, edition_shelf(edition), reason, edition=edition)
    url = reverse("microcredentials:edition-document-request", args=[edition.code])
    return {"shelf": VersionShelf(edition.version, (line,), url), "edition": edition}


def _of_version(user: Any, version: MicroCredentialVersion, found: Shelf) -> VersionShelf:
    lines = []
    for kind in OF_VERSIONS:
        refused = obstacle(version, kind)
        lines.append(_line(user, version, kind, found, refused[1] if refused else ""))
    url = reverse("microcredentials:document-request", args=[version.microcredential.code, version.number])
    return VersionShelf(version, tuple(lines), url)


def _line(
    user: Any,
    version: MicroCredentialVersion,
    kind: Kind,
    found: Shelf,
    reason: str | Promise,
    *,
    edition: Edition | None = None,
) -> Line:
    return Line(
        kind=kind.value,
        label=kind.label,
        purpose=PURPOSES[kind],
        slots=tuple(
            Slot(language.value, language.label, found.of(version, kind, language.value, edition))
            for language in Document.Language
        ),
        reason=reason,
        may_make=not reason and bool(can(user, permission_for(kind), version)),
    )
