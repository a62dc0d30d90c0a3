"""Lists that a proposal chooses several of: languages of teaching (ISO 639-1) and the goals of the 2030 Agenda."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LANGUAGES = [
    ("es", _("Spanish")),
    ("ca", _("Catalan")),
    ("gl", _("Galician")),
    ("eu", _("Basque")),
    ("en", _("English")),
    ("fr", _("French")),
    ("de", _("German")),
    ("it", _("Italian")),
    ("pt", _("Portuguese")),
    ("ar", _("Arabic")),
    ("zh", _("Chinese")),
    ("ro", _("Romanian")),
    ("uk", _("Ukrainian")),
]
SDGS = [  # A/RES/70/1
    (1, _("1 No poverty")),
    (2, _("2 Zero hunger")),
    (3, _("3 Good health and well-being")),
    (4, _("4 Quality education")),
    (5, _("5 Gender equality")),
    (6, _("6 Clean water and sanitation")),
    (7, _("7 Affordable and clean energy")),
    (8, _("8 Decent work and economic growth")),
    (9, _("9 Industry, innovation and infrastructure")),
    (10, _("10 Reduced inequalities")),
    (11, _("11 Sustainable cities and communities")),
    (12, _("12 Responsible consumption and production")),
    (13, _("13 Climate action")),
    (14, _("14 Life below water")),
    (15, _("15 Life on land")),
    (16, _("16 Peace, justice and strong institutions")),
    (17, _("17 Partnerships for the goals")),
]
CYCLES = {  # of the Framework for Qualifications of the European Higher Education Area, by EQF level
    5: _("short cycle"),
    6: _("first cycle"),
    7: _("second cycle"),
    8: _("third cycle"),
}
CHOICES: dict[str, list[tuple[Any, Any]]] = {"languages": LANGUAGES, "sdgs": SDGS}


def known_languages(value: Any) -> None:
    _refuse_unknown("languages", value)


def known_sdgs(value: Any) -> None:
    _refuse_unknown("sdgs", value)


def _refuse_unknown(name: str, value: Any) -> None:
    known = [key for key, _label in CHOICES[name]]
    if not isinstance(value, list) or any(one not in known or isinstance(one, bool) for one in value):
        raise ValidationError(_("Choose from the list."), code="unknown-choice")
    if len(set(value)) != len(value):
        raise ValidationError(_("Named twice."), code="twice")
