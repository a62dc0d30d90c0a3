"""Who may see, cancel and retry a job: who asked for it, and who oversees its scope.

Having asked is not enough for ever: with the role on the scope goes the sight of what was made there.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from iqas.core.access import Condition, Rule, below, holds, paths, register
from iqas.jobs.models import Job


def own_or_overseen(user: Any, job: Job) -> bool:
    if job.requested_by_id == user.pk and (job.scope is None or holds(user, "job.view", job.scope)):
        return True
    return job.scope is not None and holds(user, "job.oversee", job.scope)


def own_or_overseen_twin(user: Any) -> Q:
    own = Q(requested_by=user.pk) & (Q(scope__isnull=True) | below(paths(user, "job.view"), "scope"))
    overseen = paths(user, "job.oversee")
    return own | below(overseen, "scope") if overseen else own


OWN_OR_OVERSEEN = Condition(
    "other-persons-job",
    holds=own_or_overseen,
    twin=own_or_overseen_twin,
    reason=_("This job was asked for by somebody else."),
)

for action in ("job.view", "job.cancel", "job.retry"):
    register(Rule(action, model="jobs.Job", scope=None, conditions=(OWN_OR_OVERSEEN,)))
