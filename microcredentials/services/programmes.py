"""The annual programme: prepared for an academic year, approved at once by the governing body (RD 822/2021 art. 37.10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.evidence.models import EvidenceVersion
from iqas.organisation.models import AcademicYear, University
from microcredentials import rules
from microcredentials.models import AnnualProgramme, Document, MicroCredentialVersion, Submission
from microcredentials.selectors.programmes import continuing
from microcredentials.services import approval
from microcredentials.services.routes import route_in_force


@transaction.atomic
def prepare_programme(*, actor: Any, year: AcademicYear) -> AnnualProgramme:
    """The programme of a year; after an approved one, the next of that year. Refuses `in-preparation`."""
    scope = University.current().scope
    require(actor, "programme.prepare", scope)
    AcademicYear.objects.select_for_update().get(pk=year.pk)
    if year.programmes.filter(approved_at__isnull=True).exists():
        raise RuleViolation(
            "in-preparation", _("A programme of this year is already being prepared."), field="year"
        )
    number = (year.programmes.aggregate(last=Max("number"))["last"] or 0) + 1
    programme = AnnualProgramme.objects.create(
        code=f"PA-{year.code}" if number == 1 else f"PA-{year.code}-{number}",
        scope=scope,
        year=year,
        number=number,
        prepared_by=actor,
        prepared_at=clock.now(),
    )
    record(
        actor=actor,
        action="programme.prepared",
        subject=programme,
        scope=scope,
        after={"code": programme.code, "year": year.code},
    )
    return programme


@transaction.atomic
def approve_programme(
    *,
    actor: Any,
    programme: AnnualProgramme,
    submissions: Sequence[Submission],
    held_on: dt.date,
    body: str = "",
    document: EvidenceVersion | Document | None = None,
    upload: File[bytes] | None = None,
) -> AnnualProgramme:
    """One act for all: each version gets its own, with this body, date and document. All or nothing.

    The offer that continues is approved with it, whole: what is to be offered no more is suspended or extinguished before.
    Refuses `approved`, `nothing-chosen`, `no-document`, `own-work` (naming what the person wrote), `future-act`,
    `act-order`, `not-waiting`.
    """
    programme = (
        AnnualProgramme.objects.select_for_update(of=("self",))
        .select_related("scope", "year")
        .get(pk=programme.pk)
    )
    require(actor, "programme.approve", programme)
    if programme.is_approved:
        raise RuleViolation("approved", _("This programme is already approved."))
    continues = list(continuing(programme))
    if not submissions and not continues:
        raise RuleViolation("nothing-chosen", _("Choose at least one micro-credential."), field="submissions")
    if held_on > clock.today():
        raise RuleViolation("future-act", rules.FUTURE_ACT, field="held_on")
    _check_own_work(actor, submissions)
    proof = approval.take_document(
        actor=actor,
        scope=programme.scope,
        kind="approval",
        title=_("Annual programme %(code)s") % {"code": programme.code},
        held_on=held_on,
        document=document,
        upload=upload,
    )
    if proof is None:
        raise RuleViolation("no-document", rules.NO_DOCUMENT, field="document")
    programme.held_on, programme.document = held_on, proof
    programme.approved_by, programme.approved_at = actor, clock.now()
    acts = [
        approval.record_programme_act(
            actor=actor,
            submission=submission,
            programme=programme,
            held_on=held_on,
            body=body,
            document=proof,
        )
        for submission in submissions
    ]
    programme.body = acts[0].body if acts else body.strip() or _usual_body()
    programme.save(update_fields=["held_on", "document", "body", "approved_by", "approved_at"])
    programme.continues.set(continues)
    record(
        actor=actor,
        action="programme.approved",
        subject=programme,
        scope=programme.scope,
        after={
            "body": programme.body,
            "date": held_on,
            "microcredentials": [act.submission.version.microcredential.code for act in acts],
            "continues": [version.microcredential.code for version in continues],
        },
    )
    return programme


def _usual_body() -> str:
    """Who approves the programme by the route in force."""
    step = route_in_force().steps.filter(by_programme=True).first()
    return step.body if step is not None else ""


def _check_own_work(actor: Any, submissions: Sequence[Submission]) -> None:
    own = MicroCredentialVersion.objects.filter(
        submissions__in=[submission.pk for submission in submissions], writers=actor
    ).select_related("microcredential")
    codes = sorted(version.microcredential.code for version in own)
    if codes:
        message = _("You wrote %(codes)s. %(rule)s") % {"codes": ", ".join(codes), "rule": rules.OWN_WORK}
        raise rules.refusal("own-work", message, "submissions")
