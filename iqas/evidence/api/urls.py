"""The addresses of the API of evidence."""

from django.urls import path

from iqas.evidence.api import views

VERSION = "<str:code>/versions/<int:number>/"

app_name = "evidence"
urlpatterns = [
    path("", views.EvidenceList.as_view(), name="evidence-list"),
    path("<str:code>/", views.EvidenceDetail.as_view(), name="evidence-detail"),
    path("<str:code>/versions/", views.VersionAdd.as_view(), name="evidence-versions"),
    path(f"{VERSION}file/", views.VersionFile.as_view(), name="version-file"),
    path(f"{VERSION}approve/", views.VersionApprove.as_view(), name="version-approve"),
    path(f"{VERSION}withdraw/", views.VersionWithdraw.as_view(), name="version-withdraw"),
]
