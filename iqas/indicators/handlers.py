"""What changes a number elsewhere asks for it to be measured anew."""

from __future__ import annotations

from feedback.models import Campaign
from feedback.targets import years_of
from iqas.core import clock
from iqas.core.events import on
from iqas.evidence.models import EvidenceVersion
from iqas.indicators.services.measuring import request_measure
from iqas.organisation.models import AcademicYear
from microcredentials.models import Edition


@on("campaign.mixed")
def answers_were_counted(*, campaign: Campaign) -> None:
    for year in years_of(campaign.target):
        request_measure(year=year)


@on("edition.counted")
def learners_were_counted(*, edition: Edition) -> None:
    request_measure(year=edition.year)


@on("evidence.approved")
@on("evidence.withdrawn")
def evidence_changed(*, version: EvidenceVersion) -> None:
    year = AcademicYear.of(clock.today())
    if year is not None:
        request_measure(year=year)
