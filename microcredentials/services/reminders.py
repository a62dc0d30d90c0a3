"""Reminding people of an act that is due: before the day, on it, and every week after it, however often the schedule comes
round, and never more often than that.
"""

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
DAYS_BETWEEN = 7  # once it is overdue
MOST_OVERDUE = 8  # after that, "my work" alone goes on saying it


@transaction.atomic
def remind(*, actor: Any = None) -> None:
    """Order a message to everybody who may record an act that is due soon, today, or overdue.

    The same step, person and occasion are one message for ever, so a second run of the day orders nothing.
    """
    today = clock.today()
    soon = today + dt.timedelta(days=DAYS_BEFORE)
    due = (
        Submission.objects.filter(state=Submission.State.WAITING, due__lte=soon)
        .select_related("waiting_for", "version__microcredential__scope")
        .prefetch_related("version__writers")
        .order_by("due", "pk")
    )
    for submission in due:
        microcredential, step = submission.version.microcredential, submission.waiting_for
        occasion = occasion_of(submission.due, today)
        if step is None or not occasion:
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
                    f"{submission.pk}|{step.pk}|{person}|{occasion}",
                    microcredential.code,
                )
                for person in _who_may(submission, step)
            ],
        )


def occasion_of(due: dt.date | None, today: dt.date) -> str:
    """Which reminder belongs to this day: one before, one from the day on, then one a week; "" for none.

    It lasts until the next begins, so that a day on which nothing ran is made up for.
    """
    if due is None or today < due - dt.timedelta(days=DAYS_BEFORE):
        return ""
    if today < due:
        return "before"
    weeks = (today - due).days // DAYS_BETWEEN
    return f"week-{weeks}" if weeks <= MOST_OVERDUE else ""


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
