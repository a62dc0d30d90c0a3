"""Twice at once: of two programs that start from the same revision one writes, the other is told; nobody is made twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from microcredentials.models import Enrolment, Learner, MicroCredential
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = {"given_name": "Ana", "family_name": "Ruiz", "email": "ana@example.org"}


def at_once(*requests: Callable[[], tuple[int, Any]]) -> list[tuple[int, Any]]:
    """Their answers, sorted by status."""
    gate, answers = threading.Barrier(len(requests)), []

    def send(request: Callable[[], tuple[int, Any]]) -> None:
        try:
            gate.wait()
            answers.append(request())
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer[0])


@pytest.fixture
def two(api: Any) -> list[Any]:
    officer = make_staff("quality_officer")
    return [api(officer), api(officer)]


def test_two_changes_of_one_revision(two: list[Any]) -> None:
    draft = make_microcredential(complete=False)
    path = f"microcredentials/{draft.code}/versions/1/"
    (first, told), (second, problem) = at_once(
        *(
            lambda call=call, text=text: call.patch(path, {"need": text, "revision": 1})
            for call, text in zip(two, "AB", strict=True)
        )
    )
    assert (first, second, problem["code"]) == (200, 409, "stale-version")
    draft.current.refresh_from_db()
    assert (draft.current.need, draft.current.version) == (told["need"], 2)


def test_the_same_person_enrolled_twice(two: list[Any]) -> None:
    edition = make_edition(state="open")
    path = f"editions/{edition.code}/enrolments/"
    (first, _made), (second, problem) = at_once(
        *(lambda call=call: call.post(path, {"learner": PERSON}) for call in two)
    )
    assert (first, second, problem["code"]) == (201, 409, "enrolled-already")
    assert (Learner.objects.count(), Enrolment.objects.count()) == (1, 1)


def test_the_same_title_created_twice(two: list[Any]) -> None:
    make_centre("FI")
    body = {"centre": "FI", "title_es": "Datos"}
    (first, _made), (second, problem) = at_once(
        *(lambda call=call: call.post("microcredentials/", body) for call in two)
    )
    assert (first, second, problem["code"]) == (201, 409, "title-taken")
    assert MicroCredential.objects.count() == 1


def test_two_grades_of_one_enrolment(two: list[Any]) -> None:
    with transaction.atomic():
        (row,) = make_enrolments(make_edition(state="finished"), "enrolled")
    path = f"enrolments/{row.pk}/"
    (first, told), (second, problem) = at_once(
        *(
            lambda call=call, grade=grade: call.patch(
                path, {"state": "passed", "grade": grade, "revision": 1}
            )
            for call, grade in zip(two, ("6", "9"), strict=True)
        )
    )
    assert (first, second, problem["code"]) == (200, 409, "stale-version")
    row.refresh_from_db()
    assert (str(row.grade), row.version) == (told["grade"], 2)


def test_submitted_twice(two: list[Any]) -> None:
    draft = make_microcredential()
    path = f"microcredentials/{draft.code}/versions/1/submit/"
    (first, _made), (second, problem) = at_once(*(lambda call=call: call.post(path, {}) for call in two))
    assert (first, second, problem["code"]) == (201, 409, "submitted")
