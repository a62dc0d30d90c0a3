"""What `manage.py doctor` asks about the demonstration."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from iqas.accounts.models import User
from iqas.core.doctor import check
from iqas.demo import content
from iqas.demo.accounts import PASSWORDS


@check("demo-accounts", "No account of the demonstration opens this installation.")
def demo_accounts_are_gone() -> Iterator[str]:
    """A database that was filled with `manage.py demo` may be moved to production; its passwords are public."""
    if not settings.PRODUCTION:
        return
    passwords = {person.email: PASSWORDS[person.role] for person in content.organisation().people}
    for user in User.objects.filter(email__in=passwords, is_active=True).order_by("email"):
        if user.check_password(passwords[user.email]):
            yield f"{user.email} has the public password of the demonstration. Run: manage.py changepassword {user.email}"
