"""Documents as pages show them, and the rows that a document is written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from iqas.frameworks.models import Criterion
from iqas.frameworks.selectors import current
from iqas.organisation.models import University
from microcredentials.documents.sources import EditionSource, VersionSource
from microcredentials.models import (
    AnnualProgramme,
    Document,
    Edition,
    MicroCredential,
    MicroCredentialVersion,
)
from microcredentials.selectors.comparison import compare, previous_edition, sentences
from microcredentials.selectors.counts import shown_counts
from microcredentials.selectors.editions import reedition_changes
from microcredentials.selectors.process import process_of
from microcredentials.selectors.proposal import proposal_of

PRINCIPLES, DIMENSIONS = "EU-MC-ANNEX-II", "FOUR-DIMENSIONS"
ENTERABLE = (Edition.State.PLANNED, Edition.State.OPEN)
Key = tuple[UUID | None, UUID | None, str, str]  # version, edition, kind, language


@dataclass(frozen=True)
class Shelf:
    """Documents, the newest first, and of each kind and language the one that counts now."""

    documents: tuple[Document, ...]
    latest: dict[Key, Document]

    def of(
        self, version: MicroCredentialVersion | None, kind: str, language: str, edition: Edition | None = None
    ) -> Document | None:
        """`version` is None for a programme, whose shelf holds its own documents only."""
        return self.latest.get(
            (version.pk if version else None, edition.pk if edition else None, kind, language)
        )

    def counts(self, document: Document) -> bool:
        return self.latest[_key(document)] is document


def shelf(microcredential: MicroCredential) -> Shelf:
    """Everything that was made of a micro-credential. One statement."""
    return _shelved(Document.objects.filter(version__microcredential=microcredential))


def edition_shelf(edition: Edition) -> Shelf:
    return _shelved(Document.objects.filter(edition=edition))


def programme_shelf(programme: AnnualProgramme) -> Shelf:
    return _shelved(Document.objects.filter(programme=programme))


def made_of(subject: MicroCredentialVersion | AnnualProgramme) -> QuerySet[Document]:
    """The files that were made of it, the latest first; of a version without final reports."""
    documents = subject.documents.exclude(sha256="").filter(edition=None)
    return documents.select_related("filed_as__evidence").defer("body").order_by("-made_at")


def _shelved(documents: QuerySet[Document]) -> Shelf:
    found = tuple(
        documents.select_related("job", "requested_by", "version", "edition", "filed_as__evidence")
        .defer("body")
        .order_by("-as_of", "-code")
    )
    latest: dict[Key, Document] = {}
    for document in found:
        latest.setdefault(_key(document), document)
    return Shelf(found, latest)


def _key(document: Document) -> Key:
    return document.version_id, document.edition_id, document.kind, document.language


def documented(microcredential: MicroCredential) -> MicroCredentialVersion | None:
    """The version whose documents are asked for: the one handed in, else the one in force."""
    stages = MicroCredentialVersion.Stage
    return (
        microcredential.versions.filter(stage__in=(stages.SUBMITTED, stages.APPROVED))
        .select_related("responsible_teacher")
        .order_by("-number")
        .first()
    )


def version_source(version: MicroCredentialVersion) -> VersionSource:
    """Everything that the documents of a version tell, as it stands now."""
    microcredential = MicroCredential.objects.select_related("centre", "scope").get(
        pk=version.microcredential_id
    )
    proposal = proposal_of(microcredential, version.number)
    if proposal is None:
        raise MicroCredentialVersion.DoesNotExist
    editions = microcredential.editions.filter(version=version, state__in=ENTERABLE, starts__isnull=False)
    return VersionSource(
        university=University.current(),
        microcredential=microcredential,
        proposal=proposal,
        process=process_of(proposal.version),
        principles=tuple(_criteria(PRINCIPLES)),
        dimensions=tuple(_criteria(DIMENSIONS).filter(parent__isnull=True)),
        editions=tuple(editions.select_related("year").order_by("starts", "code")),
    )


def edition_source(edition: Edition) -> EditionSource:
    """Everything that the final report of an edition tells. The edition has its report."""
    edition = Edition.objects.select_related(
        "microcredential__centre",
        "microcredential__scope",
        "version__responsible_teacher",
        "year",
        "counts",
        "report__filed_by",
        "repeats__version",
    ).get(pk=edition.pk)
    before = previous_edition(edition)
    changed = before is not None and before.version_id != edition.version_id
    return EditionSource(
        university=University.current(),
        edition=edition,
        report=edition.report,
        counts=shown_counts(edition, in_full=False),
        incidents=tuple(edition.incidents.all()),
        terms=reedition_changes(edition),
        design_changes=tuple(sentences(compare(before.version, edition.version)))
        if before and changed
        else (),
        before=before,
    )


def _criteria(code: str) -> Any:
    framework = current().filter(code=code)
    return (
        Criterion.objects.filter(framework__in=framework.values("pk"))
        .select_related("framework")
        .order_by("order")
    )
