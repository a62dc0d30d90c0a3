"""The university of the tests, its centres and years, made through the services that a person would use."""

from __future__ import annotations

from datetime import date
from typing import Any

from iqas.organisation.models import AcademicYear, Centre, University
from iqas.organisation.services import add_centre, begin_university, ensure_year


def the_university(**decided: Any) -> University:
    """The one university; made at first use, with `decided` (threshold=…) set on it."""
    university = University.objects.select_related("scope").first()
    if university is None:
        university = begin_university(actor=None, name="Universidad de Prueba", short_name="UPrueba")
    for name, value in decided.items():
        setattr(university, name, value)
    if decided:
        university.save(update_fields=list(decided))
    return university


def make_centre(code: str = "FAC-A", name: str = "Facultad A", *, kind: str = "faculty") -> Centre:
    """A centre directly under the university, with its scope; the same code gives the same centre."""
    the_university()
    return Centre.objects.select_related("scope").filter(code=code).first() or add_centre(
        actor=None, code=code, kind=kind, name_es=name, name_en=name
    )


def make_year(start: int = 2025) -> AcademicYear:
    """The academic year that begins on 1 September of `start`."""
    the_university()
    return ensure_year(actor=None, date=date(start, 12, 1))
