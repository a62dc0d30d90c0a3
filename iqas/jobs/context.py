"""What the top bar shows of jobs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from iqas.core.access import can
from iqas.jobs import selectors


def bell(request: HttpRequest) -> dict[str, Any]:
    """`may_see_jobs`, and `unseen_jobs`: the person's own that ended since they last looked.

    Each costs a query only on a page that asks for it.
    """
    user = getattr(request, "user", None)
    return {
        "may_see_jobs": SimpleLazyObject(lambda: bool(can(user, "job.view"))),
        "unseen_jobs": SimpleLazyObject(lambda: selectors.unseen(user)),
    }
