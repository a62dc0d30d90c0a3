from django.urls import path

from audits.views import review

app_name = "review"
urlpatterns = [
    path("", review.dossier_list, name="dossier-list"),
    path("<str:code>/", review.dossier_detail, name="dossier-detail"),
    path("<str:code>/file/", review.dossier_download, name="dossier-download"),
    path("<str:code>/criteria/<str:criterion>/", review.chapter_detail, name="chapter-detail"),
    path("<str:code>/indicators/<str:indicator>/", review.indicator_detail, name="indicator-detail"),
    path("<str:code>/evidence/", review.evidence_list, name="evidence-list"),
    path("<str:code>/evidence/<str:evidence>/<int:number>/", review.evidence_detail, name="evidence-detail"),
    path(
        "<str:code>/evidence/<str:evidence>/<int:number>/file/",
        review.evidence_download,
        name="evidence-download",
    ),
    path("<str:code>/actions/", review.action_list, name="action-list"),
    path("<str:code>/log/", review.reading_list, name="reading-list"),
]
