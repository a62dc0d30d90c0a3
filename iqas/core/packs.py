"""Packs: frameworks, questionnaires and indicators as versioned YAML, checked before a word of them is stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.utils.module_loading import module_has_submodule
from pydantic import BaseModel, ValidationError

from iqas.core.canonical import sha256_hex
from iqas.core.refusals import RuleViolation

P = TypeVar("P", bound=BaseModel)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where PyYAML has libyaml
DEEPEST = 50  # levels: libyaml itself breaks off the whole process at some ten thousand


def read_yaml(data: bytes) -> Any:
    """The content of a YAML file. Raises `yaml.YAMLError` for what is none, and for more levels than any pack has."""
    level = 0
    for event in yaml.parse(data, LOADER):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > DEEPEST:
            raise yaml.YAMLError(f"more than {DEEPEST} levels")
    return yaml.load(data, LOADER)  # noqa: S506  a safe loader


def read_pack(path: Path, shape: type[P]) -> tuple[P, str]:
    """The checked content of a pack file and its SHA-256. Refuses a pack that does not have its shape, with the place."""
    data = path.read_bytes()
    try:
        return shape.model_validate(_content(data)), sha256_hex(data)
    except (yaml.YAMLError, RecursionError) as error:
        raise RuleViolation("pack-unreadable", f"{path.name}: {error}") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RuleViolation("pack-invalid", f"{path.name}: {places}") from error


@lru_cache(maxsize=64)
def _content(data: bytes) -> Any:
    return read_yaml(data)


def loaders() -> list[tuple[str, Callable[[], object]]]:
    """`load()` of every app's `packs.py`, lower floors first."""
    from django.apps import apps

    found = []
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "packs"):
            module = import_module(f"{config.name}.packs")
            if hasattr(module, "load"):
                found.append((config.label, module.load))
    return found
