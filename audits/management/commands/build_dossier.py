"""Prints and registers a dossier in the foreground, or copies the registered file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.models import Dossier
from audits.services.dossiers import require_unaltered
from iqas.core.files import open_stored
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import JobState
from iqas.jobs.runner import perform_here
from iqas.jobs.services import retry


class Command(BaseCommand):
    help = "Write the file of a dossier. It is printed and registered first if it has not been."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="the dossier's code, D-…")
        parser.add_argument("--out", type=Path, required=True, help="where to write the PDF")

    def handle(self, *args: Any, **options: Any) -> None:
        dossier = Dossier.objects.select_related("job").filter(code=options["code"]).first()
        if dossier is None:
            raise CommandError(f"There is no dossier {options['code']}.")
        try:
            if not dossier.is_registered:
                dossier = self._print(dossier)
            require_unaltered(dossier)
            with open_stored(dossier.sha256) as source, options["out"].open("wb") as target:
                shutil.copyfileobj(source, target)
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(
            f"{dossier.code}: {dossier.pages} pages, {dossier.size} bytes, SHA-256 {dossier.sha256}"
        )

    def _print(self, dossier: Dossier) -> Dossier:
        job = dossier.job
        if job is None:
            raise CommandError(f"{dossier.code} was never ordered.")
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            retry(actor=None, job=job)
        job = perform_here(job.pk)
        dossier = Dossier.objects.get(pk=dossier.pk)
        if not dossier.is_registered:
            said = job.error_sentence or "A worker is printing it now; try again in a minute."
            raise CommandError(f"{dossier.code} was not printed. {said}")
        return dossier
