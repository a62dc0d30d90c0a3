"""One row of a catalogue, read strictly: what is illegal is an error, what is not there is missing, nothing is guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from iqas.core.refusals import RuleViolation
from iqas.core.tabular import (
    CellError,
    Row,
    RowError,
    folded,
    shown,
    to_boolean,
    to_date,
    to_decimal,
    to_whole,
)
from microcredentials import rules
from microcredentials.importers.columns import MODES
from microcredentials.services.writing import Body

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,29}")
LEVEL = re.compile(r"(?:(?:nivel|level|eqf|mec|mecu)\s*)*([1-8])")
BETWEEN_UNIVERSITIES = re.compile(r"\s*(?:[/;,+&]|\by\b|\be\b|\bi\b|\band\b)\s*(?=Universi)", re.IGNORECASE)
BETWEEN_ITEMS = re.compile(r"\s*[\n|]\s*")
V = TypeVar("V")


@dataclass
class CatalogueRow:
    """What one row says. `errors` refuse the file; `lacking` is what the row itself leaves out or leaves unclear."""

    number: int
    code: str = ""
    title: str = ""
    design: dict[str, Any] = field(default_factory=dict)
    bodies: list[Body] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    assessments: list[str] = field(default_factory=list)
    places: int | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None
    venue: str = ""
    errors: list[RowError] = field(default_factory=list)
    lacking: list[RowError] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.title or self.code


def read_row(row: Row) -> CatalogueRow:
    """The row with every illegal value named; empty cells say nothing and change nothing."""
    found = CatalogueRow(row.number, title=" ".join(row.get("title").split()), venue=row.get("venue"))
    reader = _Reader(row, found)
    found.code = reader.value("code", _to_code) or ""
    if not found.title and not found.code:
        found.errors.append(row.error("title", "missing", str(rules.NO_TITLE)))
    reader.texts()
    reader.design("ects", "ects", _to_ects)
    reader.design("hours", "hours", _to_positive)
    reader.design("requires_degree", "requires_degree", to_boolean)
    reader.design("eqf_level", "eqf_level", _to_level)
    reader.mode()
    found.bodies = _bodies(row.get("university"))
    found.outcomes = _items(row.get("outcomes"))
    found.assessments = _items(row.get("assessments"))
    found.places = reader.value("places", _to_positive)
    found.starts = reader.value("starts", to_date)
    found.ends = reader.value("ends", to_date)
    reader.edition()
    return found


class _Reader:
    """Reads the cells of one row into `found`."""

    def __init__(self, row: Row, found: CatalogueRow) -> None:
        self.row = row
        self.found = found

    def value(self, column: str, convert: Callable[[str], V | None]) -> V | None:
        try:
            return convert(self.row.get(column))
        except CellError as illegal:
            self.found.errors.append(self.row.error(column, illegal.code, illegal.message))
        except RuleViolation as illegal:
            self.found.errors.append(RowError.of(self.row.number, illegal, column))
        return None

    def design(self, column: str, name: str, convert: Callable[[str], Any]) -> None:
        value = self.value(column, convert)
        if value is not None:
            self.found.design[name] = value

    def texts(self) -> None:
        columns = {
            "title": "title_es",
            "title_en": "title_en",
            "summary": "summary_es",
            "prerequisites": "prerequisites_es",
            "quality_assurance": "quality_assurance_es",
            "field_of_study": "field_of_study",
            "responsible_teacher": "responsible_name",
            "responsible_email": "responsible_email",
        }
        for column, name in columns.items():
            if text := self.row.get(column):
                self.found.design[name] = self.found.title if column == "title" else text

    def mode(self) -> None:
        text = self.row.get("mode")
        words = folded(text)
        if not words:
            return
        exact = [mode for mode, names in MODES.items() if words in names]
        if exact:
            self.found.design["mode"] = exact[0]
            return
        named = {
            mode for mode, names in MODES.items() if any(re.search(rf"\b{name}\b", words) for name in names)
        }
        if len(named) > 1:
            message = _(
                "“%(value)s” names several modes; the law knows on-site, hybrid and virtual (RD 822/2021 art. 37.3). "
                "Write “híbrida” if one edition has both."
            )
            self.found.lacking.append(
                self.row.error("mode", "ambiguous-mode", message % {"value": shown(text)})
            )
            return
        message = _("“%(value)s” is no mode: write presencial, híbrida or virtual (RD 822/2021 art. 37.3).")
        self.found.errors.append(self.row.error("mode", "unknown-mode", message % {"value": shown(text)}))

    def edition(self) -> None:
        found = self.found
        if found.starts and found.ends and found.ends < found.starts:
            message = _("The last day is before the first one.")
            found.errors.append(self.row.error("ends", "dates-order", message))
        given = [bool(self.row.get(column)) for column in ("places", "starts", "ends")]
        if any(given):
            for column, present in zip(("places", "starts", "ends"), given, strict=True):
                if not present:
                    message = _("An edition needs places, first day and last day; this one is missing.")
                    found.lacking.append(self.row.error(column, "missing", message))


def _to_code(text: str) -> str | None:
    code = text.upper()
    if code and not CODE.fullmatch(code):
        message = _("“%(value)s” is no code: up to 30 letters, digits, dots and hyphens.")
        raise CellError("not-a-code", message % {"value": shown(text)})
    return code or None


def _to_ects(text: str) -> Any:
    ects = to_decimal(text)
    rules.check_ects(ects)
    if ects is not None and ects != round(ects, 2):
        raise CellError("too-precise", _("ECTS credits have two decimals at most."))
    return ects


def _to_positive(text: str) -> int | None:
    number = to_whole(text)
    if number is not None and not 0 < number <= 32_767:
        message = _("“%(value)s” must be between 1 and 32,767.")
        raise CellError("out-of-range", message % {"value": shown(text)})
    return number


def _to_level(text: str) -> int | None:
    words = folded(text)
    if not words:
        return None
    if "meces" in words:
        raise CellError(
            "meces", _("MECES classifies official degrees only: give the EQF (MECU) level, 1 to 8.")
        )
    level = LEVEL.fullmatch(words)
    if level is None:
        raise CellError("not-a-level", _("“%(value)s” is no EQF level: 1 to 8.") % {"value": shown(text)})
    return int(level.group(1))


def _bodies(text: str) -> list[Body]:
    """One body coordinates; of several, nobody knows which does until a person says so."""
    names = [" ".join(name.split()) for name in BETWEEN_UNIVERSITIES.split(text) if name.strip()]
    return [Body(name, is_coordinating=len(names) == 1) for name in dict.fromkeys(names)]


def _items(text: str) -> list[str]:
    return [item.strip(" -•·") for item in BETWEEN_ITEMS.split(text) if item.strip(" -•·")]
