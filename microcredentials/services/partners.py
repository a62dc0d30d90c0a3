"""The register of partners: adding, changing, where they take part, agreements, contacts, merging duplicates.

What is recorded of a contact is that it was added, changed or erased, and on which legal basis: never who it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.codes import next_code
from iqas.core.events import emit
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.evidence.models import EvidenceVersion
from iqas.organisation.models import University
from microcredentials.models import (
    Agreement,
    MicroCredential,
    Participation,
    Partner,
    PartnerContact,
    Supporter,
)
from microcredentials.services.checks import store

FIELDS = ("name", "kind", "tax_id", "country", "website", "notes", "is_active")
AGREEMENT_FIELDS = ("title", "starts", "ends", "evidence", "is_final")
CONTACT_FIELDS = ("name", "position", "email", "phone", "basis", "basis_on")


@transaction.atomic
def add_partner(*, actor: Any, **fields: Any) -> Partner:
    """A partner with the next code; proposals that name it point to it from then on. Refuses `name-taken`, `tax-id-taken` and what the fields refuse."""
    if actor is not None:
        require(actor, "partner.edit")
    partner = Partner(**_known(fields, FIELDS))
    _settle(partner)
    partner.code = next_code("P")
    tidy(partner, is_new=True)  # it is found by its code, too
    store(partner, new=True)
    link_supporters([partner])
    _record(actor, "partner.added", partner, after={"name": partner.name, "kind": partner.kind})
    return partner


@transaction.atomic
def change_partner(*, actor: Any, partner: Partner, seen: int, **fields: Any) -> Partner:
    """Refuses `StaleVersion`, `merged`, and what `add_partner` refuses."""
    held = _locked(actor, partner)
    changes = _changed(held, _known(fields, FIELDS))
    versions.claim(held, seen)
    _settle(held)
    store(held, fields=[*FIELDS, "sort_name", "search_key"])
    _record_changes(actor, "partner.changed", held, changes)
    return held


@transaction.atomic
def add_participation(
    *,
    actor: Any,
    microcredential: MicroCredential,
    partner: Partner,
    role: str,
    since: dt.date,
    note: str = "",
) -> Participation:
    """Say what a partner does for a micro-credential. Refuses `merged` and `participation-once`."""
    require(actor, "microcredential.edit", microcredential)
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    _refuse_merged(held)
    if held.participations.filter(microcredential=microcredential, role=role).exists():
        raise RuleViolation("participation-once", _("The partner already has this role here."), field="role")
    row = Participation(
        partner=held, microcredential=microcredential, role=role, since=since, note=note.strip()
    )
    store(row, new=True)
    _record_participation(actor, "partner.takes-part", row, after=True)
    return row


@transaction.atomic
def remove_participation(*, actor: Any, participation: Participation) -> None:
    """Take back a participation; the history keeps that it was."""
    require(actor, "microcredential.edit", participation.microcredential)
    _record_participation(actor, "partner.leaves", participation, after=False)
    participation.delete()


@transaction.atomic
def save_agreement(
    *, actor: Any, partner: Partner, agreement: Agreement | None = None, seen: int = 0, **fields: Any
) -> Agreement:
    """A new agreement, or the changed one. Refuses `merged`, `StaleVersion`, `dates-order`."""
    held = _locked(actor, partner)
    row = agreement or Agreement(partner=held)
    changes = _changed(row, _known(fields, AGREEMENT_FIELDS))
    if row.ends is not None and row.ends < row.starts:
        raise RuleViolation("dates-order", _("It ends before it begins."), field="ends")
    if agreement is None:
        store(row, new=True)
        _record(actor, "partner.agreement-added", held, after=_agreement_words(row))
    else:
        versions.claim(row, seen)
        store(row, fields=AGREEMENT_FIELDS)
        _record_changes(actor, "partner.agreement-changed", held, changes)
    return row


@transaction.atomic
def save_contact(
    *, actor: Any, partner: Partner, contact: PartnerContact | None = None, seen: int = 0, **fields: Any
) -> PartnerContact:
    """A new contact person, or the changed one. Refuses `merged`, `in-future` and `StaleVersion`."""
    require(actor, "partner.contacts", partner)
    held = _locked(actor, partner)
    if fields.get("basis_on") and fields["basis_on"] > clock.today():
        raise RuleViolation("in-future", _("The date lies in the future."), field="basis_on")
    row = contact or PartnerContact(partner=held)
    for name, value in _known(fields, CONTACT_FIELDS).items():
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if contact is None:
        store(row, new=True)
    else:
        versions.claim(row, seen)
        store(row, fields=CONTACT_FIELDS)
    word = "added" if contact is None else "changed"
    _record(actor, f"partner.contact-{word}", held, after={"basis": row.basis})
    return row


@transaction.atomic
def erase_contact(*, actor: Any, contact: PartnerContact) -> None:
    """Delete the person's data (GDPR art. 17). Nothing of it is left, the history included."""
    require(actor, "partner.contacts", contact.partner)
    _record(actor, "partner.contact-erased", contact.partner)
    contact.delete()


