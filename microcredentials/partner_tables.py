"""The lists of partners and pathways, and their filters."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.core.access import allowed
from iqas.ui import lists, states
from microcredentials.models import Participation, Partner, Pathway
from microcredentials.selectors import partners as selectors
from microcredentials.tables import visible_centres


class ActiveColumn(lists.StateColumn):
    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        return states.describe("met", _("active")) if value else states.describe("none", _("not active"))


class AgreementColumn(lists.StateColumn):
    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        return states.describe("met", _("in force")) if value else states.describe("none", _("none"))


class PartnerTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    name = lists.Column(verbose_name=_("Name"), order_by="sort_name", linkify=True)
    kind = lists.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    country = lists.Column(verbose_name=_("Country"))
    takes_part = lists.NumberColumn(verbose_name=_("Micro-credentials"))
    agreement = AgreementColumn(verbose_name=_("Agreement"))
    is_active = ActiveColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = Partner
        fields = ("code", "name", "kind", "country", "takes_part", "agreement", "is_active")
        order_by = ("name",)


class PartnerFilter(lists.FilterSet):
    q = lists.Search(fields=("search_key",))
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Partner.Kind.choices, empty_label=_("All"))
    role = django_filters.ChoiceFilter(
        label=_("Role"), choices=Participation.Role.choices, empty_label=_("All"), method="by_role"
    )
    country = django_filters.CharFilter(label=_("Country"), lookup_expr="iexact")
    agreement = django_filters.ChoiceFilter(
        label=_("Agreement"),
        choices=[("yes", _("in force")), ("no", _("none")), ("renew", _("to renew"))],
        empty_label=_("All"),
        method="by_agreement",
    )
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Partner
        fields = ("q", "kind", "role", "country", "agreement", "is_active")

    def by_role(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        seen = selectors.participations_seen(self.request.user).filter(role=value)
        return queryset.filter(pk__in=seen.values("partner"))

    def by_agreement(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "renew":
            every = allowed(self.request.user, "partner.view")
            return queryset.filter(pk__in=selectors.to_renew(every).order_by().values("partner"))
        return queryset.filter(agreement=value == "yes")


class PathwayTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    name = lists.Column(verbose_name=_("Name"), order_by="sort_name", linkify=True)
    centre = lists.Column(accessor="centre__name", verbose_name=_("Centre"), order_by="centre__sort_name")
    target_name = lists.Column(verbose_name=_("Leads to"))
    target_ects = lists.NumberColumn(decimals=0, verbose_name=_("Credits of its plan"))
    members = lists.NumberColumn(verbose_name=_("Micro-credentials"))

    class Meta(lists.Table.Meta):
        model = Pathway
        fields = ("code", "name", "centre", "target_name", "target_ects", "members")
        order_by = ("name",)


class PathwayFilter(lists.FilterSet):
    q = lists.Search(fields=("search_key",))
    centre = django_filters.ModelChoiceFilter(label=_("Centre"), queryset=visible_centres)
    target = django_filters.ChoiceFilter(
        label=_("Kind of target"), choices=Pathway.Target.choices, empty_label=_("All")
    )

    class Meta:
        model = Pathway
        fields = ("q", "centre", "target")
