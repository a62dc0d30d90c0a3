from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from feedback.models import Consultation
from iqas.ui import lists


class ConsultationTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(order_by="sort_title", linkify=True, attrs=lists.WIDE)
    kind = lists.Column(accessor="get_kind_display", order_by="kind", verbose_name=_("Kind"))
    held_on = lists.DayColumn()
    scope = lists.Column(accessor="scope__label", verbose_name=_("Of"))
    partners_count = lists.NumberColumn(decimals=0, verbose_name=_("Partners"))
    points_count = lists.NumberColumn(decimals=0, verbose_name=_("Points"))
    open_count = lists.NumberColumn(decimals=0, verbose_name=_("Without answer"))

    class Meta(lists.Table.Meta):
        model = Consultation
        fields = (
            "code",
            "title",
            "kind",
            "held_on",
            "scope",
            "partners_count",
            "points_count",
            "open_count",
        )
        order_by = ("-held_on", "-code")


class ConsultationFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code"))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Consultation.Kind.choices)
    partner = django_filters.CharFilter(label=_("Partner (code)"), field_name="partners__code")
    criterion = django_filters.CharFilter(label=_("Criterion (code)"), method="by_criterion")

    class Meta:
        model = Consultation
        fields = ("q", "kind", "partner", "criterion")

    def by_criterion(self, rows: QuerySet[Consultation], _name: str, value: str) -> QuerySet[Consultation]:
        return rows.filter(points__criterion_code__istartswith=value.strip()).distinct()
