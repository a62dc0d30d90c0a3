"""Documents asked for, printed by a job, kept with their hash. The same content is never made twice."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from iqas.core.access import require
from iqas.core.refusals import RuleViolation
from iqas.jobs.runner import JobContext
from microcredentials.documents import (
    application,
    edition_report,
    quality_report,
    self_assessment,
    sheet,
)
from microcredentials.documents import programme as programme_document
from microcredentials.documents.content import Told
from microcredentials.models import (
    AnnualProgramme,
    Document,
    Edition,
    MicroCredential,
    MicroCredentialVersion,
)
from microcredentials.selectors.documents import edition_source, version_source
from microcredentials.selectors.programmes import programme_source
from microcredentials.services.printed import Press

JOB_KIND = "microcredentials.document"
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
    return PRESS.keep(
        actor=actor,
        told=told,
        kind=told.kind,
        among={"version": version, "programme": programme},
        also={"edition": edition},
        url=url,
    )


def produce(context: JobContext, document_id: str) -> None:
    """The work of the job. Refuses `document-altered` and `document-unfit`."""
    PRESS.produce(context, document_id)


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


PRESS = Press(
    model=Document,
    noun="document",
    prefix="DOC",
    job_kind=JOB_KIND,
    related=WITH_SCOPE,
    file_name=file_name,
)
