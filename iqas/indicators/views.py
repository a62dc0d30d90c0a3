"""The numbers of a scope, one indicator followed down to its answers, and the targets."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.models import Campaign
from feedback.selectors.targets import about_editions, with_target
from iqas.core.access import allowed, can
from iqas.core.access import require as require_access
from iqas.core.refusals import StaleVersion
from iqas.core.views import page
from iqas.indicators import presentation, selectors
from iqas.indicators.forms import IndicatorFilter, TargetForm
from iqas.indicators.models import Target
from iqas.indicators.services.targets import NO_TARGET, drop_target, set_target
from iqas.indicators.tables import IndicatorTable, year_columns
from iqas.indicators.words import aim_words
from iqas.organisation import scope_switch
from iqas.organisation.models import AcademicYear, Scope
from iqas.ui import conflicts, forms, lists


@page("indicator.view")
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Indicators × years of one scope, with target and state."""
    scopes = list(_scopes(request))
    if address := _first_address(request, scopes):
        return redirect(address)
    scope = _chosen(request, scopes)
    years = selectors.years_measured(scope)
    form = IndicatorFilter(request.GET, scopes=scopes)
    wanted = form.chosen("state")
    lines = [presentation.line_of(series) for series in selectors.series_of(scope, years)]
    return lists.list_page(
        request,
        queryset=lines,
        table=IndicatorTable,
        table_kwargs={"scope": scope, "extra_columns": list(year_columns(years))},
        filters=lists.Sifted(form, [line for line in lines if wanted in ("", line.state)]),
        title=_("Indicators: %(scope)s") % {"scope": scope.label},
        caption=_("Indicators by academic year"),
        empty=lists.Empty(_("No indicators yet"), _("They are loaded with: manage.py load_packs")),
        template="indicators/indicator_list.html",
    )


@page("indicator.view")
def indicator_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator of one scope: definition, trend, and one floor below, down to the answers."""
    definition = get_object_or_404(selectors.definitions(), code=code)
    scopes = list(_scopes(request))
    if address := _first_address(request, scopes):
        return redirect(address)
    scope = _chosen(request, scopes)
    years = selectors.years_measured(scope)
    [series] = selectors.series_of(scope, years, [definition])
    branches = selectors.branches_of(definition, scope, years)
    context = {
        "definition": definition,
        "scope": scope,
        "above": [above for above in scopes if above != scope and scope.path.startswith(above.path)],
        "years": years,
        "line": presentation.line_of(series),
        "figure": presentation.trend(definition, series.figures),
        "branches": [presentation.branch_line(branch, definition.unit) for branch in branches],
        "campaigns": _campaigns(branches),
        "may_set": bool(can(request.user, "target.set", scope)),
    }
    return render(request, "indicators/indicator_detail.html", context)


@page("target.set", methods=("GET", "HEAD", "POST"))
def target_edit(request: HttpRequest, code: str, scope_code: str, year_code: str) -> HttpResponse:
    """What a scope aims at in a year; removing it lets the scope above decide."""
    definition = get_object_or_404(selectors.definitions(), code=code)
    scope = get_object_or_404(_scopes(request), code=scope_code)
    year = get_object_or_404(AcademicYear, code=year_code)
    require_access(request.user, "target.set", scope)
    target = Target.objects.filter(definition=definition, scope=scope, year=year).first()
    back = f"{reverse('indicators:indicator-detail', args=[code])}?scope={scope.code}"
    if request.method == "POST" and "drop" in request.POST and target is not None:
        return _drop(request, target, back)
    form = TargetForm(forms.posted(request), initial=TargetForm.initial_of(target))

    def save() -> None:
        set_target(
            actor=request.user,
            definition=definition,
            scope=scope,
            year=year,
            seen_version=form.cleaned_data["seen_version"],
            **form.fractions(),
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=TargetForm.initial_of,
        back=back,
        template="indicators/target_edit.html",
        shown_with={
            "definition": definition,
            "scope": scope,
            "year": year,
            "target": target,
            "back": back,
        },
    )


def _drop(request: HttpRequest, target: Target, back: str) -> HttpResponse:
    seen = request.POST.get("seen_version", "")
    try:
        drop_target(
            actor=request.user, target=target, seen_version=int(seen) if seen.isdecimal() else NO_TARGET
        )
    except StaleVersion as stale:
        changed = _(
            "Somebody changed this target in the meantime, so it was not removed. It now says: %(target)s."
        )
        messages.warning(request, changed % {"target": aim_words(stale.current, target.definition.unit)})
        return redirect(request.path)
    messages.success(request, _("Target removed."))
    return redirect(back)


def _scopes(request: HttpRequest) -> QuerySet[Scope]:
    """University, centres and micro-credentials that the person may see, the university first."""
    return allowed(request.user, "indicator.view").exclude(kind=Scope.Kind.DOSSIER).order_by("path")


def _first_address(request: HttpRequest, scopes: list[Scope]) -> str:
    """Where the page is sent to because its address names no scope and the scope switch does."""
    centre = scope_switch.chosen(request).centre
    reached = any(scope.code == centre for scope in scopes)
    return scope_switch.completed(request, {"scope": centre}) if reached else ""


def _chosen(request: HttpRequest, scopes: list[Scope]) -> Scope:
    """The scope in the address, else the widest one; 404 where it is not the person's."""
    wanted = request.GET.get("scope")
    found = next((scope for scope in scopes if wanted in (None, "", scope.code)), None)
    if found is None:
        raise Http404
    return found


def _campaigns(branches: list[selectors.Branch]) -> dict[str, list[Campaign]]:
    """The campaigns of the editions shown, by the edition's code."""
    editions = [branch.edition for branch in branches if branch.edition]
    by_edition: dict[str, list[Campaign]] = {}
    if editions:
        found = Campaign.objects.filter(about_editions(editions)).exclude(state=Campaign.State.DRAFT)
        for campaign in with_target(found).order_by("code"):
            for edition in campaign.target.editions:
                by_edition.setdefault(edition.code, []).append(campaign)
    return by_edition
