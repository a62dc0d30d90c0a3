"""How a program shows who it is: with a token of a machine client (OAuth 2.0 client credentials, RFC 6749 §4.4).

A client acts for the account that it belongs to, whose roles decide; its scopes (`read`, `write`) can only take away.
"""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.models import Token
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from iqas.accounts.machines import READ, WRITE
from iqas.accounts.roles import is_external
from iqas.core.refusals import AccessDenied, RuleViolation


class BadToken(RuleViolation):
    status = 401


class MachineAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`; a person's session is asked before it."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        kind, _space, value = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = Token.objects.lookup(Token.Type.ACCESS_TOKEN, value.strip())
        owner = token.client.owner if token is not None and token.client is not None else None
        if token is None or owner is None or not owner.is_active:
            raise BadToken("bad-token", _("This token is unknown or has expired: ask for another."))
        needed = READ if request.method in SAFE_METHODS else WRITE
        if needed not in token.get_scopes():
            message = _("This token does not include the scope %(scope)s.") % {"scope": needed}
            raise AccessDenied("scope-missing", message)
        if needed == WRITE and is_external(owner):
            raise AccessDenied("read-only", _("Auditors read; they change nothing here."))
        return owner, token
