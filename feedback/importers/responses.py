"""Reading a file of answers by its mapping: row by row, every cell checked, every bad one named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from feedback.importers.mapping import ResponsesMapping, filled
from feedback.models import Item
from iqas.core.refusals import RuleViolation
from iqas.core.tabular import CellError, Row, RowError, UnreadableTable, read_rows, shown, to_whole

MAX_PROBLEMS = 20_000
MAX_EDITIONS = 2_000
EDITION_CODE = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,26}"
)  # stands in addresses, and in the code of its scope

whole = lru_cache(maxsize=1000)(to_whole)  # a survey has few different cells and very many of them


@dataclass(frozen=True, slots=True)
class Answer:
    """One good row: the code of its edition and the raw value of each item, None where none was given."""

    edition: str
    answers: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a whole file holds: rows for each edition's columns, and everything that is wrong with it."""

    rows: int
    editions: Mapping[str, Mapping[str, str]]  # code → the values of its columns, in the order of the file
    counts: Mapping[str, int]
    problems: Sequence[RowError]


class ResponseFile:
    """A file that can be read several times, each time from the start and in bounded memory."""

    def __init__(self, path: Path, mapping: ResponsesMapping, items: Sequence[Item]) -> None:
        self.path = path
        self.mapping = mapping
        self.items = [item for item in items if item.code in mapping.items]
        self._check_mapping(items)

    def survey(self) -> Survey:
        """Reads everything once without storing anything. At most 20,000 problems are told apart."""
        editions: dict[str, dict[str, str]] = {}
        counts: dict[str, int] = {}
        problems: list[RowError] = []
        rows = 0
        try:
            for row in read_rows(self.path, required=self.mapping.columns, whole=True, problems=problems):
                rows += 1
                answer = self._answer(row, problems)
                if answer is not None:
                    editions.setdefault(answer.edition, self._edition_of(row))
                    counts[answer.edition] = counts.get(answer.edition, 0) + 1
                if len(editions) > MAX_EDITIONS or len(problems) > MAX_PROBLEMS:
                    problems.append(
                        row.error("", "too-much", _("Reading stopped here: too many editions or problems."))
                    )
                    break
        except UnreadableTable as unreadable:
            problems.append(unreadable.error)
        if not rows and not problems:
            problems.append(RowError(1, "", "no-rows", _("The file has no answers.")))
        problems.sort(key=lambda problem: problem.row)
        return Survey(rows, editions, counts, problems)

    def answers(self) -> Iterator[Answer]:
        """The rows of a file that `survey` found nothing wrong with."""
        problems: list[RowError] = []
        for row in read_rows(self.path, required=self.mapping.columns, whole=True, problems=problems):
            answer = self._answer(row, problems)
            if answer is None or problems:
                raise RuleViolation("file-changed", _("The file changed while it was read."))
            yield answer

    def _check_mapping(self, items: Sequence[Item]) -> None:
        known = {item.code: item for item in items}
        unknown = [code for code in self.mapping.items if code not in known]
        missing = [code for code in known if code not in self.mapping.items]
        if unknown or missing:
            raise RuleViolation(
                "mapping-items",
                _("The mapping and the questionnaire do not have the same items: %(codes)s.")
                % {"codes": ", ".join([*unknown, *missing])},
                field="items",
            )
        for item in self.items:
            scale = (item.points[0], item.points[-1])
            if (
                self.mapping.scale_of(item.code) != scale
                or self.mapping.is_reversed(item.code) != item.reverse
            ):
                raise RuleViolation(
                    "mapping-scale",
                    _("The mapping and the questionnaire differ in the scale or the direction of %(code)s.")
                    % {"code": item.code},
                    field=item.code,
                )

    def _edition_of(self, row: Row) -> dict[str, str]:
        return {column: row[column] for column in self.mapping.edition.columns}

    def _answer(self, row: Row, problems: list[RowError]) -> Answer | None:
        before = len(problems)
        code = self._edition_code(row, problems)
        answers = {item.code: self._value(row, item, problems) for item in self.items}
        return Answer(code, answers) if len(problems) == before else None

    def _edition_code(self, row: Row, problems: list[RowError]) -> str:
        columns = self.mapping.edition.columns
        empty = [column for column in columns if not row[column]]
        message = _("This column says which edition the row belongs to.")
        problems.extend(row.error(column, "required", message) for column in empty)
        code = filled(self.mapping.edition.code, row.values)
        if not empty and not EDITION_CODE.fullmatch(code):
            message = _(
                "“%(value)s” cannot be the code of an edition: at most 27 letters, digits, dots and hyphens."
            )
            problems.append(row.error(columns[0], "bad-code", message % {"value": shown(code)}))
        return code

    def _value(self, row: Row, item: Item, problems: list[RowError]) -> int | None:
        column = self.mapping.items[item.code].column
        text = row[column]
        if text in self.mapping.empty_cells:
            if item.required:
                problems.append(row.error(column, "required", _("This question needs an answer.")))
            return None
        try:
            value = whole(text)
        except CellError as error:
            problems.append(row.error(column, error.code, error.message))
            return None
        if value not in item.points:
            message = _("“%(value)s” is not on the scale from %(low)s to %(high)s.")
            words = {"value": shown(text), "low": item.points[0], "high": item.points[-1]}
            problems.append(row.error(column, "off-scale", message % words))
            return None
        return value
