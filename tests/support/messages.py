"""The texts of the product: collected from the sources, written into the .po files, compiled to .mo.

    python -m tests.support.messages                 collect, keep what is translated, compile
    python -m tests.support.messages --from DIR      the same, with translations from DIR/*.json

A JSON file is `{"English": "Español", "one\\u0000many": ["uno", "muchos"], "context\\u0004English": "Español"}`.
Needs no gettext: Python is read as Python, templates as Django reads them.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from tests.support.sources import PACKAGES, ROOT, files, templates, tree

LOCALE = ROOT / "iqas" / "locale"
LANGUAGE = "es"
CALLS = {
    "_": "g", "gettext": "g", "gettext_lazy": "g", "gettext_noop": "g",
    "ngettext": "n", "ngettext_lazy": "n",
    "pgettext": "p", "pgettext_lazy": "p",
    "npgettext": "np", "npgettext_lazy": "np",
}  # fmt: skip
CALL = re.compile(r"(?<![\w.])(" + "|".join(sorted(CALLS, key=len, reverse=True)) + r")\(")
LITERAL = re.compile(r"\s*[ru]?('(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?", re.DOTALL)
PLURAL_FORMS = "nplurals=2; plural=(n != 1);"


@dataclass(frozen=True, order=True)
class Message:
    """One text to translate."""

    text: str
    plural: str = ""
    context: str = ""


def collected() -> set[Message]:
    """Every text of the product."""
    found: set[Message] = set()
    for path in files(*(f"{package}/*.py" for package in PACKAGES)):
        found.update(of_python(tree(path)))
    for path in (*templates(), *files("templates/*.txt")):
        found.update(of_template(path.read_text(encoding="utf-8")))
    counted = {(message.text, message.context) for message in found if message.plural}
    return {message for message in found if message.plural or (message.text, message.context) not in counted}


def of_python(module: ast.Module) -> Iterator[Message]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            literals = [
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            if name in CALLS and len(literals) >= len(CALLS[name]):
                yield _message(CALLS[name], literals)


def of_template(source: str) -> Iterator[Message]:
    """What Django's own translation of a template into calls contains."""
    calls = templatize(source)
    for match in CALL.finditer(calls):
        literals, position = [], match.end()
        while literal := LITERAL.match(calls, position):
            literals.append(ast.literal_eval(literal.group(1)))
            position = literal.end()
        if literals:
            yield _message(CALLS[match.group(1)], literals)


def _message(kind: str, literals: list[str]) -> Message:
    if kind == "g":
        return Message(literals[0])
    if kind == "n":
        return Message(literals[0], literals[1])
    if kind == "p":
        return Message(literals[1], context=literals[0])
    return Message(literals[1], literals[2], literals[0])


def catalog() -> polib.POFile:
    path = LOCALE / LANGUAGE / "LC_MESSAGES" / "django.po"
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile(wrapwidth=110)


def key_of(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def written(messages: set[Message], known: dict[Message, list[str]]) -> polib.POFile:
    """A fresh catalogue of these texts, in order, with the translations that are known."""
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = {
        "Project-Id-Version": "IQAS",
        "Language": LANGUAGE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS,
    }
    for message in sorted(messages, key=lambda one: (one.text.casefold(), one)):
        translations = known.get(message, [])
        entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {
                form: (translations[form] if form < len(translations) else "") for form in (0, 1)
            }
        else:
            entry.msgstr = translations[0] if translations else ""
        if re.search(r"%(?:\(\w+\))?[sd]", message.text + message.plural):
            entry.flags.append("python-format")
        fresh.append(entry)
    return fresh


def known_translations(folder: Path | None) -> dict[Message, list[str]]:
    """From the present catalogue, then from the JSON files (which win where the catalogue is empty)."""
    known: dict[Message, list[str]] = {}
    for path in sorted(folder.glob("*.json")) if folder else []:
        for key, value in json.loads(path.read_text(encoding="utf-8")).items():
            context, _separator, rest = key.rpartition("\u0004")
            text, _nul, plural = rest.partition("\u0000")
            known[Message(text, plural, context)] = [value] if isinstance(value, str) else list(value)
    for entry in catalog():
        forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if all(forms) and not entry.fuzzy:
            known[key_of(entry)] = forms
    return known


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.messages", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--from", dest="folder", type=Path, help="folder of JSON files with translations")
    options = parser.parse_args()
    target = LOCALE / LANGUAGE / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    fresh = written(collected(), known_translations(options.folder))
    fresh.save(str(target / "django.po"))
    fresh.save_as_mofile(str(target / "django.mo"))
    missing = fresh.untranslated_entries()
    print(f"{len(fresh)} texts, {len(missing)} without translation into {LANGUAGE}.")
    for entry in missing:
        print(f"  {entry.msgid!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
