"""What a person who prepares campaigns may choose from: scopes, editions, people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from iqas.accounts.models import EXTERNAL_ROLES, RoleAssignment, User
from iqas.accounts.roles import active_on
from iqas.core import clock
from iqas.core.access import below, paths
from iqas.organisation.models import Scope
from iqas.organisation.scopes import ancestors
from microcredentials.models import Edition


def scopes_of(user: Any, permission: str = "campaign.edit") -> QuerySet[Scope]:
    """The university, centres and micro-credentials for which the person may ask, the widest first."""
    held = paths(user, permission)
    found = Scope.objects.exclude(kind=Scope.Kind.DOSSIER)
    return found.filter(below(held, "self")).order_by("path") if held else found.none()


def editions_of(user: Any, permission: str = "campaign.edit") -> QuerySet[Edition]:
    """The editions about which the person may ask, the latest first."""
    held = paths(user, permission)
    reachable = (
        Edition.objects.filter(below(held, "microcredential__scope")) if held else Edition.objects.none()
    )
    return (
        reachable.exclude(state__in=(Edition.State.IMPORTED, Edition.State.CANCELLED))
        .select_related("version", "microcredential__scope", "year")
        .order_by("-year__starts", "code")
    )


def people_at(scope: Scope) -> QuerySet[User]:
    """Who holds a role of the house on a scope, on one above it, or on one below it."""
    above = [node.path for node in ancestors(scope)]
    held = User.objects.filter(is_active=True).exclude(assignments__role__in=EXTERNAL_ROLES)
    on = held.filter(assignments__in=_assignments(scope, above))
    return on.distinct().order_by("sort_name")


def _assignments(scope: Scope, above: list[str]) -> QuerySet[RoleAssignment]:
    near = Q(scope__path__startswith=scope.path) | Q(scope__path__in=above)
    return RoleAssignment.objects.filter(near & active_on(clock.today()))
