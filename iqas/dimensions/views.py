from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from iqas.core.access import allowed, can
from iqas.core.views import get_visible_or_404, page
from iqas.dimensions import presenters, selectors
from iqas.dimensions.catalogue import DIMENSIONS
from iqas.dimensions.dimension import Dimension
from iqas.evidence.selectors import per_criterion_validity
from iqas.organisation.models import AcademicYear, Centre, Scope
from iqas.ui.components import Link, Number
from microcredentials.models import MicroCredential

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters that all these pages share, and the choices for them."""

    centre: Centre | None
    year: AcademicYear | None
    centres: list[Centre]
    years: list[AcademicYear]

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        pairs = (("centre", self.centre), ("year", self.year))
        return "&".join(f"{name}={item.code}" for name, item in pairs if item is not None)


@page("microcredential.view")
def matrix(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    date = selectors.judged_on(chosen.year)
    found = list(selectors.microcredentials(request.user, centre=chosen.centre, year=chosen.year))
    sheet = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = selectors.matrix(list(sheet.object_list), date)
    return render(
        request,
        "dimensions/matrix.html",
        {
            "chosen": chosen,
            "date": date,
            "dimensions": DIMENSIONS,
            "links": _links(chosen),
            "rows": rows,
            "sheet": sheet,
            "valid": sum(row.valid for row in rows),
            "total": sum(row.total for row in rows),
        },
    )


@page("microcredential.view")
def dimension_detail(request: HttpRequest, dimension: Dimension) -> HttpResponse:
    chosen = _chosen(request)
    date = selectors.judged_on(chosen.year)
    found = list(selectors.microcredentials(request.user, centre=chosen.centre, year=chosen.year))
    return render(
        request,
        "dimensions/dimension_detail.html",
        {
            "chosen": chosen,
            "date": date,
            "dimension": dimension,
            "links": _links(chosen),
            "count": len(found),
            "coverage": selectors.coverage(found, dimension, date) if found else (),
            "numbers": _numbers(request, dimension, chosen),
            "subject": DimensionOf(dimension, chosen.centre, chosen.year),
        },
    )


@page("microcredential.view")
def dimension_microcredential(request: HttpRequest, dimension: Dimension, code: str) -> HttpResponse:
    """What exists and what is missing for one micro-credential in one dimension."""
    microcredential = get_visible_or_404(request.user, MicroCredential, "microcredential.view", code=code)
    chosen = _chosen(request)
    date = selectors.judged_on(chosen.year)
    scope = microcredential.scope
    validity = per_criterion_validity([scope], date)[scope.pk].below(dimension.code)
    return render(
        request,
        "dimensions/dimension_microcredential.html",
        {
            "chosen": chosen,
            "date": date,
            "dimension": dimension,
            "microcredential": microcredential,
            "cell": selectors.Cell(dimension, validity),
            "numbers": presenters.numbers(request.user, dimension, scope, chosen.year),
            "criteria": selectors.proofs(request.user, validity),
            "others": [
                Link(
                    f"{other.code} {other.title}",
                    reverse(f"dimensions:{other.slug}-microcredential", args=[code]),
                )
                for other in DIMENSIONS
            ],
            "may_add": bool(can(request.user, "evidence.add", scope)),
            "may_act": bool(can(request.user, "improvement.add", scope)),
        },
    )


def _numbers(request: HttpRequest, dimension: Dimension, chosen: Chosen) -> list[Number]:
    """The indicators of the chosen centre, else of the university."""
    if not dimension.indicators:
        return []
    scope = chosen.centre.scope if chosen.centre else Scope.objects.get(kind=Scope.Kind.UNIVERSITY)
    return presenters.numbers(request.user, dimension, scope, chosen.year)


@dataclass(frozen=True, slots=True)
class DimensionOf:
    """What panels of upper floors are told: the dimension, and the filters in force."""

    dimension: Dimension
    centre: Centre | None
    year: AcademicYear | None


def _chosen(request: HttpRequest) -> Chosen:
    centres = list(allowed(request.user, "centre.view").select_related("scope").order_by("sort_name"))
    years = list(AcademicYear.objects.order_by("-starts"))
    return Chosen(
        centre=_named(centres, request.GET.get("centre")),
        year=_named(years, request.GET.get("year")),
        centres=centres,
        years=years,
    )


def _named(choices: list[Any], code: str | None) -> Any:
    return next((item for item in choices if item.code == code), None)


def _links(chosen: Chosen) -> list[Link]:
    query = f"?{chosen.query}" if chosen.query else ""
    return [
        Link(f"{dimension.code} {dimension.title}", reverse(f"dimensions:{dimension.slug}-detail") + query)
        for dimension in DIMENSIONS
    ]
