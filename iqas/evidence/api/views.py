"""Evidence: filed with its file or its address, read, given its next version, approved, withdrawn."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from iqas.core.access import allowed, require
from iqas.core.files import StoredFile, download_response
from iqas.core.rest import ApiView, FileView, ListView, operation, seen_in, tagged
from iqas.core.rest.parsing import IN_PARTS
from iqas.core.views import Access
from iqas.evidence import selectors, services
from iqas.evidence.api.shapes import (
    HEADER,
    ApproveShape,
    EvidenceChange,
    EvidenceNew,
    EvidenceRead,
    EvidenceRow,
    EvidenceVersionNew,
    WithdrawShape,
)
from iqas.evidence.filters import EvidenceFilter
from iqas.evidence.models import Evidence, EvidenceVersion

OWN_UPLOAD = {
    "title": "You uploaded this version; somebody else approves it.",
    "status": 403,
    "code": "own-upload",
}


class EvidenceView(ApiView):
    access = Access("permission", "evidence.view")

    def evidence(self, code: str, may: str = "") -> Evidence:
        found: Evidence = self.found(Evidence, "evidence.view", may=may, code=code)
        return found

    def version(self, code: str, number: int) -> EvidenceVersion:
        versions = self.evidence(code).versions.select_related("evidence__scope")
        found = versions.filter(number=number).first()
        if found is None:
            raise Http404
        return found

    def told(self, code: str, status: int = 200) -> Response:
        stored = (
            Evidence.objects.select_related("kind", "scope", "owner")
            .prefetch_related("versions__uploaded_by", "versions__approved_by", "criteria__framework")
            .get(code=code)
        )
        return tagged(Response(EvidenceRead(stored).data, status=status), stored.version)


class EvidenceList(ListView, EvidenceView):
    writing = "evidence.add"
    parser_classes = IN_PARTS
    serializer_class = EvidenceRow
    filterset_class = EvidenceFilter

    def rows(self) -> Any:
        seen = allowed(self.request.user, "evidence.view").select_related("kind", "scope")
        return selectors.with_status(seen)

    @operation("evidence_list", answer=EvidenceRow(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)

    @operation(
        "evidence_file",
        request=EvidenceNew,
        answer=EvidenceRead,
        status=201,
        about="A new evidence with its first version. A file is sent as `upload` of a request of several parts.",
        example={
            "scope": "FI",
            "title": "Acta de la Junta de Centro",
            "kind": "minutes",
            "date_of_fact": "2026-03-02",
            "url": "https://example.org/acta",
        },
    )
    def post(self, request: Request) -> Response:
        body = self.taken(EvidenceNew)
        scope = body.pop("scope")
        header = {name: body.pop(name) for name in HEADER if name in body}
        made = services.file_evidence(actor=request.user, scope=scope, header=header, version=body)
        return self.told(made.code, status=201)


class EvidenceDetail(EvidenceView):
    @operation("evidence_read", answer=EvidenceRead)
    def get(self, request: Request, code: str) -> Response:
        return self.told(self.evidence(code).code)

    @operation(
        "evidence_change",
        request=EvidenceChange,
        answer=EvidenceRead,
        revised=True,
        about="What it is and what it is said to prove; its versions stay as they are.",
        example={"revision": 1, "criteria": ["FOUR-DIMENSIONS/A.1"]},
    )
    def patch(self, request: Request, code: str) -> Response:
        evidence = self.evidence(code, may="evidence.change")
        body = self.taken(EvidenceChange)
        seen = seen_in(request, body)
        services.change_evidence(actor=request.user, evidence=evidence, seen_version=seen, **body)
        return self.told(code)


class VersionAdd(EvidenceView):
    """The next version: a file or an address, waiting for somebody else's approval."""

    parser_classes = IN_PARTS

    @operation(
        "evidence_version_add",
        request=EvidenceVersionNew,
        answer=EvidenceRead,
        status=201,
        about="A file is sent as `upload` of a request of several parts.",
        example={"date_of_fact": "2026-03-02", "url": "https://example.org/acta-2"},
    )
    def post(self, request: Request, code: str) -> Response:
        evidence = self.evidence(code, may="evidence.change")
        services.add_version(actor=request.user, evidence=evidence, **self.taken(EvidenceVersionNew))
        return self.told(code, status=201)


class VersionFile(EvidenceView, FileView):
    @operation("evidence_version_file", file="application/octet-stream")
    def get(self, request: Request, code: str, number: int) -> HttpResponseBase:
        version = self.version(code, number)
        if not version.is_file:
            raise Http404
        return download_response(
            StoredFile(version.sha256, version.size, version.media_type, version.original_name)
        )


class VersionApprove(EvidenceView):
    @operation(
        "evidence_version_approve",
        request=ApproveShape,
        answer=EvidenceRead,
        example={"note": "Leída."},
        refused=OWN_UPLOAD,
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        require(request.user, "evidence.approve", version)
        services.approve_version(actor=request.user, version=version, **self.taken(ApproveShape))
        return self.told(code)


class VersionWithdraw(EvidenceView):
    @operation(
        "evidence_version_withdraw",
        request=WithdrawShape,
        answer=EvidenceRead,
        about="It no longer counts; what cites it says so. This cannot be undone.",
        example={"reason": "Se subió el documento equivocado."},
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        version = self.version(code, number)
        require(request.user, "evidence.withdraw", version)
        services.withdraw_version(actor=request.user, version=version, **self.taken(WithdrawShape))
        return self.told(code)
