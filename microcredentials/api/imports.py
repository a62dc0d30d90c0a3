"""Lists from elsewhere: the catalogue, partners, enrolments. All of a file or nothing; a dry run writes nothing."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.files import check_size
from iqas.core.rest import ApiView, Shape, operation
from iqas.core.rest.description import MEDIA, Problem
from iqas.core.rest.parsing import FILE_ONLY
from iqas.core.tabular import RowError
from iqas.core.views import Access
from iqas.jobs.api.views import JobRead
from microcredentials.api.fields import Coded
from microcredentials.importers.taking import silent
from microcredentials.services import intake
from microcredentials.services.intake import Wish

ACCEPTED, CONFLICT = 202, 409
REJECTED = (
    "Answers 409 with the report, as `report` of the problem, where a row is rejected: then nothing was written. "
    "A large list is answered with 202 and its job, whose file is the report."
)


class ListFile(Shape):
    file = serializers.FileField(help_text="CSV or XLSX, its first row with the names of the columns.")
    dry_run = serializers.BooleanField(default=False, help_text="Say what would happen and write nothing.")

    def validate_file(self, upload: File[bytes]) -> File[bytes]:
        check_size(upload)
        return upload


class CatalogueFile(ListFile):
    centre = Coded("microcredential.import", help_text="Code of the centre.")
    drafts = serializers.BooleanField(default=False, help_text="Accept rows that lack values, as drafts.")


class EnrolmentFile(ListFile):
    edition = Coded("enrolment.edit", required=False, help_text="Of all rows; else each row names its own.")


class RejectedShape(Shape):
    row = serializers.IntegerField(help_text="The header is row 1.")
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    article = serializers.CharField(help_text="The law that demands it, or nothing.")


class RowNoteShape(Shape):
    """What happened to an accepted row, and what its record still lacks before approval."""

    row = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField()
    outcome = serializers.CharField(help_text="created, updated or unchanged.")
    missing = RejectedShape(many=True)


class LearnersShape(Shape):
    created = serializers.IntegerField(source="learners_created")
    updated = serializers.IntegerField(source="learners_updated")


class ImportReport(Shape):
    """What was done, or would be. With anything rejected nothing was written, and nothing counts as created."""

    sha256 = serializers.CharField(help_text="Of the file.")
    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    written = serializers.BooleanField()
    unread_columns = serializers.ListField(child=serializers.CharField())
    rejected = RejectedShape(many=True)


class CatalogueReport(ImportReport):
    editions = serializers.IntegerField()
    notes = RowNoteShape(many=True)


class OverFullShape(Shape):
    """An edition with more enrolled than it has places."""

    code = serializers.CharField()
    enrolled = serializers.IntegerField()
    places = serializers.IntegerField()


class EnrolmentImportReport(ImportReport):
    learners = LearnersShape(source="done")
    passed_over = serializers.ListField(child=serializers.IntegerField(), source="done.passed_over")
    editions = serializers.IntegerField()
    over_full = OverFullShape(many=True)


class PartnerRejected(Problem):
    report = ImportReport()


class CatalogueRejected(Problem):
    report = CatalogueReport()


class EnrolmentsRejected(Problem):
    report = EnrolmentImportReport()


class ImportView(ApiView):
    parser_classes = FILE_ONLY

    def take_in(self, wish: Wish, body: dict[str, Any], shape: type[ImportReport]) -> Response:
        """The report of a small list; of a large one the job that takes it in, whose file is the report."""
        actor, upload, dry_run = self.request.user, body["file"], body["dry_run"]
        if intake.needs_a_job(upload):
            job = intake.order(actor=actor, upload=upload, wish=wish, dry_run=dry_run)
            return Response(JobRead(job).data, status=ACCEPTED)
        report = wish.run(
            actor=actor, file=upload, dry_run=dry_run, filename=str(upload.name), progress=silent
        )
        return self.answered(report, shape)

    def answered(self, report: Any, shape: type[ImportReport]) -> Response:
        told = shape(report).data
        if not report.rejected:
            return Response(told)
        first: RowError = report.rejected[0]
        problem = {
            "type": "about:blank",
            "title": str(first.message),
            "status": CONFLICT,
            "code": "rows-rejected",
            "report": told,
        }
        return Response(problem, status=CONFLICT, content_type=MEDIA)


class CatalogueImport(ImportView):
    """The list of a centre: a row is matched by its code, else by its title. Empty cells never erase."""

    access = Access("permission", "microcredential.import")

    @operation(
        "catalogue_import",
        request=CatalogueFile,
        answer=CatalogueReport,
        rejects=CatalogueRejected,
        accepted=JobRead,
        about=REJECTED,
    )
    def post(self, request: Request) -> Response:
        body = self.taken(CatalogueFile)
        wish = Wish(intake.CATALOGUE, centre=body["centre"], drafts=body["drafts"])
        return self.take_in(wish, body, CatalogueReport)


class PartnerImport(ImportView):
    """The register: a row is matched by its tax number, else by its name. Empty cells never erase."""

    access = Access("permission", "partner.import")

    @operation(
        "partner_import",
        request=ListFile,
        answer=ImportReport,
        rejects=PartnerRejected,
        accepted=JobRead,
        about=REJECTED,
    )
    def post(self, request: Request) -> Response:
        return self.take_in(Wish(intake.PARTNERS), self.taken(ListFile), ImportReport)


class EnrolmentImport(ImportView):
    """The list of the student system: twice is once. A person is known by number, document or e-mail."""

    access = Access("permission", "enrolment.edit")

    @operation(
        "enrolment_import",
        request=EnrolmentFile,
        answer=EnrolmentImportReport,
        rejects=EnrolmentsRejected,
        accepted=JobRead,
        about=REJECTED,
    )
    def post(self, request: Request) -> Response:
        body = self.taken(EnrolmentFile)
        wish = Wish(intake.ENROLMENTS, edition=body.get("edition"))
        return self.take_in(wish, body, EnrolmentImportReport)
