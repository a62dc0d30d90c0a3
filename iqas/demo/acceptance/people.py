"""One person per role and centre, with a password and a second factor that the checks know."""

from __future__ import annotations

from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from iqas.accounts.models import EXTERNAL_ROLES, Role, User
from iqas.accounts.roles import ASSIGNABLE_ON
from iqas.accounts.services import assign_role, invite_person
from iqas.core import clock
from iqas.organisation.models import Scope

PASSWORD = "correct-horse-battery-2026"  # noqa: S105
ACCESS_DAYS = 365


def add_person(*, role: str, centre: str, scope: Scope | None, canary: bool = True) -> dict[str, Any]:
    """An account that holds `role` on `scope` (None: nothing), as an entry of `seed.json`."""
    import datetime as dt

    name = f"CANARY-{centre}-user-{role}" if canary and centre else f"Person {role}"
    email = f"{role}{'.' + centre.lower() if centre else ''}@acceptance.example"
    user = invite_person(actor=None, email=email, name=name)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    if scope is not None:
        until = clock.today() + dt.timedelta(days=ACCESS_DAYS) if role in EXTERNAL_ROLES else None
        assign_role(actor=None, user=user, role=role, scope=scope, valid_until=until)
    return {"role": role, "centre": centre, "email": email, "password": PASSWORD, "totp_secret": secret}


def add_deactivated() -> dict[str, Any]:
    """Somebody whose account has ended."""
    entry = add_person(role="deactivated", centre="", scope=None)
    User.objects.filter(email=entry["email"]).update(is_active=False)
    return entry


def roles_on(kind: str) -> list[str]:
    """The roles that people hold on a kind of scope in the acceptance installation: the widest that fits."""
    first = {"university": Role.ADMINISTRATOR, "centre": Role.CENTRE_QUALITY}
    order = [role for role in Role.values if kind in ASSIGNABLE_ON[role] and role not in EXTERNAL_ROLES]
    return sorted(order, key=lambda role: role != first.get(kind))
