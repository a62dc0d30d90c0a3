"""Where a machine client gets its token, and how the description of the API tells of it."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.views import TokenView as AllauthTokenView
from django.http import HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from iqas.accounts.machines import CLIENT_CREDENTIALS, SCOPES
from iqas.core.views import Access


class TokenView(AllauthTokenView):
    """Gives a client that shows its secret a token for an hour."""

    access = Access("public", reason="a program shows its secret here")
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("grant_type") != CLIENT_CREDENTIALS:
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        return super().post(request)


class MachineScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "iqas.api.authentication.MachineAuthentication"
    name = "machine"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "/api/v1/token/", "scopes": SCOPES}},
        }
