"""Reads Dockerfile and docker-compose.yml without a Docker engine."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
INSTRUCTIONS = {
    *(
        "FROM",
        "RUN",
        "CMD",
        "LABEL",
        "EXPOSE",
        "ENV",
        "ADD",
        "COPY",
        "ENTRYPOINT",
        "VOLUME",
        "USER",
        "WORKDIR",
    ),
    *("ARG", "ONBUILD", "STOPSIGNAL", "HEALTHCHECK", "SHELL"),
}


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str

    @property
    def as_list(self) -> list[str]:
        """The exec form of CMD, HEALTHCHECK and VOLUME."""
        parsed = json.loads(self.rest[self.rest.index("[") :])
        assert all(isinstance(part, str) for part in parsed)
        return list(parsed)


def dockerfile() -> list[Instruction]:
    """The instructions in order. Refuses what no builder would read."""
    found: list[Instruction] = []
    joined = ""
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("#") or not (line.strip() or joined):
            continue
        joined += line.rstrip()
        if joined.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        word, _space, rest = joined.strip().partition(" ")
        if word not in INSTRUCTIONS or not rest.strip():
            raise ValueError(f"Not an instruction of a Dockerfile: {joined!r}")
        found.append(Instruction(word, rest.strip()))
        joined = ""
    if joined:
        raise ValueError("The last line of the Dockerfile goes on.")
    return found


def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def command_of(service: str, values: dict[str, str] | None = None) -> list[str]:
    """The command of a service as Compose would run it: `$$` is a dollar, `${NAME…}` is taken from `values`."""
    command = compose()["services"][service]["command"]
    parts = shlex.split(command) if isinstance(command, str) else [str(part) for part in command]
    return [interpolated(part, values or {}) for part in parts]


def interpolated(text: str, values: dict[str, str]) -> str:
    def replace(match: re.Match[str]) -> str:
        if match.group(0) == "$$":
            return "$"
        return values.get(match.group(1), (match.group(2) or "").removeprefix(":-"))

    return re.sub(r"\$\$|\$\{([A-Z_]+)(:[-?][^}]*)?\}", replace, text)
