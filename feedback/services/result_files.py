"""The figures of thousands of campaigns in one file: too many for a page to wait for."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from feedback.exporters import TABLES, TOO_MANY, file_name, lines, passes_over, sheets_of_many, write_book
from feedback.models import Campaign
from feedback.selectors.published import FINISHED
from iqas.core import clock
from iqas.core.access import allowed, grants, require
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import Job
from iqas.jobs.runner import JobContext
from iqas.jobs.services import enqueue

JOB_KIND = "feedback.results_file"
MOST = 20_000
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
NAME = "iqas"


def order_file(
    *, actor: Any, campaigns: QuerySet[Campaign], language: str, kind: str = "xlsx", table: str = ""
) -> Job:
    """Ask a job for the workbook of these campaigns, or for one table of it as CSV. Refuses `too-many`.

    The job has no scope: the file holds comments that its reader was named for, and is seen by nobody else. Asking twice in
    a minute is asking once.
    """
    require(actor, "results.view")
    keys = [str(key) for key in campaigns.order_by("code").values_list("pk", flat=True)[: MOST + 1]]
    if len(keys) > MOST:
        raise RuleViolation("too-many", TOO_MANY % {"most": MOST})
    wanted = {"language": language, "kind": kind if kind in MEDIA else "xlsx", "table": table}
    told = f"{keys}|{wanted}|{clock.now():%Y%m%d%H%M}"
    return enqueue(
        actor=actor,
        kind=JOB_KIND,
        payload={"campaigns": keys, "held": held_by(actor), **wanted},
        idem_key=f"{actor.pk}|{hashlib.sha256(told.encode()).hexdigest()}",
    )


def held_by(user: Any) -> str:
    """What the person may see hangs on these: a file made under other roles is not theirs any more."""
    held = sorted((grant.role, grant.path) for grant in grants(user))
    return hashlib.sha256(repr(held).encode()).hexdigest()


def refuse_other_roles(user: Any, held: str) -> None:
    """Refuses `roles-changed`: the file says what its reader could see when it was asked for."""
    if held != held_by(user):
        raise RuleViolation(
            "roles-changed", _("Your roles are others than when it was asked for: ask for it again.")
        )


def write_file(
    context: JobContext, *, campaigns: Sequence[str], language: str, kind: str, table: str
) -> None:
    """The work of the job: what its reader may see now, in batches."""
    user, keys = context.job.requested_by, [UUID(key) for key in campaigns]
    seen = allowed(user, "results.view").filter(state__in=FINISHED)
    read, total = count(), passes_over(keys) if kind == "xlsx" else 0

    def heard() -> None:
        context.progress(next(read), total, _("Reading the figures"))

    with translation.override(language), tempfile.NamedTemporaryFile(suffix=f".{kind}") as target:
        sheets = sheets_of_many(seen, keys, user, language, heard)
        if kind == "csv":
            for line in lines(sheets, table if table in TABLES else ""):
                target.write(line.encode())
        else:
            write_book(target, sheets, NAME)
        target.flush()
        context.artefact(target.name, file_name(NAME, kind), MEDIA[kind])
