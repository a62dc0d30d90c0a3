"""The report of the quality system on a proposal: what was checked, what was found, what the body decided."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from iqas.ui import formats
from microcredentials.documents import words
from microcredentials.documents.application import identification, own_title_statement
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
    Tone,
    Written,
)
from microcredentials.documents.criteria import law_table
from microcredentials.documents.sources import VersionSource
from microcredentials.models import ApprovalAct, ApprovalStep, Change
from microcredentials.selectors.comparison import sentences

TONES: dict[str, Tone] = {
    "favourable": "met",
    "conditions": "partly",
    "returned": "unmet",
    "rejected": "unmet",
}


def build(source: VersionSource) -> Told:
    version = source.proposal.version
    title, _lang = words.text_of(version, "title")
    sections = [
        Section("opinion", _("Opinion"), tuple(_opinion(source))),
        Section(
            "completeness",
            _("Elements of Annex I"),
            (words.elements_table(source),),
            intro=_(
                "Nine of the eleven elements of Council Recommendation 2022/C 243/02 exist when it is designed; the other two belong to each issued credential."
            ),
        ),
        Section("law", _("What the law asks for"), (law_table(source),)),
        Section(
            "learning",
            _("Learning outcomes and their assessments"),
            (words.outcomes_table(source), words.assessments_table(source)),
        ),
        Section("points", _("Points to improve"), tuple(points(source))),
    ]
    if changes := tuple(_changes(source)):
        sections.append(Section("changes", _("Changes from the version before"), changes))
    if returns := tuple(_returns(source)):
        sections.append(Section("returns", _("Reasons for returns"), returns))
    sections.append(Section("acts", _("Acts of the approval"), (_acts(source),)))
    step = report_step(source)
    sections.append(
        Section(
            "signatures", _("Signatures"), (Signatures((Signer(step.body if step else _("Quality unit")),)),)
        )
    )
    return Told(
        kind="quality_report",
        language=words.language(),
        title=title,
        subject=_("Report of the quality system on the proposal"),
        centre=source.microcredential.centre.name,
        university=source.university.name,
        header=f"{source.microcredential.code} v{version.number} · {source.microcredential.centre.name}",
        identification=(*identification(source), *_submission(source)),
        sections=tuple(sections),
        statement=own_title_statement(),
    )


def report_step(source: VersionSource) -> ApprovalStep | None:
    """The step of the route on which the quality system reports."""
    return next((step for step in source.process.steps if step.permission == "approval.report"), None)


def points(source: VersionSource) -> Iterator[Block]:
    """The quality warnings, section by section; a sentence where there is none."""
    found = False
    for state in source.proposal.sections:
        if lines := tuple(str(gap.message) for gap in (*state.gaps, *state.warnings)):
            found = True
            yield Listed(lines, label=str(state.section.title))
    if not found:
        yield Note(_("Nothing was found that would make the proposal better."))


def _submission(source: VersionSource) -> Iterator[Fact]:
    submission = source.process.submission
    if submission is not None:
        yield Fact(_("Kind of change"), words.upper_first(str(Change(submission.change).label)))
        yield Fact(
            _("Submission"),
            _("number %(number)s, %(day)s")
            % {"number": submission.number, "day": formats.day(submission.submitted_at)},
        )


def _opinion(source: VersionSource) -> Iterator[Block]:
    step = report_step(source)
    act: ApprovalAct | None = source.process.acts.get(step.pk) if step else None
    if act is None:
        yield Note(
            _(
                "The act of the body that reports is not recorded yet. This report says what was checked, so that the body can decide."
            )
        )
        if step is not None:
            yield Facts((Fact(_("Body"), step.body), Fact(_("Outcome"), _("Pending"), tone="none")))
        return
    outcome = words.upper_first(str(act.get_outcome_display()))
    facts = [
        Fact(_("Outcome"), outcome, tone=TONES[act.outcome]),
        Fact(_("Body"), act.body),
        Fact(_("Date of the act"), formats.day(act.held_on)),
    ]
    if act.document is not None:
        facts.append(Fact(_("Document of the act"), act.document.label))
    if act.fulfilled_on is not None:
        facts.append(Fact(_("Conditions fulfilled on"), formats.day(act.fulfilled_on)))
    yield Facts(tuple(facts))
    if act.conditions:
        yield Written(_("Conditions or reasons"), act.conditions, words.own_language())


def _changes(source: VersionSource) -> Iterator[Block]:
    comparison = source.process.comparison
    if comparison is not None:
        told = tuple(sentences(comparison))
        yield Listed(told) if told else Note(_("Nothing changed."))


def _returns(source: VersionSource) -> Iterator[Block]:
    rows = []
    for state in source.proposal.sections:
        for thread in source.process.threads.get(state.section.code, []):
            root = thread.root
            if root.act_id is None:
                continue
            resolved = Cell(_("Resolved"), tone="met") if root.is_resolved else Cell(_("Open"), tone="unmet")
            rows.append(
                (
                    Cell(str(state.section.title)),
                    Cell(root.text, lang=words.own_language()),
                    Cell(formats.short_day(root.written_at)),
                    resolved,
                )
            )
    if rows:
        columns = (
            Column(_("Section"), 24),
            Column(_("Reason"), 44),
            Column(_("Date"), 14),
            Column(_("State"), 18),
        )
        yield Table(_("Reasons for returns"), columns, tuple(rows))


def _acts(source: VersionSource) -> Table:
    acts = source.process.acts
    rows = []
    for step in source.process.steps:
        act = acts.get(step.pk)
        if act is None:
            outcome, when, paper, body = Cell(_("Pending"), tone="none"), "–", "–", step.body
        else:
            outcome = Cell(words.upper_first(str(act.get_outcome_display())), tone=TONES[act.outcome])
            when, body = formats.short_day(act.held_on), act.body
            paper = act.document.label if act.document else "–"
        rows.append((Cell(step.name, below=body), Cell(when), outcome, Cell(paper)))
    columns = (
        Column(_("Step"), 42),
        Column(_("Date"), 14),
        Column(_("Outcome"), 26),
        Column(_("Document"), 18, is_code=True),
    )
    return Table(_("Acts of the approval"), columns, tuple(rows), empty=_("No act is recorded yet."))
