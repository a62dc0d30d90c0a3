"""What the pages of partners and pathways show, decided before the template."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from iqas.core.access import allowed, can
from iqas.ui import charts
from iqas.ui.formats import decimal
from iqas.ui.history import choices_of, history_entries
from microcredentials.models import (
    Agreement,
    MicroCredential,
    Participation,
    Partner,
    PartnerContact,
    Pathway,
)
from microcredentials.selectors import partners as selectors
from microcredentials.selectors.pathways import Way, listed, way_of, ways
from microcredentials.stacking import Piece, Stack, contained, credits_of, overlapping

TONES = {"in_force": "met", "expiring": "partly", "expired": "expired", "future": "info"}
SENTENCES = {
    "partner.added": gettext_lazy("added it"),
    "partner.changed": gettext_lazy("changed it"),
    "partner.takes-part": gettext_lazy("noted a participation"),
    "partner.leaves": gettext_lazy("removed a participation"),
    "partner.agreement-added": gettext_lazy("added an agreement"),
    "partner.agreement-changed": gettext_lazy("changed an agreement"),
    "partner.contact-added": gettext_lazy("added a contact"),
    "partner.contact-changed": gettext_lazy("changed a contact"),
    "partner.contact-erased": gettext_lazy("erased a contact"),
    "partner.merged": gettext_lazy("merged a duplicate into it"),
    "partner.merged-away": gettext_lazy("merged it into another"),
    "partner.imported": gettext_lazy("imported it"),
    "pathway.created": gettext_lazy("created it"),
    "pathway.edited": gettext_lazy("edited it"),
}
MORE_FIELDS = {
    "role": gettext_lazy("Role"),
    "partner": gettext_lazy("Partner"),
    "microcredential": gettext_lazy("Micro-credential"),
    "duplicate": gettext_lazy("Duplicate"),
    "kept": gettext_lazy("Kept"),
    "steps": gettext_lazy("Steps"),
    "name_es": gettext_lazy("Name (Spanish)"),
    "name_en": gettext_lazy("Name (English)"),
}
WARNINGS = {
    "twice": gettext_lazy("It stands in several steps: its credits count once."),
    "contained": gettext_lazy("All its outcomes are those of %(other)s too: its credits count once."),
    "overlap": gettext_lazy(
        "Some of its outcomes are those of %(other)s too: each counts once, at an equal share of the credits."
    ),
    "not-approved": gettext_lazy("It is not approved."),
    "suspended": gettext_lazy("It is suspended."),
    "extinguished": gettext_lazy("It is extinguished."),
    "stand-alone": gettext_lazy(
        "Its design says that it stands alone (Annex I, optional element: stackability)."
    ),
    "no-ects": gettext_lazy("Its credits are not known."),
    "over-cap": gettext_lazy(
        "The pathway has %(over)s ECTS more than the degree may still recognise (RD 822/2021 art. 10.5)."
    ),
    "over-target": gettext_lazy("The pathway has %(over)s ECTS more than its target."),
    "other-over-cap": gettext_lazy(
        "What is recognised otherwise is already more than 15 % of the plan (RD 822/2021 art. 10.5)."
    ),
}


@dataclass(frozen=True)
class AgreementRow:
    agreement: Agreement
    state: str
    label: str
    tone: str
    evidence_code: str


@dataclass(frozen=True)
class PieceRow:
    """A micro-credential in the table of a pathway; another centre's that the reader may not see has no code."""

    code: str
    title: str
    url: str
    state: str
    state_label: str
    ects: Decimal | None
    counts: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class StepRow:
    number: int
    pieces: tuple[PieceRow, ...]

    @property
    def is_choice(self) -> bool:
        return len(self.pieces) > 1


def labels_of(*models: Any) -> dict[str, Any]:
    labels: dict[str, Any] = dict(MORE_FIELDS)
    for model in models:
        for field in model._meta.concrete_fields:
            labels.setdefault(field.name, str(field.verbose_name).capitalize())
    return labels


def partner_page(user: Any, partner: Partner) -> dict[str, Any]:
    may_edit = bool(can(user, "partner.edit", partner))
    sees_contacts = bool(can(user, "partner.contacts", partner))
    return {
        "partner": partner,
        "may_edit": may_edit,
        "may_merge": bool(can(user, "partner.merge", partner)),
        "sees_contacts": sees_contacts,
        "participations": list(selectors.participations_seen(user).filter(partner=partner)),
        "stands_behind": list(selectors.stands_behind(user, partner)),
        "agreements": agreement_rows(user, partner),
        "contacts": list(partner.contacts.all()) if sees_contacts else [],
        "merged": list(partner.merged.order_by("code")),
        "entries": history_entries(
            partner,
            SENTENCES,
            labels_of(Partner, Agreement, PartnerContact, Participation),
            words=choices_of(Partner, Agreement, PartnerContact, Participation),
        ),
    }


