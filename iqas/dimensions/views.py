from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import can
from iqas.core.views import get_visible_or_404, page
from iqas.dimensions import presenters, selectors
from iqas.dimensions.catalogue import DIMENSIONS
from iqas.dimensions.dimension import Dimension
from iqas.dimensions.filters import Chosen, MatrixForm, PlaceForm
from iqas.dimensions.tables import MatrixTable, dimension_columns
from iqas.evidence.selectors import per_criterion_validity
from iqas.organisation import scope_switch
from iqas.organisation.models import AcademicYear, Centre, Scope
from iqas.ui import formats, lists
from iqas.ui.components import Link, Number
from microcredentials.models import MicroCredential

PER_PAGE = 100


@page("microcredential.view")
def matrix(request: HttpRequest) -> HttpResponse:
    if address := _first_address(request, "centre", "year"):
        return redirect(address)
    form = MatrixForm(request)
    chosen = form.place()
    date = selectors.judged_on(chosen.year)
    found = list(selectors.microcredentials(request.user, centre=chosen.centre, year=chosen.year))
    rows = form.keep(selectors.matrix(found, date))
    valid, total = sum(row.valid for row in rows), sum(row.total for row in rows)
    return lists.list_page(
        request,
        queryset=rows,
        table=MatrixTable,
        table_kwargs={"chosen": chosen, "extra_columns": list(dimension_columns())},
        filters=lists.Sifted(form, rows),
        title=_("Four dimensions"),
        caption=_("Criteria with valid evidence, by micro-credential and dimension"),
        intro=_("What has valid evidence on %(date)s, how old it is, and what is missing.")
        % {"date": formats.day(date)},
        empty=lists.Empty(
            _("No micro-credential yet"),
            _("As soon as there is one, its evidence in the four dimensions is shown here."),
        ),
        per_page=PER_PAGE,
        template="dimensions/matrix.html",
        context={"valid": valid, "total": total},
    )


@page("microcredential.view")
def dimension_detail(request: HttpRequest, dimension: Dimension) -> HttpResponse:
    if address := _first_address(request, "centre", "year"):
        return redirect(address)
    form = PlaceForm(request)
    chosen = form.place()
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
            **lists.filter_context(request, lists.Sifted(form, found)),
        },
    )


@page("microcredential.view")
def dimension_microcredential(request: HttpRequest, dimension: Dimension, code: str) -> HttpResponse:
    """What exists and what is missing for one micro-credential in one dimension."""
    microcredential = get_visible_or_404(request.user, MicroCredential, "microcredential.view", code=code)
    if address := _first_address(request, "year"):
        return redirect(address)
    chosen = PlaceForm(request).place()
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


def _first_address(request: HttpRequest, *names: str) -> str:
    """Where the page is sent to because its address does not name what the scope switch says."""
    choice = scope_switch.chosen(request)
    return scope_switch.completed(request, {name: getattr(choice, name) for name in names})


def _links(chosen: Chosen) -> list[Link]:
    query = f"?{chosen.query}" if chosen.query else ""
    return [
        Link(f"{dimension.code} {dimension.title}", reverse(f"dimensions:{dimension.slug}-detail") + query)
        for dimension in DIMENSIONS
    ]
