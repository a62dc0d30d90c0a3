"""Jobs: how far they are, their file, ending one, trying one again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.files import download_response
from iqas.core.rest import ApiView, FileView, ListView, Shape, operation
from iqas.core.views import Access
from iqas.jobs import selectors, services
from iqas.jobs.filters import JobFilter
from iqas.jobs.models import Job, JobState
from iqas.jobs.selectors import jobs_for


class ArtefactShape(Shape):
    filename = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()


class JobRead(Shape):
    """A piece of work. Ask again until `state` is finished, failed or cancelled."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(help_text="Code of what it is about.")
    state = serializers.ChoiceField(choices=JobState.choices)
    percent = serializers.IntegerField(allow_null=True, help_text="Null while the amount is not known.")
    step = serializers.CharField(source="step_sentence", help_text="What it does now, in words.")
    error_code = serializers.CharField()
    error = serializers.CharField(source="error_sentence", help_text="Why it failed, in words.")
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    file = ArtefactShape(source="artefact", default=None, allow_null=True)


class JobList(ListView):
    """The jobs that you asked for or oversee, the latest first."""

    access = Access("permission", "job.view")
    serializer_class = JobRead
    filterset_class = JobFilter

    def rows(self) -> Any:
        return jobs_for(self.request.user)

    @operation("job_list", answer=JobRead(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class JobView(ApiView):
    access = Access("permission", "job.view")

    def told(self, pk: UUID) -> Response:
        return Response(JobRead(self.job(pk)).data)

    def job(self, pk: UUID) -> Job:
        found = jobs_for(self.request.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def changed(self, pk: UUID, service: Callable[..., object]) -> Response:
        job = self.job(pk)
        self.taken(Shape)
        service(actor=self.request.user, job=job)
        return self.told(pk)


class JobDetail(JobView):
    @operation("job_read", answer=JobRead)
    def get(self, request: Request, pk: UUID) -> Response:
        return self.told(pk)


class JobCancel(JobView):
    @operation("job_cancel", request=Shape, answer=JobRead, about="The body is empty.")
    def post(self, request: Request, pk: UUID) -> Response:
        return self.changed(pk, services.cancel)


class JobRetry(JobView):
    """For one that failed or was cancelled."""

    @operation("job_retry", request=Shape, answer=JobRead, about="The body is empty.")
    def post(self, request: Request, pk: UUID) -> Response:
        return self.changed(pk, services.retry)


class JobFile(JobView, FileView):
    """What it made."""

    @operation("job_file", file="application/octet-stream")
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        artefact = selectors.file_for(request.user, self.job(pk))
        if artefact is None:
            raise Http404
        return download_response(artefact.stored)
