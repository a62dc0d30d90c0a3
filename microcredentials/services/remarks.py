"""Comments on the sections of a version, their replies, and saying that they are resolved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from microcredentials import rules
from microcredentials.models import MicroCredentialVersion, Remark
from microcredentials.sections import BY_CODE


@transaction.atomic
def add_remark(
    *,
    actor: Any,
    version: MicroCredentialVersion,
    section: str,
    text: str,
    parent: Remark | None = None,
) -> Remark:
    """A comment on a section, or a reply to one. Refuses `frozen`, `unknown-section`, `no-text`."""
    version = _open(actor, version)
    if section not in BY_CODE or (
        parent is not None and (parent.version_id, parent.section) != (version.pk, section)
    ):
        raise RuleViolation("unknown-section", _("There is no such section."))
    if not text.strip():
        raise RuleViolation("no-text", _("Write something."), field="text")
    remark = Remark.objects.create(
        version=version,
        section=section,
        parent=parent.parent or parent if parent is not None else None,
        text=text.strip(),
        author=actor,
        written_at=clock.now(),
    )
    _record(actor, version, "remark.added", section, remark.text)
    return remark


def answered(version: MicroCredentialVersion, key: str | UUID | None) -> Remark | None:
    """The comment of the version that a reply names; None where it names none. Refuses `unknown-remark`."""
    if not key:
        return None
    try:
        return version.remarks.get(pk=key)
    except (Remark.DoesNotExist, ValidationError) as unknown:
        raise RuleViolation("unknown-remark", _("There is no such comment."), field="parent") from unknown


@transaction.atomic
def resolve_remark(*, actor: Any, remark: Remark) -> Remark:
    """Close a thread. Again changes nothing. Refuses `frozen` and `not-a-thread`."""
    version = _open(actor, remark.version)
    remark = Remark.objects.select_for_update().get(pk=remark.pk)
    if remark.parent_id is not None:
        raise RuleViolation("not-a-thread", _("A thread is resolved whole."))
    if not remark.is_resolved:
        remark.resolved_by, remark.resolved_at = actor, clock.now()
        remark.save(update_fields=["resolved_by", "resolved_at"])
        _record(actor, version, "remark.resolved", remark.section, remark.text)
    return remark


def _open(actor: Any, version: MicroCredentialVersion) -> MicroCredentialVersion:
    version = MicroCredentialVersion.objects.select_related("microcredential__scope").get(pk=version.pk)
    require(actor, "approval.remark", version.microcredential)
    if version.is_frozen:
        raise rules.refusal("frozen", rules.FROZEN)
    return version


def _record(actor: Any, version: MicroCredentialVersion, action: str, section: str, text: str) -> None:
    microcredential = version.microcredential
    record(
        actor=actor,
        action=action,
        subject=microcredential,
        scope=microcredential.scope,
        after={"section": str(BY_CODE[section])},
        reason=text,
    )
