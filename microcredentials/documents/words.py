"""How documents write values: the language of a text, amounts, levels, and what is not stated."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Model, TextField
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from iqas.ui import formats
from microcredentials import vocabulary
from microcredentials.completeness import eleven, places_of_issue
from microcredentials.documents.content import Block, Cell, Column, Fact, Facts, Table, Written
from microcredentials.documents.sources import VersionSource
from microcredentials.models import LearningOutcome, MicroCredentialVersion
from microcredentials.reading import label_of, words_of
from microcredentials.sections import Section
from microcredentials.services.writing import LANGUAGES, TRANSLATED
from microcredentials.vocabulary import ROW_TITLES

LONGEST_IN_A_TABLE = 240
upper_first = vocabulary.upper_first


def language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def text_of(row: Model, name: str) -> tuple[str, str]:
    """A translated text in the language of the document, or the next that there is, with its language."""
    for code in dict.fromkeys((language(), *LANGUAGES)):
        if words := getattr(row, f"{name}_{code}", "") or "":
            return str(words).strip(), code
    return "", ""


def own_language() -> str:
    """The language of texts that are written once: that of the installation."""
    return settings.LANGUAGE_CODE[:2]


def plain(value: Decimal | None) -> str:
    """A number of credits, with a decimal only where it has one."""
    if value is None:
        return ""
    return formats.decimal(value, 0 if value == value.to_integral_value() else 1)


def ects(value: Decimal | None) -> str:
    return f"{plain(value)} ECTS" if value is not None else ""


def money(value: Decimal | None) -> str:
    if value is None:
        return ""
    return gettext("free of charge") if value == 0 else f"{formats.decimal(value, 2)} €"


def level(version: MicroCredentialVersion) -> str:
    if version.eqf_level is None:
        return ""
    words = _("EQF %(level)s") % {"level": version.eqf_level}
    if version.qf_ehea_cycle:
        words = f"{words} · {version.qf_ehea_cycle}"
    if (meces := version.meces_reference) is None:
        return words
    note = gettext("(derived reference: MECES %(level)s, which covers official degrees only)") % {
        "level": meces
    }
    return f"{words} {note}"


def responsible(version: MicroCredentialVersion) -> str:
    return " · ".join(part for part in (version.responsible, version.responsible_email) if part)


SPECIAL = {
    "ects": lambda version: ects(version.ects),
    "eqf_level": level,
    "price": lambda version: money(version.price),
    "cost": lambda version: f"{formats.decimal(version.cost, 2)} €" if version.cost is not None else "",
    "responsible_teacher": responsible,
}
WITH_ANOTHER = {"responsible_name", "responsible_email"}  # said beside the responsible teacher


def value_of(version: MicroCredentialVersion, name: str) -> tuple[str, str]:
    """The words of a field, and their language where they are somebody's own."""
    if name in SPECIAL:
        return SPECIAL[name](version), ""
    if name in TRANSLATED:
        return text_of(version, name)
    words = upper_first(words_of(name, getattr(version, name)))
    is_prose = isinstance(MicroCredentialVersion._meta.get_field(name), TextField)
    return words, own_language() if words and is_prose else ""


def label_for(name: str) -> str:
    """The label of a field; an amount already says its currency."""
    return label_of(name).removesuffix(" (€)")


def blocks_of(section: Section, version: MicroCredentialVersion) -> list[Block]:
    """The fields of a section: the short ones as facts, then the texts."""
    facts: list[Fact] = []
    texts: list[Block] = []
    for name in section.fields:
        if name in WITH_ANOTHER:
            continue
        words, lang = value_of(version, name)
        if isinstance(MicroCredentialVersion._meta.get_field(name), TextField):
            texts.append(Written(label_for(name), words, lang))
        else:
            facts.append(Fact(label_for(name), words, lang))
    return [*([Facts(tuple(facts))] if facts else []), *texts]


def outcomes_table(source: VersionSource, *, assessed: bool = True) -> Table:
    parts = source.proposal.parts
    columns = [Column(_("Code"), 10, is_code=True), Column(_("Learning outcome"), 52 if assessed else 68)]
    columns.append(Column(_("Kind"), 22))
    if assessed:
        columns.append(Column(_("Assessed by"), 16))
    rows = []
    for outcome in parts.outcomes:
        words, lang = text_of(outcome, "text")
        kind = str(LearningOutcome.Kind(outcome.kind).label) if outcome.kind else ""
        row = [Cell(outcome.code), Cell(words, outcome.esco_uri, lang), Cell(upper_first(kind))]
        if assessed:
            by = [one.code for one in parts.assessments if outcome.pk in parts.assessed_by[one.pk]]
            row.append(Cell(", ".join(by)) if by else Cell(_("no assessment"), tone="unmet"))
        rows.append(tuple(row))
    return Table(
        str(ROW_TITLES["outcomes"]), tuple(columns), tuple(rows), head=1, empty=gettext("Not stated.")
    )


