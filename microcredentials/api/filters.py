"""What lists can be narrowed by. Objects are named by their codes."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet

from iqas.core.text import sort_key
from microcredentials import completeness
from microcredentials.models import (
    AnnualProgramme,
    Edition,
    Enrolment,
    Learner,
    MicroCredential,
    Partner,
    Pathway,
)


class Search(filters.CharFilter):
    """Every word, without accents and case, in the stored search key."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        for word in sort_key(value or "").split()[:10]:
            qs = qs.filter(**{f"{self.field_name}__contains": word})
        return qs


class MicroCredentialQuery(filters.FilterSet):
    q = Search(field_name="search_key", label="Words of its code, title, field or responsible teacher.")
    centre = filters.CharFilter(field_name="centre__code", label="Code of the centre.")
    state = filters.ChoiceFilter(choices=MicroCredential.State.choices)
    year = filters.CharFilter(method="in_year", label="With an edition in this academic year, as 2025-26.")
    complete = filters.BooleanFilter(method="by_completeness", label="Whether the nine elements are there.")

    class Meta:
        model = MicroCredential
        fields: tuple[str, ...] = ()

    def in_year(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(pk__in=Edition.objects.filter(year__code=value).values("microcredential"))

    def by_completeness(self, queryset: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        known = queryset.exclude(state=MicroCredential.State.IMPORTED)
        whole = {"current__elements_done": completeness.TOTAL}
        return known.filter(**whole) if value else known.exclude(**whole)


class EditionQuery(filters.FilterSet):
    q = Search(field_name="microcredential__search_key", label="Words of its micro-credential.")
    microcredential = filters.CharFilter(field_name="microcredential__code", label="Code.")
    centre = filters.CharFilter(field_name="microcredential__centre__code", label="Code of the centre.")
    state = filters.ChoiceFilter(choices=Edition.State.choices)
    year = filters.CharFilter(field_name="year__code", label="Academic year, as 2025-26.")

    class Meta:
        model = Edition
        fields: tuple[str, ...] = ()


class EnrolmentQuery(filters.FilterSet):
    q = Search(field_name="learner__search_key", label="Words of the learner's name, e-mail or numbers.")
    state = filters.ChoiceFilter(choices=Enrolment.State.choices)

    class Meta:
        model = Enrolment
        fields: tuple[str, ...] = ()


class PartnerQuery(filters.FilterSet):
    q = Search(field_name="search_key", label="Words of its name, code or tax number.")
    kind = filters.ChoiceFilter(choices=Partner.Kind.choices)
    is_active = filters.BooleanFilter()

    class Meta:
        model = Partner
        fields: tuple[str, ...] = ()


class PathwayQuery(filters.FilterSet):
    q = Search(field_name="search_key", label="Words of its name, code or target.")
    centre = filters.CharFilter(field_name="centre__code", label="Code of the centre.")
    target = filters.ChoiceFilter(choices=Pathway.Target.choices)

    class Meta:
        model = Pathway
        fields: tuple[str, ...] = ()


class LearnerQuery(filters.FilterSet):
    q = Search(field_name="search_key", label="Words of the name, e-mail or numbers.")

    class Meta:
        model = Learner
        fields: tuple[str, ...] = ()


class ProgrammeQuery(filters.FilterSet):
    year = filters.CharFilter(field_name="year__code", label="Academic year, as 2025-26.")

    class Meta:
        model = AnnualProgramme
        fields: tuple[str, ...] = ()
