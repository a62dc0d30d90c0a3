"""How a person is recognised: names, e-mail, identity document and student number, checked and normalised; and how what is
only counted of a person is read: country, year of birth, residence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from iqas.core import clock
from iqas.core.tabular import CellError, folded, shown, to_date
from iqas.core.text import sort_key
from microcredentials.countries import COUNTRIES
from microcredentials.models import Learner

Document = Learner.Document
DNI = re.compile(r"(\d{1,8})([A-Z])")
NIE = re.compile(r"([XYZ])(\d{7})([A-Z])")
LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # Orden INT/2058/2008: the remainder of the number by 23
YEAR = re.compile(r"(\d{4})(?:[.,]0+)?")
ALPHA_2 = re.compile(r"[A-Za-z]{2}")
OLDEST, YOUNGEST = 110, 14
LONGEST_PLACE = 80
NOT_IN_NAMES = re.compile(r"[<>{}|=@\\\x00-\x1f\x7f]")
LENGTHS = {"given_name": 100, "family_name": 150, "email": 254, "document_number": 30, "student_number": 30}


@dataclass(slots=True)
class Identity:
    """What a form or a row says of a person; "" where it says nothing."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    document_kind: str = ""
    document_number: str = ""
    student_number: str = ""

    def keys(self) -> dict[str, str]:
        """The keys that recognise the person, the strongest first."""
        found = {
            "student_key": self.student_number.casefold(),
            "document_key": f"{self.document_kind}:{self.document_number}" if self.document_number else "",
            "email_key": self.email.casefold(),
        }
        return {name: key for name, key in found.items() if key}

    def says_of(self) -> dict[str, str]:
        """The fields that it says something of."""
        return {name: value for name in Learner.IDENTITY if (value := getattr(self, name))}


def name_of(text: str, limit: int) -> str:
    """A name as written, its spaces put in order. Refuses what no name has."""
    name = " ".join(text.split())
    if not name:
        return ""
    if NOT_IN_NAMES.search(name) or not (name[0].isalpha() or name[0] in "'’ʼ"):
        raise CellError("not-a-name", _("“%(value)s” is not a name of a person.") % {"value": shown(text)})
    if len(name) > limit:
        raise CellError("too-long", _("A name has %(limit)s characters at most.") % {"limit": limit})
    return name


def email_of(text: str) -> str:
    """An e-mail address, as written but for its domain, which is lower case."""
    address = text.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as invalid:
        raise CellError(
            "not-an-email", _("“%(value)s” is not an e-mail address.") % {"value": shown(text)}
        ) from invalid
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def student_number_of(text: str) -> str:
    number = "".join(text.split())
    if len(number) > LENGTHS["student_number"] or (number and not re.fullmatch(r"[\w./-]+", number)):
        raise CellError(
            "not-a-student-number", _("“%(value)s” is not a student number.") % {"value": shown(text)}
        )
    return number


def document_of(kind: str, text: str) -> tuple[str, str]:
    """Kind and number of an identity document, normalised: `12.345.678-z` → DNI, `12345678Z`.

    Without a kind, DNI and NIE are recognised by their shape and their letter; anything else must say what it is.
    """
    number = re.sub(r"[\W_]+", "", text).upper()
    if not number:
        return "", ""
    dni, nie = DNI.fullmatch(number), NIE.fullmatch(number)
    if not kind:
        kind = Document.DNI if dni else Document.NIE if nie else ""
    if not kind:
        raise CellError(
            "which-document",
            _("“%(value)s” is neither a DNI nor a NIE: say which document it is.") % {"value": shown(text)},
        )
    if kind == Document.DNI:
        if dni is None or LETTERS[int(dni.group(1)) % 23] != dni.group(2):
            raise _wrong_document("DNI", text)
        number = f"{int(dni.group(1)):08d}{dni.group(2)}"
    elif kind == Document.NIE:
        if nie is None or LETTERS[int(f"{'XYZ'.index(nie.group(1))}{nie.group(2)}") % 23] != nie.group(3):
            raise _wrong_document("NIE", text)
    elif len(number) > LENGTHS["document_number"]:
        raise CellError("too-long", _("A document number has 30 characters at most."))
    return kind, number


def meanings(words: Mapping[Any, tuple[str, ...]]) -> dict[str, Any]:
    """Folded word → value; the value itself and its written-out form are always understood."""
    found: dict[str, Any] = {}
    for value, synonyms in words.items():
        for word in (str(value), *synonyms):
            if found.setdefault(folded(word), value) != value:
                raise ValueError(f"“{word}” means two things")
    return found


COUNTRY_WORDS = meanings(COUNTRIES)


def country_of(text: str) -> str:
    """Two letters of ISO 3166-1, or the name of a country or nationality that is known here."""
    if ALPHA_2.fullmatch(text):
        return text.upper()
    found = COUNTRY_WORDS.get(folded(text))
    if found is None:
        message = _(
            "“%(value)s” is not a country that is known here: write its two letters (ISO 3166), such as PT."
        )
        raise CellError("unknown-country", message % {"value": shown(text)})
    return str(found)


def birth_year_of(text: str) -> int:
    """The year of `1984`, `17/03/1984` or `1984-03-17`: nothing more precise is kept."""
    whole = YEAR.fullmatch(text.strip())
    day = None if whole else to_date(text)
    year = int(whole.group(1)) if whole else day.year if day else 0
    today = clock.today().year
    if not today - OLDEST <= year <= today - YOUNGEST:
        raise CellError(
            "not-a-birth-year",
            _("“%(value)s” is not the year of birth of a learner.") % {"value": shown(text)},
        )
    return year


def residence_of(text: str) -> str:
    """A province or town, as written."""
    place = " ".join(text.split())
    if len(place) > LONGEST_PLACE or re.search(r"[<>{}]", place):
        raise CellError("not-a-place", _("“%(value)s” is not a place.") % {"value": shown(text)})
    return place


def same_name(learner: Learner, identity: Identity) -> bool:
    """Whether the names are the same, whatever their accents and capitals; a name that is not said agrees."""
    given, family = folded(identity.given_name), folded(identity.family_name)
    return (not given or given == folded(learner.given_name)) and (
        not family or family == folded(learner.family_name)
    )


def write_identity(learner: Learner, values: dict[str, str]) -> None:
    """Sets the fields and all that follows from them: keys, order, search."""
    for name, value in values.items():
        setattr(learner, name, value)
    whole = Identity(**{name: getattr(learner, name) for name in Learner.IDENTITY})
    keys = whole.keys()
    for name in Learner.KEYS:
        setattr(learner, name, keys.get(name))
    learner.sort_name = sort_key(f"{learner.family_name} {learner.given_name}")
    learner.search_key = sort_key(
        " ".join(
            (
                learner.given_name,
                *(getattr(learner, name) for name in Learner.IDENTITY[1:] if name != "document_kind"),
            )
        )
    )


def _wrong_document(kind: str, text: str) -> CellError:
    message = _("“%(value)s” is not a %(kind)s: number and letter do not fit.")
    return CellError("wrong-document", message % {"value": shown(text), "kind": kind})
