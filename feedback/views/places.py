"""Results above the campaign: the list of all, and one page for a place, whatever its height."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from feedback import exporters
from feedback.forms.results import PlaceForm
from feedback.models import Campaign, Report
from feedback.presenters import places as presenter
from feedback.presenters.files import csv_links
from feedback.presenters.reports import Reports, reports_of
from feedback.selectors.campaigns import COUNTED, with_turnout
from feedback.selectors.places import (
    KINDS,
    PlaceResults,
    around,
    place_results,
    turnout_of,
    visible_editions,
    visible_scopes,
    way_to,
)
from feedback.selectors.pooling import Heard, Place
from feedback.selectors.published import FINISHED
from feedback.selectors.targets import with_label
from feedback.services.result_files import order_file
from feedback.tables.results import ResultFilter, ResultTable
from feedback.views.results import results_file
from feedback.views.shared import WRITE
from iqas.core.access import allowed, can, holds, paths
from iqas.core.views import page
from iqas.organisation.models import Scope
from iqas.organisation.scopes import paths_above
from iqas.ui import forms, lists
from iqas.ui.components import Link
from iqas.ui.formats import number

PER_PAGE = 25


@page("results.view")
def result_list(request: HttpRequest) -> HttpResponseBase:
    """Every campaign that has ended, with who took part; the way to what stands above them."""
    return lists.list_page(
        request,
        queryset=with_turnout(with_label(_finished(request.user), *COUNTED)),
        table=ResultTable,
        filters=ResultFilter,
        title=_("Results"),
        empty=lists.Empty(
            title=_("No results yet"), text=_("Results appear here once a campaign has ended.")
        ),
        actions=(
            *_widest(request.user),
            Link(
                _("All figures of these campaigns (XLSX)"),
                f"{reverse('feedback:result-export')}?{request.GET.urlencode()}",
            ),
            *_import_link(request.user),
        ),
    )


@page("results.view")
def results_place(request: HttpRequest, code: str) -> HttpResponse:
    """The university, a centre or a micro-credential."""
    way = way_to(request.user, code)
    if not way:
        raise Http404
    return _page(request, Place(way[-1]), way[:-1])


@page("results.view")
def results_edition(request: HttpRequest, code: str) -> HttpResponse:
    """One edition: the campaigns on it alone."""
    edition = get_object_or_404(visible_editions(request.user), code=code)
    place = Place(edition.microcredential.scope, edition)
    return _page(request, place, around(place))


@page("results.view", methods=WRITE)
def result_export(request: HttpRequest) -> HttpResponseBase:
    """The campaigns of the filtered list with their figures, distributions and comments; very many of them by a job."""
    shown = ResultFilter(request.GET or None, queryset=_finished(request.user), request=request)
    language = get_language() or "es"
    if request.method == "POST":
        kind, table = request.GET.get("format", ""), request.GET.get("table", "")
        job = order_file(actor=request.user, campaigns=shown.qs, language=language, kind=kind, table=table)
        return redirect(job)
    many = shown.qs.count()
    if many > exporters.MOST:
        return forms.confirm_page(
            request,
            title=_("Figures of %(count)s campaigns") % {"count": number(many)},
            message=_("So many are written into a file while you do something else."),
            verb=gettext_lazy("Write the file"),
            cancel_url=reverse("feedback:result-list"),
            consequences=[_("The bell tells when it is ready; only you can download it.")],
            danger=False,
        )
    return results_file(request, exporters.sheets_of(shown.qs, request.user, language), "iqas")


@page("results.view")
def results_place_export(request: HttpRequest, code: str) -> HttpResponseBase:
    return _place_file(request, Place(get_object_or_404(visible_scopes(request.user), code=code)))


@page("results.view")
def results_edition_export(request: HttpRequest, code: str) -> HttpResponseBase:
    edition = get_object_or_404(visible_editions(request.user), code=code)
    return _place_file(request, Place(edition.microcredential.scope, edition))


def _place_file(request: HttpRequest, place: Place) -> HttpResponseBase:
    results = _results(request, place, around(place))
    if results is None:
        raise Http404
    return results_file(request, exporters.sheets_of_place(results), place.code)


def _finished(user: Any) -> QuerySet[Campaign]:
    return allowed(user, "results.view").filter(state__in=FINISHED)


def _import_link(user: Any) -> tuple[Link, ...]:
    if any(path.count("/") == 1 for path in paths(user, "campaign.edit")):
        return (Link(_("Import earlier results"), reverse("feedback:result-import")),)
    return ()


def _widest(user: Any) -> tuple[Link, ...]:
    """The widest places that the person may see, at most three."""
    held = paths(user, "results.view")
    scopes = Scope.objects.filter(path__in=held, kind__in=KINDS).order_by("path")[:3]
    return tuple(
        Link(_("Results of %(place)s") % {"place": scope.label}, presenter.place_url(scope.kind, scope.code))
        for scope in scopes
    )


def _results(request: HttpRequest, place: Place, above: Sequence[Scope]) -> PlaceResults | None:
    return place_results(
        place,
        get_language() or "es",
        questionnaire=request.GET.get("questionnaire", ""),
        year=request.GET.get("year"),
        wider=[(scope.label, Place(scope)) for scope in reversed(above)],
    )


def _page(request: HttpRequest, place: Place, above: Sequence[Scope]) -> HttpResponse:
    results = _results(request, place, above)
    context: dict[str, Any] = {
        "place": place,
        "name": _name(place),
        "above": [
            Link(scope.label, presenter.place_url(scope.kind, scope.code))
            for scope in above
            if holds(request.user, "results.view", scope)
        ],
        "results": results,
    }
    if results is not None:
        context |= _filled(request, place, results)
    return render(request, "feedback/results_place.html", context)


def _filled(request: HttpRequest, place: Place, results: PlaceResults) -> dict[str, Any]:
    chosen = results.chosen
    form = PlaceForm({"questionnaire": chosen.questionnaire, "year": chosen.year}, choices=results.choices)
    rows = _below(place, results)
    chosen_here = {"questionnaire": chosen.questionnaire, "year": chosen.year}
    export_url = presenter.export_url(place.kind, place.code, **chosen_here)
    paginator = Paginator(rows, PER_PAGE)
    return {
        "filterset": lists.Sifted(form, ()),
        "parts": presenter.parts(results),
        "pooled": results.told,
        "straight_share": results.straight_lined / results.counted
        if results.straight_lined and results.counted
        else None,
        "response_rate": None if results.turnout.rate is None else float(results.turnout.rate),
        "years": presenter.years_compared(results),
        "benchmark": presenter.benchmark(results, place.code),
        "contrasts": [(one, presenter.contrast_rows(one)) for one in results.contrasts],
        "below": paginator.get_page(request.GET.get("page")),
        "export_url": export_url,
        "csv": csv_links(
            export_url, ("results", "distributions", "answers", "years", "benchmark", "campaigns")
        ),
        "reports": _reports(request, place, chosen.year),
        "list_url": _list_url(place, results) if can(request.user, "results.view") else "",
    }


def _below(place: Place, results: PlaceResults) -> list[presenter.Below]:
    """What the place consists of: campaigns of an edition, editions of a micro-credential, else the scopes below it.

    A campaign that belongs to none of them (a pool of several, partners) stands for itself.
    """
    if place.edition is not None:
        return [_campaign(one) for one in results.campaigns]
    labels, kind, part_of = _parts(place, results)
    query = {"questionnaire": results.chosen.questionnaire, "year": results.chosen.year}
    groups: dict[str, list[Heard]] = {}
    for one in results.campaigns:
        groups.setdefault(part_of(one), []).append(one)
    own = groups.pop("", [])
    rows = [
        presenter.Below(code, labels[code], turnout_of(found), presenter.place_url(kind, code, **query))
        for code, found in groups.items()
    ]
    return [*sorted(rows, key=lambda row: row.label or row.code), *map(_campaign, own)]


def _parts(place: Place, results: PlaceResults) -> tuple[Mapping[str, str], str, Callable[[Heard], str]]:
    """The names of the parts by their codes, of which kind they are, and to which one a campaign belongs ("": to none)."""
    if place.scope.kind == Scope.Kind.MICROCREDENTIAL:
        return {one.edition: "" for one in results.campaigns}, "edition", lambda one: one.edition
    children = list(Scope.objects.filter(parent=place.scope, kind__in=KINDS))
    codes = {child.path: child.code for child in children}
    return (
        {child.code: child.label for child in children},
        "scope",
        lambda one: next((codes[path] for path in (*paths_above(one.path), one.path) if path in codes), ""),
    )


def _campaign(one: Heard) -> presenter.Below:
    url = reverse("feedback:campaign-results", args=[one.code])
    return presenter.Below(one.code, one.title, turnout_of([one]), url)


def _reports(request: HttpRequest, place: Place, year: str) -> Reports | None:
    """Of an edition, or of a year of a centre."""
    if place.edition is not None:
        url = reverse("feedback:edition-report", args=[place.code])
        return reports_of(request.user, place.scope, url, edition=place.edition)
    if place.scope.kind == Scope.Kind.CENTRE and year:
        url = reverse("feedback:centre-report", args=[place.code, year])
        return reports_of(request.user, place.scope, url, kind=Report.Kind.CENTRE, year__code=year)
    return None


def _name(place: Place) -> str:
    return str(place.edition.version.title) if place.edition is not None else place.scope.label


def _list_url(place: Place, results: PlaceResults) -> str:
    chosen = results.chosen
    centre = f"&centre={place.scope.code}" if place.scope.kind == Scope.Kind.CENTRE else ""
    return (
        f"{reverse('feedback:result-list')}?questionnaire={chosen.questionnaire}&year={chosen.year}{centre}"
    )
