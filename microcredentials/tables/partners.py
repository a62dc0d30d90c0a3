"""The lists of partners and pathways, and their filters."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.ui import lists, states
from microcredentials.models import Partner, Pathway


class ActiveColumn(lists.StateColumn):
    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        return states.describe("met", _("active")) if value else states.describe("none", _("not active"))


class AgreementColumn(lists.StateColumn):
    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        return states.describe("met", _("in force")) if value else states.describe("none", _("none"))


class PartnerTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    name = lists.Column(verbose_name=_("Name"), order_by="sort_name", linkify=True, attrs=lists.WIDE)
    kind = lists.Column(accessor="get_kind_display", verbose_name=_("Kind"), order_by="kind")
    country = lists.Column(verbose_name=_("Country"))
    takes_part = lists.NumberColumn(verbose_name=_("Micro-credentials"))
    agreement = AgreementColumn(verbose_name=_("Agreement"))
    is_active = ActiveColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = Partner
        fields = ("code", "name", "kind", "country", "takes_part", "agreement", "is_active")
        order_by = ("name",)


class PathwayTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    name = lists.Column(verbose_name=_("Name"), order_by="sort_name", linkify=True, attrs=lists.WIDE)
    centre = lists.Column(accessor="centre__name", verbose_name=_("Centre"), order_by="centre__sort_name")
    target_name = lists.Column(verbose_name=_("Leads to"))
    target_ects = lists.NumberColumn(decimals=0, verbose_name=_("Credits of its plan"))
    members = lists.NumberColumn(verbose_name=_("Micro-credentials"))

    class Meta(lists.Table.Meta):
        model = Pathway
        fields = ("code", "name", "centre", "target_name", "target_ects", "members")
        order_by = ("name",)
