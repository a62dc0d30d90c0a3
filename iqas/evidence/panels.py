"""Evidence on the pages of micro-credentials and centres."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import allowed, can
from iqas.core.panels import Panel, panel
from iqas.evidence import selectors
from iqas.evidence.tables import STATUSES

SHOWN = 8


@panel("microcredential", order=40)
@panel("centre", order=40)
def evidence_panel(request: HttpRequest, obj: Any) -> Panel | None:
    """What is filed for the scope itself, the soonest to expire first, and how many criteria it proves."""
    if not can(request.user, "evidence.view"):
        return None
    own = allowed(request.user, "evidence.view").filter(scope=obj.scope)
    filed = list(
        selectors.with_status(own).select_related("kind").order_by("valid_until", "code")[: SHOWN + 1]
    )
    validity = selectors.per_criterion_validity([obj.scope], clock.today())[obj.scope.pk]
    expired = sum(item.status == "expired" for item in filed)
    return Panel(
        _("Evidence"),
        "evidence/_panel.html",
        {
            "scope": obj.scope,
            "rows": [(item, *STATUSES[item.status]) for item in filed[:SHOWN]],
            "more": len(filed) > SHOWN,
            "validity": validity,
            "missing": [item.criterion for item in validity.criteria if not item.valid],
            "may_add": bool(can(request.user, "evidence.add", obj.scope)),
        },
        brief=_brief(expired, validity),
        is_due=expired > 0,
    )


def _brief(expired: int, validity: Any) -> str:
    if expired:
        return ngettext("%(count)s expired", "%(count)s expired", expired) % {"count": expired}
    return gettext("%(valid)s of %(total)s criteria with valid evidence") % {
        "valid": validity.valid,
        "total": validity.total,
    }
