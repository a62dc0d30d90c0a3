"""What somebody had before them: each field and list of rows by its content, so that only what two people both changed
stands between them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model

from iqas.core.refusals import StaleVersion
from microcredentials.models import MicroCredentialVersion
from microcredentials.sections import BY_CODE
from microcredentials.services.writing import DESIGN_FIELDS, NOTHING, REPLACE, rows_of

LENGTH = 16
GIVEN_BY_US = ("id", "code")  # of a row: not its author's words


class BothChanged(StaleVersion):
    """Two people changed the same fields or rows; `names` says which, `current` is the stored version."""

    def __init__(self, current: MicroCredentialVersion, names: list[str]) -> None:
        super().__init__(current)
        self.names = names


@dataclass(frozen=True)
class Seen:
    """Name → mark of the content. Travels in a form as `need:1f0c… places:…`."""

    marks: Mapping[str, str]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Seen:
        return cls({name: mark(value) for name, value in content.items()})

    @classmethod
    def now(cls, version: MicroCredentialVersion, section: str) -> Seen:
        return cls.of(content_of(version, section))

    @classmethod
    def read(cls, text: str) -> Seen:
        pairs = (pair.partition(":") for pair in text.split())
        return cls({name: seen for name, _sep, seen in pairs})

    def __str__(self) -> str:
        return " ".join(f"{name}:{seen}" for name, seen in self.marks.items())

    def differs(self, name: str, value: Any) -> bool:
        return self.marks.get(name) != mark(value)


def mark(value: Any) -> str:
    told = json.dumps(plain(value), default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:LENGTH]


def plain(value: Any) -> Any:
    """A value as it counts: 180 and 180.00 are one number, nothing has one form, a line ends in one way."""
    if value in NOTHING:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, Model):
        return str(value.pk)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: told
            for name, one in asdict(value).items()
            if name not in GIVEN_BY_US and (told := plain(one))
        }
    if isinstance(value, Mapping):
        return {name: told for name, one in value.items() if (told := plain(one))}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def fields_of(section: str) -> list[str]:
    """The design fields of a section, each language by itself."""
    own = BY_CODE[section].fields
    return [name for name in DESIGN_FIELDS if name in own or name.rpartition("_")[0] in own]


def content_of(version: MicroCredentialVersion, section: str) -> dict[str, Any]:
    """Fields and rows of one section, in every language."""
    names = BY_CODE[section].rows
    rows = rows_of(version, names=names) if names else {}
    return {name: getattr(version, name) for name in fields_of(section)} | rows


def stored(version: MicroCredentialVersion, names: Iterable[str]) -> dict[str, Any]:
    wanted = list(names)
    rows = [name for name in wanted if name in REPLACE]
    return {name: getattr(version, name) for name in wanted if name not in REPLACE} | (
        rows_of(version, names=rows) if rows else {}
    )


def mine(version: MicroCredentialVersion, seen: Seen, written: Mapping[str, Any]) -> dict[str, Any]:
    """What of `written` its author changed. Refuses `BothChanged` where somebody else changed the same since `seen`."""
    now = stored(version, written)
    changed, both = {}, []
    for name, value in written.items():
        if mark(value) == mark(now[name]) or not seen.differs(name, value):
            continue
        if seen.differs(name, now[name]):
            both.append(name)
        changed[name] = value
    if both:
        raise BothChanged(version, both)
    return changed
