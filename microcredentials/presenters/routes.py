"""What the pages of approval routes show, decided before the template."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iqas.core.access import can
from iqas.ui.history import history_entries
from microcredentials.models import ApprovalRoute, Submission
from microcredentials.selectors.routes import Difference, differences, facts_of, pack_of
from microcredentials.services.routes import legal_obstacle

SENTENCES = {
    "route.loaded": gettext_lazy("loaded it"),
    "route.in-force": gettext_lazy("put it in force"),
}
FIELDS = {"sha256": "SHA-256"}
MOST_NAMED = 12


def route_page(user: Any, route: Any) -> dict[str, Any]:
    """`route` has `used` and `waiting`, from `routes_of`."""
    pack = pack_of(route)
    current = _in_force(route)
    obstacle = None if route.in_force else legal_obstacle(route)
    may = not route.in_force and bool(can(user, "route.change"))
    return {
        "route": route,
        "facts": facts_of(pack),
        "current": current,
        "differences": differences(pack_of(current), pack) if current else [],
        "obstacle": obstacle.message if obstacle else "",
        "enforce_url": reverse("routes:route-enforce", args=[route.code, route.number])
        if may and obstacle is None
        else "",
        "may_change": bool(can(user, "route.change")),
        "entries": history_entries(route, SENTENCES, FIELDS),
    }


def consequences(route: ApprovalRoute) -> list[str]:
    """What follows where the route comes into force."""
    current = _in_force(route)
    found = differences(pack_of(current), pack_of(route)) if current else []
    words = [_words(one) for one in found[:MOST_NAMED]]
    if more := len(found) - len(words):
        words.append(_("and %(count)s more") % {"count": more})
    waiting = Submission.objects.filter(state=Submission.State.WAITING).count()
    going_on = ngettext(
        "%(count)s submission in process goes on by the route that it began with.",
        "%(count)s submissions in process go on by the route that they began with.",
        waiting,
    ) % {"count": waiting}
    return [*words, _("What is submitted from now on goes this way."), *([going_on] if waiting else [])]


def _in_force(other: ApprovalRoute) -> ApprovalRoute | None:
    """The route in force, where it is another one."""
    found = ApprovalRoute.objects.filter(in_force=True).prefetch_related("steps").first()
    return None if found is None or found.pk == other.pk else found


def _words(one: Difference) -> str:
    nothing = _("nothing")
    return _("%(what)s: from “%(before)s” to “%(after)s”.") % {
        "what": one.what,
        "before": one.before or nothing,
        "after": one.after or nothing,
    }
