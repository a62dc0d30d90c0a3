from django.urls import path

from audits.views import verify

app_name = "verify"
urlpatterns = [
    path("", verify.dossier_search, name="dossier-search"),
    path("<str:code>/", verify.dossier_detail, name="dossier-detail"),
]
