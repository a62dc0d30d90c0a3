"""The tree of scopes. Upper floors register their nodes here."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonpath

from django.db import transaction

from iqas.core.codes import next_number
from iqas.organisation.models import Scope

STEP = 6  # hexadecimal digits of one step of a path: 16 million children of the tree


@transaction.atomic
def add_scope(*, kind: str, parent: Scope | None, code: str, label: str) -> Scope:
    """A new node below `parent` (None only for the university)."""
    path = f"{parent.path if parent else ''}{next_number('scope'):0{STEP}x}/"
    return Scope.objects.create(kind=kind, parent=parent, path=path, code=code, label=label)


def paths_above(path: str) -> list[str]:
    """The paths of the scopes above a path, the university's first."""
    size = STEP + 1
    return [path[:end] for end in range(size, len(path), size)]


def ancestors(scope: Scope) -> list[Scope]:
    """The scopes above, the university first."""
    return list(Scope.objects.filter(path__in=paths_above(scope.path)).order_by("path"))


def common_ancestor(scopes: Sequence[Scope]) -> Scope:
    """The lowest scope that is each of these or stands above it. At least one is given."""
    if len({scope.pk for scope in scopes}) == 1:
        return scopes[0]
    return Scope.objects.get(path=f"{commonpath([scope.path for scope in scopes])}/")
