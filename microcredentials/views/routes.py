"""The way to approval in the settings: the route in force, earlier ones, and loading the next."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import can, require
from iqas.core.views import page
from iqas.organisation.models import University
from iqas.ui import forms, lists
from iqas.ui.components import Link
from microcredentials.filters import RouteFilter
from microcredentials.forms.routes import RouteFileForm
from microcredentials.models import ApprovalRoute
from microcredentials.presenters import routes as route_pages
from microcredentials.selectors.routes import as_yaml, pack_of, routes_of
from microcredentials.services import routes
from microcredentials.tables.registers import RouteTable

WRITE = ("GET", "HEAD", "POST")


@page("route.view")
def route_list(request: HttpRequest) -> HttpResponse:
    routes.route_in_force()
    upload = reverse("routes:route-upload") if can(request.user, "route.change") else ""
    return lists.list_page(
        request,
        queryset=routes_of(request.user),
        table=RouteTable,
        filters=RouteFilter,
        title=_("Way to approval"),
        intro=_(
            "Which bodies decide on a micro-credential, in which order and by when, and which changes are substantial."
        ),
        actions=[Link(_("Load a route"), upload, primary=True)] if upload else [],
    )


@page("route.view")
def route_detail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    context = route_pages.route_page(request.user, _route(request, code, number))
    return render(request, "microcredentials/route_detail.html", context)


@page("route.view")
def route_download(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The route as a file, to write the next one from."""
    route = _route(request, code, number)
    answer = HttpResponse(as_yaml(pack_of(route)), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{route.code.lower()}-{route.number}.yaml"'
    return answer


@page("route.change", methods=WRITE)
def route_upload(request: HttpRequest) -> HttpResponseBase:
    """Loads a route without putting it in force: its page says what it would change."""
    require(request.user, "route.change", University.current().scope)
    form = RouteFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            route = routes.add_route(actor=request.user, pack=form.pack)
            messages.success(
                request,
                _("%(route)s is loaded. Read what it changes, then put it in force.") % {"route": route},
            )
            return redirect(route)
    context = {"form": form, "current": routes.route_in_force()}
    return render(request, "microcredentials/route_upload.html", context, status=forms.form_status(form))


@page("route.change", methods=WRITE)
def route_enforce(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    route = _route(request, code, number)
    require(request.user, "route.change", University.current().scope)
    return forms.confirm_step(
        request,
        forms.ConfirmForm(request.POST or None),
        partial(routes.put_in_force, actor=request.user, route=route),
        said=_("%(route)s is in force.") % {"route": route},
        back=route,
        title=_("Put %(route)s in force") % {"route": route},
        message=route.title,
        verb=_("Put it in force"),
        consequences=route_pages.consequences(route),
        danger=False,
    )


def _route(request: HttpRequest, code: str, number: int) -> ApprovalRoute:
    found = routes_of(request.user).prefetch_related("steps").filter(code=code, number=number).first()
    if found is None:
        raise Http404
    return found
