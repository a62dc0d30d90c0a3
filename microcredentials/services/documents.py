"""Documents asked for, printed by a job, kept with their hash. The same content is never made twice."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas import __version__
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.canonical import sha256_hex
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import Artefact
from iqas.jobs.runner import JobContext
from iqas.jobs.services import enqueue
from iqas.ui.pdf.lint import count_pages, lint
from microcredentials.documents import (
    application,
    edition_report,
    quality_report,
    self_assessment,
    sheet,
)
from microcredentials.documents import programme as programme_document
from microcredentials.documents.content import Told, from_json, to_json
from microcredentials.documents.render import Seal, to_pdf
from microcredentials.models import (
    AnnualProgramme,
    Document,
    Edition,
    MicroCredential,
    MicroCredentialVersion,
)
from microcredentials.selectors.documents import edition_source, version_source
from microcredentials.selectors.programmes import programme_source

JOB_KIND = "microcredentials.document"
MEDIA_TYPE = "application/pdf"
Kind = Document.Kind
BUILDERS = {
    Kind.APPLICATION: application.build,
    Kind.QUALITY_REPORT: quality_report.build,
    Kind.SELF_ASSESSMENT: self_assessment.build,
    Kind.SHEET: sheet.build,
}
PERMISSIONS = {Kind.QUALITY_REPORT: "document.report"}
FILE_WORDS = {
    Kind.APPLICATION: {"es": "solicitud", "en": "application"},
    Kind.QUALITY_REPORT: {"es": "informe-sigc", "en": "quality-report"},
    Kind.SELF_ASSESSMENT: {"es": "autoinforme", "en": "self-assessment"},
    Kind.SHEET: {"es": "ficha", "en": "sheet"},
    Kind.EDITION_REPORT: {"es": "memoria-final", "en": "final-report"},
    Kind.PROGRAMME: {"es": "programacion-anual", "en": "annual-programme"},
}
WITH_SCOPE = ("version__microcredential__scope", "programme__scope", "edition", "requested_by")

STILL_WRITTEN = _(
    "This version is still being written. Its documents are made once it has been submitted, because only then it is locked."
)
NOT_APPROVED = _("The public sheet is made of an approved version, and this one is not approved yet.")
NOT_FILED = _("The final report of this edition has not been filed yet.")
UNKNOWN_KIND = _("There is no such document.")
UNKNOWN_LANGUAGE = _("Documents are printed in Spanish or English.")


def permission_for(kind: str) -> str:
    return PERMISSIONS.get(Kind(kind), "document.make")


def obstacle(version: MicroCredentialVersion, kind: str) -> tuple[str, str | Promise] | None:
    """Why this document cannot be made of this version yet, as code and sentence; None where it can."""
    if version.stage == version.Stage.DRAFT:
        return "still-written", STILL_WRITTEN
    if kind == Kind.SHEET and not version.is_frozen:
        return "not-approved", NOT_APPROVED
    return None


@transaction.atomic
def request(*, actor: Any, version: MicroCredentialVersion, kind: str, language: str) -> Document:
    """The document of a locked or approved version, and the job that prints it.

    As long as the version says the same, asking again returns the same document; one whose job failed is printed anew.
    Refuses `unknown-kind`, `unknown-language`, `still-written` and `not-approved` (the sheet).
    """
    microcredential = _locked(version.microcredential_id)
    version = MicroCredentialVersion.objects.get(pk=version.pk)
    version.microcredential = microcredential
    if kind not in BUILDERS:
        raise RuleViolation("unknown-kind", UNKNOWN_KIND, field="kind")
    require(actor, permission_for(kind), version)
    _check_language(language)
    if refused := obstacle(version, kind):
        raise RuleViolation(*refused)
    source = version_source(version)
    with translation.override(language):
        told = BUILDERS[Kind(kind)](source)
    return _kept(actor, told, version=version, url=_page_of(microcredential))


@transaction.atomic
def request_report(*, actor: Any, edition: Edition, language: str) -> Document:
    """The final report of an edition, as `request`. Refuses `unknown-language` and `not-filed`."""
    microcredential = _locked(edition.microcredential_id)
    edition = Edition.objects.select_related("report", "version").get(pk=edition.pk)
    edition.version.microcredential = microcredential
    require(actor, "document.make", edition.version)
    _check_language(language)
    if not edition.has_filed_report:
        raise RuleViolation("not-filed", NOT_FILED)
    source = edition_source(edition)
    with translation.override(language):
        told = edition_report.build(source)
    return _kept(actor, told, version=edition.version, edition=edition, url=edition.get_absolute_url())


@transaction.atomic
def request_programme(*, actor: Any, programme: AnnualProgramme, language: str) -> Document:
    """The document of an annual programme, as `request`: what it would hold today, or what it was approved with.

    Refuses `unknown-language`.
    """
    held = (
        AnnualProgramme.objects.select_for_update(of=("self",)).select_related("scope").get(pk=programme.pk)
    )
    require(actor, "programme.prepare", held.scope)
    _check_language(language)
    source = programme_source(held)
    with translation.override(language):
        told = programme_document.build(source)
    return _kept(actor, told, programme=held, url=held.get_absolute_url())


def _kept(
    actor: Any,
    told: Told,
    *,
    version: MicroCredentialVersion | None = None,
    edition: Edition | None = None,
    programme: AnnualProgramme | None = None,
    url: str,
) -> Document:
    body = to_json(told)
    digest = sha256_hex(body)
    same = Document.objects.filter(
        version=version, programme=programme, kind=told.kind, language=told.language
    )
    standing = same.select_related("job", *WITH_SCOPE).filter(content_sha256=digest).first()
    if standing is not None:
        _renew(actor, standing, is_newest=same.order_by("-as_of").first() == standing, url=url)
        return standing
    now = clock.now()
    document = Document.objects.create(
        code=next_code("DOC", width=4, year=now.year),
        kind=told.kind,
        language=told.language,
        version=version,
        edition=edition,
        programme=programme,
        body=body.decode(),
        content_sha256=digest,
        requested_by=actor,
        requested_at=now,
        as_of=now,
    )
    _order(actor, document, attempt="1", url=url)
    _record(actor, document, "document.requested", {"content_sha256": digest})
    return document


def _renew(actor: Any, document: Document, *, is_newest: bool, url: str) -> None:
    """The data say this again: it counts again, and is printed now if that failed before."""
    if not is_newest:
        document.as_of = clock.now()
        document.save(update_fields=["as_of"])
        _record(actor, document, "document.confirmed", {"content_sha256": document.content_sha256})
    if document.has_failed:
        _order(actor, document, attempt=f"after {document.job_id}", url=url)
        _record(actor, document, "document.requested", {"content_sha256": document.content_sha256})


def _order(actor: Any, document: Document, *, attempt: str, url: str) -> None:
    document.job = enqueue(
        actor=actor,
        kind=JOB_KIND,
        payload={"document": str(document.pk)},
        idem_key=f"{document.pk}|{attempt}",
        scope=document.scope,
        about=document.code,
        about_url=url,
    )
    document.save(update_fields=["job"])


def produce(context: JobContext, document_id: str) -> None:
    """The work of the job: print what the document says, lint the file, hand it over.

    Refuses `document-altered` (its content no longer has its hash) and `document-unfit` (the lint found something).
    """
    document = Document.objects.select_related(*WITH_SCOPE).get(pk=uuid.UUID(document_id))
    context.progress(0, 3, _("Printing the pages"))
    if sha256_hex(document.body.encode()) != document.content_sha256:
        raise RuleViolation(
            "document-altered",
            _("The stored content of this document no longer has its SHA-256. Tell the administrator."),
        )
    pdf = to_pdf(from_json(document.body), _seal(document))
    context.progress(1, 3, _("Checking that the file is accessible and lasting"))
    if findings := lint(pdf):
        raise RuleViolation(
            "document-unfit",
            _("The printed file failed its check and was not released: %(findings)s.")
            % {"findings": "; ".join(findings[:5])},
        )
    context.progress(2, 3, _("Storing the file"))
    context.artefact(pdf, file_name(document), MEDIA_TYPE)
    pages = count_pages(pdf)
    context.on_finish(lambda artefact: _register(document.pk, artefact, pages))


def file_name(document: Document) -> str:
    """`MC-014-v2-solicitud-es.pdf`. Needs select_related(*WITH_SCOPE)."""
    subject = subject_of(document).replace(" ", "-")
    return f"{subject}-{FILE_WORDS[Kind(document.kind)][document.language]}-{document.language}.pdf"


def subject_of(document: Document) -> str:
    """What it is of: `MC-014 v2`, an edition or a programme. Needs select_related(*WITH_SCOPE)."""
    if document.programme is not None:
        return document.programme.code
    if document.edition is not None:
        return document.edition.code
    version = document.of_version
    return f"{version.microcredential.code} v{version.number}"


def _register(document_id: uuid.UUID, artefact: Artefact | None, pages: int) -> None:
    """Enters the file into the document's row and the audit chain, in the transaction that ends the job."""
    if artefact is None:
        raise RuntimeError("A document is registered with its file.")
    document = (
        Document.objects.select_for_update(of=("self",)).select_related(*WITH_SCOPE).get(pk=document_id)
    )
    document.artefact, document.sha256, document.size = artefact, artefact.sha256, artefact.size
    document.pages, document.made_at = pages, clock.now()
    document.save(update_fields=["artefact", "sha256", "size", "pages", "made_at"])
    _record(
        document.requested_by, document, "document.made", {"sha256": artefact.sha256, "size": artefact.size}
    )


def _seal(document: Document) -> Seal:
    return Seal(
        code=document.code,
        created=document.requested_at,
        made_by=document.requested_by.name,
        content_sha256=document.content_sha256,
        application=f"IQAS {__version__}",
    )


def _locked(microcredential_id: uuid.UUID) -> MicroCredential:
    return (
        MicroCredential.objects.select_for_update(of=("self",))
        .select_related("scope", "centre")
        .get(pk=microcredential_id)
    )


def _check_language(language: str) -> None:
    if language not in Document.Language.values:
        raise RuleViolation("unknown-language", UNKNOWN_LANGUAGE, field="language")


def _page_of(microcredential: MicroCredential) -> str:
    return reverse("microcredentials:document-list", args=[microcredential.code])


def _record(actor: Any, document: Document, action: str, after: dict[str, Any]) -> None:
    record(
        actor=actor,
        action=action,
        subject=document,
        scope=document.scope,
        after={"code": document.code, "kind": document.kind, "language": document.language} | after,
    )
