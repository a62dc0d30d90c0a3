from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audits.models import Dossier, SelfAssessment
from iqas.ui import lists


class AssessmentTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(order_by="sort_title")
    centre = lists.Column(accessor="scope__label", verbose_name=_("Centre"))
    framework = lists.Column(accessor="framework__name", verbose_name=_("Framework"), orderable=False)
    year = lists.Column(accessor="year__code", verbose_name=_("Year"), attrs=lists.UNBROKEN)
    state = lists.StateColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = SelfAssessment
        fields = ("code", "title", "centre", "framework", "year", "state")


class AssessmentFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code", "scope__label"))

    class Meta:
        model = SelfAssessment
        fields = ("state", "framework", "year")


class DossierTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(accessor="scope__label", verbose_name=_("Title"))
    centre = lists.Column(accessor="scope__parent__label", verbose_name=_("Centre"))
    language = lists.Column(accessor="get_language_display", verbose_name=_("Language"), orderable=False)
    registered_at = lists.DayColumn(verbose_name=_("Registered"))
    pages = lists.NumberColumn(verbose_name=_("Pages"))
    state = lists.StateColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = Dossier
        fields = ("code", "title", "centre", "language", "registered_at", "pages", "state")


class DossierFilter(lists.FilterSet):
    q = lists.Search(fields=("code", "scope__label", "scope__parent__label"))

    class Meta:
        model = Dossier
        fields = ("state", "language")
