"""The public sheet: what a learner or an employer asks, on one leaf. Nothing in it is internal."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from iqas.ui import formats
from microcredentials.documents import words
from microcredentials.documents.application import own_title_statement
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Fact,
    Listed,
    Section,
    Table,
    Told,
    Written,
)
from microcredentials.documents.sources import VersionSource


def build(source: VersionSource) -> Told:
    version = source.proposal.version
    title, _lang = words.text_of(version, "title")
    found = (
        ("summary", _("For whom and what for"), tuple(_texts(source, "summary", "target_groups"))),
        ("outcomes", _("What you will have learnt"), (words.outcomes_table(source, assessed=False),)),
        ("assessment", _("How it is assessed"), (words.assessments_table(source, criteria=False),)),
        ("teaching", _("What is taught and how"), tuple(_teaching(source))),
        ("staff", _("Who teaches"), (words.teachers_table(source, hours=False),)),
        ("access", _("How to enter"), tuple(_texts(source, "prerequisites", "selection"))),
        ("editions", _("Next editions"), tuple(_editions(source))),
        ("after", _("What it leads to"), tuple(_texts(source, "stacks_into", "further_information"))),
        ("quality", _("How its quality is assured"), tuple(_texts(source, "quality_assurance"))),
    )
    return Told(
        kind="sheet",
        language=words.language(),
        title=title,
        subject=_("University micro-credential"),
        centre=source.microcredential.centre.name,
        university=source.university.name,
        header=f"{source.microcredential.code} v{version.number} · {source.microcredential.centre.name}",
        identification=tuple(_facts(source)),
        sections=tuple(
            Section(anchor, heading, blocks) for anchor, heading, blocks in found if _says(blocks)
        ),
        statement=own_title_statement(),
    )


def _says(blocks: tuple[Block, ...]) -> bool:
    return any(not isinstance(block, Table) or block.rows for block in blocks)


def _facts(source: VersionSource) -> Iterator[Fact]:
    version, parts = source.proposal.version, source.proposal.parts
    yield Fact(_("Code"), f"{source.microcredential.code}, {_('version')} {version.number}")
    yield Fact(_("Centre"), source.microcredential.centre.name)
    yield Fact(_("Awarded by"), words.joined((body.name for body in parts.bodies), "; "))
    hours = f"{version.hours} h" if version.hours else ""
    yield Fact(_("Workload"), words.joined((words.ects(version.ects), hours)))
    for label, name in (
        (_("Level"), "eqf_level"),
        (_("Mode"), "mode"),
        (_("Languages of teaching"), "languages"),
        (_("University degree required"), "requires_degree"),
        (_("Places in an edition"), "places"),
        (_("Price"), "price"),
        (_("Field of study"), "field_of_study"),
    ):
        if said := words.value_of(version, name)[0]:
            yield Fact(label, said)
    yield Fact(_("Responsible teacher"), version.responsible)
    if version.approved_at is not None:
        yield Fact(_("Approved on"), formats.day(version.approved_at))


def _texts(source: VersionSource, *names: str) -> Iterator[Block]:
    """The texts that say something, each under its label where there are several."""
    found = {name: words.value_of(source.proposal.version, name) for name in names}
    written = {name: said for name, said in found.items() if said[0]}
    for name, (said, lang) in written.items():
        yield Written(words.label_for(name) if len(written) > 1 else "", said, lang)


def _teaching(source: VersionSource) -> Iterator[Block]:
    version = source.proposal.version
    contents, lang = words.value_of(version, "contents")
    units = tuple(line.strip() for line in contents.splitlines() if line.strip())
    if units:
        yield Listed(units, label=words.label_for("contents"), lang=lang)
    yield from _texts(source, "methods", "calendar")


def _editions(source: VersionSource) -> Iterator[Block]:
    rows = tuple(
        (
            Cell(edition.code),
            Cell(formats.short_day(edition.starts)),
            Cell(formats.short_day(edition.ends)),
            Cell(edition.venue or "–"),
            Cell(formats.number(edition.places)),
            Cell(words.money(edition.price) or "–"),
        )
        for edition in source.editions
    )
    columns = (
        Column(_("Code"), 22, is_code=True),
        Column(_("First day"), 14),
        Column(_("Last day"), 14),
        Column(_("Place"), 24),
        Column(_("Places"), 10, is_number=True),
        Column(_("Price"), 16, is_number=True),
    )
    yield Table(_("Next editions"), columns, rows)
