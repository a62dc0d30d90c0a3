"""Two versions side by side, in words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from iqas.core.views import page
from microcredentials.models import ApprovalRoute, Change
from microcredentials.selectors.comparison import compare, kind_of_change
from microcredentials.views.catalogue import visible_microcredential


@page("microcredential.view")
def version_compare(request: HttpRequest, code: str) -> HttpResponse:
    """`?before=1&after=2`; without them, the last two."""
    microcredential = visible_microcredential(request, code)
    versions = list(microcredential.versions.select_related("responsible_teacher").order_by("number"))
    if not versions:
        raise Http404
    numbers = {str(version.number): version for version in versions}
    after = numbers.get(request.GET.get("after", ""), versions[-1])
    before = numbers.get(request.GET.get("before", ""), versions[max(versions.index(after) - 1, 0)])
    comparison = compare(before, after)
    route = ApprovalRoute.objects.filter(in_force=True).first()
    context = {
        "microcredential": microcredential,
        "versions": versions,
        "before": before,
        "after": after,
        "comparison": comparison,
        "kind": Change(kind_of_change(comparison, route)).label if route and not comparison.is_empty else "",
    }
    return render(request, "microcredentials/version_compare.html", context)
