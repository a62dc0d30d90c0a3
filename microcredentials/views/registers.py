"""Whole registers as lists: every approval, every agreement, every enrolment within reach."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.views import page
from iqas.ui import lists
from iqas.ui.components import Link
from microcredentials.filters import AgreementFilter, EnrolmentRegisterFilter, SubmissionFilter
from microcredentials.selectors.registers import agreements_seen, enrolments_seen, submissions_seen
from microcredentials.tables.registers import (
    AgreementTable,
    EnrolmentRegisterTable,
    SubmissionTable,
)


@page("microcredential.view")
def approval_list(request: HttpRequest) -> HttpResponse:
    return lists.list_page(
        request,
        queryset=submissions_seen(request.user),
        table=SubmissionTable,
        filters=SubmissionFilter,
        title=_("Approvals"),
        intro=_("Every version that was submitted, and the act that it waits for."),
        actions=[Link(_("Way to approval"), reverse("routes:route-list"))],
        empty=lists.Empty(
            title=_("Nothing was submitted yet"), text=_("A proposal is submitted from its own page.")
        ),
    )


@page("partner.view")
def agreement_list(request: HttpRequest) -> HttpResponse:
    return lists.list_page(
        request,
        queryset=agreements_seen(request.user),
        table=AgreementTable,
        filters=AgreementFilter,
        title=_("Agreements"),
        intro=_("What was signed with partners, the first to end first."),
        empty=lists.Empty(
            title=_("No agreements yet"), text=_("An agreement is noted on the page of its partner.")
        ),
    )


@page("enrolment.view")
def enrolment_register(request: HttpRequest) -> HttpResponse:
    return lists.list_page(
        request,
        queryset=enrolments_seen(request.user),
        table=EnrolmentRegisterTable,
        filters=EnrolmentRegisterFilter,
        title=_("Enrolments"),
        intro=_("Who is or was enrolled in the editions within your reach."),
        empty=lists.Empty(
            title=_("Nobody is enrolled yet"),
            text=_("Enrol people one by one, or import the list of the student system."),
        ),
    )
