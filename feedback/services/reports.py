"""Reports of results asked for, printed by a job, kept with their hash. The same content is never printed twice."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from feedback.documents import results_report
from feedback.models import Campaign, Report
from feedback.selectors.places import place_results
from feedback.selectors.pooling import Place, choices_at
from feedback.selectors.published import FINISHED
from feedback.selectors.results import campaign_results
from feedback.selectors.targets import with_target
from iqas import __version__
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.canonical import sha256_hex
from iqas.core.codes import next_code
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import Artefact
from iqas.jobs.runner import JobContext
from iqas.jobs.services import enqueue
from iqas.organisation.models import AcademicYear, Centre, Scope, University
from iqas.ui.pdf.lint import count_pages, lint
from microcredentials.documents.content import Told, from_json, to_json
from microcredentials.documents.render import Seal, to_pdf
from microcredentials.models import Edition

JOB_KIND = "feedback.report"
MEDIA_TYPE = "application/pdf"
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
    report = Report(kind=Report.Kind.CAMPAIGN, scope=locked.scope, campaign=locked)
    return _kept(actor, told, report, reverse("feedback:campaign-results", args=[locked.code]))


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
    report = Report(kind=Report.Kind.EDITION, scope=scope, edition=locked)
    return _kept(actor, told, report, reverse("feedback:results-edition", args=[locked.code]))


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
    report = Report(kind=Report.Kind.CENTRE, scope=locked, year=year)
    return _kept(actor, told, report, reverse("feedback:results-place", args=[locked.code]))


def _place_told(place: Place, language: str, *, kind: str, name: str, year: str) -> Told:
    asked = sorted({one.questionnaire for one in choices_at(place) if one.year == year})
    found = [place_results(place, language, questionnaire=code, year=year) for code in asked]
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


def _kept(actor: Any, told: Told, report: Report, url: str) -> Report:
    body = to_json(told)
    digest = sha256_hex(body)
    same = Report.objects.filter(scope=report.scope, kind=report.kind, language=told.language)
    standing = same.select_related("job").filter(content_sha256=digest).first()
    if standing is not None:
        if standing.has_failed:
            _order(actor, standing, attempt=f"after {standing.job_id}", url=url)
            _record(actor, standing, "report.requested", {"content_sha256": digest})
        return standing
    now = clock.now()
    report.code = next_code("REP", width=4, year=now.year)
    report.language, report.body, report.content_sha256 = told.language, body.decode(), digest
    report.requested_by, report.requested_at, report.as_of = actor, now, now
    report.save(force_insert=True)
    _order(actor, report, attempt="1", url=url)
    _record(actor, report, "report.requested", {"content_sha256": digest})
    return report


def _order(actor: Any, report: Report, *, attempt: str, url: str) -> None:
    report.job = enqueue(
        actor=actor,
        kind=JOB_KIND,
        payload={"report": str(report.pk)},
        idem_key=f"{report.pk}|{attempt}",
        scope=report.scope,
        about=report.code,
        about_url=url,
    )
    report.save(update_fields=["job"])


def produce(context: JobContext, report_id: str) -> None:
    """The work of the job: print what the report says, lint the file, hand it over.

    Refuses `report-altered` (its content no longer has its hash) and `report-unfit` (the lint found something).
    """
    report = Report.objects.select_related("requested_by", "scope").get(pk=uuid.UUID(report_id))
    context.progress(0, 3, _("Printing the pages"))
    if sha256_hex(report.body.encode()) != report.content_sha256:
        raise RuleViolation(
            "report-altered",
            _("The stored content of this report no longer has its SHA-256. Tell the administrator."),
        )
    pdf = to_pdf(from_json(report.body), _seal(report))
    context.progress(1, 3, _("Checking that the file is accessible and lasting"))
    if findings := lint(pdf):
        raise RuleViolation(
            "report-unfit",
            _("The printed file failed its check and was not released: %(findings)s.")
            % {"findings": "; ".join(findings[:5])},
        )
    context.progress(2, 3, _("Storing the file"))
    context.artefact(pdf, file_name(report), MEDIA_TYPE)
    pages = count_pages(pdf)
    context.on_finish(lambda artefact: _register(report.pk, artefact, pages))


def file_name(report: Report) -> str:
    """`REP-2026-0001-resultados-es.pdf`."""
    return f"{report.code}-{FILE_WORDS[report.language]}-{report.language}.pdf"


def _register(report_id: uuid.UUID, artefact: Artefact | None, pages: int) -> None:
    """Enters the file into the report's row and the audit chain, in the transaction that ends the job."""
    if artefact is None:
        raise RuntimeError("A report is registered with its file.")
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("requested_by", "scope")
        .get(pk=report_id)
    )
    report.artefact, report.sha256, report.size = artefact, artefact.sha256, artefact.size
    report.pages, report.made_at = pages, clock.now()
    report.save(update_fields=["artefact", "sha256", "size", "pages", "made_at"])
    _record(report.requested_by, report, "report.made", {"sha256": artefact.sha256, "size": artefact.size})


def _seal(report: Report) -> Seal:
    return Seal(
        code=report.code,
        created=report.requested_at,
        made_by=report.requested_by.name,
        content_sha256=report.content_sha256,
        application=f"IQAS {__version__}",
    )


def _check_language(language: str) -> None:
    if language not in Report.Language.values:
        raise RuleViolation("unknown-language", UNKNOWN_LANGUAGE, field="language")


def _record(actor: Any, report: Report, action: str, after: dict[str, Any]) -> None:
    record(
        actor=actor,
        action=action,
        subject=report,
        scope=report.scope,
        after={"code": report.code, "kind": report.kind, "language": report.language} | after,
    )
