from django.urls import path

from audits.views import assessments, criteria, dossiers

app_name = "audits"
urlpatterns = [
    path("", assessments.assessment_list, name="assessment-list"),
    path("new/", assessments.assessment_start, name="assessment-start"),
    path("dossiers/", dossiers.dossier_list, name="dossier-list"),
    path("dossiers/<str:code>/", dossiers.dossier_detail, name="dossier-detail"),
    path("dossiers/<str:code>/file/", dossiers.dossier_download, name="dossier-download"),
    path("<str:code>/", assessments.assessment_detail, name="assessment-detail"),
    path("<str:code>/introduction/", assessments.introduction_edit, name="introduction-edit"),
    path("<str:code>/completeness/", assessments.completeness_detail, name="completeness-detail"),
    path("<str:code>/submit/", assessments.assessment_submit, name="assessment-submit"),
    path("<str:code>/return/", assessments.assessment_return, name="assessment-return"),
    path("<str:code>/freeze/", assessments.assessment_freeze, name="assessment-freeze"),
    path("<str:code>/dossier/", dossiers.dossier_request, name="dossier-request"),
    path("<str:code>/criteria/<str:criterion>/", criteria.criterion_edit, name="criterion-edit"),
    path("<str:code>/criteria/<str:criterion>/cite/", criteria.evidence_cite, name="evidence-cite"),
    path("<str:code>/criteria/<str:criterion>/uncite/", criteria.evidence_uncite, name="evidence-uncite"),
]
