"""From a snapshot to a registered file: asked for once, printed by a job, checked, registered with the job's success."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import uuid
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audits.dossier.content import Content, Seal, read_snapshot
from audits.dossier.manifest import MANIFEST_NAME, SNAPSHOT_NAME, manifest
from audits.dossier.render import to_pdf
from audits.models import Dossier, SelfAssessment, Snapshot
from audits.selectors.register import entry_of
from iqas import __version__
from iqas.core import clock, provenance
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import Artefact
from iqas.jobs.runner import JobContext
from iqas.jobs.services import enqueue
from iqas.organisation.models import Scope
from iqas.organisation.scopes import add_scope
from iqas.ui.pdf.lint import count_pages, lint
from iqas.ui.pdf.printing import Enclosure, pages_told

JOB_KIND = "dossier.render"
MEDIA_TYPE = "application/pdf"
USUAL_PAGES = 40
CODE_BYTES = 10  # 80 bits: nobody finds a code by trying (reliability.md §4.1)
CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@transaction.atomic
def request(*, actor: Any, assessment: SelfAssessment, language: str) -> Dossier:
    """The dossier of a frozen report in one language, and the job that prints it; again returns the same dossier.

    Refuses `not-frozen` and `language-incomplete` (a language in which the interface is not complete).
    """
    require(actor, "dossier.build", assessment)
    snapshot = Snapshot.objects.select_for_update(of=("self",)).filter(self_assessment=assessment).first()
    if snapshot is None:
        raise RuleViolation("not-frozen", _("Only a frozen report becomes a dossier."))
    if language not in settings.INTERFACE_LANGUAGES:
        raise RuleViolation(
            "language-incomplete", _("Dossiers are printed in Spanish or English."), field="language"
        )
    standing = Dossier.objects.filter(snapshot=snapshot, language=language).first()
    if standing is not None:
        return standing
    code = next_code("D", year=clock.today().year)
    dossier = Dossier.objects.create(
        code=code,
        scope=add_scope(kind=Scope.Kind.DOSSIER, parent=assessment.scope, code=code, label=assessment.title),
        snapshot=snapshot,
        language=language,
        csv_code=new_verification_code(),
        created_by=actor,
        created_at=clock.now(),
    )
    dossier.job = enqueue(
        actor=actor,
        kind=JOB_KIND,
        payload={"dossier": str(dossier.pk)},
        idem_key=str(dossier.pk),
        scope=dossier.scope,
        about=code,
        about_url=dossier.get_absolute_url(),
    )
    dossier.save(update_fields=["job"])
    record(
        actor=actor,
        action="dossier.requested",
        subject=dossier,
        scope=dossier.scope,
        after={"code": code, "language": language, "snapshot_sha256": snapshot.sha256},
    )
    return dossier


def new_verification_code() -> str:
    """Sixteen characters of Crockford's alphabet, which has no I, L, O or U to misread."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().translate(CROCKFORD)


def normal_code(typed: str) -> str:
    """A code as somebody typed it: any case, any grouping, O for 0, I or L for 1."""
    kept = "".join(char for char in typed.upper() if char.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))[:16]


def produce(context: JobContext, dossier_id: str) -> None:
    """The work of the job: print the snapshot, lint the file, hand it over, register it when the job succeeds.

    Refuses `snapshot-altered` and `dossier-unfit` (the lint found something; nothing is given out).
    """
    dossier = Dossier.objects.select_related("snapshot__self_assessment", "scope__parent").get(
        pk=uuid.UUID(dossier_id)
    )
    context.progress(0, 100, _("Reading the snapshot"))
    body = dossier.snapshot.body.encode()
    content = content_of(dossier)
    listing = manifest(content, snapshot=body, previous_sha256=_previous_sha256(dossier))
    context.progress(5, 100, _("Printing the pages"))
    with pages_told(partial(_tell_page, context)):
        pdf = to_pdf(
            content,
            (
                Enclosure(MANIFEST_NAME, listing, "What this dossier vouches for, with hashes"),
                Enclosure(SNAPSHOT_NAME, body, "The frozen self-assessment as data"),
            ),
        )
    context.progress(85, 100, _("Checking that the file is accessible and lasting"))
    findings = lint(pdf, attached=(MANIFEST_NAME, SNAPSHOT_NAME))
    if findings:
        raise RuleViolation(
            "dossier-unfit",
            _("The printed file failed its check and was not released: %(findings)s.")
            % {"findings": "; ".join(findings[:5])},
        )
    context.progress(95, 100, _("Storing the file"))
    context.artefact(pdf, dossier.file_name, MEDIA_TYPE)
    pages, manifest_sha256 = count_pages(pdf), hashlib.sha256(listing).hexdigest()
    context.on_finish(
        lambda artefact: register(dossier.pk, artefact, manifest_sha256=manifest_sha256, pages=pages)
    )


