"""Incidents and the final report of an edition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation, StaleVersion
from microcredentials.models import Edition, EditionReport, Incident
from microcredentials.services.checks import store
from microcredentials.services.editions import check_not_over, locked

State = Edition.State
REPORTABLE = (State.FINISHED, State.RESULTS_SIGNED)


@transaction.atomic
def add_incident(
    *, actor: Any, edition: Edition, happened_on: dt.date, text: str, response: str = ""
) -> Incident:
    """A dated note of what went otherwise than planned. Refuses `closed`, `cancelled` and `in-future`."""
    edition = locked(edition)
    require(actor, "edition.edit", edition)
    check_not_over(edition)
    if happened_on > clock.today():
        raise RuleViolation("in-future", _("This day has not come yet."), field="happened_on")
    incident = Incident(
        edition=edition, happened_on=happened_on, text=text, response=response, recorded_by=actor
    )
    store(incident, new=True)
    _record(actor, edition, "edition.incident", after={"incident": text, "response": response})
    return incident


@transaction.atomic
def answer_incident(*, actor: Any, incident: Incident, seen: int, response: str) -> Incident:
    """Say what was done about it. Refuses `StaleVersion`, `closed` and `cancelled`."""
    edition = locked(incident.edition)
    require(actor, "edition.edit", edition)
    check_not_over(edition)
    incident = versions.claim(Incident.objects.get(pk=incident.pk), seen)
    before = incident.response
    if before != response:
        incident.response = response
        store(incident, fields=["response"])
        _record(
            actor,
            edition,
            "edition.incident-answered",
            before={"response": before},
            after={"incident": incident.text, "response": response},
        )
    return incident


@transaction.atomic
def write_report(
    *, actor: Any, edition: Edition, seen: int, file_it: bool = False, **texts: str
) -> EditionReport:
    """Save the final report; with `file_it` it is filed and never changes again.

    `texts` are `went_well`, `incidents` and `proposals`; `seen` is the version shown, 0 where there was none.
    Refuses `StaleVersion`, `too-early` (teaching goes on), `closed`, `cancelled`, `filed`, and `report-empty`.
    """
    edition = locked(edition)
    require(actor, "edition.edit", edition)
    check_not_over(edition)
    if edition.state not in REPORTABLE:
        raise RuleViolation("too-early", _("The final report is written when the teaching is over."))
    report = EditionReport.objects.filter(edition=edition).first()
    if report is None:
        report = EditionReport(edition=edition)
        if seen:
            raise StaleVersion(report)
    elif report.filed_at is not None:
        raise RuleViolation("filed", _("A filed report no longer changes."))
    elif seen == 0:
        raise StaleVersion(report)
    else:
        versions.claim(report, seen)
    for name in EditionReport.TEXTS:
        setattr(report, name, texts.get(name, getattr(report, name)).strip())
    if file_it:
        report.filed_at, report.filed_by = clock.now(), actor
    store(report, new=seen == 0, fields=None if seen == 0 else [*EditionReport.TEXTS, "filed_at", "filed_by"])
    _record(actor, edition, "edition.report-filed" if file_it else "edition.report-written")
    if file_it:
        emit("edition.reported", edition=edition, report=report)
    return report


def _record(actor: Any, edition: Edition, action: str, **what: Any) -> None:
    record(actor=actor, action=action, subject=edition, scope=edition.microcredential.scope, **what)
