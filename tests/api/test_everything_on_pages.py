"""docs/how-to/use-the-api.md says that whatever pages do with micro-credentials, programs do too: each page names its operation."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from iqas.core.routes import Route, routes

PAGES = ("microcredentials:", "routes:")
EVIDENCE = ("evidence:evidence-list", "evidence:evidence-detail", "evidence:evidence-add", "evidence:evidence-edit",
    "evidence:version-add", "evidence:version-approve", "evidence:version-withdraw", "evidence:version-download",
)  # fmt: skip
JOBS = ("jobs:job-list", "jobs:job-detail", "jobs:job-cancel", "jobs:job-retry", "jobs:artefact-download")

OPERATIONS: dict[str, tuple[str, ...]] = {
    "microcredential-list": ("microcredential_list",),
    "microcredential-create": ("microcredential_create",),
    "microcredential-detail": ("microcredential_read", "version_list", "edition_list"),
    "microcredential-partners": ("participation_list", "pathway_list"),
    "participation-add": ("participation_add",),
    "participation-remove": ("participation_remove",),
    "catalogue-upload": ("catalogue_import",),
    "import-detail": ("catalogue_import", "enrolment_import", "partner_import", "job_read", "job_file"),
    "import-confirm": ("catalogue_import", "enrolment_import", "partner_import"),
    "version-detail": ("version_read",),
    "version-begin": ("version_begin",),
    "version-compare": ("version_comparison",),
    "proposal-detail": ("version_read", "version_completeness"),
    "section-edit": ("version_change",),
    "version-submit": ("version_submit",),
    "version-approval": ("version_approval",),
    "approval-detail": ("version_approval",),
    "act-record": ("act_record",),
    "act-return": ("act_record",),
    "conditions-fulfil": ("conditions_fulfil",),
    "remark-list": ("remark_list", "remark_add"),
    "remark-resolve": ("remark_resolve",),
    "standing-change": ("microcredential_standing",),
    "approval-list": ("approval_list", "submission_list"),
    "document-list": ("document_list", "version_documents", "document_read"),
    "document-request": ("version_document_make",),
    "document-download": ("document_file",),
    "document-file": ("document_evidence",),
    "edition-document-request": ("edition_document_make", "edition_documents"),
    "programme-list": ("programme_list",),
    "programme-create": ("programme_prepare",),
    "programme-detail": ("programme_read",),
    "programme-continuing": ("programme_continuing",),
    "programme-document-request": ("programme_document_make", "programme_documents"),
    "programme-approve": ("programme_approve",),
    "edition-list": ("edition_list",),
    "edition-create": ("edition_plan",),
    "edition-repeat": ("edition_plan",),
    "edition-detail": ("edition_read", "edition_changes", "incident_list", "report_read"),
    "edition-edit": ("edition_change",),
    "edition-advance": ("edition_advance",),
    "edition-counts": ("edition_counts", "edition_count"),
    "edition-report": ("report_write",),
    "incident-create": ("incident_add",),
    "incident-edit": ("incident_answer",),
    "enrolment-list": ("enrolment_list",),
    "enrolment-create": ("enrolment_make",),
    "enrolment-change": ("enrolment_states",),
    "enrolment-edit": ("enrolment_read", "enrolment_change"),
    "enrolment-register": ("enrolment_register",),
    "enrolment-upload": ("enrolment_import",),
    "edition-enrolment-upload": ("enrolment_import",),
    "learner-list": ("learner_list",),
    "learner-detail": ("learner_read",),
    "learner-edit": ("learner_change",),
    "learner-export": ("learner_export",),
    "learner-erase": ("learner_erase",),
    "siiu-counts": ("siiu_counts",),
    "partner-list": ("partner_list",),
    "partner-create": ("partner_add",),
    "partner-detail": ("partner_read", "partner_participations", "contact_list"),
    "partner-edit": ("partner_change",),
    "partner-merge": ("partner_merge",),
    "partner-import": ("partner_import",),
    "partner-agreement-add": ("agreement_add",),
    "partner-agreement-edit": ("agreement_change",),
    "partner-contact-add": ("contact_add",),
    "partner-contact-edit": ("contact_change",),
    "partner-contact-erase": ("contact_erase",),
    "agreement-list": ("agreement_list",),
    "pathway-list": ("pathway_list",),
    "pathway-create": ("pathway_create",),
    "pathway-detail": ("pathway_read",),
    "pathway-edit": ("pathway_change",),
    "pathway-steps": ("pathway_steps",),
    "route-list": ("route_list",),
    "route-detail": ("route_read",),
    "route-download": ("route_read",),
    "evidence-list": ("evidence_list",),
    "evidence-detail": ("evidence_read",),
    "evidence-add": ("evidence_file",),
    "evidence-edit": ("evidence_change",),
    "version-add": ("evidence_version_add",),
    "version-approve": ("evidence_version_approve",),
    "version-withdraw": ("evidence_version_withdraw",),
    "version-download": ("evidence_version_file",),
    "job-list": ("job_list",),
    "job-detail": ("job_read",),
    "job-cancel": ("job_cancel",),
    "job-retry": ("job_retry",),
    "artefact-download": ("job_file",),
}  # fmt: skip
NOT_FOR_PROGRAMS = {
    "route-upload": "who decides on proposals is changed by a person who has read what changes, or on the server",
    "route-enforce": "the same",
}


def pages() -> list[Route]:
    return [route for route in routes() if route.name.startswith(PAGES) or route.name in (*EVIDENCE, *JOBS)]


@cache
def described() -> dict[str, str]:
    """Operation → its method."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    return {
        operation["operationId"]: method.upper()
        for methods in schema["paths"].values()
        for method, operation in methods.items()
    }


def test_every_page_has_its_operation_or_the_reason_why_not() -> None:
    names = {page.name.rpartition(":")[2] for page in pages()}
    assert names - set(OPERATIONS) - set(NOT_FOR_PROGRAMS) == set(), (
        "say which operation does what this page does"
    )
    assert (set(OPERATIONS) | set(NOT_FOR_PROGRAMS)) - names == set(), "these pages are gone"
    assert all(NOT_FOR_PROGRAMS.values())


def test_the_operations_exist() -> None:
    known = described()
    assert {name for named in OPERATIONS.values() for name in named} - set(known) == set()


@pytest.mark.parametrize(
    "page", [route.name for route in pages() if route.methods and "POST" in route.methods]
)
def test_a_page_that_writes_has_an_operation_that_writes(page: str) -> None:
    name = page.rpartition(":")[2]
    if name in NOT_FOR_PROGRAMS:
        return
    known = described()
    assert any(known[operation] != "GET" for operation in OPERATIONS[name]), page
