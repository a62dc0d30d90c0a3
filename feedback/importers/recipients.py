"""From a pasted list or a file to the addresses of the people to invite. Names are read over, never kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from iqas.core.tabular import Headers, Row, RowError, UnreadableTable, read_rows

MOST_PEOPLE = 10_000
LONGEST_ADDRESS = 254  # RFC 5321
LONGEST_GROUP = 60
HEADERS = Headers(
    {
        "email": (
            "e-mail",
            "e-mail address",
            "mail",
            "address",
            "correo",
            "correo electrónico",
            "dirección de correo",
        ),
        "group": ("grupo", "turno", "shift"),
        "name": ("nombre", "nombre y apellidos", "apellidos y nombre", "full name"),
    }
)
_SEPARATORS = ",;\t"
_ADDRESS = re.compile(r"[^\s<>(),;:\"'\[\]]+@[^\s<>(),;:\"'\[\]]+")
_INVISIBLE = re.compile("[\x00\ufeff\u200b-\u200f\u202a-\u202e]")
_check_address = EmailValidator()


@dataclass(frozen=True)
class Recipient:
    """One person to invite: where they stand in the list, the address in lower case, the group ("" for none).

    `partner_id` is the institution that a contact of the register speaks for.
    """

    row: int
    address: str
    group: str = ""
    partner_id: UUID | None = None


@dataclass(frozen=True)
class Recipients:
    """A list that was read: the people, how many were listed twice, and what is wrong with it, row by row."""

    people: tuple[Recipient, ...]
    repeated: int
    problems: tuple[RowError, ...]


def read_pasted(text: str) -> Recipients:
    """One person a line, as mail programs and spreadsheets copy them: `Ana <a@b.es>`, `a@b.es; Morning`.

    Several addresses on one line are several people. Lines are counted from 1; empty ones are passed over.
    """
    found: list[Recipient] = []
    problems: list[RowError] = []
    for number, line in enumerate(_INVISIBLE.sub("", text).splitlines(), start=1):
        if not line.strip(_SEPARATORS + " "):
            continue
        try:
            found.extend(_people_of_line(number, line))
        except _RowProblem as problem:
            problems.append(problem.error)
    return _collected(found, problems)


def addresses_in(text: str) -> list[str]:
    """Every e-mail address of a text, in lower case, each once, whatever stands around it."""
    found = _ADDRESS.findall(_INVISIBLE.sub("", text))
    return list(dict.fromkeys(address.strip(".").lower() for address in found))


def read_file(content: bytes) -> Recipients:
    """A CSV or XLSX file with a column of addresses and, optionally, one of groups; or a text as `read_pasted` takes."""
    problems: list[RowError] = []
    try:
        rows = read_rows(
            BytesIO(content), headers=HEADERS, required=["email"], max_rows=MOST_PEOPLE, problems=problems
        )
        return _collected(_people_of_rows(rows, problems), problems)
    except UnreadableTable as unreadable:
        pasted = _as_text(content)
        if pasted is not None and _ADDRESS.search(pasted.partition("\n")[0]):
            return read_pasted(pasted)
        return Recipients((), 0, (unreadable.error,))


class _RowProblem(Exception):
    def __init__(self, row: int, code: str, message: str, field: str = "email") -> None:
        super().__init__(message)
        self.error = RowError(row, field, code, message)


def _people_of_line(number: int, line: str) -> Iterator[Recipient]:
    addresses = list(_ADDRESS.finditer(line))
    if not addresses:
        raise _RowProblem(
            number, "no-address", _("There is no e-mail address in “%(line)s”.") % {"line": _short(line)}
        )
    group = ""
    if len(addresses) == 1:
        rest = line[addresses[0].end() :].lstrip(">\"') ")
        if rest[:1] in _SEPARATORS and rest:
            group = rest.strip(_SEPARATORS + " \"'")
    for address in addresses:
        yield _recipient(number, address.group(), group)


def _people_of_rows(rows: Iterable[Row], problems: list[RowError]) -> list[Recipient]:
    found = []
    for row in rows:
        try:
            found.append(_recipient(row.number, _bare(row["email"]), row.get("group")))
        except _RowProblem as problem:
            problems.append(problem.error)
    return found


def _bare(cell: str) -> str:
    """The address alone, where the cell holds `Ana <a@b.es>`."""
    angle = re.fullmatch(r"[^<>]*<([^<>]+)>\s*", cell)
    return angle.group(1) if angle else cell


def _recipient(number: int, text: str, group: str) -> Recipient:
    address = text.strip().strip(".").removeprefix("mailto:").lower()
    try:
        _check_address(address)
    except ValidationError:
        raise _RowProblem(
            number, "bad-address", _("“%(text)s” is not an e-mail address.") % {"text": _short(text)}
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise _RowProblem(number, "bad-address", _("This e-mail address is too long."))
    if len(group) > LONGEST_GROUP:
        raise _RowProblem(
            number,
            "long-group",
            _("The name of the group “%(text)s” is too long.") % {"text": _short(group)},
            field="group",
        )
    return Recipient(number, address, " ".join(group.split()))


def _collected(found: list[Recipient], problems: list[RowError]) -> Recipients:
    """Each address once. The same address in two groups is a mistake that only its author can mend."""
    first: dict[str, Recipient] = {}
    repeated = 0
    for one in found:
        known = first.setdefault(one.address, one)
        if known is one:
            continue
        repeated += 1
        if known.group != one.group:
            message = _("%(address)s stands in row %(row)s with another group.")
            problems.append(
                RowError(one.row, "group", "two-groups", message % {"address": one.address, "row": known.row})
            )
    if len(first) > MOST_PEOPLE:
        message = _("More than %(most)s people cannot be invited at once.") % {"most": MOST_PEOPLE}
        problems.append(RowError(0, "", "too-many", message))
    return Recipients(
        tuple(first.values()), repeated, tuple(sorted(problems, key=lambda problem: problem.row))
    )


def _as_text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _short(text: str) -> str:
    return text.strip()[:60]
