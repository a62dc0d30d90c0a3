"""People of the tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from iqas.accounts.models import RoleAssignment, User
from tests.factories.organisation import the_university

if TYPE_CHECKING:
    from typing import Any

    from iqas.organisation.models import Scope

PASSWORD = "una contraseña de prueba 2025"
_numbers = count(1)


def make_user(**fields: Any) -> User:
    """An active person with no role at all, with PASSWORD."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "email": f"persona{number}@example.org",
        "name": f"Persona {number}",
        "language": "es",
        "is_active": True,
    }
    values.update(fields)
    return User.objects.create_user(values.pop("email"), PASSWORD, **values)


def make_staff(
    role: str,
    scope: Scope | None = None,
    *,
    valid_from: date = date(2020, 1, 1),
    valid_until: date | None = None,
    **fields: Any,
) -> User:
    """A person who holds `role` at `scope` (the university where none is given)."""
    user = make_user(**fields)
    RoleAssignment.objects.create(
        user=user,
        role=role,
        scope=scope or the_university().scope,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return user
