"""The one-time links that set a password: short for who asked for one, longer for who was invited."""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.conf import settings

INVITATION_DAYS = 7


class InvitationTokens(EmailAwarePasswordResetTokenGenerator):
    """Makes tokens that `/accounts/password/reset/` takes for `INVITATION_DAYS` instead of `PASSWORD_RESET_TIMEOUT`.

    They are the same tokens, dated later by the difference: one check holds for both.
    """

    def _now(self) -> dt.datetime:
        longer = dt.timedelta(days=INVITATION_DAYS) - dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        return super()._now() + longer
