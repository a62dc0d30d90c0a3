from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audits.dossier.content import Content, Exhibit
from audits.models import Dossier, SelfAssessment
from iqas.core.access import allowed
from iqas.organisation.filters import BelongsTo
from iqas.organisation.models import AcademicYear, Scope
from iqas.ui import formats, lists, states


class AssessmentTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(order_by="sort_title", attrs=lists.WIDE)
    centre = lists.Column(accessor="scope__label", verbose_name=_("Centre"))
    framework = lists.Column(accessor="framework__name", verbose_name=_("Framework"), orderable=False)
    year = lists.Column(accessor="year__code", verbose_name=_("Year"), attrs=lists.UNBROKEN)
    state = lists.StateColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = SelfAssessment
        fields = ("code", "title", "centre", "framework", "year", "state")


def centre_scopes(request: Any) -> QuerySet[Scope]:
    centres = allowed(request.user, "centre.view").order_by()
    return Scope.objects.filter(pk__in=centres.values("scope")).order_by("label")


class AssessmentFilter(lists.FilterSet):
    q = lists.Search(fields=("sort_title", "code", "scope__label"))
    centre = BelongsTo(label=_("Centre"), field_name="scope", queryset=centre_scopes)
    year = django_filters.ModelChoiceFilter(
        label=_("Academic year"), queryset=AcademicYear.objects.all(), to_field_name="code"
    )

    class Meta:
        model = SelfAssessment
        fields = ("q", "centre", "state", "framework", "year")


class DossierTable(lists.Table):
    code = lists.CodeColumn()
    title = lists.Column(accessor="scope__label", verbose_name=_("Title"), attrs=lists.WIDE)
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


# --- the auditor's room ------------------------------------------------------------------------------


class RoomTable(lists.Table):
    """The dossiers that a person may open."""

    code = lists.CodeColumn(linkify=("review:dossier-detail", {"code": lists.tables.A("code")}))
    title = lists.Column(accessor="scope__label", verbose_name=_("Report"), attrs=lists.WIDE)
    centre = lists.Column(accessor="scope__parent__label", verbose_name=_("Centre"))
    framework = lists.Column(
        accessor="snapshot__self_assessment__framework__title", verbose_name=_("Framework"), orderable=False
    )
    registered_at = lists.DayColumn(verbose_name=_("Registered"))
    state = lists.StateColumn(verbose_name=_("State"))

    class Meta(lists.Table.Meta):
        model = Dossier
        fields = ("code", "title", "centre", "framework", "registered_at", "state")


VALID, EXPIRED, WITHDRAWN = "valid", "expired", "withdrawn"
VALIDITY = {VALID: _("Valid"), EXPIRED: _("Expired"), WITHDRAWN: _("Withdrawn")}


def validity_of(exhibit: Exhibit) -> str:
    """How the version stood on the day of the freeze."""
    return WITHDRAWN if exhibit.withdrawn else EXPIRED if exhibit.expired else VALID


def exhibit_url(record: Exhibit, table: ExhibitTable) -> str:
    return reverse("review:evidence-detail", args=[table.dossier.code, record.code, record.number])


class ExhibitTable(lists.Table):
    """The evidence of a snapshot. The export adds what an auditor needs who reads off-line."""

    label = lists.CodeColumn(
        verbose_name=_("Code"),
        order_by=("code", "number"),
        linkify=exhibit_url,
        attrs={"td": {"class": "code"}},
    )
    title = lists.Column(verbose_name=_("Document"), attrs=lists.WIDE)
    date_of_fact = lists.DayColumn(verbose_name=_("Date of fact"))
    validity = lists.Column(
        empty_values=(), verbose_name=_("Valid"), order_by=("withdrawn", "expired", "valid_until")
    )
    cited_by = lists.Column(verbose_name=_("Cited by"), orderable=False)
    valid_until = lists.DayColumn(verbose_name=_("Valid until"), visible=False)
    name = lists.Column(verbose_name=_("File"), visible=False)
    url = lists.Column(verbose_name=_("Address"), visible=False)
    size = lists.Column(verbose_name=_("Size in bytes"), visible=False)
    sha256 = lists.Column(verbose_name=_("SHA-256"), visible=False)
    approved_on = lists.DayColumn(verbose_name=_("Approved on"), visible=False)
    approved_by = lists.Column(verbose_name=_("Approved by"), visible=False)

    class Meta(lists.Table.Meta):
        pass

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dossier = dossier

    def render_title(self, record: Exhibit) -> str:
        return format_html(
            '{}<span class="d-block small muted">{}</span>', record.title, record.name or record.url
        )

    def value_title(self, record: Exhibit) -> str:
        return record.title

    def render_validity(self, record: Exhibit) -> str:
        found = validity_of(record)
        state = states.describe(states.MET if found == VALID else states.UNMET, VALIDITY[found])
        until = formats.short_day(record.valid_until) if record.valid_until else ""
        return format_html(
            '<span class="state state--{}"><span aria-hidden="true">{}</span> {}</span> {}',
            state.tone, state.sign, state.label, until,
        )  # fmt: skip

    def value_validity(self, record: Exhibit) -> str:
        return str(VALIDITY[validity_of(record)])

    def render_cited_by(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)


class ExhibitFilter(lists.SiftForm):
    q = lists.search_field()
    criterion = forms.ChoiceField(label=_("Cited by"), required=False)
    validity = forms.ChoiceField(
        label=_("Valid"), required=False, choices=[("", _("All")), *VALIDITY.items()]
    )

    def __init__(self, *args: Any, content: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [
            ("", _("All")),
            *((chapter.code, f"{chapter.code} {chapter.title}") for chapter in content.chapters),
        ]

    def keep(self, exhibit: Exhibit) -> bool:
        return (
            self.chosen("criterion") in ("", *exhibit.cited_by)
            and self.chosen("validity") in ("", validity_of(exhibit))
            and self.matches(exhibit.label, exhibit.title, exhibit.name, exhibit.url)
        )
