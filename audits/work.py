"""What a person must do about self-assessments (write, hand over, freeze) and, from outside, about dossiers: read them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audits.models import Dossier, SelfAssessment
from iqas.accounts.roles import is_external
from iqas.core.access import allowed
from iqas.core.worklist import WorkItem, work_source


@work_source
def reports_to_write(user: Any) -> Iterator[WorkItem]:
    for report in allowed(user, "assessment.submit").select_related("scope").order_by("code"):
        yield _item(report, report.get_absolute_url(), _("Write"))


@work_source
def reports_to_freeze(user: Any) -> Iterator[WorkItem]:
    for report in allowed(user, "assessment.freeze").select_related("scope").order_by("code"):
        yield _item(report, reverse("audits:assessment-freeze", args=[report.code]), _("Review and freeze"))


@work_source
def dossiers_to_read(user: Any) -> Iterator[WorkItem]:
    """For an external auditor, until the last day of the assignment."""
    if not is_external(user):
        return
    last_days = dict(user.assignments.order_by("valid_until").values_list("scope", "valid_until"))
    for dossier in allowed(user, "review.open").exclude(state=Dossier.State.PENDING).order_by("code"):
        yield WorkItem(
            due=last_days.get(dossier.scope_id),
            title=str(dossier),
            url=reverse("review:dossier-detail", args=[dossier.code]),
            verb=_("Read"),
        )


def _item(report: SelfAssessment, url: str, verb: Any) -> WorkItem:
    return WorkItem(due=None, title=str(report), url=url, verb=verb, scope_label=report.scope.label)
