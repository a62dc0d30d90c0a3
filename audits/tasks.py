from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audits.services import dossiers
from iqas.jobs.registry import job_kind
from iqas.jobs.runner import JobContext


@job_kind(dossiers.JOB_KIND, queue="pdf", title=_("Dossier"))
def render_dossier(context: JobContext, *, dossier: str) -> None:
    dossiers.produce(context, dossier)