@transaction.atomic
def merge_partners(*, actor: Any, kept: Partner, duplicate: Partner, reason: str = "") -> Partner:
    """Everything of the duplicate becomes the kept one's; its code leads to the kept one from then on.

    An approved version never changes: where it names the duplicate, it goes on doing so.

    Refuses `same-partner` and `merged`. Emits `partner.merged` for what upper floors hang on a partner.
    """
    require(actor, "partner.merge", kept)
    if kept.pk == duplicate.pk:
        raise RuleViolation("same-partner", _("A partner is not merged with itself."), field="duplicate")
    locked = {
        row.pk: row for row in Partner.objects.select_for_update().filter(pk__in=[kept.pk, duplicate.pk])
    }
    kept, duplicate = locked[kept.pk], locked[duplicate.pk]
    _refuse_merged(kept)
    _refuse_merged(duplicate)
    moved = {
        "participations": _move_participations(duplicate, kept),
        "contacts": duplicate.contacts.update(partner=kept),
        "agreements": duplicate.agreements.update(partner=kept),
    }
    duplicate.supporters.filter(version__stage="draft").update(partner=kept)
    duplicate.merged.update(merged_into=kept)
    duplicate.merged_into, duplicate.is_active = kept, False
    duplicate.version += 1
    duplicate.save(update_fields=["merged_into", "is_active", "version"])
    if not kept.tax_id and duplicate.tax_id:
        kept.tax_id = duplicate.tax_id
    kept.version += 1
    _settle(kept)
    kept.save(update_fields=["tax_id", "version", "sort_name", "search_key"])
    emit("partner.merged", kept=kept, duplicate=duplicate)
    after = {"kept": str(kept), "duplicate": str(duplicate), **moved}
    _record(actor, "partner.merged", kept, after=after, reason=reason)
    _record(actor, "partner.merged-away", duplicate, after={"kept": str(kept)}, reason=reason)
    return kept


