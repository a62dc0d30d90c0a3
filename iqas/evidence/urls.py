from django.urls import path

from iqas.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.evidence_list, name="evidence-list"),
    path("add/", views.evidence_add, name="evidence-add"),
    path("<str:code>/", views.evidence_detail, name="evidence-detail"),
    path("<str:code>/edit/", views.evidence_edit, name="evidence-edit"),
    path("<str:code>/versions/add/", views.version_add, name="version-add"),
    path("<str:code>/versions/<int:number>/approve/", views.version_approve, name="version-approve"),
    path("<str:code>/versions/<int:number>/withdraw/", views.version_withdraw, name="version-withdraw"),
    path("<str:code>/versions/<int:number>/download/", views.version_download, name="version-download"),
]
