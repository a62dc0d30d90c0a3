"""The self-assessment of a proposal: held against Annex I, the law, the principles of Annex II and the four dimensions."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from microcredentials.documents import words
from microcredentials.documents.application import identification, own_title_statement
from microcredentials.documents.content import (
    Cell,
    Column,
    Note,
    Section,
    Signatures,
    Signer,
    Table,
    Told,
    Tone,
)
from microcredentials.documents.criteria import DIMENSIONS, PRINCIPLES, criteria_table, law_table
from microcredentials.documents.quality_report import points
from microcredentials.documents.sources import VersionSource


def build(source: VersionSource) -> Told:
    version = source.proposal.version
    title, _lang = words.text_of(version, "title")
    elements, law = words.elements_table(source), law_table(source)
    held = [
        Section("elements", _("Elements of Annex I"), (elements,)),
        Section("law", _("What the law asks for"), (law,)),
    ]
    tables = {_("Elements of Annex I"): elements, _("What the law asks for"): law}
    for anchor, heading, criteria, known in (
        ("principles", _("Principles of Annex II"), source.principles, PRINCIPLES),
        ("dimensions", _("The four dimensions"), source.dimensions, DIMENSIONS),
    ):
        if criteria:
            table = criteria_table(source, heading, criteria, known)
            framework = criteria[0].framework
            held.append(
                Section(anchor, heading, (table, Note(f"{framework.title}. {framework.note or ''}".strip())))
            )
            tables[heading] = table
    return Told(
        kind="self_assessment",
        language=words.language(),
        title=title,
        subject=_("Self-assessment of the proposal"),
        centre=source.microcredential.centre.name,
        university=source.university.name,
        header=f"{source.microcredential.code} v{version.number} · {source.microcredential.centre.name}",
        identification=identification(source),
        sections=(
            Section(
                "summary",
                _("Summary"),
                (_summary(tables),),
                intro=_(
                    "Each state follows from the data of the proposal by fixed rules: what is missing, what could be better, what it says. It prepares the judgement of the bodies and does not replace it."
                ),
            ),
            *held,
            Section("matrix", _("Learning outcomes and their assessments"), (_matrix(source),)),
            Section("points", _("Points to improve"), tuple(points(source))),
            Section(
                "signatures",
                _("Signatures"),
                (Signatures((Signer(_("Responsible teacher"), version.responsible),)),),
            ),
        ),
        statement=own_title_statement(),
    )


def _summary(tables: dict[str, Table]) -> Table:
    rows = []
    for heading, table in tables.items():
        states: Counter[Tone] = Counter(row[-1].tone for row in table.rows)
        rows.append(
            (Cell(heading), *(Cell(str(states[tone])) for tone in ("met", "partly", "unmet", "none")))
        )
    columns = (
        Column(_("Held against"), 40),
        Column(_("Fulfilled"), 15, is_number=True),
        Column(_("Partly"), 15, is_number=True),
        Column(_("Not fulfilled"), 15, is_number=True),
        Column(_("Not yet"), 15, is_number=True),
    )
    return Table(_("Summary"), columns, tuple(rows))


MOST_COLUMNS = 8


def _matrix(source: VersionSource) -> Table:
    """Which assessment shows which outcome; beyond eight assessments the outcomes name theirs instead."""
    parts = source.proposal.parts
    if not 0 < len(parts.assessments) <= MOST_COLUMNS:
        return words.outcomes_table(source)
    width = min(12, 48 // len(parts.assessments))
    rows = []
    for outcome in parts.outcomes:
        text, lang = words.text_of(outcome, "text")
        marks = [outcome.pk in parts.assessed_by[row.pk] for row in parts.assessments]
        rows.append(
            (
                Cell(outcome.code),
                Cell(text, lang=lang, below="" if any(marks) else _("No assessment shows it.")),
                *(
                    Cell(row.code, tone="met") if mark else Cell("–")
                    for row, mark in zip(parts.assessments, marks, strict=True)
                ),
            )
        )
    rest = 100 - 10 - width * len(parts.assessments)
    columns = (
        Column(_("Code"), 10, is_code=True),
        Column(_("Learning outcome"), rest),
        *(Column(row.code, width) for row in parts.assessments),
    )
    return Table(
        _("Which assessment shows which outcome"), columns, tuple(rows), head=1, empty=_("Not stated.")
    )
