"""Whole registers as lists: approvals, agreements, enrolments, and what an annual programme holds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from iqas.ui import lists, states
from iqas.ui.lists import tables
from microcredentials.models import (
    Agreement,
    ApprovalRoute,
    Document,
    Enrolment,
    MicroCredentialVersion,
    Submission,
)
from microcredentials.selectors.documents import Shelf

TONES = {"future": "none", "in_force": "met", "expiring": "partly", "expired": "unmet"}


class SubmissionTable(lists.Table):
    code = lists.CodeColumn(
        accessor="version__microcredential__code",
        verbose_name=_("Code"),
        linkify=(
            "microcredentials:version-approval",
            {"code": tables.A("version__microcredential__code"), "number": tables.A("version__number")},
        ),
    )
    title = lists.Column(
        accessor="version__title",
        verbose_name=_("Title"),
        order_by="version__microcredential__sort_title",
        attrs=lists.WIDE,
    )
    centre = lists.Column(
        accessor="version__microcredential__centre__name",
        verbose_name=_("Centre"),
        order_by="version__microcredential__centre__sort_name",
    )
    version = lists.NumberColumn(accessor="version__number", verbose_name=_("Version"))
    change = lists.Column(accessor="get_change_display", verbose_name=_("Kind of change"), order_by="change")
    submitted_at = lists.DayColumn(verbose_name=_("Submitted"))
    state = lists.StateColumn(verbose_name=_("State"))
    step = lists.Column(
        accessor="waiting_for__name", verbose_name=_("Waiting for"), order_by="waiting_for__order"
    )
    due = lists.DayColumn(verbose_name=_("Due"), late=True)

    class Meta(lists.Table.Meta):
        model = Submission
        fields = ("code", "version", "title", "state", "step", "due", "submitted_at", "change", "centre")
        order_by = ("-submitted_at",)


class AgreementStateColumn(lists.StateColumn):
    """Where an agreement stands today."""

    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        return states.describe(TONES[value], Agreement.State(value).label)


class AgreementTable(lists.Table):
    partner = lists.Column(
        accessor="partner__name",
        verbose_name=_("Partner"),
        order_by="partner__sort_name",
        linkify=("microcredentials:partner-detail", {"code": tables.A("partner__code")}),
    )
    kind = lists.Column(
        accessor="partner__get_kind_display", verbose_name=_("Kind"), order_by="partner__kind"
    )
    title = lists.Column(verbose_name=_("Agreement"), attrs=lists.WIDE)
    starts = lists.DayColumn(verbose_name=_("From"))
    ends = lists.DayColumn(verbose_name=_("Until"))
    state = AgreementStateColumn(verbose_name=_("State"), orderable=False)

    class Meta(lists.Table.Meta):
        model = Agreement
        fields = ("partner", "kind", "title", "starts", "ends", "state")


class EnrolmentRegisterTable(lists.Table):
    name = lists.Column(
        accessor="learner__listed_name",
        verbose_name=_("Name"),
        order_by=("learner__sort_name", "id"),
        linkify=("microcredentials:learner-detail", {"pk": tables.A("learner_id")}),
    )
    edition = lists.CodeColumn(
        accessor="edition__code",
        verbose_name=_("Edition"),
        order_by="edition__code",
        linkify=("microcredentials:edition-detail", {"code": tables.A("edition__code")}),
    )
    title = lists.Column(
        accessor="edition__version__title",
        verbose_name=_("Micro-credential"),
        order_by="edition__microcredential__sort_title",
        attrs=lists.WIDE,
    )
    year = lists.Column(
        accessor="edition__year__code",
        verbose_name=_("Academic year"),
        order_by="edition__year__starts",
        attrs=lists.UNBROKEN,
    )
    state = lists.StateColumn(verbose_name=_("State"))
    grade = lists.NumberColumn(decimals=2, verbose_name=_("Grade"))
    enrolled_on = lists.DayColumn(verbose_name=_("Enrolled on"))
    state_on = lists.DayColumn(verbose_name=_("Since"))

    class Meta(lists.Table.Meta):
        model = Enrolment
        fields = ("name", "edition", "title", "year", "state", "grade", "enrolled_on", "state_on")


class ProgrammeContentTable(SubmissionTable):
    """What an annual programme holds, or what is ready for it."""

    ects = lists.NumberColumn(accessor="version__ects", decimals=1, verbose_name=_("ECTS"))
    mode = lists.Column(accessor="version__get_mode_display", verbose_name=_("Mode"))
    responsible = lists.Column(accessor="version__responsible", verbose_name=_("Responsible teacher"))

    class Meta(lists.Table.Meta):
        model = Submission
        fields = ("code", "title", "centre", "version", "ects", "mode", "responsible", "change")
        exclude = ("submitted_at", "state", "step", "due")


class InForceColumn(lists.StateColumn):
    def described(self, record: Any, value: Any, bound_column: Any) -> states.State:
        return states.describe("met", _("in force")) if value else states.describe("none", _("not in force"))


class RouteTable(lists.Table):
    code = lists.CodeColumn(verbose_name=_("Code"))
    number = lists.NumberColumn(verbose_name=_("Version"))
    title = lists.Column(verbose_name=_("Title"), attrs=lists.WIDE)
    in_force = InForceColumn(verbose_name=_("State"))
    used = lists.NumberColumn(verbose_name=_("Submissions by it"))
    waiting = lists.NumberColumn(verbose_name=_("In process"))

    class Meta(lists.Table.Meta):
        model = ApprovalRoute
        fields = ("code", "number", "title", "in_force", "used", "waiting")


class ContinuingTable(lists.Table):
    """The versions in force that an annual programme goes on offering."""

    code = lists.CodeColumn(
        accessor="microcredential__code",
        verbose_name=_("Code"),
        linkify=("microcredentials:microcredential-detail", {"code": tables.A("microcredential__code")}),
    )
    title = lists.Column(verbose_name=_("Title"), order_by="microcredential__sort_title", attrs=lists.WIDE)
    centre = lists.Column(
        accessor="microcredential__centre__name",
        verbose_name=_("Centre"),
        order_by="microcredential__centre__sort_name",
    )
    number = lists.NumberColumn(verbose_name=_("Version"))
    ects = lists.NumberColumn(decimals=1, verbose_name=_("ECTS"))
    mode = lists.Column(accessor="get_mode_display", verbose_name=_("Mode"), order_by="mode")
    responsible = lists.Column(verbose_name=_("Responsible teacher"), orderable=False)
    approved_at = lists.DayColumn(verbose_name=_("Approved"))

    class Meta(lists.Table.Meta):
        model = MicroCredentialVersion
        fields = ("code", "title", "centre", "number", "ects", "mode", "responsible", "approved_at")


class DocumentTable(lists.Table):
    """The register of the files that were made."""

    code = lists.Column(
        verbose_name=_("Code"),
        linkify=("microcredentials:document-download", {"code": tables.A("code")}),
        attrs={"td": {"class": "code"}},
    )
    kind = lists.Column(accessor="get_kind_display", verbose_name=_("Document"))
    language = lists.Column(accessor="get_language_display", verbose_name=_("Language"))
    version = lists.NumberColumn(accessor="version__number", verbose_name=_("Version"))
    edition = lists.Column(accessor="edition__code", verbose_name=_("Edition"))
    made_at = lists.DayColumn(verbose_name=_("Made"))
    requested_by = lists.Column(accessor="requested_by__name", verbose_name=_("Requested by"))
    pages = lists.NumberColumn(verbose_name=_("Pages"))
    size = lists.NumberColumn(verbose_name=_("Size in bytes"))
    counts = lists.Column(empty_values=(), verbose_name=_("State"))
    filed_as = lists.Column(verbose_name=_("Evidence"))
    sha256 = lists.Column(verbose_name="SHA-256")

    class Meta(lists.Table.Meta):
        model = Document
        fields = (
            "code",
            "kind",
            "language",
            "version",
            "edition",
            "made_at",
            "requested_by",
            "pages",
            "size",
            "counts",
            "filed_as",
            "sha256",
        )
        orderable = False

    def __init__(self, *args: Any, shelf: Shelf, **kwargs: Any) -> None:
        self.shelf = shelf
        super().__init__(*args, **kwargs)

    def render_counts(self, record: Document) -> str:
        return str(_("Current") if self.shelf.counts(record) else _("Replaced"))

    def value_counts(self, record: Document) -> str:
        return self.render_counts(record)
