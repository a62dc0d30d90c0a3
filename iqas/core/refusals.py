"""How the product says no: a stable code for programs, a sentence for people."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class RuleViolation(Exception):
    """A rule of the domain refuses what was asked. Nothing was written.

    `field` names the form field, `row` the row of an imported file (header = 1), `article` the law that demands it,
    which the message names too.
    """

    status = 409

    def __init__(
        self,
        code: str,
        message: Text,
        *,
        field: str | None = None,
        row: int | None = None,
        article: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.row = row
        self.article = article

    def __str__(self) -> str:
        return str(self.message)


class AccessDenied(RuleViolation):
    """The person may see the object but not do this to it; the message says why.

    `permission` is the one that a role would have to include, where a role is what is missing.
    """

    status = 403

    def __init__(self, code: str, message: Text, *, article: str = "", permission: str = "") -> None:
        super().__init__(code, message, article=article)
        self.permission = permission


class StaleVersion(RuleViolation):
    """Somebody saved since the form was opened. `current` is the stored object, for a comparison of both texts."""

    def __init__(self, current: Any) -> None:
        super().__init__(
            "stale-version",
            _("Somebody else saved this in the meantime. Compare both texts and save again."),
        )
        self.current = current
