"""Documents: asked for, watched while a job prints them, taken with their hash, filed as evidence."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import require
from iqas.core.rest import ApiView, FileView, ListView, Shape, operation
from iqas.core.views import Access
from iqas.frameworks.models import EvidenceKind
from microcredentials.api import printed
from microcredentials.api.catalogue import MicroCredentialView
from microcredentials.api.editions import EditionView
from microcredentials.api.fields import DocumentCode, Person
from microcredentials.api.printed import ACCEPTED, OK, PrintedShape
from microcredentials.api.programmes import ProgrammeView
from microcredentials.filters import DocumentFilter
from microcredentials.models import Document
from microcredentials.selectors.registers import documents_seen
from microcredentials.services import documents, filing

OF_VERSIONS: list[tuple[str, Any]] = [(kind.value, kind.label) for kind in documents.BUILDERS]
NOT_YET = {
    "title": str(documents.NOT_APPROVED),
    "status": 409,
    "code": "not-approved",
}


class DocumentRead(PrintedShape):
    """`as_of` is when the data last said this; `file` the address of the PDF once it is made."""

    file_at = "api:microcredentials:document-file"

    kind = serializers.ChoiceField(choices=Document.Kind.choices)
    language = serializers.ChoiceField(choices=Document.Language.choices)
    microcredential = serializers.CharField(
        source="version.microcredential.code", default=None, allow_null=True
    )
    version = serializers.IntegerField(source="version.number", default=None, allow_null=True)
    edition = serializers.CharField(source="edition.code", default=None, allow_null=True)
    programme = serializers.CharField(source="programme.code", default=None, allow_null=True)
    requested_by = Person()
    evidence = DocumentCode(source="filed_as", allow_null=True, help_text="As what it is filed, as E-0012/1.")


class LanguageShape(Shape):
    language = serializers.ChoiceField(choices=Document.Language.choices)


class DocumentNew(LanguageShape):
    kind = serializers.ChoiceField(choices=OF_VERSIONS)


class FilingShape(Shape):
    kind: Any = serializers.SlugRelatedField(
        slug_field="code", queryset=EvidenceKind.objects.all(), help_text="Code of the kind of evidence."
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    date_of_fact = serializers.DateField(required=False)


class FiledShape(Shape):
    evidence = DocumentCode(help_text="As E-0012/1; somebody else approves it.")
    sha256 = serializers.CharField(help_text="The same as the document's.")


def told(document: Document) -> Response:
    stored = Document.objects.select_related(*documents.WITH_SCOPE, "job", "filed_as__evidence").defer("body")
    return printed.told(stored.get(pk=document.pk), DocumentRead)


class DocumentList(ListView):
    """Every document that you may see, the latest first."""

    access = Access("permission", "document.view")
    serializer_class = DocumentRead
    filterset_class = DocumentFilter

    def rows(self) -> Any:
        return documents_seen(self.request.user)

    @operation("document_list", answer=DocumentRead(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class DocumentView(ApiView):
    access = Access("permission", "document.view")

    def document(self, code: str) -> Document:
        self.found(Document, "document.view", code=code)
        stored = Document.objects.select_related(
            *documents.WITH_SCOPE, "job", "artefact", "filed_as__evidence"
        )
        return stored.defer("body").get(code=code)


class DocumentDetail(DocumentView):
    @operation("document_read", answer=DocumentRead)
    def get(self, request: Request, code: str) -> Response:
        return Response(DocumentRead(self.document(code)).data)


class DocumentFile(DocumentView, FileView):
    """The PDF (PDF/A-3a, PDF/UA-1), compared with its hash on the way out. 409 `not-printed` until it is made."""

    @operation("document_file", file="application/pdf")
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return printed.file_of(self.document(code), filing.NOT_PRINTED)


class DocumentEvidence(DocumentView):
    """Filing it as evidence: the same file under the same SHA-256."""

    @operation(
        "document_evidence",
        request=FilingShape,
        answer=FiledShape,
        status=201,
        example={"kind": "review-report"},
    )
    def post(self, request: Request, code: str) -> Response:
        document = self.document(code)
        require(request.user, "evidence.add", document.scope)
        body = self.taken(FilingShape)
        kind = body.pop("kind").code
        version = filing.file_document(actor=request.user, document=document, kind=kind, **body)
        return Response(FiledShape({"evidence": version, "sha256": version.sha256}).data, status=201)


class VersionDocuments(MicroCredentialView):
    """Those of a version that is submitted or approved."""

    @operation("version_documents", answer=DocumentRead(many=True))
    def get(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        rows = documents_seen(request.user).filter(version=version, edition=None)
        return Response(DocumentRead(rows, many=True).data)

    @operation(
        "version_document_make",
        request=DocumentNew,
        answer=DocumentRead,
        status=ACCEPTED,
        also=OK,
        about="As long as the version says the same, asking again gives the same document.",
        example={"kind": "application", "language": "es"},
        refused=NOT_YET,
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        require(request.user, "document.make", version)
        return told(documents.request(actor=request.user, version=version, **self.taken(DocumentNew)))


class EditionDocuments(EditionView):
    """Its final report, once it is filed."""

    @operation("edition_documents", answer=DocumentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        rows = documents_seen(request.user).filter(edition=self.edition(code))
        return Response(DocumentRead(rows, many=True).data)

    @operation(
        "edition_document_make",
        request=LanguageShape,
        answer=DocumentRead,
        status=ACCEPTED,
        also=OK,
        example={"language": "es"},
    )
    def post(self, request: Request, code: str) -> Response:
        edition = self.edition(code)
        require(request.user, "document.make", edition.version)
        return told(
            documents.request_report(actor=request.user, edition=edition, **self.taken(LanguageShape))
        )


class ProgrammeDocuments(ProgrammeView):
    """The annual programme as one document: what is new, what changes, what continues."""

    @operation("programme_documents", answer=DocumentRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        rows = documents_seen(request.user).filter(programme=self.programme(code))
        return Response(DocumentRead(rows, many=True).data)

    @operation(
        "programme_document_make",
        request=LanguageShape,
        answer=DocumentRead,
        status=ACCEPTED,
        also=OK,
        example={"language": "es"},
    )
    def post(self, request: Request, code: str) -> Response:
        programme = self.programme(code)
        require(request.user, "programme.prepare", programme.scope)
        return told(
            documents.request_programme(actor=request.user, programme=programme, **self.taken(LanguageShape))
        )