def tidy_tax_id(text: str) -> str:
    """As it is stored: capitals, without spaces, dots and hyphens."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _move_participations(duplicate: Partner, kept: Partner) -> int:
    """Where both have the same role, the earlier date and both notes stay."""
    present = {(row.microcredential_id, row.role): row for row in kept.participations.all()}
    rows = list(duplicate.participations.all())
    for row in rows:
        same = present.get((row.microcredential_id, row.role))
        if same is None:
            row.partner = kept
            row.save(update_fields=["partner"])
            continue
        same.since = min(same.since, row.since)
        same.note = "; ".join(dict.fromkeys(filter(None, [same.note, row.note])))[:500]
        same.save(update_fields=["since", "note"])
        row.delete()
    return len(rows)


def _settle(partner: Partner) -> None:
    """Tidy, and no second partner of the same name or tax number."""
    tidy(partner)
    others = Partner.objects.filter(merged_into=None).exclude(pk=partner.pk)
    if same := others.filter(sort_name=partner.sort_name).first():
        raise name_taken(same)
    if partner.tax_id and (same := others.filter(tax_id=partner.tax_id).first()):
        raise tax_id_taken(same)


def tidy(partner: Partner, *, is_new: bool = False) -> None:
    """Name, tax number and country in their one form, and the keys for sorting and searching."""
    partner.name = " ".join(partner.name.split())
    partner.tax_id = tidy_tax_id(partner.tax_id)
    partner.country = partner.country.upper()
    partner.sort_name = sort_key(partner.name)[:200]
    merged = partner.merged.all() if partner.code and not is_new else ()
    words = [partner.name, partner.tax_id, partner.code]
    words += [word for duplicate in merged for word in (duplicate.code, duplicate.name)]
    partner.search_key = sort_key(" ".join(words))


def name_taken(same: Partner) -> RuleViolation:
    message = _("The register already has this name under %(code)s.") % {"code": same.code}
    return RuleViolation("name-taken", message, field="name")


def tax_id_taken(same: Partner) -> RuleViolation:
    message = _("The register already has this tax number under %(code)s.") % {"code": same.code}
    return RuleViolation("tax-id-taken", message, field="tax_id")


def link_supporters(partners: Iterable[Partner]) -> None:
    """Proposals being written that name one of these partners point to it from then on."""
    by_name = {partner.name.casefold(): partner for partner in partners}
    named = Supporter.objects.filter(version__stage="draft", partner=None)
    for supporter in named.only("pk", "name") if by_name else ():
        if partner := by_name.get(supporter.name.casefold()):
            Supporter.objects.filter(pk=supporter.pk).update(partner=partner)


def _locked(actor: Any, partner: Partner) -> Partner:
    held = Partner.objects.select_for_update().get(pk=partner.pk)
    if actor is not None:
        require(actor, "partner.edit", held)
    _refuse_merged(held)
    return held


def _refuse_merged(partner: Partner) -> None:
    if partner.merged_into_id is not None:
        message = _("%(code)s was merged into another partner.") % {"code": partner.code}
        raise RuleViolation("merged", message)


def _known(fields: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    unknown = set(fields) - set(names)
    if unknown:
        raise TypeError(f"Unknown fields: {sorted(unknown)}")
    return fields


def _changed(row: Any, fields: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Sets the fields; answers those that differ as field → (before, after)."""
    changes = {}
    for name, given in fields.items():
        value = given.strip() if isinstance(given, str) else given
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = (before, value)
    return changes


def _record(actor: Any, action: str, partner: Partner, **told: Any) -> None:
    record(actor=actor, action=action, subject=partner, scope=University.current().scope, **told)


def _record_changes(actor: Any, action: str, partner: Partner, changes: dict[str, tuple[Any, Any]]) -> None:
    if changes:
        before = {name: _plain(old) for name, (old, _new) in changes.items()}
        after = {name: _plain(new) for name, (_old, new) in changes.items()}
        _record(actor, action, partner, before=before, after=after)


def _record_participation(actor: Any, action: str, row: Participation, *, after: bool) -> None:
    """In the history of both: the partner's, and the micro-credential's."""
    words = {"role": row.role}
    for subject, other in ((row.partner, row.microcredential), (row.microcredential, row.partner)):
        name = "partner" if other is row.partner else "microcredential"
        told = words | {name: str(other)}
        record(
            actor=actor,
            action=action,
            subject=subject,
            scope=row.microcredential.scope,
            before={} if after else told,
            after=told if after else {},
        )


def _agreement_words(row: Agreement) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in AGREEMENT_FIELDS}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, EvidenceVersion) else value
