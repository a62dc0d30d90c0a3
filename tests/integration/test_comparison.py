"""Two versions in words, and which edition came before: what a report of changes is written from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from microcredentials.models import Edition, MicroCredentialVersion
from microcredentials.reading import label_of, words_of
from microcredentials.selectors.comparison import Comparison, compare, previous_edition, words
from microcredentials.services import approval, editions, proposals
from microcredentials.services.writing import Support, Teaching
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_microcredential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def next_version(rows: dict[str, Any], changed: dict[str, Any], **design: Any) -> Comparison:
    """A version with these rows, and what differs when the next one has the `changed` rows."""
    author = make_staff("coordinator")
    microcredential = make_microcredential(actor=author)
    first = microcredential.current
    assert first is not None
    first = proposals.edit_version(actor=author, version=first, seen=first.version, rows=rows)
    approval.approve_version(actor=make_staff("approver"), version=first)
    draft = proposals.begin_version(actor=author, microcredential=microcredential)
    draft = proposals.edit_version(actor=author, version=draft, seen=draft.version, rows=changed, **design)
    return compare(first, draft)


class TestNamesakes:
    def test_two_teachers_of_one_name_are_two(self) -> None:
        twice = [Teaching("Ana Ruiz", hours=Decimal(5)), Teaching("Ana Ruiz", hours=Decimal(8))]
        found = next_version({"teachers": twice}, {"teachers": twice[:1]})
        (change,) = [one for section in found.sections for one in section.lists]
        assert (change.label, change.removed, change.added, change.changed) == (
            "Who teaches",
            ("Ana Ruiz",),
            (),
            (),
        )

    def test_what_changes_of_the_second_supporter_of_a_name_is_seen(self) -> None:
        before = [Support("Gremio", "Contratará a diez"), Support("Gremio", "Cede su taller")]
        found = next_version(
            {"supporters": before}, {"supporters": [before[0], Support("Gremio", "Cede su nave")]}
        )
        (change,) = [one for section in found.sections for one in section.lists]
        (row,) = change.changed
        assert [(field.before, field.after) for field in row.fields] == [("Cede su taller", "Cede su nave")]


class TestOneVocabulary:
    def test_labels_and_values_are_the_same_wherever_they_are_read(self) -> None:
        found = next_version({}, {}, ects=Decimal("4.5"), requires_degree=True, title_en="Data", sdgs=[4, 13])
        fields = [field for section in found.sections for field in section.fields]
        assert {field.name for field in fields} == {"ects", "requires_degree", "title", "sdgs"}
        for field in fields:
            name = "title_en" if field.name == "title" else field.name
            assert field.label == label_of(name)
            assert field.after == words_of(name, getattr(found.after, name))
        said = {field.label: (field.before, field.after) for field in fields}
        assert said["ECTS credits"] == ("6", "4.50")
        assert said["Requires a university degree"] == ("No", "Yes")

    def test_every_field_of_a_design_has_words(self) -> None:
        version = make_microcredential().current
        assert version is not None
        for field in MicroCredentialVersion._meta.concrete_fields:
            assert isinstance(words(version, field.name), str)


class TestTheEditionBefore:
    def plan(self, microcredential: Any, starts: date) -> Edition:
        return editions.plan_edition(
            actor=make_staff("quality_officer"),
            microcredential=microcredential,
            starts=starts,
            ends=starts,
            places=20,
        )

    def test_it_is_the_last_that_was_taught(self) -> None:
        microcredential = make_microcredential(approved=True)
        first = make_edition(
            microcredential, state="closed", starts=date(2024, 10, 7), ends=date(2024, 11, 8)
        )
        second = make_edition(microcredential, state="running")
        cancelled = self.plan(microcredential, date(2026, 1, 12))
        editions.advance_edition(
            actor=make_staff("quality_officer"), edition=cancelled, step="cancel", reason="Sin matrícula"
        )
        imported = self.plan(microcredential, date(2026, 2, 9))
        Edition.objects.filter(pk=imported.pk).update(state="imported")
        planned = self.plan(microcredential, date(2026, 3, 9))
        last = self.plan(microcredential, date(2026, 4, 13))
        assert planned.state == "planned"
        assert previous_edition(last) == second
        assert previous_edition(second) == first
        assert previous_edition(first) is None
