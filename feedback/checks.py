"""What `manage.py doctor` and /readyz ask about surveys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import F

from feedback.anonymity.canary import key_problems
from feedback.models import Campaign
from feedback.selectors.campaigns import (
    anonymous_campaigns_with_names,
    campaigns_out_of_balance,
    signed_out_of_balance,
)
from feedback.selectors.safeguarding import who_cannot_read
from iqas.core import clock
from iqas.core.doctor import check
from iqas.core.health import readiness_probe
from iqas.core.unheld import holds_files

GRACE = dt.timedelta(days=1)

holds_files("feedback.Report", "sha256")


@readiness_probe
@check("survey-keys", "Every link in use and every sealed answer has its key.")
def survey_keys() -> Iterator[str]:
    yield from key_problems()


@check("safeguarding", "Whoever is named for urgent complaints can read them.")
def safeguarding() -> Iterator[str]:
    for row in who_cannot_read():
        yield (
            f"{row.user} is named for urgent complaints on {row.scope.code} but has no role there that answers "
            "complaints: give one, or name somebody else under Complaints and suggestions."
        )


@check(
    "survey-balance",
    "Every answer that was taken is waiting, mixed or destroyed: none is lost, none is there twice.",
)
def survey_balance() -> Iterator[str]:
    for campaign in campaigns_out_of_balance():
        yield (
            f"{campaign.code}: {campaign.used} links used, but {campaign.waiting} answers waiting, {campaign.mixed} mixed "
            f"and {campaign.destroyed_count} destroyed; {campaign.receipted} receipts. Restore the database from its backup."
        )
    for campaign in signed_out_of_balance():
        yield (
            f"{campaign.code}: {campaign.used} links used, but {campaign.signed} answers and {campaign.receipted} receipts. "
            "Restore the database from its backup."
        )


@check("survey-names", "No anonymous survey knows which institution an answer or a link belongs to.")
def survey_names() -> Iterator[str]:
    for campaign in anonymous_campaigns_with_names():
        yield (
            f"{campaign.code} is anonymous, but links, comments or answers of it name who they belong to. "
            "Restore the database from its backup."
        )


@check("survey-mixing", "Campaigns close on their day and their answers are mixed.", advice=True)
def survey_mixing() -> Iterator[str]:
    running = (Campaign.State.OPEN, Campaign.State.PAUSED)
    overdue = Campaign.objects.filter(state__in=running, closes__lt=clock.today() - GRACE)
    for campaign in overdue:
        yield f"{campaign.code} should have closed on {campaign.closes}. Are the jobs running? Else: manage.py survey_mix"
    for campaign in Campaign.objects.filter(mixings_count__gt=F("settled_count")):
        yield f"{campaign.code} was mixed, but old rows are not yet removed from the database's files. Run: manage.py survey_mix"
