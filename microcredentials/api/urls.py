"""The addresses of the API of micro-credentials."""

from django.urls import path

from microcredentials.api import (
    approval,
    catalogue,
    documents,
    editions,
    enrolments,
    imports,
    partners,
    pathways,
    programmes,
    registers,
    routes,
)

MC = "microcredentials/<str:code>/"
VERSION = f"{MC}versions/<int:number>/"
DOCUMENT = "documents/<str:code>/"
PROGRAMME = "programmes/<str:code>/"
EDITION = "editions/<str:code>/"
LEARNER = "learners/<uuid:pk>/"
PARTNER = "partners/<str:code>/"

app_name = "microcredentials"
urlpatterns = [
    path("microcredentials/", catalogue.MicroCredentialList.as_view(), name="microcredential-list"),
    path("microcredentials/import/", imports.CatalogueImport.as_view(), name="catalogue-import"),
    path(MC, catalogue.MicroCredentialDetail.as_view(), name="microcredential-detail"),
    path(f"{MC}standing/", catalogue.MicroCredentialStanding.as_view(), name="standing-change"),
    path(f"{MC}participations/", partners.ParticipationList.as_view(), name="participation-list"),
    path(
        f"{MC}participations/<uuid:pk>/",
        partners.ParticipationDetail.as_view(),
        name="participation-remove",
    ),
    path(f"{MC}versions/", catalogue.VersionList.as_view(), name="version-list"),
    path(VERSION, catalogue.VersionDetail.as_view(), name="version-detail"),
    path(f"{VERSION}completeness/", catalogue.VersionCompleteness.as_view(), name="version-completeness"),
    path(f"{VERSION}comparison/", catalogue.VersionComparison.as_view(), name="version-comparison"),
    path(f"{VERSION}documents/", documents.VersionDocuments.as_view(), name="version-documents"),
    path(f"{VERSION}approval/", approval.VersionApproval.as_view(), name="approval-version"),
    path(f"{VERSION}submit/", approval.VersionSubmit.as_view(), name="approval-submit"),
    path(f"{VERSION}acts/", approval.ActRecord.as_view(), name="approval-acts"),
    path(
        f"{VERSION}acts/<slug:step>/fulfilled/", approval.ConditionsFulfil.as_view(), name="approval-fulfil"
    ),
    path(f"{VERSION}remarks/", approval.RemarkList.as_view(), name="approval-remarks"),
    path(
        f"{VERSION}remarks/<uuid:pk>/resolve/",
        approval.RemarkResolve.as_view(),
        name="approval-remark-resolve",
    ),
    path("submissions/", approval.Waiting.as_view(), name="submission-list"),
    path("approvals/", registers.ApprovalRegister.as_view(), name="approval-list"),
    path("approval-routes/", routes.RouteList.as_view(), name="route-list"),
    path("approval-routes/<str:code>/<int:number>/", routes.RouteDetail.as_view(), name="route-detail"),
    path("documents/", documents.DocumentList.as_view(), name="document-list"),
    path(DOCUMENT, documents.DocumentDetail.as_view(), name="document-detail"),
    path(f"{DOCUMENT}file/", documents.DocumentFile.as_view(), name="document-file"),
    path(f"{DOCUMENT}evidence/", documents.DocumentEvidence.as_view(), name="document-evidence"),
    path("programmes/", programmes.ProgrammeList.as_view(), name="programme-list"),
    path(PROGRAMME, programmes.ProgrammeDetail.as_view(), name="programme-detail"),
    path(f"{PROGRAMME}approve/", programmes.ProgrammeApprove.as_view(), name="programme-approve"),
    path(f"{PROGRAMME}continuing/", programmes.ProgrammeContinuing.as_view(), name="programme-continuing"),
    path(f"{PROGRAMME}documents/", documents.ProgrammeDocuments.as_view(), name="programme-documents"),
    path("editions/", editions.EditionList.as_view(), name="edition-list"),
    path(EDITION, editions.EditionDetail.as_view(), name="edition-detail"),
    path(f"{EDITION}steps/", editions.EditionAdvance.as_view(), name="edition-advance"),
    path(f"{EDITION}changes/", editions.EditionChanges.as_view(), name="edition-changes"),
    path(f"{EDITION}counts/", editions.EditionCounts.as_view(), name="edition-counts"),
    path(f"{EDITION}report/", editions.EditionReportView.as_view(), name="edition-report"),
    path(f"{EDITION}documents/", documents.EditionDocuments.as_view(), name="edition-documents"),
    path(f"{EDITION}incidents/", editions.IncidentList.as_view(), name="incident-list"),
    path(f"{EDITION}incidents/<uuid:pk>/", editions.IncidentDetail.as_view(), name="incident-detail"),
    path(f"{EDITION}enrolments/", enrolments.EnrolmentList.as_view(), name="enrolment-list"),
    path(f"{EDITION}enrolments/states/", enrolments.EnrolmentStates.as_view(), name="enrolment-states"),
    path("enrolments/", enrolments.EnrolmentRegister.as_view(), name="enrolment-register"),
    path("enrolments/import/", imports.EnrolmentImport.as_view(), name="enrolment-import"),
    path("enrolments/<uuid:pk>/", enrolments.EnrolmentDetail.as_view(), name="enrolment-detail"),
    path("learners/", enrolments.LearnerList.as_view(), name="learner-list"),
    path(LEARNER, enrolments.LearnerDetail.as_view(), name="learner-detail"),
    path(f"{LEARNER}export/", enrolments.LearnerExport.as_view(), name="learner-export"),
    path(f"{LEARNER}erase/", enrolments.LearnerErase.as_view(), name="learner-erase"),
    path("siiu/<str:code>/", enrolments.SiiuView.as_view(), name="siiu-counts"),
    path("agreements/", registers.AgreementRegister.as_view(), name="agreement-list"),
    path("partners/", partners.PartnerList.as_view(), name="partner-list"),
    path("partners/import/", imports.PartnerImport.as_view(), name="partner-import"),
    path(PARTNER, partners.PartnerDetail.as_view(), name="partner-detail"),
    path(f"{PARTNER}merge/", partners.PartnerMerge.as_view(), name="partner-merge"),
    path(
        f"{PARTNER}participations/", partners.PartnerParticipations.as_view(), name="partner-participations"
    ),
    path(f"{PARTNER}agreements/", partners.AgreementList.as_view(), name="partner-agreements"),
    path(f"{PARTNER}agreements/<uuid:pk>/", partners.AgreementDetail.as_view(), name="partner-agreement"),
    path(f"{PARTNER}contacts/", partners.ContactList.as_view(), name="partner-contacts"),
    path(f"{PARTNER}contacts/<uuid:pk>/", partners.ContactDetail.as_view(), name="partner-contact"),
    path("pathways/", pathways.PathwayList.as_view(), name="pathway-list"),
    path("pathways/<str:code>/", pathways.PathwayDetail.as_view(), name="pathway-detail"),
    path("pathways/<str:code>/steps/", pathways.PathwaySteps.as_view(), name="pathway-steps"),
]
