from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iqas.core import unheld
from iqas.jobs.registry import job_kind, periodic
from iqas.jobs.runner import JobContext


@job_kind("files.collect", queue="ctl", title=_("Removing files that nothing holds"), listed=False)
def collect_files(context: JobContext) -> None:
    unheld.collect()


periodic("files.collect", every=24 * 3600)
