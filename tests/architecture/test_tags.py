"""No template tag or filter of ours is there for nothing, and none is used that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.library import import_library

from tests.support.sources import PACKAGES, ROOT, files, templates


def test_every_tag_and_filter_is_used_by_a_template() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (*templates(), *files("templates/*.txt")))
    unused = []
    for path in files(*(f"{package}/*templatetags/*.py" for package in PACKAGES)):
        if path.name == "__init__.py":
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        library = import_library(module)
        unused += [
            f"{module}: {{% {tag} %}}" for tag in library.tags if not re.search(rf"{{%\s*{tag}\b", pages)
        ]
        unused += [
            f"{module}: |{name}" for name in library.filters if not re.search(rf"\|\s*{name}\b", pages)
        ]
    assert unused == []


@pytest.mark.parametrize("path", [*templates(), *files("templates/*.txt")], ids=str)
def test_the_room_and_the_dossier_used_tags_that_had_gone(path: Path) -> None:
    engines["django"].from_string(path.read_text(encoding="utf-8"))
