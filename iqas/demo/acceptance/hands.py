"""By whom the acceptance installation is written."""

from __future__ import annotations

from dataclasses import dataclass

from iqas.accounts.models import User


@dataclass(frozen=True)
class Hands:
    """Who writes and who approves, so that nobody approves their own work."""

    writer: User
    approver: User
    quality: User
