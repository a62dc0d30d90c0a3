"""No lost update: a form carries the version that it was opened with."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import F

from iqas.core.models import Versioned
from iqas.core.refusals import StaleVersion

V = TypeVar("V", bound=Versioned)


def claim(obj: V, seen: int) -> V:
    """Takes the next version of `obj` for the running transaction.

    Refuses with `StaleVersion` (its `current` is the stored object) where somebody saved after `seen`.
    The change itself is saved by the caller, without the field `version`.
    """
    model = type(obj)
    taken = model._default_manager.filter(pk=obj.pk, version=seen).update(version=F("version") + 1)
    if taken != 1:
        raise StaleVersion(model._default_manager.get(pk=obj.pk))
    obj.version = seen + 1
    return obj
