"""The lists of micro-credentials and editions, and their filters."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from iqas.ui import lists, states
from microcredentials import completeness
from microcredentials.models import AnnualProgramme, Edition, MicroCredential


class CompletenessColumn(lists.Column):
    """ "7/9"; nothing for an imported record, which is never counted as incomplete."""

    def render(self, value: int, record: MicroCredential) -> str:
        return "–" if record.state == MicroCredential.State.IMPORTED else f"{value}/{completeness.TOTAL}"

    def value(self, value: int, record: MicroCredential) -> Any:
        return None if record.state == MicroCredential.State.IMPORTED else value

    def order(self, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        key = F("current__elements_done")
        return queryset.order_by(key.desc() if is_descending else key.asc(), "sort_title"), True


class MicroCredentialTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    title = lists.Column(
        accessor="current__title", verbose_name=_("Title"), order_by="sort_title", attrs=lists.CALLED
    )
    centre = lists.Column(accessor="centre__name", verbose_name=_("Centre"), order_by="centre__sort_name")
    ects = lists.NumberColumn(accessor="current__ects", decimals=1, verbose_name=_("ECTS"))
    mode = lists.Column(
        accessor="current__get_mode_display", verbose_name=_("Mode"), order_by="current__mode"
    )
    complete = CompletenessColumn(
        accessor="current__elements_done",
        verbose_name=_("Annex I"),
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
    )
    state = lists.StateColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = MicroCredential
        fields = ("code", "title", "centre", "ects", "mode", "complete", "state")


class EditionTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    title = lists.Column(
        accessor="version__title",
        verbose_name=_("Micro-credential"),
        order_by="microcredential__sort_title",
        attrs=lists.CALLED,
    )
    centre = lists.Column(
        accessor="microcredential__centre__name",
        verbose_name=_("Centre"),
        order_by="microcredential__centre__sort_name",
    )
    year = lists.Column(
        accessor="year__code", verbose_name=_("Academic year"), order_by="year__starts", attrs=lists.UNBROKEN
    )
    starts = lists.DayColumn(verbose_name=_("First day"))
    ends = lists.DayColumn(verbose_name=_("Last day"))
    places = lists.NumberColumn(verbose_name=_("Places"))
    state = lists.StateColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = Edition
        fields = ("code", "title", "centre", "year", "starts", "ends", "places", "state")


class ProgrammeStateColumn(lists.StateColumn):
    """Approved or in preparation."""

    def described(self, record: AnnualProgramme, value: Any, bound_column: Any) -> states.State:
        if record.is_approved:
            return states.describe("approved", _("approved"))
        return states.describe("drafting", _("in preparation"))


class ProgrammeTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    year = lists.Column(accessor="year__code", verbose_name=_("Academic year"), order_by="year__starts")
    state = ProgrammeStateColumn(
        accessor="approved_at", empty_values=(), verbose_name=_("State"), order_by="approved_at"
    )
    body = lists.Column(verbose_name=_("Body"))
    held_on = lists.DayColumn(verbose_name=_("Date of the act"))
    size = lists.NumberColumn(verbose_name=_("Approved micro-credentials"))

    class Meta(lists.Table.Meta):
        model = AnnualProgramme
        fields = ("code", "year", "state", "body", "held_on", "size")