def _tell_page(context: JobContext, page: int) -> None:
    """Nobody knows beforehand how many pages it will be: each takes the bar a little nearer to the next step."""
    done = 10 + 70 * page // (page + USUAL_PAGES)
    context.progress(done, 100, format_lazy(_("Printing the pages: {page} so far"), page=page))


def content_of(dossier: Dossier, language: str = "") -> Content:
    """What the dossier says, from its snapshot alone, in its own language or another.

    Refuses `snapshot-altered` and `dossier-altered`.
    """
    require_unaltered(dossier)
    snapshot = dossier.snapshot
    if hashlib.sha256(snapshot.body.encode()).hexdigest() != snapshot.sha256:
        raise RuleViolation(
            "snapshot-altered",
            _("The stored snapshot no longer has its recorded SHA-256. Tell the administrator."),
        )
    return read_snapshot(
        json.loads(snapshot.body), sha256=snapshot.sha256, seal=_seal(dossier, language or dossier.language)
    )


def require_unaltered(dossier: Dossier) -> None:
    """Refuses `dossier-altered`: what stands of a registered dossier is not what the audit chain says."""
    if dossier.is_registered and entry_of(dossier) is None:
        raise RuleViolation(
            "dossier-altered",
            _("What is stored of this dossier differs from the audit chain. Tell the administrator."),
        )


def register(dossier_id: uuid.UUID, artefact: Artefact | None, *, manifest_sha256: str, pages: int) -> None:
    """Enters the file's hash into the audit chain and the dossier's row, in the transaction that ends the job."""
    if artefact is None:
        raise RuntimeError("A dossier is registered with its file.")
    dossier = (
        Dossier.objects.select_for_update(of=("self",)).select_related("scope", "snapshot").get(pk=dossier_id)
    )
    event = record(
        actor=dossier.created_by,
        action="dossier.registered",
        subject=dossier,
        scope=dossier.scope,
        before={"state": dossier.state},
        after={
            "code": dossier.code,
            "sha256": artefact.sha256,
            "size": artefact.size,
            "manifest_sha256": manifest_sha256,
            "snapshot_sha256": dossier.snapshot.sha256,
            "verification_code": dossier.csv_code,
        },
    )
    Dossier.objects.filter(pk__in=[older.pk for older in _replaced(dossier)]).update(
        state=Dossier.State.SUPERSEDED
    )
    dossier.state = Dossier.State.CURRENT
    dossier.artefact, dossier.sha256, dossier.size, dossier.pages = (
        artefact,
        artefact.sha256,
        artefact.size,
        pages,
    )
    dossier.manifest_sha256, dossier.registered_at, dossier.registered_seq = (
        manifest_sha256,
        event.at,
        event.seq,
    )
    dossier.save()


def _seal(dossier: Dossier, language: str) -> Seal:
    return Seal(
        code=dossier.code,
        verification_code=dossier.csv_code,
        verify_url=settings.BASE_URL + reverse("verify:dossier-detail", args=[dossier.csv_code]),
        language=language,
        created=dossier.created_at,
        application=f"IQAS {__version__}",
        commit=provenance.commit(),
    )


def _replaced(dossier: Dossier) -> list[Dossier]:
    """The current dossiers of the same centre, framework and language that were frozen earlier, newest first."""
    assessment = dossier.snapshot.self_assessment
    return list(
        Dossier.objects.filter(
            state=Dossier.State.CURRENT,
            language=dossier.language,
            snapshot__frozen_at__lt=dossier.snapshot.frozen_at,
            snapshot__self_assessment__scope=assessment.scope_id,
            snapshot__self_assessment__framework__code=assessment.framework.code,
        ).order_by("-snapshot__frozen_at")
    )


def _previous_sha256(dossier: Dossier) -> str:
    return next((older.sha256 for older in _replaced(dossier)), "")
