"""The application: the whole proposal, section by section, as it was handed in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from iqas.ui import formats
from microcredentials.documents import words
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Fact,
    Section,
    Signatures,
    Signer,
    Table,
    Told,
)
from microcredentials.documents.sources import VersionSource
from microcredentials.sections import SECTIONS


def build(source: VersionSource) -> Told:
    version = source.proposal.version
    title, _lang = words.text_of(version, "title")
    return Told(
        kind="application",
        language=words.language(),
        title=title,
        subject=_("Application for a micro-credential"),
        centre=source.microcredential.centre.name,
        university=source.university.name,
        header=f"{source.microcredential.code} v{version.number} · {source.microcredential.centre.name}",
        identification=identification(source),
        sections=(
            *(
                Section(section.code, str(section.title), tuple(_blocks(section.code, source)))
                for section in SECTIONS
            ),
            Section("signatures", _("Signatures"), (_signatures(source),)),
        ),
        statement=own_title_statement(),
    )


def identification(source: VersionSource) -> tuple[Fact, ...]:
    """What every document about a version says of it on its first page."""
    version = source.proposal.version
    return (
        Fact(_("Micro-credential"), f"{source.microcredential.code}, {_('version')} {version.number}"),
        Fact(_("Centre"), source.microcredential.centre.name),
        Fact(
            _("Workload"),
            words.joined((words.ects(version.ects), f"{version.hours} h" if version.hours else "")),
        ),
        Fact(_("Mode"), words.upper_first(str(version.get_mode_display()))),
        Fact(_("Responsible teacher"), version.responsible),
        Fact(_("State of the version"), state_of(source)),
    )


def state_of(source: VersionSource) -> str:
    version, submission = source.proposal.version, source.process.submission
    if version.approved_at is not None:
        return _("Approved on %(day)s") % {"day": formats.day(version.approved_at)}
    if submission is None:
        return ""
    return _("Submitted on %(day)s") % {"day": formats.day(submission.submitted_at)}


def own_title_statement() -> str:
    """RD 822/2021 art. 36 and 37.2: neither name nor form may be taken for an official degree."""
    return _(
        "This micro-credential belongs to the university's own lifelong learning. It is not an official degree, nor part of vocational training (RD 822/2021 art. 36 and 37)."
    )


def _blocks(code: str, source: VersionSource) -> list[Block]:
    section = next(section for section in SECTIONS if section.code == code)
    blocks = words.blocks_of(section, source.proposal.version)
    rows = {
        "identity": words.bodies_table,
        "need": _supporters,
        "outcomes": words.outcomes_table,
        "assessment": words.assessments_table,
        "staff": words.teachers_table,
    }
    return [*blocks, rows[code](source)] if code in rows else blocks


def _supporters(source: VersionSource) -> Table:
    rows = tuple(
        (
            Cell(row.name, below=row.partner.code if row.partner else ""),
            Cell(row.interest or "–", lang=words.own_language() if row.interest else ""),
            Cell(formats.short_day(row.expressed_on)),
            Cell(row.evidence.code if row.evidence else "–"),
        )
        for row in source.proposal.parts.supporters
    )
    columns = (
        Column(_("Stakeholder"), 28),
        Column(_("Expression of interest"), 44),
        Column(_("Date"), 14),
        Column(_("Evidence"), 14, is_code=True),
    )
    return Table(_("Stakeholders behind the need"), columns, rows, empty=_("Not stated."))


def _signatures(source: VersionSource) -> Signatures:
    return Signatures(
        (
            Signer(_("Responsible teacher"), source.proposal.version.responsible),
            Signer(_("Direction of the centre")),
        )
    )
