"""Lists that people bring: a dry run whose report they read, then the import of the very same file, and its report.

Both are jobs. A small list is done at once, in the request; a large one by a worker, so that no page waits for it. The
report is the file that the job makes; it is kept for a week, because it may quote what a bad row says of a person.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, unheld
from iqas.core.access import require
from iqas.core.files import location_of, open_stored, store
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.core.tabular import is_light
from iqas.jobs.models import Artefact, Job, JobState
from iqas.jobs.runner import JobContext, perform_here
from iqas.jobs.services import enqueue
from iqas.organisation.models import Centre
from microcredentials.importers.report import Report
from microcredentials.importers.taking import Progress
from microcredentials.models import Edition
from microcredentials.services.catalogue_import import import_catalogue
from microcredentials.services.enrolment_import import import_enrolments
from microcredentials.services.partner_import import import_partners

JOB_KIND = "microcredentials.import"
AT_ONCE = "microcredentials.import_at_once"
KINDS = (JOB_KIND, AT_ONCE)
TABLES = frozenset({".csv", ".txt", ".xlsx"})
CATALOGUE, ENROLMENTS, PARTNERS = "catalogue", "enrolments", "partners"
CONFIRMED_WITHIN = timedelta(hours=1)
REPORT_KEPT = timedelta(days=7)

TOO_OLD = _("The dry run is too old. Upload the file again.")
NOT_CLEAN = _("Only a list whose dry run rejects nothing is imported. Mend it and upload it again.")
ANOTHERS = _("Somebody else uploaded this list.")


@dataclass(frozen=True)
class Wish:
    """What is to be taken in: the catalogue of a centre, enrolments (of one edition, or of whichever each row names), partners."""

    what: str
    centre: Centre | None = None
    edition: Edition | None = None
    drafts: bool = False

    @property
    def permission(self) -> tuple[str, Any]:
        """The permission that it asks, and on what."""
        match self.what:
            case "catalogue":
                return "microcredential.import", self.centre
            case "enrolments":
                return "enrolment.edit", self.edition
            case _:
                return "partner.import", None

    @property
    def as_payload(self) -> dict[str, Any]:
        target = self.centre or self.edition
        return {"what": self.what, "target": str(target.pk) if target else "", "drafts": self.drafts}

    def run(self, *, actor: Any, file: IO[bytes], dry_run: bool, filename: str, progress: Progress) -> Report:
        more: dict[str, Any] = {"dry_run": dry_run, "filename": filename, "progress": progress}
        if self.what == CATALOGUE and self.centre is not None:
            return import_catalogue(actor=actor, file=file, centre=self.centre, drafts=self.drafts, **more)
        if self.what == ENROLMENTS:
            return import_enrolments(actor=actor, file=file, edition=self.edition, **more)
        return import_partners(actor=actor, file=file, **more)


def wish_of(payload: dict[str, Any]) -> Wish:
    """What a job was told to take in."""
    what, target = payload["what"], payload["target"]
    centre = Centre.objects.select_related("scope").get(pk=target) if what == CATALOGUE else None
    edition = None
    if what == ENROLMENTS and target:
        edition = Edition.objects.select_related("microcredential__scope").get(pk=target)
    return Wish(what, centre, edition, payload["drafts"])


def needs_a_job(upload: IO[bytes]) -> bool:
    """Whether the list is larger than what a request may read."""
    return not is_light(
        upload, max_bytes=settings.IMPORT_REQUEST_BYTES, max_rows=settings.IMPORT_REQUEST_ROWS
    )


def try_list(*, actor: Any, upload: File[bytes], wish: Wish) -> Job:
    """The dry run of an uploaded list. Refuses what `files.store` refuses; what is wrong with rows stands in its report."""
    return order(actor=actor, upload=upload, wish=wish, dry_run=True)


def order(*, actor: Any, upload: File[bytes], wish: Wish, dry_run: bool) -> Job:
    """The job that takes a list in, or only tries to; it is over already where the list is small."""
    require(actor, *wish.permission)
    kept = store(upload, allow=TABLES)
    with open_stored(kept.sha256) as file:
        large = needs_a_job(file)
    payload = wish.as_payload | {"sha256": kept.sha256, "name": kept.original_name}
    return _begin(actor, wish, payload, dry_run=dry_run, large=large, key=str(uuid4()))


def confirm_list(*, actor: Any, tried: Job) -> Job:
    """Import the very file that the dry run read. Asking again is the same import.

    Refuses `import-rejected` (the dry run rejected something or is not over) and `promise-expired`, an hour after it.
    """
    if tried.requested_by_id != actor.pk:
        raise AccessDenied("other-persons-job", ANOTHERS)
    wish = wish_of(tried.payload)
    require(actor, *wish.permission)
    begun = Job.objects.filter(idem_key__in=[f"{kind}|{tried.pk}" for kind in KINDS]).first()
    if begun is not None:
        return begun
    report = report_of(tried)
    if not tried.payload["dry_run"] or report is None or report["rejected"]:
        raise RuleViolation("import-rejected", NOT_CLEAN)
    finished_at = tried.finished_at
    if finished_at is None or finished_at < clock.now() - CONFIRMED_WITHIN:
        raise RuleViolation("promise-expired", TOO_OLD)
    if not default_storage.exists(location_of(tried.payload["sha256"])):
        raise RuleViolation("promise-expired", TOO_OLD)
    payload = {name: value for name, value in tried.payload.items() if name not in ("dry_run", "language")}
    return _begin(actor, wish, payload, dry_run=False, large=tried.kind == JOB_KIND, key=str(tried.pk))


def take_in(context: JobContext, payload: dict[str, Any]) -> None:
    """The work of the job. Done again it changes nothing, as the import does."""
    wish = wish_of(payload)
    with translation.override(payload["language"]), open_stored(payload["sha256"]) as file:
        report = wish.run(
            actor=context.job.requested_by,
            file=file,
            dry_run=payload["dry_run"],
            filename=payload["name"],
            progress=context.progress,
        )
    told = json.dumps(report.told(), cls=DjangoJSONEncoder, ensure_ascii=False)
    stem = PurePosixPath(payload["name"]).stem
    context.artefact(told.encode(), f"{stem}.json", "application/json")
    if wish.what == ENROLMENTS and (report.rejected or not payload["dry_run"]):
        # a list of people is kept no longer than it is needed
        context.on_finish(lambda _made: transaction.on_commit(lambda: unheld.drop(payload["sha256"])))


def report_of(job: Job) -> dict[str, Any] | None:
    """What the import said, as `Report.told` writes it; None where it is not over, failed, or is older than a week."""
    artefact = Artefact.objects.filter(job=job).first()
    if artefact is None or job.state != JobState.SUCCEEDED:
        return None
    with open_stored(artefact.sha256) as file:
        found: dict[str, Any] = json.load(file)
    return found


def forget_reports() -> int:
    """Deletes the reports that are older than a week; how many they were."""
    old = Artefact.objects.filter(job__kind__in=KINDS, created_at__lt=clock.now() - REPORT_KEPT)
    hashes = set(old.values_list("sha256", flat=True))
    old.delete()
    for sha256 in hashes:
        unheld.drop(sha256)
    return len(hashes)


def _begin(actor: Any, wish: Wish, payload: dict[str, Any], *, dry_run: bool, large: bool, key: str) -> Job:
    told = payload | {"dry_run": dry_run, "language": translation.get_language() or settings.LANGUAGE_CODE}
    with transaction.atomic():
        job = enqueue(
            actor=actor,
            kind=JOB_KIND if large else AT_ONCE,
            payload=told,
            idem_key=key,
            # Its report may quote what is said of people: of enrolments only who brought the list sees it.
            scope=wish.centre.scope if wish.centre is not None else None,
            about=payload["name"],
        )
        job.about_url = reverse("microcredentials:import-detail", args=[job.pk])
        Job.objects.filter(pk=job.pk).update(about_url=job.about_url)
        if not large:
            job = perform_here(job.pk)
    return job
