"""Whole registers as lists: every approval, every agreement, every enrolment within reach."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import allowed, below, paths
from iqas.core.views import page
from iqas.ui import lists
from iqas.ui.components import Link
from microcredentials.models import Agreement, Submission
from microcredentials.register_tables import (
    AgreementFilter,
    AgreementTable,
    EnrolmentRegisterFilter,
    EnrolmentRegisterTable,
    SubmissionFilter,
    SubmissionTable,
)


@page("microcredential.view")
def approval_list(request: HttpRequest) -> HttpResponse:
    held = paths(request.user, "microcredential.view")
    return lists.list_page(
        request,
        queryset=Submission.objects.filter(below(held, "version__microcredential__scope")).select_related(
            "version__microcredential__centre", "waiting_for"
        ),
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
    known = allowed(request.user, "partner.view").filter(merged_into=None)
    return lists.list_page(
        request,
        queryset=Agreement.objects.filter(partner__in=known.values("pk"))
        .select_related("partner")
        .order_by(F("ends").asc(nulls_last=True), "title", "pk"),
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
        queryset=allowed(request.user, "enrolment.view")
        .select_related("learner", "edition__version", "edition__year", "edition__microcredential")
        .order_by("-edition__year__starts", "edition__code", "learner__sort_name", "pk"),
        table=EnrolmentRegisterTable,
        filters=EnrolmentRegisterFilter,
        title=_("Enrolments"),
        intro=_("Who is or was enrolled in the editions within your reach."),
        empty=lists.Empty(
            title=_("Nobody is enrolled yet"),
            text=_("Enrol people one by one, or import the list of the student system."),
        ),
    )
