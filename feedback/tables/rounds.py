from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from feedback.models import OpeningRule, Round
from iqas.ui import lists


class RoundTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(linkify=True, attrs=lists.WIDE)
    scope = lists.Column(accessor="scope__label", verbose_name=_("Of"))
    year = lists.Column(accessor="year__code", verbose_name=_("Academic year"), attrs=lists.UNBROKEN)
    opens = lists.DayColumn(verbose_name=_("First day"))
    closes = lists.DayColumn(verbose_name=_("Last day"))
    state = lists.StateColumn(verbose_name=_("State"))
    made = lists.NumberColumn(decimals=0, verbose_name=_("Campaigns"))

    class Meta(lists.Table.Meta):
        model = Round
        fields = ("code", "title", "scope", "year", "opens", "closes", "state", "made")
        order_by = ("-code",)


class RoundFilter(lists.FilterSet):
    q = lists.Search(fields=("title", "code"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Round.State.choices)

    class Meta:
        model = Round
        fields = ("q", "state")


class RuleTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(linkify=True, attrs=lists.WIDE)
    scope = lists.Column(accessor="scope__label", verbose_name=_("Of"))
    questionnaire = lists.Column(
        accessor="questionnaire__code", verbose_name=_("Questionnaire"), attrs=lists.UNBROKEN
    )
    is_active = lists.Column(verbose_name=_("Active"))
    made = lists.NumberColumn(decimals=0, verbose_name=_("Campaigns"))

    class Meta(lists.Table.Meta):
        model = OpeningRule
        fields = ("code", "title", "scope", "questionnaire", "is_active", "made")
        order_by = ("code",)

    def render_is_active(self, value: bool) -> str:
        return str(_("yes") if value else _("no"))


class RuleFilter(lists.FilterSet):
    q = lists.Search(fields=("title", "code"))

    class Meta:
        model = OpeningRule
        fields = ("q",)
