"""What evidence asks of a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core import clock
from iqas.core.access import allowed
from iqas.core.worklist import WorkItem, work_source
from iqas.evidence import selectors

MOST = 50


@work_source
def versions_to_approve(user: Any) -> Iterator[WorkItem]:
    """Versions that wait for somebody other than their uploader."""
    waiting = allowed(user, "evidence.approve").select_related("evidence__scope").order_by("uploaded_at")
    for version in waiting[:MOST]:
        yield WorkItem(
            due=None,
            title=f"{version} {version.evidence.title}",
            url=reverse("evidence:version-approve", args=[version.evidence.code, version.number]),
            verb=_("Approve"),
            scope_label=version.evidence.scope.label,
        )


@work_source
def evidence_to_renew(user: Any) -> Iterator[WorkItem]:
    """The person's own evidence that has expired or soon will, unless a newer version already waits."""
    mine = allowed(user, "evidence.change").filter(owner=user)
    soon = clock.today() + dt.timedelta(days=selectors.EXPIRING_DAYS)
    ending = selectors.with_status(mine).filter(status__in=("expired", "expiring"), valid_until__lte=soon)
    for evidence in ending.select_related("scope").order_by("valid_until")[:MOST]:
        yield WorkItem(
            due=evidence.valid_until,
            title=f"{evidence.code} {evidence.title}",
            url=reverse("evidence:version-add", args=[evidence.code]),
            verb=_("Renew"),
            scope_label=evidence.scope.label,
        )
