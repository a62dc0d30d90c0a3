from __future__ import annotations

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from iqas.core.views import page
from iqas.frameworks import selectors
from iqas.frameworks.models import Crosswalk, FindingType, Framework, RatingLevel, RatingScale


@page("frameworks.view")
def framework_list(request: HttpRequest) -> HttpResponse:
    current = selectors.current().order_by("code")
    scales = RatingScale.objects.prefetch_related(
        Prefetch("levels", RatingLevel.objects.order_by("order")),
        Prefetch("finding_types", FindingType.objects.order_by("order")),
    )
    return render(
        request,
        "frameworks/framework_list.html",
        {
            "frameworks": current.annotate(assessable=Count("criteria", filter=Q(criteria__assessable=True))),
            "older": Framework.objects.exclude(pk__in=selectors.current().values("pk")).order_by("code"),
            "scales": scales.order_by("code", "-loaded_at"),
            "crosswalks": selectors.crosswalks(),
        },
    )


@page("frameworks.view")
def framework_detail(request: HttpRequest, code: str, version: str) -> HttpResponse:
    framework = get_object_or_404(Framework.objects.select_related("scale"), code=code, version=version)
    return render(
        request,
        "frameworks/framework_detail.html",
        {
            "framework": framework,
            "groups": selectors.groups(framework),
            "questions": framework.questions.all(),
            "levels": framework.scale.levels.all(),
        },
    )


@page("frameworks.view")
def crosswalk_detail(request: HttpRequest, code: str, version: str) -> HttpResponse:
    crosswalk = get_object_or_404(Crosswalk, code=code, version=version)
    return render(
        request,
        "frameworks/crosswalk_detail.html",
        {"crosswalk": crosswalk, "rows": selectors.crosswalk_rows(crosswalk)},
    )
