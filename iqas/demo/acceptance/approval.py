"""A version on its way to approval in each centre, and the annual programme of the university."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from iqas.accounts.models import User
from iqas.core import clock
from iqas.organisation.services import ensure_year
from microcredentials.models import AnnualProgramme, MicroCredentialVersion, Remark
from microcredentials.services import approval, programmes, remarks

OFFICER = "quality_officer@acceptance.example"
REPORT, CENTRE = "quality-report", "centre"


def hand_in(version: MicroCredentialVersion, *, writer: User, quality: User, canary: Any) -> Remark:
    """Submitted, its report favourable with conditions, waiting for the centre, with a comment; answers the comment."""
    submission = approval.submit_version(actor=writer, version=version, note=canary("submission", "note"))
    step = submission.steps.get(code=REPORT)
    approval.record_act(
        actor=quality,
        submission=submission,
        step=step,
        outcome="conditions",
        held_on=clock.today(),
        body=canary("act", "body"),
        conditions=canary("act", "conditions"),
        upload=ContentFile(canary("act", "file").encode(), name=f"{canary('act', 'name')}.txt"),
    )
    return remarks.add_remark(actor=quality, version=version, section="need", text=canary("remark", "text"))


def prepare_programme() -> AnnualProgramme:
    year = ensure_year(actor=None, date=clock.today())
    return programmes.prepare_programme(actor=User.objects.get(email=OFFICER), year=year)