def assessments_table(source: VersionSource, *, criteria: bool = True) -> Table:
    parts = source.proposal.parts
    codes = {outcome.pk: outcome.code for outcome in parts.outcomes}
    rows = []
    for row in parts.assessments:
        name, lang = text_of(row, "name")
        below = text_of(row, "criteria")[0] if criteria else ""
        shown = [code for key, code in codes.items() if key in parts.assessed_by[row.pk]]
        rows.append(
            (
                Cell(row.code),
                Cell(name, below, lang),
                Cell(f"{row.weight} %" if row.weight else "–"),
                Cell(", ".join(shown) or "–"),
            )
        )
    columns = (
        Column(_("Code"), 10, is_code=True),
        Column(_("Type of assessment and criteria") if criteria else _("Type of assessment"), 56),
        Column(_("Weight"), 12, is_number=True),
        Column(_("Learning outcomes"), 22),
    )
    return Table(str(ROW_TITLES["assessments"]), columns, tuple(rows), head=1, empty=gettext("Not stated."))


def teachers_table(source: VersionSource, *, hours: bool = True) -> Table:
    rows = []
    for teacher in source.proposal.parts.teachers:
        where = teacher.institution or (gettext("from outside the university") if teacher.is_external else "")
        row = [Cell(teacher.name), Cell(upper_first(str(teacher.get_role_display())))]
        row.append(Cell(where or source.university.name))
        if hours:
            row.append(Cell(f"{formats.decimal(teacher.hours, 1)} h" if teacher.hours else "–"))
        rows.append(tuple(row))
    columns = [Column(_("Name"), 30), Column(_("Role"), 20), Column(_("Institution"), 34 if hours else 50)]
    if hours:
        columns.append(Column(_("Hours of teaching"), 16, is_number=True))
    return Table(str(ROW_TITLES["teachers"]), tuple(columns), tuple(rows), empty=gettext("Not stated."))


def bodies_table(source: VersionSource) -> Table:
    rows = tuple(
        (
            Cell(body.name),
            Cell(upper_first(gettext("coordinates")) if body.is_coordinating else "–"),
            Cell(body.agreement.code if body.agreement else "–"),
        )
        for body in source.proposal.parts.bodies
    )
    columns = (
        Column(_("Awarding body"), 56),
        Column(_("Coordination"), 22),
        Column(_("Agreement"), 22, is_code=True),
    )
    return Table(str(ROW_TITLES["awarding_bodies"]), columns, rows, empty=gettext("Not stated."))


def elements_table(source: VersionSource) -> Table:
    """The eleven elements of Annex I: there, missing, or only on an issued credential."""
    rows = []
    for element in eleven(source.proposal.gaps):
        if element.at_award:
            state = Cell(_("When it is awarded"), tone="none")
        elif element.gap is None:
            state = Cell(_("Present"), tone="met")
        else:
            state = Cell(_("Missing"), below=str(element.gap.message), tone="unmet")
        said = "" if element.at_award else element_words(source, element.code)
        rows.append((Cell(element.code), Cell(str(element.label)), Cell(brief(said) or "–"), state))
    columns = (
        Column(_("No."), 8, is_code=True),
        Column(_("Element"), 24),
        Column(_("What the proposal says"), 44),
        Column(_("State"), 24),
    )
    return Table(_("Elements of Annex I"), columns, tuple(rows), head=1)


def element_words(source: VersionSource, code: str) -> str:
    """What the version says of one element of Annex I, in a line."""
    version, parts = source.proposal.version, source.proposal.parts
    return {
        "M2": lambda: text_of(version, "title")[0],
        "M3": lambda: joined(places_of_issue(version, parts.bodies), "; "),
        "M4": lambda: joined((body.name for body in parts.bodies), "; "),
        "M6": lambda: (
            _("%(count)s learning outcomes: %(codes)s")
            % {"count": len(parts.outcomes), "codes": joined((row.code for row in parts.outcomes), ", ")}
            if parts.outcomes
            else ""
        ),
        "M7": lambda: joined((ects(version.ects), f"{version.hours} h" if version.hours else "")),
        "M8": lambda: level(version),
        "M9": lambda: joined((text_of(row, "name")[0] for row in parts.assessments), "; "),
        "M10": lambda: upper_first(str(version.get_mode_display())),
        "M11": lambda: text_of(version, "quality_assurance")[0],
    }[code]()


def brief(words: str) -> str:
    """A long text as a table quotes it; the application has the whole of it."""
    return Truncator(" ".join(words.split())).chars(LONGEST_IN_A_TABLE)


def joined(parts: Iterable[Any], by: str = " · ") -> str:
    return by.join(str(part) for part in parts if part)
