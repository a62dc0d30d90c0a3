"""Evidence is written here: added, given versions, approved by a second person, withdrawn, cited.

A version's content never changes. What cites it cites that version (audits.md §4.3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock, versions
from iqas.core.access import require
from iqas.core.audit import record, record_changes
from iqas.core.codes import next_code
from iqas.core.events import emit
from iqas.core.files import StoredFile, store
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.evidence.models import Citation, Evidence, EvidenceCriterion, EvidenceVersion
from iqas.frameworks import selectors as frameworks
from iqas.frameworks.models import Criterion, EvidenceKind, Framework
from iqas.frameworks.services import freeze

if TYPE_CHECKING:
    from iqas.organisation.models import Scope

HEADER = ("title", "description", "kind", "owner", "personal_data", "redaction_note")
SAFE_URL = URLValidator(schemes=["http", "https"])


@transaction.atomic
def add_evidence(
    *,
    actor: Any,
    scope: Scope,
    title: str,
    kind: str | EvidenceKind,
    criteria: Iterable[Criterion] = (),
    description: str = "",
    owner: Any = None,
    personal_data: bool = False,
    redaction_note: str = "",
) -> Evidence:
    """A new evidence without versions. `kind` is a kind or its code; `owner` defaults to the actor.

    Refuses `unknown-kind`, `not-assessable`, and a title without letters.
    """
    require(actor, "evidence.add", scope)
    evidence = Evidence(
        code=next_code("E", width=4),
        scope=scope,
        title=title.strip(),
        sort_title=sort_key(title),
        description=description,
        kind=_kind(kind),
        owner=owner or actor,
        personal_data=personal_data,
        redaction_note=redaction_note,
        created_at=clock.now(),
    )
    _check(evidence)
    evidence.save(force_insert=True)
    codes = _set_criteria(evidence, criteria)
    record(
        actor=actor,
        action="evidence.added",
        subject=evidence,
        scope=scope,
        after={"title": evidence.title, "kind": evidence.kind.code, "criteria": codes},
    )
    return evidence


@transaction.atomic
def file_evidence(*, actor: Any, scope: Scope, header: dict[str, Any], version: dict[str, Any]) -> Evidence:
    """A new evidence with its first version: both, or nothing. Refuses what each of the two refuses.

    Who may add an evidence may say what it is: `evidence.change` is not asked for.
    """
    evidence = add_evidence(actor=actor, scope=scope, **header)
    _append_version(actor=actor, held=_locked(evidence), **version)
    return evidence


@transaction.atomic
def change_evidence(
    *,
    actor: Any,
    evidence: Evidence,
    seen_version: int,
    criteria: Iterable[Criterion] | None = None,
    **changes: Any,
) -> Evidence:
    """Saves the header and what the evidence is said to prove. Its versions stay as they are.

    Refuses `StaleVersion` where somebody saved since `seen_version`.
    """
    held = _locked(evidence)
    require(actor, "evidence.change", held)
    versions.claim(held, seen_version)
    unknown = set(changes) - set(HEADER)
    if unknown:
        raise TypeError(f"No fields of the header: {sorted(unknown)}")
    before = _header(held)
    for field, value in changes.items():
        setattr(held, field, _kind(value) if field == "kind" else value)
    held.title = held.title.strip()
    held.sort_title = sort_key(held.title)
    _check(held)
    held.save(update_fields=[*HEADER, "sort_title"])
    if criteria is not None:
        _set_criteria(held, criteria)
    record_changes(
        actor=actor,
        action="evidence.changed",
        subject=held,
        scope=held.scope,
        before=before,
        after=_header(held),
    )
    return held


@transaction.atomic
def add_version(
    *,
    actor: Any,
    evidence: Evidence,
    date_of_fact: dt.date,
    upload: File[bytes] | None = None,
    url: str = "",
    valid_until: dt.date | None = None,
    note: str = "",
) -> EvidenceVersion:
    """The next version: one file or one address, waiting for approval.

    Refuses `file-or-address` (none, or both), `future-fact`, `validity-order`, `address` (not http or https),
    `same-content` (the newest version already has this content), and what `core.files.store` refuses.
    """
    held = _locked(evidence)
    require(actor, "evidence.change", held)
    return _append_version(
        actor=actor,
        held=held,
        date_of_fact=date_of_fact,
        upload=upload,
        url=url,
        valid_until=valid_until,
        note=note,
    )


def _append_version(
    *,
    actor: Any,
    held: Evidence,
    date_of_fact: dt.date,
    upload: File[bytes] | None = None,
    url: str = "",
    valid_until: dt.date | None = None,
    note: str = "",
) -> EvidenceVersion:
    url = url.strip()
    if bool(upload) == bool(url):
        raise RuleViolation(
            "file-or-address", _("Give a file or an address, one of the two."), field="upload"
        )
    _check_dates(date_of_fact, valid_until)
    if url:
        _check_url(url)
    newest = held.versions.order_by("-number").first()
    stored = _stored(upload) if upload else StoredFile("", 0, "", "")
    same = newest is not None and newest.state != EvidenceVersion.State.WITHDRAWN
    if same and newest is not None and (newest.sha256, newest.url) == (stored.sha256, url):
        raise RuleViolation(
            "same-content",
            _("Version %(number)s already has this content.") % {"number": newest.number},
            field="url" if url else "upload",
        )
    version = EvidenceVersion.objects.create(
        evidence=held,
        number=(newest.number if newest else 0) + 1,
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        original_name=stored.original_name,
        url=url,
        date_of_fact=date_of_fact,
        valid_until=valid_until,
        note=note,
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    record(
        actor=actor,
        action="evidence.version-added",
        subject=held,
        scope=held.scope,
        after={"version": version.number, "sha256": version.sha256, "url": url, "date_of_fact": date_of_fact},
    )
    return version


@transaction.atomic
def approve_version(*, actor: Any, version: EvidenceVersion, note: str = "") -> EvidenceVersion:
    """From now on the version counts. Refuses `own-upload` to its uploader and `not-draft`."""
    held = _locked_version(version)
    require(actor, "evidence.approve", held)
    held.approve()
    held.approved_by = actor
    held.approved_at = clock.now()
    held.save(update_fields=["state", "approved_by", "approved_at"])
    record(
        actor=actor,
        action="evidence.approved",
        subject=held.evidence,
        scope=held.evidence.scope,
        after={"version": held.number, "sha256": held.sha256, "url": held.url},
        reason=note,
    )
    emit("evidence.approved", version=held)
    return held


@transaction.atomic
def withdraw_version(*, actor: Any, version: EvidenceVersion, reason: str) -> EvidenceVersion:
    """The version no longer counts; its file and its citations stay. Refuses `reason-missing`."""
    held = _locked_version(version)
    require(actor, "evidence.withdraw", held)
    if not reason.strip():
        raise RuleViolation("reason-missing", _("Say why the version is withdrawn."), field="reason")
    before = held.state
    held.withdraw()
    held.withdrawn_by = actor
    held.withdrawn_at = clock.now()
    held.withdrawal_reason = reason.strip()
    held.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    record(
        actor=actor,
        action="evidence.withdrawn",
        subject=held.evidence,
        scope=held.evidence.scope,
        before={"version": held.number, "state": before},
        after={"version": held.number, "state": held.state},
        reason=held.withdrawal_reason,
    )
    emit("evidence.withdrawn", version=held)
    return held


@transaction.atomic
def cite(
    *, actor: Any, version: EvidenceVersion, criterion: Criterion, scope: Scope, citing_code: str
) -> Citation:
    """Pins `version` to what `citing_code` says about `criterion`; again returns the same citation.

    Whether the citing document may still change is for the caller to say. Freezes the criterion's framework.
    Refuses `not-approved` and `not-assessable`.
    """
    held = _locked_version(version)
    require(actor, "evidence.cite", held)
    if not criterion.assessable:
        raise RuleViolation(
            "not-assessable",
            _("%(criterion)s is a heading and is not assessed.") % {"criterion": criterion.code},
        )
    citation, made = Citation.objects.get_or_create(
        version=held,
        criterion=criterion,
        citing_code=citing_code,
        defaults={"scope": scope, "cited_by": actor, "cited_at": clock.now()},
    )
    if made:
        freeze(criterion.framework)
        record(
            actor=actor,
            action="evidence.cited",
            subject=held.evidence,
            scope=held.evidence.scope,
            after={"version": held.number, "criterion": criterion.code, "by": citing_code},
        )
    return citation


@transaction.atomic
def uncite(*, actor: Any, citation: Citation) -> None:
    """Takes a citation back; whether the citing document may still change is for the caller to say."""
    held = (
        Citation.objects.select_for_update()
        .select_related("version__evidence__scope", "criterion")
        .get(pk=citation.pk)
    )
    require(actor, "evidence.cite", held.version)
    record(
        actor=actor,
        action="evidence.uncited",
        subject=held.version.evidence,
        scope=held.version.evidence.scope,
        before={"version": held.version.number, "criterion": held.criterion.code, "by": held.citing_code},
    )
    held.delete()


@transaction.atomic
def carry_over(*, framework: Framework, previous: Framework) -> None:
    """What is said to prove a criterion of the previous version is said to prove the one with its code in the new."""
    renewed = {criterion.code: criterion for criterion in framework.criteria.filter(assessable=True)}
    links = EvidenceCriterion.objects.filter(
        criterion__framework=previous, criterion__code__in=renewed
    ).values_list("evidence_id", "criterion__code")
    carried = EvidenceCriterion.objects.bulk_create(
        EvidenceCriterion(evidence_id=evidence, criterion=renewed[code]) for evidence, code in links
    )
    record(
        actor=None,
        action="evidence.carried-over",
        subject=framework,
        after={"from": previous.version, "links": len(carried)},
    )


def _locked(evidence: Evidence) -> Evidence:
    return (
        Evidence.objects.select_for_update(of=("self",))
        .select_related("scope", "kind", "owner")
        .get(pk=evidence.pk)
    )


def _locked_version(version: EvidenceVersion) -> EvidenceVersion:
    return (
        EvidenceVersion.objects.select_for_update(of=("self",))
        .select_related("evidence__scope")
        .get(pk=version.pk)
    )


def _kind(kind: str | EvidenceKind) -> EvidenceKind:
    if isinstance(kind, EvidenceKind):
        return kind
    found = EvidenceKind.objects.filter(code=kind).first()
    if found is None:
        raise RuleViolation(
            "unknown-kind", _("There is no kind of evidence %(code)s.") % {"code": kind}, field="kind"
        )
    return found


def _check(evidence: Evidence) -> None:
    if not sort_key(evidence.title):
        raise RuleViolation("title-missing", _("Give the evidence a title."), field="title")
    if evidence.personal_data and not evidence.redaction_note.strip():
        raise RuleViolation(
            "redaction-missing",
            _("Say how the personal data are protected or blacked out."),
            field="redaction_note",
        )
    try:
        evidence.full_clean(exclude=["scope", "kind", "owner", "code"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleViolation("invalid", messages[0], field=field) from error


def _check_dates(date_of_fact: dt.date, valid_until: dt.date | None) -> None:
    if date_of_fact > clock.today():
        raise RuleViolation("future-fact", _("The date of fact lies in the future."), field="date_of_fact")
    if valid_until is not None and valid_until < date_of_fact:
        raise RuleViolation(
            "validity-order", _("It cannot cease to be valid before the date of fact."), field="valid_until"
        )


def _check_url(url: str) -> None:
    try:
        SAFE_URL(url)
    except ValidationError as error:
        raise RuleViolation(
            "address", _("Give a complete address that begins with https:// or http://."), field="url"
        ) from error


def _stored(upload: File[bytes]) -> StoredFile:
    try:
        return store(upload)
    except RuleViolation as refusal:
        refusal.field = "upload"
        raise


def _set_criteria(evidence: Evidence, criteria: Iterable[Criterion]) -> list[str]:
    wanted = {criterion.pk: criterion for criterion in criteria}
    headings = [criterion.code for criterion in wanted.values() if not criterion.assessable]
    if headings:
        raise RuleViolation(
            "not-assessable",
            _("%(criterion)s is a heading and is not assessed.") % {"criterion": ", ".join(headings)},
            field="criteria",
        )
    current = frameworks.current().values("pk")
    evidence.criterion_links.filter(criterion__framework__in=current).exclude(criterion__in=wanted).delete()
    held = set(evidence.criterion_links.values_list("criterion_id", flat=True))
    EvidenceCriterion.objects.bulk_create(
        EvidenceCriterion(evidence=evidence, criterion=criterion)
        for key, criterion in wanted.items()
        if key not in held
    )
    return sorted(criterion.code for criterion in wanted.values())


def _header(evidence: Evidence) -> dict[str, Any]:
    criteria = evidence.criterion_links.values_list("criterion__framework__code", "criterion__code")
    return {
        "title": evidence.title,
        "description": evidence.description,
        "kind": evidence.kind.code,
        "owner": str(evidence.owner_id),
        "personal_data": evidence.personal_data,
        "redaction_note": evidence.redaction_note,
        "criteria": sorted(f"{framework} {code}" for framework, code in criteria),
    }
