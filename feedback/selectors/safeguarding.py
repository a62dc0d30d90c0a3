"""Who reads what is urgent: the persons named for the scope or for one above it; where nobody is, the university's officers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from feedback.models import Complaint, SafeguardingPerson
from iqas.accounts.models import Role, RoleAssignment
from iqas.accounts.roles import PERMISSIONS, active_on
from iqas.core import clock
from iqas.core.access import below, grants, holds
from iqas.organisation.models import Scope, University


def may_read(user: Any, complaint: Complaint) -> bool:
    """The predicate of what `readable` is the twin of. Needs the complaint's scope."""
    if not complaint.is_urgent:
        return True
    here, named = complaint.scope.path, _named_paths()
    over = [path for path in named if here.startswith(path)]
    if over:
        return any(user.pk in named[path] for path in over)
    return any(here.startswith(path) for path in _officer_of(user))


def readable(user: Any) -> Q:
    """Which complaints the person may read, of those that their role reaches."""
    named, officer = _named_paths(), _officer_of(user)
    mine = [path for path, people in named.items() if user.pk in people]
    found = Q(is_urgent=False)
    if mine:
        found |= below(mine, "scope")
    if officer:
        found |= below(officer, "scope") & (~below(named, "scope") if named else Q())
    return found


def persons_for(scope: Scope) -> list[SafeguardingPerson]:
    """Those who are told of what is urgent there, as far as somebody is named."""
    rows = _in_office().select_related("scope", "user")
    return [row for row in rows if scope.path.startswith(row.scope.path)]


def safeguarding_address() -> str:
    """Where nobody is named: the address of the settings, else the university's contact for complaints."""
    university = University.objects.first()
    return settings.SAFEGUARDING_EMAIL or (university.complaints_email if university else "")


def who_cannot_read() -> list[SafeguardingPerson]:
    """Named persons whose account or role has ended: what is urgent would wait unread."""
    rows = SafeguardingPerson.objects.select_related("scope", "user")
    return [row for row in rows if not holds(row.user, "complaint.answer", row.scope)]


def _named_paths() -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for path, user in _in_office().values_list("scope__path", "user"):
        found.setdefault(path, set()).add(user)
    return found


def _in_office() -> QuerySet[SafeguardingPerson]:
    """Named persons who can sign in and may answer complaints there today. Were only others named, nobody could read."""
    roles = RoleAssignment.objects.filter(
        active_on(clock.today()), user=OuterRef("user"), role__in=PERMISSIONS["complaint.answer"]
    )
    here = ExpressionWrapper(OuterRef("scope__path"), CharField())
    held = roles.alias(here=here).filter(here__startswith=F("scope__path"))
    return SafeguardingPerson.objects.filter(Exists(held), user__is_active=True)


def _officer_of(user: Any) -> list[str]:
    return [grant.path for grant in grants(user) if grant.role == Role.QUALITY_OFFICER]
