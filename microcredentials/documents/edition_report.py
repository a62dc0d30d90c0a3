"""The final report of an edition, as it was filed. Counts that would tell of a small group are not in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from iqas.ui import formats
from microcredentials.deadlines import report_due, results_due
from microcredentials.documents import words
from microcredentials.documents.application import own_title_statement
from microcredentials.documents.content import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Listed,
    Note,
    Section,
    Signatures,
    Signer,
    Table,
    Told,
    Written,
)
from microcredentials.documents.sources import EditionSource


def build(source: EditionSource) -> Told:
    edition, version, report = source.edition, source.edition.version, source.report
    title, _lang = words.text_of(version, "title")
    centre = edition.microcredential.centre
    own = words.own_language()
    sections = [
        Section("edition", _("The edition"), tuple(_edition(source))),
        Section("learners", _("Learners"), tuple(_learners(source))),
        Section("went-well", _("What went well"), (Written("", report.went_well, own),)),
        Section(
            "incidents",
            _("Incidents"),
            (
                *_incidents(source),
                Written(
                    _("Incidents and how they were solved"), report.incidents, own if report.incidents else ""
                ),
            ),
        ),
        Section("proposals", _("Proposals for the next edition"), (Written("", report.proposals, own),)),
    ]
    if source.before is not None:
        sections.append(Section("changes", _("Changes since the last edition"), tuple(_changes(source))))
    sections.append(
        Section(
            "signatures",
            _("Signatures"),
            (Signatures((Signer(_("Responsible teacher"), version.responsible),)),),
        )
    )
    return Told(
        kind="edition_report",
        language=words.language(),
        title=title,
        subject=_("Final report of the edition"),
        centre=centre.name,
        university=source.university.name,
        header=f"{edition.code} · {centre.name}",
        identification=(
            Fact(_("Edition"), edition.code),
            Fact(_("Micro-credential"), f"{edition.microcredential.code}, {_('version')} {version.number}"),
            Fact(_("Academic year"), edition.year.code),
            Fact(_("Dates"), _dates(edition)),
            Fact(_("Responsible teacher"), version.responsible),
            Fact(_("Report filed on"), formats.day(report.filed_at)),
        ),
        sections=tuple(sections),
        statement=own_title_statement(),
    )


def _dates(edition: Any) -> str:
    return f"{formats.short_day(edition.starts)} – {formats.short_day(edition.ends)}"


def _edition(source: EditionSource) -> Iterator[Block]:
    edition, university = source.edition, source.university
    facts = [
        Fact(_("Dates"), _dates(edition)),
        Fact(_("Place"), edition.venue),
        Fact(_("Workload"), words.ects(edition.version.ects)),
        Fact(_("Places"), formats.number(edition.places)),
        Fact(_("Price"), words.money(edition.price)),
        Fact(_("Teachers"), words.joined(edition.teacher_names, "; ")),
    ]
    if edition.ends is not None:
        facts.append(
            Fact(_("Results signed"), _kept(edition.signed_at, results_due(edition.ends, university)))
        )
        facts.append(
            Fact(_("Report filed"), _kept(source.report.filed_at, report_due(edition.ends, university)))
        )
    yield Facts(tuple(facts))


def _kept(done: Any, due: Any) -> str:
    if done is None:
        return _("not yet; due on %(due)s") % {"due": formats.short_day(due)}
    return _("%(done)s; due on %(due)s") % {"done": formats.short_day(done), "due": formats.short_day(due)}


def _learners(source: EditionSource) -> Iterator[Block]:
    counts = source.counts
    if counts is None:
        yield Note(_("No data yet."))
        return
    rows = tuple(
        (
            Cell(words.upper_first(str(row.label))),
            Cell(
                _("not shown")
                if row.hidden
                else _("no data yet")
                if row.value is None
                else formats.number(row.value)
            ),
        )
        for row in counts.rows
    )
    columns = (Column(_("Count"), 70), Column(_("People"), 30, is_number=True))
    yield Table(_("Learners"), columns, rows)
    yield Facts(tuple(_rates(source)))
    if counts.any_hidden:
        yield Note(
            _("Counts that would tell of fewer than %(threshold)s people are not shown.")
            % {"threshold": counts.threshold}
        )


def _rates(source: EditionSource) -> Iterator[Fact]:
    """Completion among those who began, success among those who were assessed; never from a count that is hidden."""
    shown = {row.name: row.value for row in (source.counts.rows if source.counts else ()) if not row.hidden}
    yield Fact(_("Completed, of those who began"), _rate(shown.get("completed"), shown.get("began")))
    yield Fact(_("Passed, of those assessed"), _rate(shown.get("passed"), shown.get("presented")))


def _rate(part: int | None, whole: int | None) -> str:
    if part is None or whole is None:
        return _("not shown")
    if whole == 0:
        return _("not applicable")
    return f"{formats.percent(Decimal(part) / whole, 1)} ({part} / {whole})"


def _incidents(source: EditionSource) -> Iterator[Block]:
    own = words.own_language()
    rows = tuple(
        (
            Cell(formats.short_day(incident.happened_on)),
            Cell(incident.text, lang=own),
            Cell(incident.response or "–", lang=own if incident.response else ""),
        )
        for incident in source.incidents
    )
    columns = (Column(_("Day"), 14), Column(_("What happened"), 43), Column(_("What was done"), 43))
    yield Table(_("Incidents"), columns, rows, empty=_("No incidents noted."))


def _changes(source: EditionSource) -> Iterator[Block]:
    before = source.before
    rows = tuple(
        (Cell(words.upper_first(str(change.label))), Cell(_said(change.before)), Cell(_said(change.after)))
        for change in source.terms
    )
    if rows and source.edition.repeats is not None:
        columns = (
            Column(_("Term"), 30),
            Column(source.edition.repeats.code, 35),
            Column(source.edition.code, 35),
        )
        yield Table(_("Terms that changed"), columns, rows)
    if source.design_changes:
        yield Listed(source.design_changes, label=_("In the design"))
    if not rows and not source.design_changes and before is not None:
        yield Note(_("Only the dates changed since %(code)s.") % {"code": before.code})


def _said(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return formats.decimal(value, 2) if isinstance(value, Decimal) else str(value)
