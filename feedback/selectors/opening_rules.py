"""Which editions an opening rule is about to ask, and which it passes over, with the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import Campaign, OpeningRule, QuestionnaireVersion
from feedback.selectors.campaigns import usable_versions
from feedback.selectors.register import reachable_by_edition
from feedback.selectors.rounds import asked_already
from feedback.selectors.thresholds import least_threshold
from iqas.core import clock
from iqas.core.access import below
from microcredentials.models import Edition

Anchor = OpeningRule.Anchor
ALIVE = (
    Edition.State.OPEN,
    Edition.State.RUNNING,
    Edition.State.FINISHED,
    Edition.State.RESULTS_SIGNED,
    Edition.State.CLOSED,
)


@dataclass(frozen=True)
class Due:
    """An edition and the days of its campaign. `reason` is why it is passed over for now, "" where it will be asked."""

    edition: Edition
    opens: dt.date
    closes: dt.date
    people: int
    reason: str = ""


def due_editions(rule: OpeningRule, *, ahead: int = 0) -> list[Due]:
    """The editions whose window stands open today, or opens within so many days, and that the rule has not asked yet."""
    today = clock.today()
    version = version_of(rule)
    rows = [
        (edition, opens)
        for edition in _candidates(rule)
        if (opens := opening_day(rule, edition)) is not None
        and rule.since <= opens <= today + dt.timedelta(days=ahead)
        and today <= closing_day(rule, opens)
    ]
    if version is None:
        reason = _("Its questionnaire has no version that is ready.")
        return [Due(edition, opens, closing_day(rule, opens), 0, reason) for edition, opens in rows]
    editions = [edition for edition, _opens in rows]
    asked = asked_already(editions, version, rule.moment)
    people = reachable_by_edition(editions, rule.enrolment_states)
    least = (
        1 if rule.mode == Campaign.Mode.CONFIDENTIAL else max(rule.threshold or 0, least_threshold(version))
    )
    found = []
    for edition, opens in rows:
        count = people.get(edition.pk, 0)
        reason = ""
        if edition.pk in asked:
            reason = _("%(code)s asks or asked this.") % {"code": asked[edition.pk]}
        elif count < least:
            reason = _(
                "%(people)s people with an address, but nothing is shown about fewer than %(least)s: pool it."
            ) % {"people": count, "least": least}
        found.append(Due(edition, opens, closing_day(rule, opens), count, reason))
    return found


def version_of(rule: OpeningRule) -> QuestionnaireVersion | None:
    """The newest version of its questionnaire that is ready."""
    return usable_versions().filter(questionnaire=rule.questionnaire).first()


def opening_day(rule: OpeningRule, edition: Edition) -> dt.date | None:
    """When the rule asks an edition; None while the day it counts from is not known."""
    anchors = {
        Anchor.STARTS: edition.starts,
        Anchor.ENDS: edition.ends,
        Anchor.SIGNED: timezone.localdate(edition.signed_at) if edition.signed_at else None,
    }
    anchor = anchors[Anchor(rule.anchor)]
    return None if anchor is None else anchor + dt.timedelta(days=rule.offset_days)


def closing_day(rule: OpeningRule, opens: dt.date) -> dt.date:
    return opens + dt.timedelta(days=rule.duration_days)


def _candidates(rule: OpeningRule) -> Sequence[Edition]:
    """Editions below its scope that the rule has not asked, within the days that could matter today."""
    oldest = max(rule.since, clock.today() - dt.timedelta(days=rule.duration_days + 1))
    first_anchor = oldest - dt.timedelta(days=rule.offset_days)
    near = {
        Anchor.STARTS: Q(starts__gte=first_anchor),
        Anchor.ENDS: Q(ends__gte=first_anchor),
        Anchor.SIGNED: Q(signed_at__date__gte=first_anchor - dt.timedelta(days=1)),
    }[Anchor(rule.anchor)]
    own = Campaign.objects.filter(rule=rule, edition=OuterRef("pk"))
    return list(
        Edition.objects.filter(
            near, ~Exists(own), below([rule.scope.path], "microcredential__scope"), state__in=ALIVE
        )
        .select_related("version", "year", "microcredential__scope")
        .order_by("code")
    )
