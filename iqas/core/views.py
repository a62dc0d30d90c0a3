"""Every view declares who may open it; `iqas.core.checks` refuses to start with one that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseBase

from iqas.core import access, error_views

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=Model)
READ = ("GET", "HEAD")


@dataclass(frozen=True)
class Access:
    """What a route asks of a person: `permission`, `signed-in` or `public`; a public one says why."""

    kind: str
    permission: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return self.permission or self.kind


def page(permission: str, *, methods: tuple[str, ...] = READ) -> Callable[[View], View]:
    """A page for people who hold `permission` somewhere. What they see on it is narrowed by `access.allowed`."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return error_views.method_not_allowed(request, methods)
            access.require(request.user, permission)
            return view(request, *args, **kwargs)

        return _declared(guarded, Access("permission", permission), methods)

    return declare


def signed_in(*, methods: tuple[str, ...] = READ) -> Callable[[View], View]:
    """A page for everybody with an account."""

    def declare(view: View) -> View:
        return _declared(_only(view, methods), Access("signed-in"), methods)

    return declare


def public(reason: str, *, methods: tuple[str, ...] = READ) -> Callable[[View], View]:
    """A page for everybody, because of `reason`."""

    def declare(view: View) -> View:
        return _declared(login_not_required(_only(view, methods)), Access("public", reason=reason), methods)

    return declare


def get_visible_or_404(user: Any, model: type[M], action: str, **lookup: Any) -> M:
    """The object, or 404 where the person may not even know that it exists."""
    found: M | None = access.allowed(user, action, model._default_manager.all()).filter(**lookup).first()
    if found is None:
        raise Http404
    return found


def _only(view: View, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in methods:
            return error_views.method_not_allowed(request, methods)
        return view(request, *args, **kwargs)

    return guarded


def _declared(view: View, declaration: Access, methods: tuple[str, ...]) -> View:
    view.access = declaration
    view.methods = methods
    return view
