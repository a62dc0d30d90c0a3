"""What lists can be narrowed by: one definition for the page and for the API. Objects are named by their codes.

`help_text` describes a parameter to programs; pages show the label alone.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from iqas.core import clock
from iqas.core.access import allowed
from iqas.organisation.models import AcademicYear, Centre
from iqas.ui import lists
from microcredentials import completeness
from microcredentials.models import (
    Agreement,
    AnnualProgramme,
    ApprovalRoute,
    Document,
    Edition,
    Enrolment,
    Learner,
    MicroCredential,
    MicroCredentialVersion,
    Participation,
    Partner,
    Pathway,
    Submission,
)
from microcredentials.models.partners import NOTICE
from microcredentials.selectors import partners
from microcredentials.selectors.process import waiting_for


def visible_centres(request: Any) -> QuerySet[Centre]:
    return allowed(request.user, "centre.view")


@extend_schema_field({"type": "string", "description": "Its code."})
class Named(django_filters.ModelChoiceFilter):
    """A choice among objects, by code in the address and by name on the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"to_field_name": "code", **kwargs})


class Centred(Named):
    """The centre, among those that the person sees."""

    def __init__(self, field_name: str = "centre", **kwargs: Any) -> None:
        super().__init__(
            **{"label": _("Centre"), "field_name": field_name, "queryset": visible_centres, **kwargs}
        )


@extend_schema_field({"type": "string", "description": "The academic year, as 2025-26."})
class InYear(Named):
    def __init__(self, field_name: str = "year", **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("Academic year"),
                "field_name": field_name,
                "queryset": AcademicYear.objects.all(),
                **kwargs,
            }
        )


