"""Fields and rows of a proposal as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from iqas.evidence.models import Evidence
from iqas.ui import formats
from microcredentials import vocabulary
from microcredentials.models import LearningOutcome, MicroCredentialVersion, Teacher
from microcredentials.sections import SECTIONS, Section
from microcredentials.selectors.proposal import Parts
from microcredentials.services.writing import LANGUAGES, TRANSLATED
from microcredentials.vocabulary import ROW_TITLES


@dataclass(frozen=True)
class Told:
    """A field with its words; `lang` where it is written in one language."""

    name: str
    label: str
    words: str
    lang: str = ""


@dataclass(frozen=True)
class ReadSection:
    section: Section
    fields: tuple[Told, ...]


def label_of(name: str) -> str:
    """ "Título (español)" for `title_es`; the name of rows for rows."""
    if name in ROW_TITLES:
        return str(ROW_TITLES[name])
    base, _sep, language = name.rpartition("_")
    if base in TRANSLATED:
        return vocabulary.label(MicroCredentialVersion, base, language)
    return vocabulary.label(MicroCredentialVersion, name)


def words_of(name: str, value: Any) -> str:
    """The value of a field, or the rows of `writing`, in words; "" for nothing."""
    if name in ROW_TITLES:
        return "\n".join(_row_words(name, row) for row in value)
    return vocabulary.value(MicroCredentialVersion, name, value)


def read(parts: Parts) -> list[ReadSection]:
    """Every section with what it says; what says nothing is left out."""
    return [ReadSection(section, tuple(_fields(section, parts.version))) for section in SECTIONS]


def _fields(section: Section, version: MicroCredentialVersion) -> Iterator[Told]:
    for name in section.fields:
        if name in TRANSLATED:
            for language in LANGUAGES:
                if words := getattr(version, f"{name}_{language}"):
                    yield Told(name, label_of(f"{name}_{language}"), words, language)
        elif name == "responsible_teacher":
            if version.responsible:
                yield Told(name, _("Responsible teacher"), version.responsible)
        elif name != "responsible_name" and (words := words_of(name, getattr(version, name))):
            yield Told(name, label_of(name), words)


def _row_words(name: str, row: Any) -> str:
    known = {
        "awarding_bodies": _body,
        "supporters": _supporter,
        "outcomes": _outcome,
        "assessments": _assessment,
        "teachers": _teacher,
    }
    return "· " + "; ".join(part for part in known[name](row) if part)


def _body(row: Any) -> list[str]:
    coordinates = _("coordinates") if row.is_coordinating else ""
    return [row.name, coordinates, row.country, row.region, _evidence(row.agreement_id)]


def _supporter(row: Any) -> list[str]:
    day = formats.short_day(row.expressed_on) if row.expressed_on else ""
    return [row.name, row.interest, day, _evidence(row.evidence_id)]


def _outcome(row: Any) -> list[str]:
    kind = str(LearningOutcome.Kind(row.kind).label) if row.kind else ""
    return [*row.texts.values(), kind, row.esco_uri]


def _assessment(row: Any) -> list[str]:
    return [*row.texts.values(), f"{row.weight} %" if row.weight else "", ", ".join(_codes(row.outcomes))]


def _codes(names: Iterable[UUID | str]) -> list[str]:
    """The codes of outcomes, some of them named by their key."""
    keys = [name for name in names if isinstance(name, UUID)]
    codes = dict(LearningOutcome.objects.filter(pk__in=keys).values_list("pk", "code")) if keys else {}
    return sorted(str(codes.get(name, "?")) if isinstance(name, UUID) else name for name in names)


def _teacher(row: Any) -> list[str]:
    outside = _("from outside the university") if row.is_external else ""
    hours = f"{vocabulary.number(row.hours)} h" if row.hours else ""
    return [row.name, str(Teacher.Role(row.role).label), outside, row.institution, hours]


def _evidence(key: Any) -> str:
    return "" if key is None else Evidence.objects.values_list("code", flat=True).get(pk=key)
