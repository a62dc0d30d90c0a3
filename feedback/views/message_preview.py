"""The messages of a campaign before anybody gets them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from feedback.models import Campaign
from feedback.services.mailing import sample_mail
from feedback.views.shared import campaign_of
from iqas.core.access import require
from iqas.core.views import page
from iqas.jobs.mail import render as rendered


@page("campaign.invite")
def campaign_messages(request: HttpRequest, code: str) -> HttpResponse:
    """Invitation and reminders in both languages, word for word; the look in a file that a mail program opens."""
    campaign = _campaign(request, code)
    own = campaign.mail_language
    languages = sorted(settings.INTERFACE_LANGUAGES, key=lambda language: language != own)
    context = {
        "campaign": campaign,
        "languages": [
            {
                "code": language,
                "name": dict(settings.LANGUAGES)[language],
                "is_sent": language == own,
                "messages": [_shown(campaign, language, wave) for wave in _waves(campaign)],
            }
            for language in languages
        ],
    }
    return render(request, "feedback/campaign_messages.html", context)


@page("campaign.invite")
def campaign_message_file(request: HttpRequest, code: str, language: str, wave: int) -> HttpResponse:
    """One of them as a message (RFC 5322), with the HTML that mail programs show."""
    campaign = _campaign(request, code)
    if language not in settings.INTERFACE_LANGUAGES or wave not in _waves(campaign):
        raise Http404
    response = HttpResponse(
        _message(campaign, language, wave).message().as_bytes(), content_type="message/rfc822"
    )
    name = slugify(f"{campaign.code} {language} {wave}")
    response["Content-Disposition"] = f'attachment; filename="{name}.eml"'
    return response


def _campaign(request: HttpRequest, code: str) -> Campaign:
    campaign = campaign_of(request, code)
    require(request.user, "campaign.invite", campaign)
    if campaign.mode == Campaign.Mode.IMPORTED:
        raise Http404
    return campaign


def _waves(campaign: Campaign) -> list[int]:
    """The invitation, the first reminder, and the last one where it is another."""
    return sorted({0, min(1, campaign.reminders_most), campaign.reminders_most})


def _message(campaign: Campaign, language: str, wave: int) -> EmailMultiAlternatives:
    return rendered(sample_mail(campaign, language=language, wave=wave))


def _shown(campaign: Campaign, language: str, wave: int) -> dict[str, Any]:
    message = _message(campaign, language, wave)
    title = _("Reminder %(number)s") % {"number": wave} if wave else _("Invitation")
    return {"title": title, "wave": wave, "subject": message.subject, "text": message.body}
