"""Who reads a dossier in the auditor's room: until when they may, and what they opened."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from audits.models import Dossier, Reading
from iqas.accounts.models import EXTERNAL_ROLES, RoleAssignment
from iqas.core import clock
from iqas.core.access import can
from iqas.core.refusals import AccessDenied


def require_assignment(user: Any) -> None:
    """Refuses `assignment-over` and `assignment-not-begun` with the date, and `not-permitted` to everybody else."""
    decision = can(user, "review.open")
    if decision:
        return
    assigned = RoleAssignment.objects.filter(user=user, role__in=EXTERNAL_ROLES)
    today = clock.today()
    coming = assigned.filter(valid_from__gt=today).order_by("valid_from").first()
    if coming is not None:
        raise AccessDenied(
            "assignment-not-begun",
            _("Your assignment begins on %(date)s.") % {"date": f"{coming.valid_from:%d/%m/%Y}"},
        )
    past = assigned.filter(valid_until__lt=today).order_by("-valid_until").first()
    if past is not None:
        raise AccessDenied(
            "assignment-over",
            _("Your assignment ended on %(date)s. The quality unit of the university can extend it.")
            % {"date": f"{past.valid_until:%d/%m/%Y}"},
        )
    raise AccessDenied(decision.code, decision.reason, permission="review.open")


def note(user: Any, dossier: Dossier, what: str) -> None:
    """Writes down what a person opened. Not an event of the audit chain: nothing changed."""
    Reading.objects.create(dossier=dossier, reader=user, what=what, at=clock.now())
