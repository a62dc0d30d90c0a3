"""Links as people get them: in a mail or on a printed sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

import segno
from django.conf import settings
from django.urls import reverse

from feedback.anonymity.installed import installed_ring, ring_for_visits
from feedback.anonymity.tokens import open_code, read_stop_mark, short_code, token
from feedback.models import Campaign, MailOptOut
from feedback.selectors.survey import links_exist

QUIET_ZONE = 4  # squares, ISO/IEC 18004


@dataclass(frozen=True)
class QrCode:
    """A QR code as an SVG path in a square of `size` units, quiet zone included."""

    path: str
    size: int


@dataclass(frozen=True)
class PrintedLink:
    """One link of a sheet: its address, the same as a QR code, and the code to type instead."""

    url: str
    qr: QrCode
    code: str


def survey_url(token: str) -> str:
    """The absolute address of a survey link."""
    return f"{settings.BASE_URL}{reverse('survey:link-follow', kwargs={'token': token})}"


def printed_links(campaign: Campaign, sheet: int) -> list[PrintedLink]:
    """The links of one printed sheet, used or not: whoever prints it again learns nothing from what is missing."""
    ring, salt = installed_ring(), bytes(campaign.salt)
    invitations = campaign.invitations.filter(sheet=sheet).order_by("pk").values_list("pk", flat=True)
    links = []
    for invitation in invitations:
        url = survey_url(token(ring, invitation, salt))
        links.append(PrintedLink(url, qr_of(url), short_code(ring, invitation, salt)))
    return links


def open_link_of(campaign: Campaign) -> PrintedLink | None:
    """The link that anybody may pass on, where the campaign has one."""
    if not campaign.open_link:
        return None
    code = open_code(installed_ring(), campaign.pk, bytes(campaign.salt))
    url = f"{settings.BASE_URL}{reverse('survey:open-link', kwargs={'code': code})}"
    return PrintedLink(url, qr_of(url), code)


def campaign_links(campaign: Campaign) -> list[str]:
    """Every unused link of a campaign, absolute: for the demo and acceptance seeds, never for a page."""
    ring, salt = installed_ring(), bytes(campaign.salt)
    unused = campaign.invitations.filter(used=False).order_by("pk").values_list("pk", flat=True)
    return [survey_url(token(ring, invitation, salt)) for invitation in unused]


def person_behind(mark: str) -> str | None:
    """The index of the address that a "no more mail" link was made for; None for one that is not ours."""
    ring = ring_for_visits(links_exist=links_exist)
    return read_stop_mark(ring, mark) if ring else None


def has_stopped(mark: str) -> bool:
    """Whether the person behind this mark wants no survey mail."""
    return MailOptOut.objects.filter(mail_idx=person_behind(mark)).exists()


def qr_of(url: str) -> QrCode:
    """One bar a run of dark squares: a fifth of the size of one rectangle each."""
    rows = [bytes(row) for row in segno.make_qr(url, error="m").matrix_iter(border=QUIET_ZONE)]
    bars = [
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(rows)
        for run in re.finditer(b"\x01+", row)
    ]
    return QrCode("".join(bars), len(rows))
