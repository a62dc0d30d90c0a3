"""Model validation as a refusal that forms and API can show beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from iqas.core.refusals import RuleViolation
from microcredentials import rules


def store(obj: Model, *, new: bool = False, fields: Iterable[str] | None = None) -> None:
    """Save, and refuse in words what a field or a named constraint does not allow.

    The database holds the constraints, so they are only asked one by one, for the right sentence, when it said no:
    asking first costs ten statements for every row of an import.
    """
    try:
        _clean_fields(obj)
        with transaction.atomic():
            obj.save(force_insert=new, update_fields=fields)
    except ValidationError as invalid:
        raise _refusal(invalid) from invalid
    except IntegrityError:
        validate(obj)
        raise


def store_new(rows: Sequence[Model]) -> None:
    """Like `store`, for new rows of one table, in one statement."""
    if not rows:
        return
    try:
        for row in rows:
            _clean_fields(row)
        with transaction.atomic():
            type(rows[0])._default_manager.bulk_create(rows)
    except ValidationError as invalid:
        raise _refusal(invalid) from invalid
    except IntegrityError:
        for row in rows:
            store(row, new=True)
        raise


def validate(obj: Model) -> None:
    """Refuses, with the code and sentence of the first broken field or named constraint."""
    try:
        _clean_fields(obj)
        obj.validate_unique()
        obj.validate_constraints()
    except ValidationError as invalid:
        raise _refusal(invalid) from invalid


def check_fields(obj: Model, *, but: Iterable[str] = ()) -> None:
    """Refuses what an own field of the object may not hold, `but` some; asks the database nothing."""
    try:
        _clean_fields(obj, but)
    except ValidationError as invalid:
        raise _refusal(invalid) from invalid


def _clean_fields(obj: Model, but: Iterable[str] = ()) -> None:
    """Own fields only: relations are set by code, and a protected state may not be assigned again."""
    left_out = {
        field.name
        for field in obj._meta.concrete_fields
        if field.is_relation or getattr(field, "protected", False)
    }
    obj.clean_fields(exclude=left_out | set(but))


def _refusal(invalid: ValidationError) -> RuleViolation:
    field, errors = next(iter(invalid.error_dict.items()))
    first = errors[0]
    return rules.refusal(
        first.code or "invalid", first.messages[0], None if field == NON_FIELD_ERRORS else field
    )
