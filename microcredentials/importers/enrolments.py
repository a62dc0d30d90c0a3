"""One row of a list of enrolments, read strictly: what is illegal is an error, nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from iqas.core.tabular import CellError, Row, RowError, folded, shown, to_date, to_decimal
from microcredentials.identity import (
    LENGTHS,
    Identity,
    birth_year_of,
    country_of,
    document_of,
    email_of,
    meanings,
    name_of,
    residence_of,
    student_number_of,
)
from microcredentials.importers.enrolment_columns import ACCESSES, DOCUMENTS, SEXES, STATES

LONGEST_REASON = 2000
V = TypeVar("V")
Words = dict[str, Any]


@dataclass(slots=True)
class EnrolmentRow:
    """What one row says; `errors` refuse the file."""

    number: int
    edition: str
    identity: Identity
    statistics: dict[str, Any]
    state: str
    grade: Decimal | None
    enrolled_on: Any
    state_on: Any
    reason: str = ""
    errors: list[RowError] = field(default_factory=list)


def read_row(row: Row) -> EnrolmentRow:
    """The row with every illegal value named."""
    errors: list[RowError] = []

    def value(column: str, convert: Callable[[str], V], nothing: V) -> V:
        text = row.get(column)
        if not text:
            return nothing
        try:
            return convert(text)
        except CellError as illegal:
            errors.append(row.error(column, illegal.code, illegal.message))
            return nothing

    given, family = _names(row, value)
    kind = value("document_kind", lambda text: _word(DOCUMENT_WORDS, text), "")
    document = value("document_number", lambda text: document_of(kind, text), ("", ""))
    statistics = {
        "sex": value("sex", lambda text: _word(SEX_WORDS, text), ""),
        "birth_year": value("birth_year", birth_year_of, None),
        "nationality": value("nationality", country_of, ""),
        "residence": value("residence", residence_of, ""),
        "access": value("access", lambda text: _word(ACCESS_WORDS, text), ""),
    }
    return EnrolmentRow(
        number=row.number,
        edition=row.get("edition").upper(),
        identity=Identity(
            given_name=given,
            family_name=family,
            email=value("email", email_of, ""),
            document_kind=document[0],
            document_number=document[1],
            student_number=value("student_number", student_number_of, ""),
        ),
        statistics={name: said for name, said in statistics.items() if said},
        state=value("state", lambda text: _word(STATE_WORDS, text), ""),
        grade=value("grade", grade_of, None),
        enrolled_on=value("enrolled_on", to_date, None),
        state_on=value("state_on", to_date, None),
        reason=value("reason", reason_of, ""),
        errors=errors,
    )


def _names(row: Row, value: Callable[..., str]) -> tuple[str, str]:
    given = value("given_name", lambda text: name_of(text, LENGTHS["given_name"]), "")
    family = value("family_name", lambda text: name_of(text, LENGTHS["family_name"]), "")
    whole = row.get("full_name")
    if given or family or not whole:
        return given, family
    parts = value("full_name", _split, ("", ""))
    return str(parts[1]), str(parts[0])


def _split(text: str) -> Any:
    """`Pérez García, Ana` → family name, given name. Without the comma nobody knows where one ends."""
    family, comma, given = text.partition(",")
    if not comma or not family.strip() or not given.strip():
        raise CellError(
            "unclear-name",
            _("“%(value)s” does not say which part is the family name: write “Family name, Given name”.")
            % {"value": shown(text)},
        )
    return name_of(family, LENGTHS["family_name"]), name_of(given, LENGTHS["given_name"])


STATE_WORDS = meanings(STATES)
DOCUMENT_WORDS = meanings(DOCUMENTS)
SEX_WORDS = meanings(SEXES)
ACCESS_WORDS = meanings(ACCESSES)


def _word(words: Words, text: str) -> str:
    found = words.get(folded(text))
    if found is None:
        known = ", ".join(dict.fromkeys(str(value) for value in words.values()))
        message = _("“%(value)s” is not one of the words understood here: %(known)s.")
        raise CellError("unknown-word", message % {"value": shown(text), "known": known})
    return str(found)


def grade_of(text: str) -> Decimal | None:
    grade = to_decimal(text)
    if grade is not None and not 0 <= grade <= 10:
        raise CellError("grade-range", _("A grade is a number from 0 to 10."))
    if grade is not None and grade != round(grade, 2):
        raise CellError("too-precise", _("A grade has two decimals at most."))
    return grade


def reason_of(text: str) -> str:
    if len(text) > LONGEST_REASON:
        raise CellError(
            "too-long", _("A reason has %(limit)s characters at most.") % {"limit": LONGEST_REASON}
        )
    return text.strip()
