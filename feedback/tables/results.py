"""The list of results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign, Questionnaire
from feedback.selectors.campaigns import rate_of, reached_of, with_rate
from iqas.core.access import below, paths
from iqas.organisation.filters import BelongsTo
from iqas.organisation.models import AcademicYear, Scope
from iqas.ui import lists
from iqas.ui.lists import tables


class TurnoutColumn(lists.NumberColumn):
    """A number that is worked out of a campaign `with_turnout`, and ordered by as the database works it out."""

    def __init__(self, of: Callable[[Campaign], float | None], name: str, **kwargs: Any) -> None:
        self.of, self.name = of, name
        super().__init__(accessor="answered", **kwargs)

    def render(self, record: Campaign) -> str:
        return super().render(self.of(record))

    def value(self, record: Campaign) -> float | None:
        return self.of(record)

    def order(self, rows: QuerySet[Campaign], is_descending: bool) -> tuple[QuerySet[Campaign], bool]:
        return with_rate(rows).order_by(f"-{self.name}" if is_descending else self.name), True


class ResultTable(lists.Table):
    code = lists.CodeColumn(linkify=("feedback:campaign-results", {"code": tables.A("code")}))
    title = lists.Column(
        order_by="sort_title",
        linkify=("feedback:campaign-results", {"code": tables.A("code")}),
        attrs=lists.WIDE,
    )
    target_kind = lists.Column(
        order_by="edition__code", verbose_name=_("Asked about"), visible=False
    )  # for exports: on the page the title says it
    year_code = lists.Column(verbose_name=_("Academic year"), attrs=lists.UNBROKEN)
    questionnaire = lists.Column(accessor="asked_with", verbose_name=_("Questionnaire"))
    answered = lists.NumberColumn(verbose_name=_("Answers"))
    reached = TurnoutColumn(reached_of, "reached", verbose_name=_("Could answer"))
    rate = TurnoutColumn(rate_of, "rate", share=True, verbose_name=_("Response rate"))

    class Meta(lists.Table.Meta):
        model = Campaign
        fields = (
            "code",
            "title",
            "target_kind",
            "year_code",
            "questionnaire",
            "answered",
            "reached",
            "rate",
        )
        order_by = ("-year_code", "code")

    def render_target_kind(self, record: Campaign) -> str:
        return self.value_target_kind(record)

    def value_target_kind(self, record: Campaign) -> str:
        """The edition, or of what kind it is; a pool's are on its own page."""
        return record.edition.code if record.edition is not None else record.get_target_kind_display()


def _centres(request: Any) -> QuerySet[Scope]:
    """The centres that the person's roles reach."""
    held = paths(request.user, "results.view") if request is not None else ()
    centres = Scope.objects.filter(kind=Scope.Kind.CENTRE)
    return centres.filter(below(held, "self")).order_by("code") if held else centres.none()


class ResultFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code"))
    questionnaire = django_filters.ModelChoiceFilter(
        label=_("Questionnaire"),
        queryset=Questionnaire.objects.order_by("code"),
        field_name="questionnaire_version__questionnaire",
        to_field_name="code",
    )
    centre = BelongsTo(label=_("Centre"), field_name="scope", queryset=_centres)
    year = django_filters.ModelChoiceFilter(
        label=_("Academic year"),
        queryset=AcademicYear.objects.order_by("-starts"),
        to_field_name="code",
        method="of_year",
    )

    class Meta:
        model = Campaign
        fields = ("q", "questionnaire", "centre", "year")

    def of_year(self, rows: QuerySet[Campaign], _name: str, year: AcademicYear) -> QuerySet[Campaign]:
        return rows.filter(Q(edition__year=year) | Q(edition__isnull=True, year=year))
