"""What `manage.py doctor` asks about people."""

from __future__ import annotations

from collections.abc import Iterator

from iqas.accounts.models import Role, RoleAssignment
from iqas.accounts.roles import active_on
from iqas.core import clock
from iqas.core.doctor import check
from iqas.organisation.models import University


@check("administrator", "Somebody can administer the installation.")
def somebody_administers() -> Iterator[str]:
    if not University.objects.exists():
        return
    held = RoleAssignment.objects.filter(
        active_on(clock.today()), role=Role.ADMINISTRATOR, user__is_active=True
    ).select_related("user")
    administrators = [assignment.user for assignment in held]
    if not administrators:
        yield "Nobody holds the role of administrator today. Run: manage.py assign_role EMAIL administrator"
    elif not any(person.last_login or person.has_usable_password() for person in administrators):
        yield "No administrator has signed in or set a password yet. Run: manage.py changepassword EMAIL"
