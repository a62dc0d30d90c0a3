"""What these pages are about: a centre, a year; in the matrix also words and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed
from iqas.dimensions.catalogue import DIMENSIONS
from iqas.dimensions.selectors import Row
from iqas.organisation.models import AcademicYear, Centre
from iqas.ui import lists

ANY = "any"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The centre and the year that all these pages share."""

    centre: Centre | None
    year: AcademicYear | None

    @property
    def query(self) -> str:
        """The filters as they stand in an address."""
        pairs = (("centre", self.centre), ("year", self.year))
        return "&".join(f"{name}={item.code}" for name, item in pairs if item is not None)


class PlaceForm(lists.SiftForm):
    centre = forms.ChoiceField(label=_("Centre"), required=False)
    year = forms.ChoiceField(label=_("Academic year"), required=False)

    def __init__(self, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(request.GET, **kwargs)
        self.centres = list(
            allowed(request.user, "centre.view").select_related("scope").order_by("sort_name")
        )
        self.years = list(AcademicYear.objects.order_by("-starts"))
        self.fields["centre"].choices = [
            ("", _("All centres")),
            *((centre.code, centre.name) for centre in self.centres),
        ]
        self.fields["year"].choices = [("", _("Today")), *((year.code, year.code) for year in self.years)]

    def place(self) -> Chosen:
        return Chosen(
            centre=_named(self.centres, self.chosen("centre")), year=_named(self.years, self.chosen("year"))
        )


class MatrixForm(PlaceForm):
    q = lists.search_field()
    lacking = forms.ChoiceField(
        label=_("Missing evidence"),
        required=False,
        choices=[
            ("", _("All")),
            (ANY, _("In any dimension")),
            *((dimension.code, dimension.title) for dimension in DIMENSIONS),
        ],
    )
    field_order = ("q", "centre", "year", "lacking")

    def keep(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that the words and the choice of what is missing leave."""
        wanted = self.chosen("lacking")
        return [row for row in rows if self._says(row) and (not wanted or _lacks(row, wanted))]

    def _says(self, row: Row) -> bool:
        found = row.microcredential
        return self.matches(found.code, found.current.title if found.current else "", found.centre.name)


def _lacks(row: Row, wanted: str) -> bool:
    return any(
        cell.validity.valid < cell.validity.total
        for cell in row.cells
        if wanted in (ANY, cell.dimension.code)
    )


def _named(choices: list[Any], code: str) -> Any:
    return next((item for item in choices if item.code == code), None)
