"""A route as somebody wrote it down: read within limits, every mistake named with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from iqas.core.refusals import RuleViolation
from microcredentials.packs.schema import RoutePack

MAX_BYTES = 64 * 1024
Location = tuple[int | str, ...]
WHOLE_NUMBER = gettext_lazy("it must be a whole number.")
YES_OR_NO = gettext_lazy("it must be true or false.")
EMPTY = gettext_lazy("it must not be empty.")
TOO_LONG = gettext_lazy("it is too long: at most %(limit)s.")
ONE_OF = gettext_lazy("it must be one of: %(values)s.")
GROUP = gettext_lazy("it must be a group of entries.")
MESSAGES = {
    "missing": gettext_lazy("this is missing."),
    "extra_forbidden": gettext_lazy("there is no such entry."),
    "literal_error": ONE_OF,
    "enum": ONE_OF,
    "greater_than_equal": gettext_lazy("it must be at least %(limit)s."),
    "less_than_equal": gettext_lazy("it must be at most %(limit)s."),
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "string_type": gettext_lazy("it must be a text; put it between quotation marks."),
    "string_too_short": EMPTY,
    "too_short": EMPTY,
    "string_too_long": TOO_LONG,
    "too_long": TOO_LONG,
    "string_pattern_mismatch": gettext_lazy(
        "it may only have letters without accents, digits and hyphens, and begins with a letter."
    ),
    "list_type": gettext_lazy("it must be a list."),
    "model_type": GROUP,
    "dict_type": GROUP,
}


@dataclass(frozen=True)
class Mistake:
    """`line` of the file, 0 where it is of the whole; `place` as `steps › 2 › days`, counted from 1."""

    line: int
    place: str
    message: str

    def __str__(self) -> str:
        words = f"{self.place}: {self.message}" if self.place else self.message
        return _("Line %(line)s, %(words)s") % {"line": self.line, "words": words} if self.line else words


class WrongPack(RuleViolation):
    """A file that is no route; `mistakes` says all that is wrong with it, in the order of its lines."""

    def __init__(self, code: str, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda one: one.line)
        super().__init__(code, " ".join(str(mistake) for mistake in self.mistakes), field="file")


def read_route(data: bytes) -> RoutePack:
    """The route that a YAML file describes. Refuses `pack-too-large`, `pack-unreadable` and `pack-invalid`."""
    if len(data) > MAX_BYTES:
        raise WrongPack("pack-too-large", [Mistake(0, "", _("A route is a file of at most 64 KiB."))])
    try:
        root = yaml.compose(data, Loader=yaml.SafeLoader)
        content = yaml.safe_load(data)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise WrongPack("pack-unreadable", [_unreadable(line, error.problem or "")]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise WrongPack("pack-unreadable", [_unreadable(0, str(error).partition("\n")[0])]) from error
    if twice := list(_named_twice(root)):
        raise WrongPack("pack-invalid", twice)
    try:
        return RoutePack.model_validate(content)
    except ValidationError as error:
        mistakes = [
            Mistake(_line(root, each["loc"], each["type"]), _place(each["loc"]), _said(each))
            for each in error.errors(include_url=False)
        ]
        raise WrongPack("pack-invalid", mistakes) from error


def _unreadable(line: int, why: str) -> Mistake:
    return Mistake(line, "", _("this is not YAML: %(why)s") % {"why": why[:200]})


def _named_twice(root: yaml.Node | None) -> Iterator[Mistake]:
    """YAML lets a later entry hide an earlier one in silence."""
    met, waiting = set(), [root]
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in met:
            continue
        met.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                waiting.append(value)
                if str(key.value) in names:
                    yield Mistake(key.start_mark.line + 1, str(key.value)[:80], _("it stands here twice."))
                names.add(str(key.value))


def _line(root: yaml.Node | None, location: Location, kind: str) -> int:
    """The line of the deepest part of the place that is there; of its key where there is one."""
    if root is None or (not location and kind == "value_error"):
        return 0
    node, line = root, root.start_mark.line
    for step in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        elif isinstance(node, yaml.MappingNode):
            entry = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if entry is None:
                break
            node, line = entry[1], entry[0].start_mark.line
    return line + 1


def _place(location: Location) -> str:
    return " › ".join(str(step + 1) if isinstance(step, int) else step[:80] for step in location)


def _said(error: Any) -> str:
    """What is wrong, in the reader's language."""
    given = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(given["error"])
    if error["type"] not in MESSAGES:
        return str(error["msg"])
    limit = next((given[name] for name in ("ge", "le", "max_length") if name in given), "")
    return MESSAGES[error["type"]] % {"values": given.get("expected", ""), "limit": limit}
