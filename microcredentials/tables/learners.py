"""The lists of learners and of the enrolments of an edition, and their filters."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from iqas.ui import lists
from microcredentials.models import Enrolment, Learner

CHANGE_FORM = "change"


class LearnerTable(lists.Table):
    name = lists.Column(
        accessor="listed_name", verbose_name=_("Name"), order_by=("sort_name", "id"), linkify=True
    )
    email = lists.Column(verbose_name=_("E-mail"))
    document_number = lists.Column(verbose_name=_("Document number"))
    student_number = lists.Column(verbose_name=_("Student number"))

    class Meta(lists.Table.Meta):
        model = Learner
        fields = ("name", "email", "document_number", "student_number")


class ChoiceColumn(lists.Column):
    """A box to choose the row with, as it is shown, for the form below the list."""

    def __init__(self) -> None:
        super().__init__(accessor="pk", verbose_name=_("Choose"), orderable=False, exclude_from_export=True)

    def render(self, value: Any, record: Enrolment) -> str:
        return format_html(
            '<input type="checkbox" class="form-check-input" name="chosen" value="{}.{}" form="{}" aria-label="{}">',
            value,
            record.version,
            CHANGE_FORM,
            _now("Choose %(name)s") % {"name": record.learner},
        )


class EnrolmentTable(lists.Table):
    name = lists.Column(
        accessor="learner__listed_name", verbose_name=_("Name"), order_by=("learner__sort_name", "id")
    )
    chosen = ChoiceColumn()
    state = lists.StateColumn(verbose_name=_("State"))
    grade = lists.NumberColumn(decimals=2, verbose_name=_("Grade"))
    enrolled_on = lists.DayColumn(verbose_name=_("Enrolled on"))
    state_on = lists.DayColumn(verbose_name=_("Since"))
    edit = lists.Column(accessor="pk", verbose_name=_("Change"), orderable=False, exclude_from_export=True)

    class Meta(lists.Table.Meta):
        model = Enrolment
        fields = ("name", "chosen", "state", "grade", "enrolled_on", "state_on", "edit")

    def __init__(self, *args: Any, open_for_changes: bool = True, **kwargs: Any) -> None:
        if not open_for_changes:
            kwargs["exclude"] = ("edit", "chosen")
        super().__init__(*args, **kwargs)

    def render_name(self, value: str, record: Enrolment) -> str:
        return format_html('<a href="{}">{}</a>', record.learner.get_absolute_url(), value)

    def value_name(self, value: str) -> str:
        return value

    def render_edit(self, record: Enrolment) -> str:
        return format_html(
            '<a href="{}">{}<span class="visually-hidden"> {}</span></a>',
            record.get_absolute_url(),
            _now("Change"),
            record.learner,
        )
