"""Two texts of one draft, where two people changed the same: what is stored now, what the second wrote, and the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import TextField

from microcredentials.reading import label_of, words_of
from microcredentials.services.seen import GIVEN_BY_US, plain, stored
from microcredentials.services.writing import REPLACE

STORED, YOURS, BOTH = "stored", "yours", "both"
PREFIX = "choice-"


@dataclass(frozen=True)
class Difference:
    """One field or list of rows that two people changed; `can_join` where both texts can stand one after the other."""

    name: str
    label: str
    stored: str
    yours: str
    can_join: bool


def differences(names: list[str], current: Any, written: Mapping[str, Any]) -> list[Difference]:
    now = stored(current, names)
    return [
        Difference(
            name,
            label_of(name),
            words_of(name, now[name]),
            words_of(name, written[name]),
            _can_join(current, name),
        )
        for name in names
    ]


def settled(version: Any, written: Mapping[str, Any], choices: Mapping[str, str]) -> dict[str, Any]:
    """What is written once the choices are made. Names that are no choice of this form are ignored."""
    result = dict(written)
    chosen = {name: choices[name] for name in written if name in choices}
    for name, now in stored(version, chosen).items():
        if chosen[name] == STORED:
            result[name] = now
        elif chosen[name] == BOTH and name in REPLACE:
            told = [plain(row) for row in result[name]]
            result[name] = [*result[name], *(_new(row) for row in now if plain(row) not in told)]
        elif chosen[name] == BOTH and _can_join(version, name):
            result[name] = "\n\n".join(text for text in (now, result[name]) if text)
    return result


def choices_in(data: Mapping[str, Any]) -> dict[str, str]:
    return {name.removeprefix(PREFIX): data[name] for name in data if name.startswith(PREFIX)}


def _can_join(version: Any, name: str) -> bool:
    return name in REPLACE or isinstance(version._meta.get_field(name), TextField)


def _new(row: Any) -> Any:
    return replace(row, **{name: None if name == "id" else "" for name in GIVEN_BY_US if hasattr(row, name)})
