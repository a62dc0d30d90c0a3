"""What pages show of documents: which can be made, by whom, which files there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core.access import can
from microcredentials.models import (
    AnnualProgramme,
    Document,
    Edition,
    MicroCredential,
    MicroCredentialVersion,
)
from microcredentials.selectors.documents import Shelf, edition_shelf, programme_shelf, shelf
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
    Kind.PROGRAMME: _(
        "What is new, what changes and what continues, for the governing body to approve at once."
    ),
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
class ShownShelf:
    """The documents of one version, edition or programme, where to ask for one, and whether this person may file them."""

    version: MicroCredentialVersion | None
    lines: tuple[Line, ...]
    url: str
    may_file: bool


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
        "may_file": bool(can(user, "evidence.add", microcredential.scope)),
        "reason": STILL_WRITTEN,
    }


def edition_panel(user: Any, edition: Edition) -> dict[str, Any]:
    version = edition.version
    version.microcredential = edition.microcredential
    reason = "" if edition.has_filed_report else NOT_FILED
    may = bool(can(user, permission_for(Kind.EDITION_REPORT), version))
    slots = _slots(edition_shelf(edition), Kind.EDITION_REPORT, version, edition)
    url = reverse("microcredentials:edition-document-request", args=[edition.code])
    may_file = bool(can(user, "evidence.add", edition.microcredential.scope))
    line = _line(Kind.EDITION_REPORT, slots, reason, may=may)
    return {"shelf": ShownShelf(version, (line,), url, may_file), "edition": edition}


def programme_shelf_of(user: Any, programme: AnnualProgramme) -> ShownShelf:
    """Needs select_related("scope")."""
    slots = _slots(programme_shelf(programme), Kind.PROGRAMME)
    line = _line(Kind.PROGRAMME, slots, "", may=bool(can(user, "programme.prepare", programme.scope)))
    url = reverse("microcredentials:programme-document-request", args=[programme.code])
    return ShownShelf(None, (line,), url, bool(can(user, "evidence.add", programme.scope)))


def _of_version(user: Any, version: MicroCredentialVersion, found: Shelf) -> ShownShelf:
    lines = []
    for kind in OF_VERSIONS:
        refused = obstacle(version, kind)
        may = bool(can(user, permission_for(kind), version))
        lines.append(_line(kind, _slots(found, kind, version), refused[1] if refused else "", may=may))
    url = reverse("microcredentials:document-request", args=[version.microcredential.code, version.number])
    may_file = bool(can(user, "evidence.add", version.microcredential.scope))
    return ShownShelf(version, tuple(lines), url, may_file)


def _slots(
    found: Shelf, kind: Kind, version: MicroCredentialVersion | None = None, edition: Edition | None = None
) -> tuple[Slot, ...]:
    return tuple(
        Slot(language.value, language.label, found.of(version, kind, language.value, edition))
        for language in Document.Language
    )


def _line(kind: Kind, slots: tuple[Slot, ...], reason: str | Promise, *, may: bool) -> Line:
    return Line(
        kind=kind.value,
        label=kind.label,
        purpose=PURPOSES[kind],
        slots=slots,
        reason=reason,
        may_make=may and not reason,
    )
