"""Reports of results asked for, printed by a job, kept with their hash. The same content is never printed twice."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from feedback.documents import results_report
from feedback.models import Campaign, Report
from feedback.selectors.places import around, place_results
from feedback.selectors.pooling import Place, choices_at
from feedback.selectors.published import FINISHED
from feedback.selectors.results import campaign_results
from feedback.selectors.targets import with_target
from iqas.core.access import require
from iqas.core.refusals import RuleViolation
from iqas.jobs.runner import JobContext
from iqas.organisation.models import AcademicYear, Centre, Scope, University
from microcredentials.documents.content import Told
from microcredentials.models import Edition
from microcredentials.services.printed import Press

JOB_KIND = "feedback.report"
FILE_WORDS = {"es": "resultados", "en": "results"}
NO_RESULTS = _("There are no results to report on yet: no campaign has ended here.")
NOT_PRINTED = _("This report has not been printed yet.")
UNKNOWN_LANGUAGE = _("Reports are printed in Spanish or English.")


@transaction.atomic
def request_campaign(*, actor: Any, campaign: Campaign, language: str) -> Report:
    """The report of a campaign that is over, and the job that prints it.

    As long as the results are the same, asking again returns the same report; one whose job failed is printed anew.
    Refuses `unknown-language` and `no-results`.
    """
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    related = Campaign.objects.select_related("scope", "questionnaire_version__questionnaire")
    locked = with_target(related).get(pk=campaign.pk)
    require(actor, "report.make", Report(scope=locked.scope))
    _check_language(language)
    if locked.state not in FINISHED:
        raise RuleViolation("no-results", NO_RESULTS)
    with translation.override(language):
        told = results_report.of_campaign(
            locked,
            campaign_results(locked, language),
            language,
            university=University.current().name,
            centre=_centre_name(locked.scope),
        )
    return PRESS.keep(
        actor=actor,
        told=told,
        kind=Report.Kind.CAMPAIGN,
        among={"scope": locked.scope, "campaign": locked},
        url=reverse("feedback:campaign-results", args=[locked.code]),
    )


@transaction.atomic
def request_edition(*, actor: Any, edition: Edition, language: str) -> Report:
    """The report of all campaigns on an edition, as `request_campaign`."""
    locked = (
        Edition.objects.select_for_update(of=("self",))
        .select_related("microcredential__scope", "version", "year")
        .get(pk=edition.pk)
    )
    scope = locked.microcredential.scope
    require(actor, "report.make", Report(scope=scope))
    _check_language(language)
    with translation.override(language):
        told = _place_told(
            Place(scope, locked),
            language,
            kind="results_edition",
            name=str(locked.version.title),
            year=locked.year.code,
        )
    return PRESS.keep(
        actor=actor,
        told=told,
        kind=Report.Kind.EDITION,
        among={"scope": scope, "edition": locked},
        url=reverse("feedback:results-edition", args=[locked.code]),
    )


@transaction.atomic
def request_centre(*, actor: Any, scope: Scope, year: AcademicYear, language: str) -> Report:
    """The report of a centre's year, as `request_campaign`."""
    locked = Scope.objects.select_for_update().get(pk=scope.pk, kind=Scope.Kind.CENTRE)
    require(actor, "report.make", Report(scope=locked))
    _check_language(language)
    with translation.override(language):
        told = _place_told(
            Place(locked), language, kind="results_centre", name=_centre_name(locked), year=year.code
        )
    return PRESS.keep(
        actor=actor,
        told=told,
        kind=Report.Kind.CENTRE,
        among={"scope": locked, "year": year},
        url=reverse("feedback:results-place", args=[locked.code]),
    )


def _place_told(place: Place, language: str, *, kind: str, name: str, year: str) -> Told:
    asked = sorted({one.questionnaire for one in choices_at(place) if one.year == year})
    wider = [(scope.label, Place(scope)) for scope in reversed(around(place))]
    found = [place_results(place, language, questionnaire=code, year=year, wider=wider) for code in asked]
    results = [one for one in found if one is not None]
    if not results:
        raise RuleViolation("no-results", NO_RESULTS)
    return results_report.of_place(
        results,
        language,
        kind=kind,
        code=place.code,
        name=name,
        year=year,
        university=University.current().name,
        centre=_centre_name(place.scope),
    )


def _centre_name(scope: Scope) -> str:
    """The centre that a scope is or belongs to; empty above the centres."""
    found = [one for one in Centre.objects.select_related("scope") if scope.path.startswith(one.scope.path)]
    return found[0].name if found else ""


def produce(context: JobContext, report_id: str) -> None:
    """The work of the job. Refuses `report-altered` and `report-unfit`."""
    PRESS.produce(context, report_id)


def file_name(report: Report) -> str:
    """`REP-2026-0001-resultados-es.pdf`."""
    return f"{report.code}-{FILE_WORDS[report.language]}-{report.language}.pdf"


def _check_language(language: str) -> None:
    if language not in Report.Language.values:
        raise RuleViolation("unknown-language", UNKNOWN_LANGUAGE, field="language")


PRESS = Press(
    model=Report,
    noun="report",
    prefix="REP",
    job_kind=JOB_KIND,
    related=("requested_by", "scope"),
    file_name=file_name,
)
