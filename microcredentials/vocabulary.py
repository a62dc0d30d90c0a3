"""What the fields and rows of a design are called and how their values read: one vocabulary for pages, comparisons and
documents.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.ui import formats
from microcredentials.choices import CHOICES

LANGUAGE_NAMES = {
    "es": gettext_lazy("Spanish"),
    "en": gettext_lazy("English"),
    "ca": gettext_lazy("Catalan"),
    "gl": gettext_lazy("Galician"),
    "eu": gettext_lazy("Basque"),
}
ROW_TITLES = {
    "awarding_bodies": gettext_lazy("Awarding bodies"),
    "supporters": gettext_lazy("Stakeholders behind the need"),
    "outcomes": gettext_lazy("Learning outcomes"),
    "assessments": gettext_lazy("Assessments"),
    "teachers": gettext_lazy("Who teaches"),
}


def upper_first(words: Any) -> str:
    """ "ECTS credits" keeps its capitals."""
    text = str(words)
    return text[:1].upper() + text[1:]


def label(model: type[Model], name: str, language: str = "") -> str:
    """The name of a field, with the language of a translated one: "Título (español)"."""
    words = upper_first(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return in_language(words, language) if language else words


def in_language(words: str, language: str) -> str:
    return f"{words} ({LANGUAGE_NAMES[language]})"


def value(model: type[Model], name: str, said: Any) -> str:
    """The value of a field in words; "" for nothing."""
    if said is None or said == "":
        return ""
    if isinstance(said, bool):
        return _("Yes") if said else _("No")
    if isinstance(said, list | tuple):
        known = dict(CHOICES.get(name, ()))
        return ", ".join(str(known.get(one, one)) for one in said)
    choices = dict(getattr(model._meta.get_field(name), "flatchoices", ()))
    if said in choices:
        return str(choices[said])
    if isinstance(said, Decimal | int):
        return number(said)
    if isinstance(said, date):
        return formats.day(said)
    return str(said).replace("\r\n", "\n").strip()


def number(amount: Decimal | int) -> str:
    """Without decimals where it has none, else with two."""
    whole = Decimal(amount) == Decimal(amount).to_integral_value()
    return formats.decimal(amount, 0 if whole else 2)
