from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from iqas.core.access import can
from iqas.core.files import download_response
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.core.views import get_visible_or_404, page
from iqas.jobs import selectors, services
from iqas.jobs.filters import JobFilter
from iqas.jobs.models import Artefact, Job, JobState
from iqas.jobs.tables import JobTable
from iqas.ui import lists

SPOKEN_STEP = 10
"""Percent between two announcements to a screen reader."""


@page("job.view")
def job_list(request: HttpRequest) -> HttpResponseBase:
    return lists.list_page(
        request,
        queryset=selectors.jobs_for(request.user),
        table=JobTable,
        filters=JobFilter,
        title=_("Jobs"),
        intro=_("Work that takes a while: documents, exports, imports."),
        empty=lists.Empty(
            title=_("No jobs yet"),
            text=_("When you ask for a document or an import, its progress and its file appear here."),
        ),
        template="jobs/job_list.html",
    )


@page("job.view")
def job_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The page of a job; for htmx, only the part that changes."""
    job = get_visible_or_404(request.user, Job, "job.view", pk=pk)
    if job.is_over and job.seen_at is None and job.requested_by_id == request.user.pk:
        services.mark_seen(actor=request.user, jobs=[job.pk])
    context = {
        "job": job,
        "artefact": Artefact.objects.filter(job=job).first(),
        "typical": None if job.is_over else selectors.typical_duration(job.kind),
        "took": job.finished_at - job.started_at if job.started_at and job.finished_at else None,
        "may_cancel": not job.is_over and bool(can(request.user, "job.cancel", job)),
        "may_retry": job.state in {JobState.FAILED, JobState.CANCELLED}
        and bool(can(request.user, "job.retry", job)),
        **_announcement(request, job),
    }
    if request.headers.get("HX-Request"):
        return render(request, "jobs/_job.html", context)
    return render(request, "jobs/job_detail.html", context)


@page("job.view", methods=("POST",))
def job_cancel(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _act(request, pk, services.cancel)


@page("job.view", methods=("POST",))
def job_retry(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _act(request, pk, services.retry)


@page("job.view")
def artefact_download(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    job = get_visible_or_404(request.user, Job, "job.view", pk=pk)
    artefact = selectors.file_for(request.user, job)
    if artefact is None:
        raise Http404
    return download_response(artefact.stored)


@page("job.view")
def job_bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar: the jobs that ended since the person last looked."""
    return render(request, "jobs/_bell.html")


@page("job.view", methods=("POST",))
def jobs_mark_seen(request: HttpRequest) -> HttpResponse:
    services.mark_seen(actor=request.user)
    return redirect("jobs:job-list")


def _act(request: HttpRequest, pk: uuid.UUID, service: Callable[..., None]) -> HttpResponse:
    """Call the service and return to the job, which shows its state; a refusal is said there too."""
    job = get_visible_or_404(request.user, Job, "job.view", pk=pk)
    try:
        service(actor=request.user, job=job)
    except AccessDenied:
        raise
    except RuleViolation as refusal:
        messages.warning(request, str(refusal.message))
    return redirect(job)


def _announcement(request: HttpRequest, job: Job) -> dict[str, Any]:
    """What a screen reader is told: each tenth of the work once, and the end.

    The page carries what was `said` last in the address that it polls, so the server knows what is news.
    """
    tenth = (job.percent or 0) // SPOKEN_STEP * SPOKEN_STEP
    now_said = f"{job.state}-{job.attempts}-{tenth}"
    return {"said": now_said, "announce": request.GET.get("said") not in (None, now_said)}
