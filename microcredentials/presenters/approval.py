"""What the pages of the way to approval show, decided before the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import can
from iqas.ui.components import Reason, Step
from iqas.ui.formats import day, days_left, is_past
from iqas.ui.history import history_entries
from microcredentials import rules
from microcredentials.models import (
    AnnualProgramme,
    ApprovalAct,
    ApprovalStep,
    Change,
    MicroCredential,
    MicroCredentialVersion,
    StandingAct,
    Submission,
)
from microcredentials.presenters import microcredentials as presenters
from microcredentials.presenters.documents import programme_shelf_of
from microcredentials.sections import SECTIONS, Section
from microcredentials.selectors.comparison import Comparison
from microcredentials.selectors.process import Process, Thread, is_to_come, standing_acts
from microcredentials.selectors.programmes import continuing
from microcredentials.services.publication import PERMISSIONS
from microcredentials.services.writing import gaps_of
from microcredentials.workflow import blocked_by, leads_on, transitions_from

Stage = MicroCredentialVersion.Stage


@dataclass(frozen=True)
class SectionThreads:
    section: Section
    threads: list[Thread]

    @property
    def open(self) -> int:
        return sum(not thread.root.is_resolved for thread in self.threads)


@dataclass(frozen=True)
class ActRow:
    """An act, with the addresses that this person may open."""

    act: ApprovalAct
    document_url: str
    fulfil_url: str


@dataclass(frozen=True)
class StandingRow:
    """An act about the offer, with the address of its document for who may open it."""

    act: StandingAct
    document_url: str


@dataclass(frozen=True)
class Round:
    """One submission with its acts; `is_current` where it is the one that counts."""

    submission: Submission
    acts: tuple[ActRow, ...]
    is_current: bool


def approval_page(user: Any, microcredential: MicroCredential, process: Process) -> dict[str, Any]:
    version = process.version
    return {
        "microcredential": microcredential,
        "version": version,
        "process": process,
        "change": Change(process.change).label if process.change else "",
        "changes": changed_names(process.comparison),
        "steps": process_steps(user, microcredential, process),
        "rounds": rounds_of(user, microcredential, process),
        "sections": [SectionThreads(section, process.threads.get(section.code, [])) for section in SECTIONS],
        "may_remark": not version.is_frozen and bool(can(user, "approval.remark", microcredential)),
        "standing": standing_links(user, microcredential),
        "standing_rows": standing_rows(user, microcredential),
        "entries": history_entries(
            microcredential, presenters.SENTENCES, presenters.field_labels(), words=presenters.field_words()
        ),
    }


def rounds_of(user: Any, microcredential: MicroCredential, process: Process) -> list[Round]:
    """Every submission with its acts, the last first."""

    def row(act: ApprovalAct, submission: Submission) -> ActRow:
        may_fulfil = act.is_open_condition and can(user, act.step.permission, submission)
        return ActRow(
            act,
            _document_url(user, act),
            reverse("microcredentials:conditions-fulfil", args=[microcredential.code, act.step.code])
            if may_fulfil
            else "",
        )

    return [
        Round(
            submission,
            tuple(row(act, submission) for act in submission.acts.all()),
            is_current=submission is process.submission and process.version.stage != Stage.DRAFT,
        )
        for submission in process.submissions
    ]


def standing_rows(user: Any, microcredential: MicroCredential) -> list[StandingRow]:
    return [StandingRow(act, _document_url(user, act)) for act in standing_acts(microcredential)]


def _document_url(user: Any, act: ApprovalAct | StandingAct) -> str:
    """The address of its document, for who may open it."""
    if act.document is None or not can(user, "evidence.view", act.document.evidence):
        return ""
    return act.document.evidence.get_absolute_url()


def process_steps(user: Any, microcredential: MicroCredential, process: Process) -> list[Step]:
    """Submission, each body, approval, publication: done, current or blocked with its reasons."""
    if microcredential.state == MicroCredential.State.IMPORTED:
        return []
    steps = [_submission_step(user, microcredential, process)]
    steps += [_body_step(user, microcredential, process, step) for step in process.steps]
    approved = process.version.is_frozen
    steps.append(
        Step(
            title=_("Approved"),
            state="done" if approved else "todo",
            text=f"{day(process.version.approved_at)}. {_('From then on it never changes.')}"
            if approved
            else "",
        )
    )
    if is_to_come(process.version, microcredential):
        reasons = [Reason(rules.OPEN_CONDITIONS, "#acts", _("See the acts"))]
        steps.append(Step(title=_("In force"), state="blocked", reasons=reasons))
    steps.append(_publication_step(user, microcredential, process))
    return steps


def _submission_step(user: Any, microcredential: MicroCredential, process: Process) -> Step:
    version, submission = process.version, process.submission
    title = _("Submission of version %(number)s") % {"number": version.number}
    if version.stage != Stage.DRAFT:
        if submission is None:
            return Step(title=title, state="done")
        return Step(
            title=title,
            state="done",
            who=str(submission.submitted_by),
            text=f"{day(submission.submitted_at)} · {submission.get_change_display()}",
        )
    reasons = submission_reasons(user, microcredential, process)
    may = can(user, "approval.submit", version)
    return Step(
        title=title,
        state="blocked" if reasons else "current",
        who=_("Coordination"),
        text=_("It was returned: read the reasons in each section.") if process.open_reasons else "",
        reasons=reasons,
        url=reverse("microcredentials:version-submit", args=[microcredential.code]) if may else "",
        verb=_("Submit for approval"),
    )


def submission_reasons(user: Any, microcredential: MicroCredential, process: Process) -> list[Reason]:
    """Why a draft cannot be handed in: what the law misses, and what a return still asks."""
    version = process.version
    editable = bool(can(user, "microcredential.edit", microcredential))
    gaps = process.comparison.gaps() if process.comparison else gaps_of(version)
    reasons = [Reason(gap.message, presenters.gap_url(version, gap) if editable else "") for gap in gaps]
    if process.open_reasons:
        reasons.append(Reason(rules.OPEN_REASONS, "#comments", _("Read them")))
    return reasons


def _body_step(user: Any, microcredential: MicroCredential, process: Process, step: ApprovalStep) -> Step:
    act, submission = process.acts.get(step.pk), process.submission
    if act is not None:
        return Step(
            title=step.name,
            state="done",
            who=act.body,
            text=f"{act.get_outcome_display()} · {day(act.held_on)}",
        )
    waits = submission is not None and submission.waiting_for_id == step.pk
    if not waits or submission is None:
        return Step(title=step.name, state="todo", who=step.body)
    decision = can(user, step.permission, submission)
    own = decision.code == "own-work"
    return Step(
        title=step.name,
        state="blocked" if own else "current",
        who=step.body,
        due=submission.due,
        text=_overdue(submission)
        + (_("Usually decided in the annual programme.") if step.by_programme else ""),
        reasons=[Reason(decision.reason)] if own else [],
        url=reverse("microcredentials:act-record", args=[microcredential.code, step.code])
        if decision
        else "",
        verb=_("Record the act"),
    )


def _overdue(submission: Submission) -> str:
    return f"{days_left(submission.due)}. " if is_past(submission.due) else ""


def _publication_step(user: Any, microcredential: MicroCredential, process: Process) -> Step:
    title, state = _("Publication"), microcredential.state
    if state != MicroCredential.State.APPROVED:
        shown = state not in (MicroCredential.State.DRAFT, MicroCredential.State.APPROVED)
        text = (
            f"{microcredential.get_state_display()} · {day(microcredential.state_on)}"  # type: ignore[attr-defined]
            if shown
            else ""
        )
        return Step(title=title, state="done" if shown else "todo", text=text)
    needs = blocked_by(microcredential, "publish")
    may = can(user, "microcredential.publish", microcredential)
    return Step(
        title=title,
        state="blocked" if needs else "current",
        reasons=[Reason(need.reason) for need in needs],
        url=reverse("microcredentials:standing-change", args=[microcredential.code, "publish"])
        if may
        else "",
        verb=_("Publish"),
    )


def standing_links(user: Any, microcredential: MicroCredential) -> list[tuple[str, str]]:
    """Verb and address of suspending, resuming and extinguishing, for who may."""
    return [
        (
            str(declared.custom["verb"]),
            reverse("microcredentials:standing-change", args=[microcredential.code, declared.name]),
        )
        for declared in transitions_from(microcredential)
        if declared.name in PERMISSIONS
        and declared.name != "publish"
        and leads_on(microcredential, declared.name)
        and can(user, PERMISSIONS[declared.name], microcredential)
    ]


def changed_names(comparison: Comparison | None) -> list[str]:
    """What differs from the version in force, by name."""
    return list(comparison.labels) if comparison is not None else []


@dataclass(frozen=True)
class ProgrammeRow:
    """One version of an annual programme; `why_not` is why this person may not approve it."""

    submission: Submission
    act: ApprovalAct | None = None
    why_not: Any = ""


def programme_rows(user: Any, submissions: list[Submission]) -> list[ProgrammeRow]:
    """Those ready for the governing body, with the reason where this person may not decide on one."""
    own = set(
        MicroCredentialVersion.writers.through.objects.filter(
            user=user, microcredentialversion__in=[submission.version_id for submission in submissions]
        ).values_list("microcredentialversion_id", flat=True)
    )
    return [
        ProgrammeRow(submission, why_not=rules.OWN_WORK if submission.version_id in own else "")
        for submission in submissions
    ]


def programme_page(user: Any, programme: AnnualProgramme, waiting: list[Submission]) -> dict[str, Any]:
    ready = [row for row in waiting if row.waiting_for and row.waiting_for.by_programme]
    acts = list(
        programme.acts.select_related(
            "submission__version__microcredential__centre",
            "submission__version__responsible_teacher",
            "step",
        ).order_by(
            "submission__version__microcredential__centre__sort_name",
            "submission__version__microcredential__sort_title",
        )
    )
    return {
        "programme": programme,
        "approved": [ProgrammeRow(act.submission, act) for act in acts],
        "ready": programme_rows(user, ready) if not programme.is_approved else [],
        "coming": [row for row in waiting if row not in ready] if not programme.is_approved else [],
        "continues": continuing(programme).count(),
        "shelf": programme_shelf_of(user, programme),
        "may_approve": not programme.is_approved and bool(can(user, "programme.approve", programme)),
        "entries": history_entries(
            programme, presenters.SENTENCES, presenters.field_labels(), words=presenters.field_words()
        ),
    }
