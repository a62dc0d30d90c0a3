"""Two versions of a design, field by field and list by list, in the words that people read."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q
from django.utils.translation import gettext as _

from microcredentials import rules, vocabulary
from microcredentials.models import ApprovalRoute, Change, Edition, MicroCredentialVersion
from microcredentials.sections import SECTIONS, Section
from microcredentials.vocabulary import LANGUAGE_NAMES, ROW_TITLES

RAN = (Edition.State.RUNNING, Edition.State.FINISHED, Edition.State.RESULTS_SIGNED, Edition.State.CLOSED)
NOT_CONTENT = {"id", "version", "order", "code"}
WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Some words: there before and after, only after (`added`), or only before (`removed`)."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class FieldChange:
    """One field in two versions; `pieces` are both texts in one, with the changed words marked."""

    name: str
    label: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(marked(self.before, self.after))


@dataclass(frozen=True)
class RowChange:
    """A row that both versions have, and what changed in it."""

    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class ListChange:
    """Related rows in two versions."""

    name: str
    label: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[RowChange, ...]


@dataclass(frozen=True)
class SectionChanges:
    section: Section
    fields: tuple[FieldChange, ...]
    lists: tuple[ListChange, ...]


@dataclass(frozen=True)
class Comparison:
    before: MicroCredentialVersion
    after: MicroCredentialVersion
    sections: tuple[SectionChanges, ...]
    rows: dict[str, list[Any]] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    def gaps(self) -> list[rules.Gap]:
        """What the later version lacks before approval, of the rows that were read for the comparison."""
        own = {
            name: [row for row in rows if row.version_id == self.after.pk] for name, rows in self.rows.items()
        }
        return rules.gaps(
            self.after,
            bodies=own["awarding_bodies"],
            outcomes=own["outcomes"],
            assessments=own["assessments"],
            assessed=frozenset(one.pk for row in own["assessments"] for one in row.linked["outcomes"]),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The fields (without their language) and lists that differ, in the order of the sections."""
        named = [
            name
            for section in self.sections
            for name in (*(field.name for field in section.fields), *(rows.name for rows in section.lists))
        ]
        return tuple(dict.fromkeys(named))

    @property
    def labels(self) -> tuple[str, ...]:
        """The same in words, each once."""
        said = [
            label
            for section in self.sections
            for label in (
                *(field.label for field in section.fields),
                *(rows.label for rows in section.lists),
            )
        ]
        return tuple(dict.fromkeys(said))

    @property
    def is_empty(self) -> bool:
        return not self.sections


def compare(before: MicroCredentialVersion, after: MicroCredentialVersion) -> Comparison:
    """What differs. One statement for each kind of related rows, whatever their number."""
    rows: dict[str, list[Any]] = {}
    for section in SECTIONS:
        for name in section.rows:
            if hasattr(MicroCredentialVersion, name):
                rows[name] = _rows_of(name, before, after, rows)
    found = []
    for section in SECTIONS:
        fields = tuple(_field_changes(before, after, section.fields))
        lists = tuple(
            change
            for name in section.rows
            if name in rows and (change := _list_change(name, rows[name], before, after)) is not None
        )
        if fields or lists:
            found.append(SectionChanges(section, fields, lists))
    return Comparison(before, after, tuple(found), rows)


def kind_of_change(comparison: Comparison | None, route: ApprovalRoute) -> str:
    """New where there is nothing to compare with; substantial where the route says so of any field that differs."""
    if comparison is None:
        return Change.NEW
    return Change.SUBSTANTIAL if set(comparison.names) & set(route.substantial) else Change.MINOR


def approved_before(version: MicroCredentialVersion) -> MicroCredentialVersion | None:
    """The approved version that this one follows."""
    return (
        MicroCredentialVersion.objects.filter(
            microcredential=version.microcredential_id, number__lt=version.number, approved_at__isnull=False
        )
        .select_related("responsible_teacher")
        .order_by("-number")
        .first()
    )


def previous_edition(edition: Edition) -> Edition | None:
    """The last edition of the same micro-credential that was taught before this one, by its year and number."""
    return (
        Edition.objects.filter(microcredential=edition.microcredential_id, state__in=RAN)
        .filter(
            Q(year__starts__lt=edition.year.starts)
            | Q(year__starts=edition.year.starts, number__lt=edition.number)
        )
        .select_related("version", "year")
        .order_by("-year__starts", "-number")
        .first()
    )


def sentences(comparison: Comparison) -> list[str]:
    """The comparison as a text: one sentence for each thing that changed."""
    return [
        sentence
        for section in comparison.sections
        for sentence in (
            *(_field_sentence(change) for change in section.fields),
            *(line for change in section.lists for line in _list_sentences(change)),
        )
    ]


