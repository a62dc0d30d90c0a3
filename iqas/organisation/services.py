"""Beginning a university and changing what it has decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.organisation.models import AcademicYear, Centre, Scope, University
from iqas.organisation.scopes import add_scope
from iqas.organisation.years import Span, span_for

SETTINGS = (
    "name",
    "short_name",
    "is_public",
    "threshold",
    "dpo_email",
    "complaints_email",
    "retention_days",
    "year_start_month",
    "year_start_day",
    "results_deadline_days",
    "report_deadline_months",
    "min_enrolment",
    "logo_sha256",
    "logo_media_type",
)


@transaction.atomic
def begin_university(*, actor: Any, name: str, short_name: str = "", **decided: Any) -> University:
    """The first step of an installation. Refuses `university-exists`. `actor` is None for the terminal."""
    if University.objects.exists():
        raise RuleViolation("university-exists", _("This installation already serves a university."))
    scope = add_scope(kind=Scope.Kind.UNIVERSITY, parent=None, code="UNI", label=name)
    university = University.objects.create(scope=scope, name=name, short_name=short_name, **decided)
    record(actor=actor, action="university.begun", subject=university, scope=scope, after={"name": name})
    ensure_year(actor=actor, date=clock.today())
    return university


@transaction.atomic
def change_university(*, actor: Any, seen_version: int, **changes: Any) -> University:
    """Saves decisions of the university. Refuses `StaleVersion` and what the fields do not allow."""
    university = University.objects.select_related("scope").select_for_update(of=("self",)).get()
    require(actor, "organisation.change", university.scope)
    versions.claim(university, seen_version)
    before = {field: getattr(university, field) for field in changes if field in SETTINGS}
    for field in before:
        setattr(university, field, changes[field])
    university.full_clean(exclude=["scope"])
    changed = {field: value for field, value in before.items() if getattr(university, field) != value}
    university.save(update_fields=list(before))
    if "name" in changed:
        Scope.objects.filter(pk=university.scope_id).update(label=university.name)
    if changed:
        after = {field: getattr(university, field) for field in changed}
        record(
            actor=actor,
            action="university.changed",
            subject=university,
            scope=university.scope,
            before=changed,
            after=after,
        )
    return university


@transaction.atomic
def add_centre(
    *, actor: Any, code: str, kind: str, name_es: str, name_en: str = "", municipality: str = ""
) -> Centre:
    """A centre under the university. Refuses `code-taken`. `actor` is None for the terminal and imports."""
    university = University.current()
    if actor is not None:
        require(actor, "organisation.change", university.scope)
    if Scope.objects.filter(code=code).exists():
        raise RuleViolation("code-taken", _("This code is already used."), field="code")
    scope = add_scope(kind=Scope.Kind.CENTRE, parent=university.scope, code=code, label=name_es)
    centre = Centre(
        scope=scope,
        code=code,
        kind=kind,
        name_es=name_es,
        name_en=name_en or None,
        municipality=municipality,
        sort_name=sort_key(name_es),
    )
    centre.full_clean(exclude=["scope"])
    centre.save()
    record(
        actor=actor, action="centre.added", subject=centre, scope=scope, after={"code": code, "name": name_es}
    )
    return centre


@transaction.atomic
def ensure_year(*, actor: Any, date: dt.date) -> AcademicYear:
    """The academic year that contains the date, made from the university's bounds where it is missing.

    Where the first day of the year was moved, the new year is fitted between its neighbours. Refuses `year-gap`.
    """
    found = AcademicYear.of(date)
    if found is not None:
        return found
    University.current()
    university = University.objects.select_related("scope").select_for_update(of=("self",)).get()
    found = AcademicYear.of(date)
    if found is not None:  # made while we waited
        return found
    known = [Span(year.code, year.starts, year.ends) for year in AcademicYear.objects.all()]
    span = span_for(date, university.year_start_month, university.year_start_day, known)
    year = AcademicYear.objects.create(code=span.code, starts=span.starts, ends=span.ends)
    record(
        actor=actor,
        action="year.added",
        subject=year,
        scope=university.scope,
        after={"code": year.code, "starts": year.starts, "ends": year.ends},
    )
    return year


@transaction.atomic
def change_centre(
    *, actor: Any, centre: Centre, seen: int, name_es: str, name_en: str = "", kind: str, municipality: str
) -> Centre:
    """Renames a centre or corrects its kind and place; its code stays. Refuses `StaleVersion`."""
    centre = Centre.objects.select_related("scope").select_for_update(of=("self",)).get(pk=centre.pk)
    require(actor, "organisation.change", centre.scope)
    versions.claim(centre, seen)
    wanted = {"name_es": name_es, "name_en": name_en or None, "kind": kind, "municipality": municipality}
    before = {
        field: getattr(centre, field) for field, value in wanted.items() if getattr(centre, field) != value
    }
    for field, value in wanted.items():
        setattr(centre, field, value)
    centre.sort_name = sort_key(name_es)
    centre.full_clean(exclude=["scope"])
    centre.save(update_fields=[*wanted, "name", "sort_name"])
    Scope.objects.filter(pk=centre.scope_id).update(label=name_es)
    if before:
        after = {field: wanted[field] for field in before}
        record(
            actor=actor,
            action="centre.changed",
            subject=centre,
            scope=centre.scope,
            before=before,
            after=after,
        )
    return centre


@transaction.atomic
def add_year(*, actor: Any, date: dt.date) -> AcademicYear:
    """The academic year that contains the date, within the bounds that the university has decided."""
    require(actor, "organisation.change", University.current().scope)
    return ensure_year(actor=actor, date=date)
