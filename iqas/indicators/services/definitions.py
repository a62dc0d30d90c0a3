"""Storing definitions from packs."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.packs.schema import LANGUAGES
from iqas.core.audit import record
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.refusals import RuleViolation
from iqas.indicators.models import Definition
from iqas.indicators.packs.schema import DefinitionPack


@transaction.atomic
def store_definition(*, pack: DefinitionPack, order: int) -> Definition:
    """The stored version of an indicator; the newest one is in force. The same content again changes nothing.

    Refuses `indicator-measured` where numbers of this version exist and its content has changed.
    """
    without = None if pack.points else {"points"}  # a pack written before them keeps the hash it has
    sha256 = sha256_hex(canonical_json(pack.model_dump(mode="json", exclude=without)))
    stored = Definition.objects.select_for_update().filter(code=pack.code, version=pack.version).first()
    if stored is not None and stored.sha256 == sha256:
        return stored
    if stored is not None and stored.measurements.exists():
        raise RuleViolation(
            "indicator-measured",
            _(
                "%(definition)s has been measured and its definition has changed. Give the new one a new version number."
            )
            % {"definition": stored},
        )
    definition = stored or Definition(code=pack.code, version=pack.version)
    for field in ("computation", "disclosure", "better", "tolerance", "items", "points"):
        setattr(definition, field, getattr(pack, field))
    for language in LANGUAGES:
        setattr(definition, f"title_{language}", getattr(pack.title, language))
        setattr(definition, f"formula_{language}", getattr(pack.formula, language))
    definition.order, definition.sha256 = order, sha256
    newer = Definition.objects.filter(code=pack.code, version__gt=pack.version).exists()
    definition.is_current = not newer
    if not newer:
        Definition.objects.filter(code=pack.code).exclude(pk=definition.pk).update(is_current=False)
    definition.save()
    record(
        actor=None,
        action="indicator.loaded",
        subject=definition,
        after={"code": pack.code, "version": pack.version, "sha256": sha256},
    )
    return definition