def agreement_rows(user: Any, partner: Partner) -> list[AgreementRow]:
    """The evidence is named to those who may see it."""
    rows = list(partner.agreements.select_related("evidence__evidence"))
    proofs = {row.evidence.evidence_id for row in rows if row.evidence is not None}
    seen = (
        set(allowed(user, "evidence.view").filter(pk__in=proofs).values_list("pk", flat=True))
        if proofs
        else set()
    )
    return [
        AgreementRow(
            row,
            state := row.state,
            str(Agreement.State(state).label),
            TONES[state],
            row.evidence.evidence.code
            if row.evidence is not None and row.evidence.evidence_id in seen
            else "",
        )
        for row in rows
    ]


def pathway_page(user: Any, pathway: Pathway) -> dict[str, Any]:
    way = way_of(pathway)
    seen = set(
        allowed(user, "microcredential.view")
        .filter(pk__in=list(way.microcredentials))
        .values_list("pk", flat=True)
    )
    labels = labels_of(Pathway)
    if seen < set(way.microcredentials):
        del labels["steps"]
    return {
        "pathway": pathway,
        "stack": way.stack,
        "amounts": amounts(way.stack),
        "may_edit": bool(can(user, "pathway.edit", pathway)),
        "steps": step_rows(way, seen),
        "figure": figure(way) if way.steps else None,
        "warnings": [warning_words(way.stack, item.code) for item in way.stack.warnings if item.key is None],
        "entries": history_entries(pathway, SENTENCES, labels),
    }


def step_rows(way: Way, seen: set[Any]) -> list[StepRow]:
    inside = contained(piece for step in way.steps for piece in step)
    others = {**overlapping(way.steps), **inside}
    shown: set[Hashable] = set()
    rows = []
    for number, step in enumerate(way.steps, 1):
        pieces = []
        for piece in step:
            counts = piece.key not in shown and piece.key not in inside
            shown.add(piece.key)
            pieces.append(_piece_row(way, piece, seen, others.get(piece.key), counts=counts))
        rows.append(StepRow(number, tuple(pieces)))
    return rows


def _title(microcredential: MicroCredential) -> str:
    return microcredential.current.title if microcredential.current is not None else ""


def _piece_row(way: Way, piece: Piece, seen: set[Any], sharer: Any, *, counts: bool) -> PieceRow:
    microcredential = way.microcredentials[piece.key]
    visible = piece.key in seen
    other = way.microcredentials.get(sharer)
    name = other.code if other is not None and other.pk in seen else _("another one")
    return PieceRow(
        code=microcredential.code if visible else "",
        title=_title(microcredential) if visible else _("A micro-credential of another centre"),
        url=microcredential.get_absolute_url() if visible else "",
        state=microcredential.state,
        state_label=microcredential.get_state_display(),  # type: ignore[attr-defined]
        ects=piece.ects,
        counts=counts,
        warnings=tuple(
            str(WARNINGS[item.code]) % {"other": name}
            if item.code in ("contained", "overlap")
            else str(WARNINGS[item.code])
            for item in way.stack.warnings
            if item.key == piece.key
        ),
    )


def warning_words(stack: Stack, code: str) -> str:
    words = str(WARNINGS[code])
    return words % {"over": credits_words(stack.over)} if "%(over)" in words else words


def credits_words(ects: Decimal) -> str:
    return decimal(ects, next(places for places in (0, 1, 2) if places == 2 or ects == round(ects, places)))


def amounts(stack: Stack) -> dict[str, str]:
    names = ("target", "cap", "other", "least", "most", "recognised", "remaining")
    values = {name: getattr(stack, name) for name in names}
    return {name: f"{credits_words(value)} ECTS" for name, value in values.items() if value is not None}


def finding(way: Way) -> str:
    """The result in one sentence."""
    stack = way.stack
    words = {
        "fills": credits_words(stack.recognised),
        "room": credits_words(stack.room),
        "remaining": credits_words(stack.remaining),
    }
    if stack.over:
        return _("It fills the %(room)s ECTS that the target can take, and has more.") % words
    return (
        _("It fills %(fills)s of the %(room)s ECTS that the target can take; %(remaining)s remain.") % words
    )


def figure(way: Way) -> charts.Bullet:
    """The stack growing step by step (with the largest choice), against what the target can take."""
    chosen: list[Piece] = []
    items = []
    for number, step in enumerate(way.steps, 1):
        chosen.append(max(step, key=lambda piece: piece.ects or Decimal(0)))
        total = credits_of(chosen)
        items.append(
            charts.BulletItem(
                _("Up to step %(number)s") % {"number": number},
                total,
                target=way.stack.room,
                state="unmet" if total > way.stack.room else "met",
            )
        )
    return charts.Bullet(
        title=finding(way),
        subtitle=_("ECTS credits, each counted once, step by step; the mark is what the target can take."),
        items=tuple(items),
    )


def around_page(user: Any, microcredential: MicroCredential) -> dict[str, Any]:
    """Partners of a micro-credential, and the pathways that the person may see and of which it is part."""
    mine = listed(user).filter(pk__in=microcredential.pathway_steps.values("pathway"))
    return {
        "microcredential": microcredential,
        "participations": list(selectors.participations_of(microcredential)),
        "may_edit": bool(can(user, "microcredential.edit", microcredential)),
        "unknown": selectors.not_in_the_register(microcredential),
        "ways": [(way.pathway, finding(way)) for way in ways(mine)],
    }
