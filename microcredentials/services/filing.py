"""A document that was made here, filed as evidence: the same file under the same SHA-256, and where it came from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.files import open_stored
from iqas.core.refusals import RuleViolation
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.services import file_evidence
from iqas.ui import formats
from microcredentials.models import Document
from microcredentials.services.documents import WITH_SCOPE, file_name, subject_of

NOT_PRINTED = gettext_lazy("This document has not been printed yet.")


@transaction.atomic
def file_document(
    *, actor: Any, document: Document, kind: str, title: str = "", date_of_fact: dt.date | None = None
) -> EvidenceVersion:
    """The evidence that has the document's file, in the scope of what it tells of; somebody else approves it there.

    `title` and `date_of_fact` are by default what it is of, and the day of its data. Refuses `not-printed`,
    `filed-already` (but for a version that was withdrawn), and what `evidence.services.file_evidence` refuses.
    """
    document = _locked(document)
    require(actor, "document.view", document)
    if not document.is_made:
        raise RuleViolation("not-printed", NOT_PRINTED)
    if document.is_filed:
        raise RuleViolation(
            "filed-already",
            gettext_lazy("%(code)s is filed as %(evidence)s already.")
            % {"code": document.code, "evidence": document.filed_as},
        )
    return _file(actor, document, kind, title, date_of_fact or formats.as_date(document.as_of))


@transaction.atomic
def evidence_of(*, actor: Any, document: Document, kind: str, date_of_fact: dt.date) -> EvidenceVersion:
    """The evidence that the document is filed as; filed now where it is not. Refuses `not-printed`."""
    document = _locked(document)
    require(actor, "document.view", document)
    if not document.is_made:
        raise RuleViolation("not-printed", NOT_PRINTED, field="document")
    if document.is_filed and document.filed_as is not None:
        return document.filed_as
    return _file(actor, document, kind, "", date_of_fact)


def usual_title(document: Document) -> str:
    """`Informe del SIGC: MC-014 v2`, in the language of the document."""
    with translation.override(document.language):
        return f"{document.get_kind_display()}: {subject_of(document)}"


def _file(actor: Any, document: Document, kind: str, title: str, date_of_fact: dt.date) -> EvidenceVersion:
    with translation.override(document.language):
        note = gettext("Made here as %(code)s, from the data of %(day)s.") % {
            "code": document.code,
            "day": formats.day(document.as_of),
        }
    with open_stored(document.sha256) as file:
        evidence = file_evidence(
            actor=actor,
            scope=document.scope,
            header={"title": (title.strip() or usual_title(document))[:200], "kind": kind},
            version={
                "date_of_fact": date_of_fact,
                "upload": File(file, name=file_name(document)),
                "note": note,
            },
        )
    version: EvidenceVersion = evidence.versions.get()
    document.filed_as = version
    document.save(update_fields=["filed_as"])
    record(
        actor=actor,
        action="document.filed",
        subject=document,
        scope=document.scope,
        after={"code": document.code, "evidence": str(version), "sha256": version.sha256},
    )
    return version


def _locked(document: Document) -> Document:
    return (
        Document.objects.select_for_update(of=("self",))
        .select_related(*WITH_SCOPE, "filed_as__evidence__scope")
        .defer("body")
        .get(pk=document.pk)
    )
