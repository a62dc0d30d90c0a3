"""An API view declares its permission like a page does."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from iqas.core import access
from iqas.core.views import Access


class DeclaredPermission(BasePermission):
    """Asks for what the view's `access` declares; a view without it is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        declared = getattr(view, "access", None)
        if not isinstance(declared, Access):
            return False
        if declared.kind == "public":
            return True
        if not request.user.is_authenticated:
            return False
        if declared.permission:
            access.require(request.user, declared.permission)
        return True