class Chosen(django_filters.ChoiceFilter):
    def __init__(self, label: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(**{"label": label, "choices": choices, "empty_label": _("All"), **kwargs})


def words_of(*fields: str, about: str) -> lists.Search:
    return lists.Search(fields=fields, help_text=f"Words of {about}, whatever their accents and case.")


class MicroCredentialFilter(lists.FilterSet):
    q = words_of("search_key", about="its code, title, field or responsible teacher")
    centre = Centred()
    state = Chosen(_("State"), MicroCredential.State.choices)
    year = InYear(label=_("With an edition in"), method="in_year")
    complete = Chosen(
        _("Annex I"),
        [("yes", _("complete")), ("no", _("incomplete"))],
        method="by_completeness",
        help_text="Whether the nine elements are there.",
    )

    class Meta:
        model = MicroCredential
        fields = ("q", "centre", "state", "year", "complete")

    def in_year(self, queryset: QuerySet[Any], name: str, value: AcademicYear) -> QuerySet[Any]:
        return queryset.filter(pk__in=Edition.objects.filter(year=value).values("microcredential"))

    def by_completeness(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        known = queryset.exclude(state=MicroCredential.State.IMPORTED)
        if value == "yes":
            return known.filter(current__elements_done=completeness.TOTAL)
        return known.filter(current__elements_done__lt=completeness.TOTAL)


class EditionFilter(lists.FilterSet):
    q = words_of("microcredential__search_key", "code", about="its code or its micro-credential")
    microcredential = django_filters.CharFilter(
        label=_("Micro-credential"),
        field_name="microcredential__code",
        widget=forms.HiddenInput,
        help_text="Code of the micro-credential.",
    )
    centre = Centred("microcredential__centre")
    state = Chosen(_("State"), Edition.State.choices)
    year = InYear()

    class Meta:
        model = Edition
        fields = ("q", "microcredential", "centre", "state", "year")


class ProgrammeFilter(lists.FilterSet):
    year = InYear()

    class Meta:
        model = AnnualProgramme
        fields = ("year",)


class ContinuingFilter(lists.FilterSet):
    q = words_of("microcredential__search_key", about="the code, title, field or responsible teacher")
    centre = Centred("microcredential__centre")

    class Meta:
        model = MicroCredentialVersion
        fields = ("q", "centre")


class RouteFilter(lists.FilterSet):
    in_force = django_filters.BooleanFilter(label=_("In force"))

    class Meta:
        model = ApprovalRoute
        fields = ("in_force",)


class SubmissionFilter(lists.FilterSet):
    q = words_of("version__microcredential__search_key", about="its micro-credential")
    centre = Centred("version__microcredential__centre")
    state = Chosen(_("State"), Submission.State.choices)
    whose = Chosen(
        _("Next act"), [("mine", _("waiting for me")), ("late", _("late"))], method="by_turn",
        help_text="Whose next act is yours to record, or is late.",
    )  # fmt: skip

    class Meta:
        model = Submission
        fields = ("q", "centre", "state", "whose")

    def by_turn(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "late":
            return queryset.filter(due__lt=clock.today())
        return queryset.filter(pk__in=waiting_for(self.request.user).order_by().values("pk"))


class DocumentFilter(lists.FilterSet):
    microcredential = django_filters.CharFilter(
        label=_("Micro-credential"),
        field_name="version__microcredential__code",
        help_text="Code of the micro-credential.",
    )
    edition = django_filters.CharFilter(
        label=_("Edition"), field_name="edition__code", help_text="Code of the edition."
    )
    programme = django_filters.CharFilter(
        label=_("Annual programme"), field_name="programme__code", help_text="Code of the annual programme."
    )
    kind = Chosen(_("Document"), Document.Kind.choices)
    language = Chosen(_("Language"), Document.Language.choices)

    class Meta:
        model = Document
        fields = ("microcredential", "edition", "programme", "kind", "language")


class LearnerFilter(lists.FilterSet):
    q = words_of("search_key", about="the name, e-mail or numbers")
    centre = Centred(method="in_centre")
    year = InYear(label=_("Enrolled in"), method="in_year")

    class Meta:
        model = Learner
        fields = ("q", "centre", "year")

    def in_centre(self, queryset: QuerySet[Any], name: str, value: Centre) -> QuerySet[Any]:
        return self._with(queryset, edition__microcredential__centre=value)

    def in_year(self, queryset: QuerySet[Any], name: str, value: AcademicYear) -> QuerySet[Any]:
        return self._with(queryset, edition__year=value)

    def _with(self, queryset: QuerySet[Any], **lookup: Any) -> QuerySet[Any]:
        mine = allowed(self.request.user, "enrolment.view").filter(**lookup)
        return queryset.filter(pk__in=mine.values("learner"))


class EnrolmentFilter(lists.FilterSet):
    """Of one edition."""

    q = words_of("learner__search_key", about="the learner's name, e-mail or numbers")
    state = Chosen(_("State"), Enrolment.State.choices)

    class Meta:
        model = Enrolment
        fields = ("q", "state")


class EnrolmentRegisterFilter(lists.FilterSet):
    q = words_of(
        "learner__search_key",
        "edition__code__startswith",
        about="the learner's name, e-mail or numbers, or the beginning of the edition's code",
    )
    centre = Centred("edition__microcredential__centre")
    year = InYear("edition__year")
    state = Chosen(_("State"), Enrolment.State.choices)

    class Meta:
        model = Enrolment
        fields = ("q", "centre", "year", "state")


class PartnerFilter(lists.FilterSet):
    q = words_of("search_key", about="its name, code or tax number")
    kind = Chosen(_("Kind"), Partner.Kind.choices)
    role = Chosen(_("Role"), Participation.Role.choices, method="by_role")
    country = django_filters.CharFilter(
        label=_("Country"), lookup_expr="iexact", help_text="Two letters of ISO 3166, as PT."
    )
    agreement = Chosen(
        _("Agreement"),
        [("yes", _("in force")), ("no", _("none")), ("renew", _("to renew"))],
        method="by_agreement",
    )
    is_active = django_filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Partner
        fields = ("q", "kind", "role", "country", "agreement", "is_active")

    def by_role(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        seen = partners.participations_seen(self.request.user).filter(role=value)
        return queryset.filter(pk__in=seen.values("partner"))

    def by_agreement(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "renew":
            every = allowed(self.request.user, "partner.view")
            return queryset.filter(pk__in=partners.to_renew(every).order_by().values("partner"))
        return queryset.filter(agreement=value == "yes")


class AgreementFilter(lists.FilterSet):
    q = lists.Search(fields=("partner__search_key", "title"), help_text="Words of its title or its partner.")
    state = Chosen(_("State"), Agreement.State.choices, method="by_state")

    class Meta:
        model = Agreement
        fields = ("q", "state")

    def by_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """As `Agreement.state_on`."""
        today = clock.today()
        begun = queryset.filter(starts__lte=today)
        return {
            "future": queryset.filter(starts__gt=today),
            "in_force": begun.filter(Q(ends=None) | Q(ends__gt=today + NOTICE)),
            "expiring": begun.filter(ends__gte=today, ends__lte=today + NOTICE),
            "expired": begun.filter(ends__lt=today),
        }[value]


class PathwayFilter(lists.FilterSet):
    q = words_of("search_key", about="its name, code or target")
    centre = Centred()
    target = Chosen(_("Kind of target"), Pathway.Target.choices)

    class Meta:
        model = Pathway
        fields = ("q", "centre", "target")
