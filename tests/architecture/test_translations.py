"""Spanish is complete, compiled, and says the same things as the English."""

from __future__ import annotations

import re
from string import Formatter

import polib
import pytest

from tests.support import messages

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]")


@pytest.fixture(scope="module")
def spanish() -> polib.POFile:
    return messages.catalog()


def test_every_text_of_the_product_is_in_the_catalogue(spanish) -> None:
    missing = messages.collected() - {messages.key_of(entry) for entry in spanish}
    assert sorted(message.text for message in missing) == [], "Run: make messages"


def test_nothing_is_kept_that_no_longer_stands_in_the_product(spanish) -> None:
    gone = {messages.key_of(entry) for entry in spanish} - messages.collected()
    assert sorted(message.text for message in gone) == [], "Run: make messages"


def test_nothing_is_untranslated_or_fuzzy(spanish) -> None:
    assert [entry.msgid for entry in spanish.untranslated_entries()] == []
    assert [entry.msgid for entry in spanish.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_that_of_the_source(spanish) -> None:
    path = messages.LOCALE / messages.LANGUAGE / "LC_MESSAGES" / "django.mo"
    assert path.exists(), "Run: make messages"
    compiled = polib.mofile(str(path))

    def content(catalogue) -> dict:
        return {messages.key_of(entry): (entry.msgstr, dict(entry.msgstr_plural)) for entry in catalogue}

    assert content(compiled) == content(spanish), "Run: make messages"


def test_placeholders_survive_translation(spanish) -> None:
    """A placeholder that is lost, added or misspelt would break the page or hide the figure."""
    wrong = []
    for entry in spanish:
        for number, translated in entry.msgstr_plural.items() if entry.msgid_plural else [(0, entry.msgstr)]:
            original = entry.msgid_plural if number else entry.msgid
            if placeholders(translated) != placeholders(original) and not (
                entry.msgid_plural and placeholders(translated) == placeholders(entry.msgid_plural)
            ):
                wrong.append(entry.msgid)
    assert wrong == []


def placeholders(text: str) -> tuple[set[str], set[str]]:
    braces = {
        field
        for _literal, field, _spec, _conversion in Formatter().parse(re.sub(r"[{}]{2}", "", text))
        if field
    }
    return set(PLACEHOLDER.findall(text)), set(braces)


def test_the_spanish_is_administrative(spanish) -> None:
    """No exclamation marks; spaces at the ends as in the original."""
    shouting = [
        entry.msgid for entry in spanish if re.search(r"[!¡]", entry.msgstr) and "!" not in entry.msgid
    ]
    frayed = [
        entry.msgid
        for entry in spanish
        if entry.msgstr and entry.msgstr.strip() != entry.msgstr and entry.msgid.strip() == entry.msgid
    ]
    assert (shouting, frayed) == ([], [])