def marked(before: str, after: str) -> Iterator[Piece]:
    """Both texts in one. Whitespace goes with the words, so that whole words are marked."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece("".join(old[a:b]))
            continue
        if a < b:
            yield Piece("".join(old[a:b]), "removed")
        if c < d:
            yield Piece("".join(new[c:d]), "added")


def words(obj: Model, name: str) -> str:
    """The value of a field as people read it."""
    return vocabulary.value(type(obj), name, getattr(obj, name))


def _field_changes(before: Model, after: Model, names: Iterable[str]) -> Iterator[FieldChange]:
    for name in names:
        for column, label in _columns(type(before), name):
            old, new = words(before, column), words(after, column)
            if old != new:
                yield FieldChange(name, label, old, new)


def _columns(model: type[Model], name: str) -> Iterator[tuple[str, str]]:
    """The columns of a field with their labels: one for each language where it is translated."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return
    if field.many_to_many or not hasattr(field, "verbose_name"):
        return
    translated = [
        (f"{name}_{language}", vocabulary.label(model, name, language))
        for language in LANGUAGE_NAMES
        if _has(model, f"{name}_{language}")
    ]
    yield from translated or [(name, vocabulary.label(model, name))]


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _rows_of(
    name: str, before: MicroCredentialVersion, after: MicroCredentialVersion, known: dict[str, list[Any]]
) -> list[Any]:
    """The rows of both versions, with `linked`: of each relation to rows already `known`, those that it names."""
    relation = MicroCredentialVersion._meta.get_field(name)
    model: Any = relation.related_model
    people = [field.name for field in model._meta.concrete_fields if field.is_relation]
    found: dict[Any, Any] = {}
    links = [field.name for field in model._meta.many_to_many]
    read = model.objects.filter(version__in=(before, after)).select_related(*people)
    for row in read.annotate(**{f"{link}_key": F(f"{link}__pk") for link in links}):
        kept = found.setdefault(row.pk, row)
        kept.linked = getattr(kept, "linked", None) or {link: set() for link in links}
        for link in links:
            kept.linked[link].add(getattr(row, f"{link}_key"))
    for row in found.values():
        row.linked = {
            link: [one for one in known[link] if one.pk in keys] for link, keys in row.linked.items()
        }
    return list(found.values())


def _list_change(
    name: str, rows: list[Any], before: MicroCredentialVersion, after: MicroCredentialVersion
) -> ListChange | None:
    old = _keyed(row for row in rows if row.version_id == before.pk)
    new = _keyed(row for row in rows if row.version_id == after.pk)
    changed = [
        RowChange(str(new[key]), fields)
        for key in new
        if key in old and (fields := tuple(_row_fields(old[key], new[key])))
    ]
    added = tuple(str(row) for key, row in new.items() if key not in old)
    removed = tuple(str(row) for key, row in old.items() if key not in new)
    if not (added or removed or changed):
        return None
    return ListChange(name, str(ROW_TITLES.get(name, name)), added, removed, tuple(changed))


def _keyed(rows: Iterable[Any]) -> dict[tuple[str, int], Any]:
    """Each row by its name, and by how many before it have the same: two teachers may be called alike."""
    keyed: dict[tuple[str, int], Any] = {}
    namesakes: Counter[str] = Counter()
    for row in rows:
        name = _key(row)
        keyed[name, namesakes[name]] = row
        namesakes[name] += 1
    return keyed


def _key(row: Any) -> str:
    return str(getattr(row, "code", "") or row)


def _row_fields(old: Any, new: Any) -> Iterator[FieldChange]:
    model = type(old)
    names = [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in NOT_CONTENT and not hasattr(field, "translated_field")
    ]
    yield from _field_changes(old, new, names)
    for field in model._meta.many_to_many:
        before, after = (", ".join(map(_key, row.linked[field.name])) for row in (old, new))
        if before != after:
            yield FieldChange(field.name, vocabulary.upper_first(field.verbose_name), before, after)


def _field_sentence(change: FieldChange) -> str:
    facts = {"field": change.label, "before": change.before, "after": change.after}
    if not change.before:
        return _("%(field)s, which was empty, now says “%(after)s”.") % facts
    if not change.after:
        return _("%(field)s, which said “%(before)s”, is now empty.") % facts
    return _("%(field)s changed from “%(before)s” to “%(after)s”.") % facts


def _list_sentences(change: ListChange) -> Iterator[str]:
    for title in change.added:
        yield _("%(list)s: added “%(row)s”.") % {"list": change.label, "row": title}
    for title in change.removed:
        yield _("%(list)s: removed “%(row)s”.") % {"list": change.label, "row": title}
    for row in change.changed:
        for field in row.fields:
            yield _("%(list)s, “%(row)s”: %(sentence)s") % {
                "list": change.label,
                "row": row.title,
                "sentence": _field_sentence(field),
            }
