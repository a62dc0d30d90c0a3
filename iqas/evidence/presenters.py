"""What the pages of evidence show, decided before the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from iqas.core.access import can
from iqas.core.text import markdown
from iqas.evidence import selectors
from iqas.evidence.models import Evidence, EvidenceVersion
from iqas.evidence.tables import STATUSES
from iqas.frameworks.models import Criterion, EvidenceKind
from iqas.ui.components import Reason, Step
from iqas.ui.history import Words, choices_of, history_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

SENTENCES = {
    "evidence.added": gettext_lazy("Evidence added"),
    "evidence.changed": gettext_lazy("Description or criteria changed"),
    "evidence.version-added": gettext_lazy("Version added"),
    "evidence.approved": gettext_lazy("Version approved"),
    "evidence.withdrawn": gettext_lazy("Version withdrawn"),
    "evidence.cited": gettext_lazy("Cited"),
    "evidence.uncited": gettext_lazy("Citation taken back"),
}
FIELDS = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "kind": gettext_lazy("Kind"),
    "criteria": gettext_lazy("Criteria"),
    "personal_data": gettext_lazy("Contains personal data"),
    "redaction_note": gettext_lazy("How personal data are protected or blacked out"),
    "version": gettext_lazy("Version"),
    "sha256": gettext_lazy("SHA-256"),
    "url": gettext_lazy("Address"),
    "date_of_fact": gettext_lazy("Date of fact"),
    "criterion": gettext_lazy("Criterion"),
    "by": gettext_lazy("Cited by"),
    "state": gettext_lazy("State"),
}


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version with how it stands today and what the reader may do with it."""

    version: EvidenceVersion
    tone: str
    label: Any
    citations: int
    may_approve: bool
    may_withdraw: bool


def detail(user: Any, evidence: Evidence) -> dict[str, Any]:
    found = (
        selectors.with_status(Evidence.objects.filter(pk=evidence.pk))
        .select_related("kind", "scope", "owner")
        .get()
    )
    versions = list(
        found.versions.select_related("uploaded_by", "approved_by", "withdrawn_by").order_by("-number")
    )
    for version in versions:
        version.evidence = found
    citations = list(selectors.citations_of_evidence(found))
    cited: dict[Any, int] = {}
    for citation in citations:
        cited[citation.version_id] = cited.get(citation.version_id, 0) + 1
    tone, label = STATUSES[found.status]
    return {
        "evidence": found,
        "tone": tone,
        "label": label,
        "description": markdown(found.description),
        "steps": steps(user, found, versions, len(citations)),
        "rows": [_row(user, version, cited.get(version.pk, 0)) for version in versions],
        "criteria": Criterion.objects.filter(evidence_links__evidence=found)
        .select_related("framework")
        .order_by("framework__code", "order"),
        "citations": citations,
        "entries": history_entries(found, SENTENCES, FIELDS, words=_words()),
        "may_change": bool(can(user, "evidence.change", found)),
    }


def _words() -> Words:
    kinds = EvidenceKind.objects.all()
    return choices_of(EvidenceVersion) | {"kind": {kind.code: kind.title for kind in kinds}}


def _row(user: Any, version: EvidenceVersion, citations: int) -> VersionRow:
    tone, label = STATUSES[selectors.freshness(version)]
    return VersionRow(
        version,
        tone,
        label,
        citations,
        may_approve=bool(can(user, "evidence.approve", version)),
        may_withdraw=bool(can(user, "evidence.withdraw", version)),
    )


def steps(user: Any, evidence: Evidence, versions: Sequence[EvidenceVersion], citations: int) -> list[Step]:
    """What happens next: filed, approved by a second person, cited."""
    newest = versions[0] if versions else None
    add_url = reverse("evidence:version-add", args=[evidence.code])
    may_change = bool(can(user, "evidence.change", evidence))
    filed = Step(
        title=_("A version is added"),
        state="done" if newest else "current",
        who=str(newest.uploaded_by) if newest else "",
        url="" if newest or not may_change else add_url,
        verb="" if newest or not may_change else _("Add a version"),
    )
    return [filed, _approval(user, evidence, newest), _citing(evidence, citations)]


def _approval(user: Any, evidence: Evidence, newest: EvidenceVersion | None) -> Step:
    title = _("A second person approves it")
    if newest is None:
        return Step(title=title, state="todo")
    if newest.state == EvidenceVersion.State.APPROVED:
        return Step(title=title, state="done", who=str(newest.approved_by))
    if newest.state == EvidenceVersion.State.WITHDRAWN:
        return Step(
            title=title,
            state="blocked",
            reasons=[
                Reason(
                    _("The newest version was withdrawn: %(reason)s") % {"reason": newest.withdrawal_reason}
                )
            ],
        )
    decision = can(user, "evidence.approve", newest)
    if not decision:
        return Step(title=title, state="blocked", reasons=[Reason(decision.reason)])
    return Step(
        title=title,
        state="current",
        url=reverse("evidence:version-approve", args=[evidence.code, newest.number]),
        verb=_("Approve"),
    )


def _citing(evidence: Evidence, citations: int) -> Step:
    valid = getattr(evidence, "status", "") in {"approved", "expiring"}
    text = (
        ngettext("Cited %(count)s time.", "Cited %(count)s times.", citations) % {"count": citations}
        if citations
        else _("Self-assessments cite it, pinned to its version.")
    )
    state = "done" if citations else "current" if valid else "todo"
    return Step(title=_("It is cited"), state=state, text=text)  # type: ignore[arg-type]


def consequences_of_withdrawing(version: EvidenceVersion) -> tuple[str, ...]:
    citing = sorted(set(version.citations.values_list("citing_code", flat=True)))
    if not citing:
        return (_("Nothing cites this version."),)
    return (_("It stays cited, as withdrawn, by: %(codes)s.") % {"codes": ", ".join(citing)},)


def criterion_keys(name: str) -> list[str]:
    """The key of `FOUR-DIMENSIONS/A.1` in its framework's current version; none where there is no such criterion."""
    framework, _slash, code = name.partition("/")
    newest = (
        Criterion.objects.filter(framework__code=framework, code=code, assessable=True)
        .order_by("-framework__loaded_at")
        .values_list("pk", flat=True)[:1]
    )
    return [str(pk) for pk in newest]


def shortest_freshness(evidence: Evidence) -> int | None:
    """Months after which the most demanding criterion wishes for a newer proof."""
    limits = evidence.criteria.order_by("freshness_months").values_list("freshness_months", flat=True)
    return limits.filter(freshness_months__isnull=False).first()
