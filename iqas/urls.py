"""Every address of the product (design §8)."""

from django.urls import include, path
from django.views.i18n import set_language

from iqas.core.views import public

handler400 = "iqas.core.error_views.bad_request"
handler403 = "iqas.core.error_views.permission_denied"
handler404 = "iqas.core.error_views.page_not_found"
handler500 = "iqas.core.error_views.server_error"

urlpatterns = [
    path("", include("iqas.dashboard.urls")),
    path("", include("iqas.ui.urls")),
    path("", include("iqas.core.urls")),
    path("accounts/", include("iqas.accounts.urls_allauth")),
    path("people/", include("iqas.accounts.urls")),
    path("settings/approval/", include("microcredentials.urls_routes")),
    path("settings/", include("iqas.organisation.urls")),
    path("jobs/", include("iqas.jobs.urls")),
    path("quality/", include("iqas.dimensions.urls")),
    path("quality/frameworks/", include("iqas.frameworks.urls")),
    path("quality/evidence/", include("iqas.evidence.urls")),
    path("quality/actions/", include("iqas.improvement.urls")),
    path("quality/indicators/", include("iqas.indicators.urls")),
    path("microcredentials/", include("microcredentials.urls")),
    path("feedback/", include("feedback.urls")),
    path("s/logo/", include("iqas.organisation.urls_public")),
    path("s/", include("feedback.urls_public")),
    path("audits/", include("audits.urls")),
    path("review/", include("audits.urls_review")),
    path("verify/", include("audits.urls_verify")),
    path("api/v1/", include("iqas.api.urls")),
    path(
        "i18n/setlang/",
        public("everybody chooses a language", methods=("POST",))(set_language),
        name="set_language",
    ),
]
