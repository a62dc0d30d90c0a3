"""What a proposal is held against: the law, the principles of Annex II, the four dimensions. Judged from its data alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.frameworks.models import Criterion
from iqas.ui import formats
from microcredentials.documents import words
from microcredentials.documents.content import Cell, Column, Table, Tone
from microcredentials.documents.sources import VersionSource
from microcredentials.models import ApprovalAct
from microcredentials.names import confusion_in
from microcredentials.rules import hours_fit

Judged = tuple[str, str, Tone, str]  # what the proposal says, word of the state, its sign, why


@dataclass(frozen=True)
class Principle:
    """The points that speak against a principle, and what the proposal says about it."""

    points: frozenset[str]
    says: Callable[[VersionSource], str]
    later: str | Promise = ""  # what can only be judged later


LATER_AWARD = gettext_lazy("Seen on the credentials that are issued.")
LATER_EDITION = gettext_lazy("Seen when there are editions and answers of learners.")
LATER_PUBLIC = gettext_lazy("Seen on the public page once it is published.")


def _version_says(*names: str) -> Callable[[VersionSource], str]:
    return lambda source: words.joined(words.value_of(source.proposal.version, name)[0] for name in names)


def _supporters(source: VersionSource) -> str:
    return words.joined((row.name for row in source.proposal.parts.supporters), "; ")


def _assessments(source: VersionSource) -> str:
    parts = source.proposal.parts
    assessed = {key for keys in parts.assessed_by.values() for key in keys}
    return _("%(assessed)s of %(outcomes)s outcomes are assessed, by %(assessments)s assessments.") % {
        "assessed": sum(outcome.pk in assessed for outcome in parts.outcomes),
        "outcomes": len(parts.outcomes),
        "assessments": len(parts.assessments),
    }


def _transparency(source: VersionSource) -> str:
    version, parts = source.proposal.version, source.proposal.parts
    return words.joined(
        (
            words.ects(version.ects),
            f"{version.hours} h" if version.hours else "",
            f"EQF {version.eqf_level}" if version.eqf_level else "",
            _("%(count)s learning outcomes") % {"count": len(parts.outcomes)},
            words.money(version.price),
        )
    )


def _outside(source: VersionSource) -> str:
    parts = source.proposal.parts
    outside = [teacher.institution or teacher.name for teacher in parts.teachers if teacher.is_external]
    return words.joined((*(row.name for row in parts.supporters), *dict.fromkeys(outside)), "; ")


OUTSIDE = {"no-supporter", "no-expression", "no-external-voice"}
ASSESSED = {
    "no-assessment",
    "outcome-not-assessed",
    "no-criteria",
    "idle-assessment",
    "weights",
    "no-outcomes",
}
TOLD = {
    "no-summary",
    "no-hours",
    "hours-misfit",
    "hours-contradict",
    "no-contents",
    "no-languages",
    "no-price",
}
PRINCIPLES = {
    "1": Principle(frozenset({"no-quality-assurance"}), _version_says("quality_assurance")),
    "2": Principle(
        frozenset({*TOLD, "no-title", "no-ects", "no-level", "no-country", "no-awarding-body"}), _transparency
    ),
    "3": Principle(frozenset({*OUTSIDE, "no-need"}), _supporters),
    "4": Principle(frozenset({*ASSESSED, "outcome-kind", "many-outcomes"}), _assessments),
    "5": Principle(frozenset({"no-stackability"}), _version_says("stackability")),
    "6": Principle(
        frozenset({"no-level", "no-agreement", "no-coordinator"}), _version_says("stacks_into", "eqf_level")
    ),
    "7": Principle(frozenset(), lambda source: "", LATER_AWARD),
    "8": Principle(
        frozenset({"no-target-groups", "no-methods", "no-selection"}), _version_says("target_groups")
    ),
    "9": Principle(frozenset({"no-supervision"}), _version_says("supervision")),
    "10": Principle(frozenset(), _version_says("prerequisites"), LATER_PUBLIC),
}
DIMENSIONS = {
    "A": Principle(
        frozenset({*ASSESSED, "no-quality-assurance", "no-level", "no-ects", "no-stackability"}),
        _transparency,
    ),
    "B": Principle(
        frozenset({"no-methods", "no-contents", "no-teachers", "no-resources", "teaching-hours"}),
        _version_says("methods"),
    ),
    "C": Principle(frozenset(), lambda source: "", LATER_EDITION),
    "D": Principle(frozenset(OUTSIDE), _outside),
}


def law_table(source: VersionSource) -> Table:
    """RD 822/2021 and RD 1125/2003, article by article."""
    rows = [
        (Cell(article), Cell(demand), Cell(words.brief(said) or "–"), Cell(state, tone=tone))
        for article, demand, said, (state, tone) in _law(source)
    ]
    columns = (
        Column(_("Article"), 19),
        Column(_("What it asks for"), 30),
        Column(_("What the proposal says"), 31),
        Column(_("State"), 20),
    )
    return Table(_("What the law asks for"), columns, tuple(rows), head=1)


def _law(source: VersionSource) -> Iterator[tuple[str, str, str, tuple[str, Tone]]]:
    version, parts = source.proposal.version, source.proposal.parts
    title = words.text_of(version, "title")[0]
    missing = {gap.code for gap in source.proposal.gaps}

    def fits(kept: bool) -> tuple[str, Tone]:
        return (_("Fulfilled"), "met") if kept else (_("Not fulfilled"), "unmet")

    rd = "RD 822/2021 art."
    yield (
        f"{rd} 36",
        _("A name that cannot pass for an official degree"),
        title,
        fits(confusion_in(title) is None),
    )
    yield (
        f"{rd} 37.8",
        _("More than 0 and less than 15 ECTS"),
        words.ects(version.ects),
        fits("no-ects" not in missing),
    )
    outcomes = _("%(count)s learning outcomes") % {"count": len(parts.outcomes)} if parts.outcomes else ""
    yield f"{rd} 37.8", _("Learning outcomes that it certifies"), outcomes, fits(bool(parts.outcomes))
    mode = words.upper_first(str(version.get_mode_display()))
    yield f"{rd} 37.3", _("Its mode: on-site, hybrid or virtual"), mode, fits("no-mode" not in missing)
    yield (
        f"{rd} 37.4",
        _("A responsible teacher of the university"),
        version.responsible,
        fits("no-responsible" not in missing),
    )
    degree = words.value_of(version, "requires_degree")[0]
    yield (
        f"{rd} 37.5",
        _("Whether a university degree is required"),
        degree,
        fits("no-degree-rule" not in missing),
    )
    hours = f"{version.hours} h" if version.hours else ""
    yield (
        "RD 1125/2003 art. 4.5",
        _("25 to 30 hours of work for each ECTS"),
        hours,
        fits(hours_fit(version.ects, version.hours)),
    )
    yield (
        f"{rd} 37.10",
        _("Annual programme approved by the governing bodies"),
        *_act(source, by_programme=True),
    )
    yield (
        f"{rd} 37.2",
        _("Price approved by the Consejo Social, where the university is public"),
        *_act(source, by_programme=False),
    )


def _act(source: VersionSource, *, by_programme: bool) -> tuple[str, tuple[str, Tone]]:
    """The act of the governing bodies, or that of the price."""
    process = source.process
    steps = [step for step in process.steps if (step.by_programme if by_programme else step.public_only)]
    if not steps:
        return "", (_("Not needed for it"), "none")
    act: ApprovalAct | None = process.acts.get(steps[0].pk)
    if act is None:
        return "", (_("Pending"), "none")
    return f"{act.body}, {formats.short_day(act.held_on)}", (_("Fulfilled"), "met")


def criteria_table(
    source: VersionSource, caption: str, criteria: Iterable[Criterion], known: dict[str, Principle]
) -> Table:
    """Each criterion with its question, what the proposal says, and how it stands."""
    rows = []
    for criterion in criteria:
        if (principle := known.get(criterion.code)) is None:
            continue
        said, state, tone, why = judge(source, principle)
        rows.append(
            (
                Cell(criterion.code),
                Cell(criterion.title, below=criterion.text),
                Cell(words.brief(said) or "–"),
                Cell(state, below=why, tone=tone),
            )
        )
    columns = (
        Column(_("No."), 7, is_code=True),
        Column(_("Criterion"), 35),
        Column(_("What the proposal says"), 32),
        Column(_("State"), 26),
    )
    return Table(caption, columns, tuple(rows), head=1)


def judge(source: VersionSource, principle: Principle) -> Judged:
    """Unmet where the law's gaps speak against it, partly where warnings do, met where nothing does and it says something."""
    said = principle.says(source)
    gaps = [gap for gap in source.proposal.gaps if gap.code in principle.points]
    warnings = [gap for gap in source.proposal.warnings if gap.code in principle.points]
    why = " ".join(dict.fromkeys(str(gap.message) for gap in (*gaps, *warnings)))
    if gaps:
        return said, _("Not fulfilled"), "unmet", why
    if warnings:
        return said, _("Partly fulfilled"), "partly", why
    if principle.later:
        return said, _("Later"), "none", str(principle.later)
    if not said:
        return said, _("Partly fulfilled"), "partly", _("The proposal says nothing about it.")
    return said, _("Fulfilled"), "met", ""
