"""A poster for a room: where to answer, as a QR code and in letters. It never holds a personal link: a file lasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from feedback.models import Campaign
from feedback.selectors.invitations import PrintedLink, open_link_of, qr_of
from feedback.selectors.survey import minutes_of
from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.jobs.models import Job
from iqas.jobs.runner import JobContext
from iqas.jobs.services import enqueue
from iqas.organisation.models import University
from iqas.ui.pdf.lint import lint
from iqas.ui.pdf.printing import print_html
from iqas.ui.pdf.typeface import STATIC, spelled_out

JOB_KIND = "feedback.poster"
SHEETS: tuple[Path, ...] = (STATIC / "css" / "dossier.css", STATIC / "css" / "poster.css")


@transaction.atomic
def order_poster(*, actor: Any, campaign: Campaign, language: str) -> Job:
    """Ask a job to print it; as long as nothing on it changes, asking again is the same job.

    Refuses `unknown-language`, `poster-nothing` (neither an open link nor printed codes) and `campaign-over`.
    """
    require(actor, "campaign.invite", campaign)
    if language not in settings.INTERFACE_LANGUAGES:
        raise RuleViolation("unknown-language", _("Posters are printed in Spanish or English."))
    if not campaign.open_link and not campaign.sheets_count:
        raise RuleViolation(
            "poster-nothing", _("There is nothing to answer with in a room: print links first.")
        )
    if not campaign.takes_links or (campaign.closes is not None and campaign.closes < clock.today()):
        raise RuleViolation("campaign-over", _("The campaign is over: nobody can answer any more."))
    job = enqueue(
        actor=actor,
        kind=JOB_KIND,
        payload={"campaign": str(campaign.pk), "language": language},
        idem_key=f"{campaign.pk}|{language}|{campaign.version}|{campaign.closes}|{campaign.state}",
        scope=campaign.scope,
        about=campaign.code,
        about_url=campaign.get_absolute_url(),
    )
    record(
        actor=actor,
        action="campaign.poster",
        subject=campaign,
        scope=campaign.scope,
        after={"language": language},
    )
    return job


def print_poster(context: JobContext, *, campaign: str, language: str) -> None:
    """The work of the job. Refuses `poster-unfit` when the file is not accessible or not fit to be kept."""
    asked = Campaign.objects.get(pk=UUID(campaign))
    pdf = print_html(poster_html(asked, language), sheets=SHEETS, created=clock.now())
    if faults := lint(pdf):
        raise RuleViolation("poster-unfit", "; ".join(faults))
    name = {"es": "cartel", "en": "poster"}[language]
    context.artefact(pdf, f"{asked.code}-{name}.pdf", "application/pdf")


def poster_html(campaign: Campaign, language: str) -> str:
    """The poster, in one language: the open link where the campaign has one, else where codes are typed."""
    link = open_link_of(campaign)
    if link is None:
        url = f"{settings.BASE_URL}{reverse('survey:code-enter')}"
        link = PrintedLink(url, qr_of(url), "")
    with translation.override(language):
        told = {
            "campaign": campaign,
            "minutes": minutes_of(campaign),
            "link": link,
            "code_address": format_html(
                '<span class="poster-address">{}</span>',
                f"{settings.BASE_URL}{reverse('survey:code-enter')}".split("://")[-1],
            ),
            "university": University.current(),
            "language": language,
        }
        return spelled_out(render_to_string("pdf/poster.html", told))
