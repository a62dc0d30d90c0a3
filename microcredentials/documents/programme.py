"""The annual programme: what the governing body approves at once (RD 822/2021 art. 37.10), and what goes on being offered."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from iqas.ui import formats
from microcredentials.documents import words
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Heading,
    Note,
    Section,
    Signatures,
    Signer,
    Table,
    Told,
    Written,
)
from microcredentials.documents.sources import ProgrammeEntry, ProgrammeSource
from microcredentials.models import Change

if TYPE_CHECKING:
    from microcredentials.models import MicroCredentialVersion


def build(source: ProgrammeSource) -> Told:
    programme, year = source.programme, source.programme.year.code
    return Told(
        kind="programme",
        language=words.language(),
        title=_("Annual programme %(year)s") % {"year": year},
        subject=_("Annual programme of micro-credentials"),
        centre=_("Own studies of less than 15 ECTS credits"),
        university=source.university.name,
        header=f"{programme.code} · {source.university.name}",
        identification=(
            Fact(_("Programme"), programme.code),
            Fact(_("Academic year"), year),
            Fact(_("New or changed"), formats.number(len(source.entries))),
            Fact(_("Offer that continues"), formats.number(len(source.continues))),
            Fact(_("State"), _state(source)),
        ),
        sections=(
            Section("summary", _("Summary"), tuple(_summary(source))),
            Section("new", _("New and changed micro-credentials"), tuple(_new(source))),
            Section(
                "continues",
                _("Offer that continues"),
                tuple(_continues(source)),
                intro=_(
                    "Micro-credentials approved before, offered again without changes: the programme of lifelong learning is approved every year."
                ),
            ),
            Section("approval", _("Approval"), tuple(_approval(source))),
        ),
        statement=_(
            "Own studies of less than 15 ECTS credits: lifelong learning, not official degrees nor vocational training (RD 822/2021 art. 36, 37.8 and 37.10)."
        ),
    )


def _state(source: ProgrammeSource) -> str:
    programme = source.programme
    if not programme.is_approved:
        return _("Proposal for the governing body")
    return _("Approved by %(body)s on %(day)s") % {
        "body": programme.body,
        "day": formats.day(programme.held_on),
    }


def _summary(source: ProgrammeSource) -> Iterator[Block]:
    """How much each centre offers, and all together."""
    centres: dict[str, list[int]] = {}
    ects: dict[str, Decimal] = {}
    for place, version in (
        *((0 if entry.change == Change.NEW else 1, entry.version) for entry in source.entries),
        *((2, version) for version in source.continues),
    ):
        name = version.microcredential.centre.name
        centres.setdefault(name, [0, 0, 0])[place] += 1
        ects[name] = ects.get(name, Decimal(0)) + (version.ects or 0)
    rows = [_summary_row(name, centres[name], ects[name]) for name in centres]
    if len(rows) > 1:
        total = [sum(counts[place] for counts in centres.values()) for place in range(3)]
        rows.append(_summary_row(_("All centres"), total, sum(ects.values(), Decimal(0))))
    columns = (
        Column(_("Centre"), 40),
        Column(_("New"), 12, is_number=True),
        Column(_("Changed"), 14, is_number=True),
        Column(_("Continues"), 16, is_number=True),
        Column("ECTS", 18, is_number=True),
    )
    yield Table(
        _("Micro-credentials by centre"), columns, tuple(rows), empty=_("It holds no micro-credential yet.")
    )


def _summary_row(name: str, counts: list[int], ects: Decimal) -> tuple[Cell, ...]:
    return (Cell(name), *(Cell(formats.number(count)) for count in counts), Cell(words.plain(ects)))


def _new(source: ProgrammeSource) -> Iterator[Block]:
    if not source.entries:
        yield Note(_("It holds nothing new and no change."))
    for entry in source.entries:
        yield from _entry(entry)


def _entry(entry: ProgrammeEntry) -> Iterator[Block]:
    version = entry.version
    title, lang = words.text_of(version, "title")
    yield Heading(title, version.microcredential.code, lang)
    facts = [
        Fact(_("Centre"), version.microcredential.centre.name),
        Fact(_("Kind of change"), words.upper_first(str(Change(entry.change).label))),
    ]
    if entry.changed:
        facts.append(Fact(_("What changes"), ", ".join(entry.changed)))
    hours = f"{version.hours} h" if version.hours else ""
    facts += [
        Fact(_("Workload"), words.joined((words.ects(version.ects), hours))),
        Fact(_("Mode"), words.upper_first(str(version.get_mode_display()))),
        Fact(_("University degree required"), _degree(version)),
        Fact(_("Responsible teacher"), version.responsible),
        Fact(_("Price"), words.money(version.price)),
    ]
    yield Facts(tuple(facts))
    summary, lang = words.text_of(version, "summary")
    if summary:
        yield Written("", summary, lang)


def _degree(version: MicroCredentialVersion) -> str:
    if version.requires_degree is None:
        return ""
    return _("Yes") if version.requires_degree else _("No")


def _continues(source: ProgrammeSource) -> Iterator[Block]:
    if not source.continues:
        yield Note(_("None."))
    columns = (
        Column(_("Code"), 12, is_code=True),
        Column(_("Title"), 44),
        Column("ECTS", 10, is_number=True),
        Column(_("Mode"), 16),
        Column(_("Approved"), 18),
    )
    for centre, versions in groupby(source.continues, key=_centre):
        rows = tuple(_continuing(version) for version in versions)
        yield Table(centre, columns, rows, head=1)


def _centre(version: Any) -> str:
    return str(version.microcredential.centre.name)


def _continuing(version: MicroCredentialVersion) -> tuple[Cell, ...]:
    title, lang = words.text_of(version, "title")
    return (
        Cell(version.microcredential.code),
        Cell(title, version.responsible, lang),
        Cell(words.plain(version.ects)),
        Cell(words.upper_first(str(version.get_mode_display()))),
        Cell(formats.short_day(version.approved_at)),
    )


def _approval(source: ProgrammeSource) -> Iterator[Block]:
    programme = source.programme
    if programme.is_approved:
        yield Facts(
            (
                Fact(_("Body"), programme.body),
                Fact(_("Date of the act"), formats.day(programme.held_on)),
                Fact(_("Document"), programme.document.label if programme.document else ""),
            )
        )
        return
    yield Note(
        _(
            "Proposal for the governing body, which approves the programme every year (RD 822/2021 art. 37.10)."
        )
    )
    yield Signatures((Signer(_("Secretary of the governing body")), Signer(_("Chair of the governing body"))))
