"""Who is signed in, read once a request."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from iqas.accounts.models import User


class AccountBackend(AuthenticationBackend):
    """allauth's; every page asks whether the person has a second factor, so that it is told in the same statement."""

    def get_user(self, user_id: Any) -> User | None:
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        person = User.objects.filter(pk=user_id).annotate(has_second_factor=Exists(factors)).first()
        return person if person is not None and self.user_can_authenticate(person) else None
