"""What the pages of micro-credentials and editions show, decided before the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iqas.core.access import can
from iqas.ui.components import Reason, Step
from iqas.ui.history import Words, choices_of, history_entries
from microcredentials import completeness, rules, vocabulary
from microcredentials.models import (
    ApprovalAct,
    Edition,
    EnrolmentCount,
    Learner,
    MicroCredential,
    MicroCredentialVersion,
    Participation,
)
from microcredentials.presenters.proposals import gap_url, matrix
from microcredentials.selectors.design import Design
from microcredentials.vocabulary import LANGUAGE_NAMES, ROW_TITLES

SENTENCES = {
    "microcredential.created": gettext_lazy("created it"),
    "microcredential.edited": gettext_lazy("edited it"),
    "microcredential.imported": gettext_lazy("imported it with survey answers"),
    "partner.takes-part": gettext_lazy("noted that a partner takes part"),
    "partner.leaves": gettext_lazy("removed a partner"),
    "version.begun": gettext_lazy("began the next version"),
    "version.approved": gettext_lazy("approved it"),
    "version.submitted": gettext_lazy("submitted it for approval"),
    "version.returned": gettext_lazy("returned it"),
    "version.rejected": gettext_lazy("rejected it"),
    "approval.recorded": gettext_lazy("recorded an act of its approval"),
    "version.in-force": gettext_lazy("put it in force"),
    "approval.fulfilled": gettext_lazy("said that the conditions are fulfilled"),
    "remark.added": gettext_lazy("commented on it"),
    "remark.resolved": gettext_lazy("resolved a comment"),
    "microcredential.published": gettext_lazy("published it"),
    "microcredential.suspended": gettext_lazy("suspended it"),
    "microcredential.resumed": gettext_lazy("offered it again"),
    "microcredential.extinguished": gettext_lazy("extinguished it"),
    "programme.prepared": gettext_lazy("began to prepare it"),
    "programme.approved": gettext_lazy("recorded its approval"),
    "edition.planned": gettext_lazy("planned it"),
    "edition.edited": gettext_lazy("changed it"),
    "edition.opened": gettext_lazy("opened the registration"),
    "edition.started": gettext_lazy("began the teaching"),
    "edition.finished": gettext_lazy("marked it as finished"),
    "edition.counted": gettext_lazy("recorded how many learners"),
    "edition.signed": gettext_lazy("signed the results"),
    "edition.unsigned": gettext_lazy("took the signature of the results back"),
    "edition.incident": gettext_lazy("noted an incident"),
    "edition.incident-answered": gettext_lazy("said what was done about an incident"),
    "edition.report-written": gettext_lazy("wrote in the final report"),
    "edition.report-filed": gettext_lazy("filed the final report"),
    "edition.cancelled": gettext_lazy("cancelled it"),
    "edition.closed": gettext_lazy("closed it"),
    "enrolments.imported": gettext_lazy("imported enrolments"),
}
LEARNER_SENTENCES = {
    "learner.changed": gettext_lazy("corrected the data"),
    "learner.exported": gettext_lazy("took a copy of the personal data"),
    "learner.erased": gettext_lazy("erased the person"),
    "learner.readmitted": gettext_lazy(
        "registered again, at their own request, somebody who had been erased"
    ),
}
OTHER_FIELDS = {
    "code": gettext_lazy("Code"),
    "partner": gettext_lazy("Partner"),
    "role": gettext_lazy("Role"),
    "title": gettext_lazy("Title"),
    "state": gettext_lazy("State"),
    "version": gettext_lazy("Version"),
    **ROW_TITLES,
    "incident": gettext_lazy("Incident"),
    "response": gettext_lazy("What was done"),
    "repeats": gettext_lazy("Repeats"),
    "step": gettext_lazy("Step"),
    "outcome": gettext_lazy("Outcome"),
    "body": gettext_lazy("Body"),
    "date": gettext_lazy("Date"),
    "change": gettext_lazy("Kind of change"),
    "programme": gettext_lazy("Annual programme"),
    "section": gettext_lazy("Section"),
    "document": gettext_lazy("Document"),
    "conditions": gettext_lazy("Conditions"),
    "microcredentials": gettext_lazy("Micro-credentials"),
}
REASONS_SHOWN = 3
NOT_OFFERED = {
    MicroCredential.State.SUSPENDED: rules.SUSPENDED,
    MicroCredential.State.EXTINGUISHED: rules.EXTINGUISHED,
}
"""State → why no edition of it is planned or opened."""


@dataclass(frozen=True)
class Gap:
    """What is missing, and where to fill it in ("" for those who may not)."""

    label: str
    message: Any
    url: str


def field_labels() -> dict[str, Any]:
    """The words of every field that an audit event may name, `title_es` as "title (Spanish)"."""
    labels: dict[str, Any] = dict(OTHER_FIELDS)
    for model in (MicroCredentialVersion, Edition, EnrolmentCount, Learner):
        for field in model._meta.concrete_fields:
            name, _sep, language = field.name.rpartition("_")
            words = vocabulary.upper_first(field.verbose_name)
            if language in LANGUAGE_NAMES and name:
                words = vocabulary.in_language(words, language)
            labels.setdefault(field.name, words)
    return labels


def field_words() -> Words:
    """The labels of the codes that an audit event of a micro-credential may hold."""
    return choices_of(
        MicroCredential, MicroCredentialVersion, Edition, EnrolmentCount, Learner, ApprovalAct, Participation
    )


def microcredential_page(user: Any, microcredential: MicroCredential, design: Design) -> dict[str, Any]:
    version = design.version
    may_edit = bool(can(user, "microcredential.edit", microcredential))
    entries = history_entries(microcredential, SENTENCES, field_labels(), words=field_words())
    context = version_context(version, design, editable=may_edit)
    return {
        "microcredential": microcredential,
        "steps": design_steps(user, microcredential, design),
        "editions": list(
            microcredential.editions.select_related("year", "version").order_by("-year__starts", "-number")
        ),
        "versions": design.versions,
        "may_plan": may_edit and microcredential.state not in NOT_OFFERED,
        "may_begin": may_edit and _may_begin(microcredential, design),
        "entries": entries,
        **context,
        **folded(microcredential, design, context, entries),
    }


def folded(
    microcredential: MicroCredential, design: Design, context: dict[str, Any], entries: Sequence[Any]
) -> dict[str, Any]:
    """What stands under each folded heading in a few words, and what of the design waits for somebody."""
    writing = design.version.is_open and microcredential.state != MicroCredential.State.IMPORTED
    loose = sum(row.is_gap for row in context["matrix"])
    outcomes = len(context["matrix"])
    return {
        "design_due": writing and bool(design.gaps),
        "completeness_brief": _("%(done)s of 9 elements of the design") % {"done": context["elements_done"]},
        "outcomes_due": writing and loose > 0,
        "outcomes_brief": ngettext("%(count)s without assessment", "%(count)s without assessment", loose)
        % {"count": loose}
        if loose
        else ngettext("%(count)s learning outcome", "%(count)s learning outcomes", outcomes)
        % {"count": outcomes},
        "history_brief": ngettext("%(count)s entry", "%(count)s entries", len(entries))
        % {"count": len(entries)},
    }


def version_context(version: MicroCredentialVersion, design: Design, *, editable: bool) -> dict[str, Any]:
    editable = editable and version.is_open and version.microcredential.state != "imported"
    elements = completeness.eleven(design.gaps)
    named = {element.gap.code for element in elements if element.gap}
    return {
        "version": version,
        "design": design,
        "editable": editable,
        "elements": [
            (element, gap_url(version, element.gap) if editable and element.gap else "")
            for element in elements
        ],
        "elements_done": sum(element.is_done for element in elements),
        "other_gaps": [
            Gap(gap.code, gap.message, gap_url(version, gap) if editable else "")
            for gap in design.gaps
            if gap.code not in named
        ],
        "matrix": matrix(design),
        "hours_fit": rules.hours_fit(version.ects, version.hours),
    }


def design_steps(user: Any, microcredential: MicroCredential, design: Design) -> list[Step]:
    """Design, approval, editions: who acts, and what stands in the way."""
    if microcredential.state == MicroCredential.State.IMPORTED:
        return []
    version = design.version
    editable = bool(can(user, "microcredential.edit", microcredential))
    whole = not design.gaps
    first = Step(
        title=_("Design the version %(number)s") % {"number": version.number},
        state="done" if whole else "current",
        who=_("Coordination"),
        text=""
        if whole
        else _("%(count)s points are missing before approval.") % {"count": len(design.gaps)},
        url=reverse("microcredentials:proposal-detail", args=[microcredential.code])
        if editable and version.is_open
        else "",
        verb=_("Edit"),
    )
    if version.is_frozen:
        return [
            Step(title=first.title, state="done", who=first.who),
            Step(
                title=_("Approval"),
                state="done",
                who=str(version.approved_by or ""),
                text=_("From then on it never changes."),
            ),
            _editions_step(microcredential),
        ]
    reasons = [
        Reason(gap.message, gap_url(version, gap) if editable else "") for gap in design.gaps[:REASONS_SHOWN]
    ]
    if (more := len(design.gaps) - REASONS_SHOWN) > 0:
        reasons.append(Reason(_("and %(count)s more") % {"count": more}, "#completeness", _("See all")))
    submitted = version.stage == MicroCredentialVersion.Stage.SUBMITTED
    return [
        first,
        Step(
            title=_("Approval"),
            state="blocked" if reasons else "current",
            who=_("The bodies of the university, step by step"),
            text=_("Submitted: nobody edits it until it is returned or approved.") if submitted else "",
            reasons=reasons,
            url=reverse("microcredentials:approval-detail", args=[microcredential.code]),
            verb=_("See the approval"),
        ),
        Step(title=_("Editions"), state="todo", who=_("Coordination")),
    ]


def _editions_step(microcredential: MicroCredential) -> Step:
    reason = NOT_OFFERED.get(microcredential.state)
    return Step(
        title=_("Editions"),
        state="current" if reason is None else "blocked",
        who=_("Coordination"),
        text=_("Plan an edition and open it.") if reason is None else "",
        reasons=[] if reason is None else [Reason(reason)],
    )


def _may_begin(microcredential: MicroCredential, design: Design) -> bool:
    return microcredential.state in ("approved", "published", "suspended") and design.draft is None
