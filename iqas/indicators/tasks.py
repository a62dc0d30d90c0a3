"""Measuring outside the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from iqas.indicators.services import measuring
from iqas.jobs.registry import job_kind, periodic
from iqas.organisation.models import AcademicYear

if TYPE_CHECKING:
    from iqas.jobs.runner import JobContext


@job_kind(measuring.JOB_KIND, title=_("Measuring of indicators"), listed=False)
def measure_year(context: JobContext, *, year: str) -> None:
    measuring.measure(year=AcademicYear.objects.get(pk=year))


@job_kind("indicators.measure_all", title=_("Measuring of all indicators"), listed=False)
def measure_everything(context: JobContext) -> None:
    measuring.measure_all()


periodic("indicators.measure_all", every=24 * 3600)
