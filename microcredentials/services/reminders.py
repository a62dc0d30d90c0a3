"""Reminding people of an act that is due: once for each step and person, however often the schedule comes round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from iqas.accounts.models import RoleAssignment, User
from iqas.accounts.roles import PERMISSIONS, active_on
from iqas.core import clock
from iqas.core.access import can
from iqas.jobs.mail import Mail, send_built
from iqas.jobs.services import Order
from iqas.ui.formats import day
from microcredentials.models import ApprovalStep, Submission

BUILDER = "microcredentials.approval_reminder"
DAYS_BEFORE = 3


@transaction.atomic
def remind(*, actor: Any = None) -> None:
    """Order a message to everybody who may record an act that is due in three days or overdue.

    The same step and person are one message for ever, so a second run orders nothing.
    """
    soon = clock.today() + dt.timedelta(days=DAYS_BEFORE)
    due = (
        Submission.objects.filter(state=Submission.State.WAITING, due__lte=soon)
        .select_related("waiting_for", "version__microcredential__scope")
        .prefetch_related("version__writers")
        .order_by("due", "pk")
    )
    for submission in due:
        microcredential, step = submission.version.microcredential, submission.waiting_for
        if step is None:
            continue
        send_built(
            actor=actor,
            builder=BUILDER,
            scope=microcredential.scope,
            orders=[
                Order(
                    {
                        "submission": str(submission.pk),
                        "step": str(step.pk),
                        "person": str(person),
                    },
                    f"{submission.pk}|{step.pk}|{person}",
                    microcredential.code,
                )
                for person in _who_may(submission, step)
            ],
        )


def build_mail(*, submission: str, step: str, person: str) -> Mail | None:
    """The reminder; None where the act was recorded in the meantime, or the person may no longer record it."""
    found = (
        Submission.objects.filter(pk=UUID(submission), waiting_for=UUID(step))
        .select_related("waiting_for", "version__microcredential__scope", "version__microcredential__centre")
        .first()
    )
    reader = User.objects.filter(pk=person, is_active=True).first()
    if found is None or reader is None or found.waiting_for is None:
        return None
    if not can(reader, found.waiting_for.permission, found):
        return None
    microcredential = found.version.microcredential
    language = reader.language or settings.LANGUAGE_CODE
    with override(language):
        path = reverse("microcredentials:approval-detail", args=[microcredential.code])
        context = {
            "name": reader.name,
            "code": microcredential.code,
            "title": found.version.title,
            "centre": microcredential.centre.name,
            "step": found.waiting_for.name,
            "due": day(found.due),
            "late": found.due is not None and found.due < clock.today(),
            "action_url": f"{settings.BASE_URL}{path}",
            "action_label": _("See the approval"),
        }
    return Mail(to=reader.email, language=language, template="approval_due", context=context)


def _who_may(submission: Submission, step: ApprovalStep) -> Iterable[Any]:
    """Everybody whose role reaches the micro-credential and includes the step, but those who wrote it."""
    path = submission.version.microcredential.scope.path
    writers = {writer.pk for writer in submission.version.writers.all()}
    roles = PERMISSIONS[step.permission]
    held = RoleAssignment.objects.filter(
        active_on(clock.today()), role__in=roles, user__is_active=True
    ).values_list("user_id", "scope__path")
    return sorted({user for user, reach in held if path.startswith(reach) and user not in writers}, key=str)
