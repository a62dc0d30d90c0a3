"""Setting what a scope aims at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core.access import require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation, StaleVersion
from iqas.core.versions import claim
from iqas.indicators.models import Definition, Target
from iqas.organisation.models import AcademicYear, Scope

NO_TARGET = 0
"""The version that is seen where there is no target."""


@transaction.atomic
def set_target(
    *,
    actor: Any,
    definition: Definition,
    scope: Scope,
    year: AcademicYear,
    kind: str,
    value: Decimal,
    upper: Decimal | None = None,
    seen_version: int = NO_TARGET,
) -> Target:
    """Sets or replaces the target of a scope in a year; scopes below without their own inherit it.

    `value` and `upper` are fractions. `actor` is None for the terminal. Refuses `target-invalid` (a negative value, a
    range without a bound above it) and `StaleVersion` where somebody set, changed or removed it since `seen_version`.
    """
    scope = Scope.objects.select_for_update().get(pk=scope.pk)
    if actor is not None:
        require(actor, "target.set", scope)
    known = Target.objects.filter(definition=definition, scope=scope, year=year).first()
    before = {"target": str(known), "upper": str(known.upper)} if known else {}
    target = known or Target(definition=definition, scope=scope, year=year, version=NO_TARGET)
    if known is not None:
        claim(target, seen_version)
    elif seen_version == NO_TARGET:
        target.version = 1
    else:
        raise StaleVersion(target)
    target.kind, target.value, target.upper = kind, value, upper
    try:
        target.full_clean()
    except ValidationError as error:
        raise RuleViolation("target-invalid", error.messages[0], field="value") from error
    target.save()
    record(
        actor=actor,
        action="target.set",
        subject=target,
        scope=scope,
        before=before,
        after={"indicator": definition.code, "year": year.code, "target": str(target), "upper": str(upper)},
    )
    return target


@transaction.atomic
def drop_target(*, actor: Any, target: Target, seen_version: int) -> None:
    """Takes away the target of a scope, which then inherits that of the scope above. Refuses `target-gone`, and

    `StaleVersion` where somebody changed it since `seen_version`.
    """
    locked = Target.objects.select_for_update(of=("self",)).select_related("scope", "definition", "year")
    found = locked.filter(pk=target.pk).first()
    if found is None:
        raise RuleViolation("target-gone", _("This target no longer exists."))
    require(actor, "target.set", found.scope)
    claim(found, seen_version)
    record(
        actor=actor,
        action="target.dropped",
        subject=found,
        scope=found.scope,
        before={"indicator": found.definition.code, "year": found.year.code, "target": str(found)},
    )
    found.delete()
