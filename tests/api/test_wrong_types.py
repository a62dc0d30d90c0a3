"""Every field of every write, sent every wrong thing: always a problem that says so, never a failure of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.factories.accounts import make_staff
from tests.factories.approval import make_submission
from tests.factories.documents import make_document, printed
from tests.factories.evidence import EvidenceFactory
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.organisation import make_centre, the_university
from tests.factories.partners import make_partner, make_pathway
from tests.factories.programmes import make_programme

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]
WRONG: list[Any] = [
    None,
    [],
    {},
    [[]],
    {"a": {}},
    "",
    "\x00",
    "\udfff",
    "x" * 30_000,
    -1,
    10**30,
    1.5e300,
    True,
    "2026-13-45",
]
ALONE = (None, "", 10**12)  # by itself, so that the service is reached
NOWHERE = "0c8a6f8e-7e1c-4c8e-9a58-000000000000"


@pytest.fixture
def places(at: Any) -> dict[str, dict[str, str]]:
    """What stands for the parameters of an address, by how it begins."""
    at("2026-03-02 10:00")
    make_centre("FI")
    author = make_staff("coordinator")
    draft, submitted = make_microcredential(actor=author), make_microcredential(actor=author)
    make_submission(submitted, author=author)
    edition = make_edition(state="running", starts=date(2026, 2, 2), ends=date(2026, 5, 29))
    (enrolment,) = make_enrolments(edition, "enrolled")
    document = printed(make_document())
    evidence = EvidenceFactory(scope=the_university().scope)
    campaign = make_results("C-1", [rate_all(4)] * 8, edition=edition)
    return {
        "microcredentials": {"code": draft.code, "number": "1", "id": NOWHERE, "step": "price"},
        "acts": {"code": submitted.code, "number": "1", "id": NOWHERE, "step": "price"},
        "editions": {"code": edition.code, "id": NOWHERE},
        "enrolments": {"id": str(enrolment.pk)},
        "learners": {"id": str(enrolment.learner_id)},
        "partners": {"code": make_partner().code, "id": NOWHERE},
        "pathways": {"code": make_pathway(draft).code},
        "programmes": {"code": make_programme().code},
        "documents": {"code": document.code},
        "jobs": {"id": str(document.job_id)},
        "evidence": {"code": evidence.code, "number": "1"},
        "feedback/campaigns": {"code": campaign.code},
        "feedback/results/editions": {"code": edition.code},
        "feedback/results/places": {"code": "FI"},
    }


def writes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and the properties of the body of every operation that takes JSON."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is not None and not path.endswith("/erase/"):
                name = content["schema"]["$ref"].rpartition("/")[2]
                yield method.upper(), path, schema["components"]["schemas"][name]["properties"]


def test_no_wrong_value_is_a_failure_of_ours(api: Any, places: Any) -> None:
    call = api(make_staff("quality_officer"))
    call.client.raise_request_exception = False
    failed, sent = [], 0
    for method, path, properties in writes():
        place = path.removeprefix("/api/v1/")
        known = next(values for begin, values in places.items() if place.startswith(f"{begin}/"))
        address = place.format(**(places["acts"] if "/acts/" in path else known))
        bodies: list[Any] = [None, [], "x", 1, True, [{}]]
        bodies += [dict.fromkeys(properties, value) for value in WRONG]
        bodies += [{name: value, "revision": 1} for name in properties for value in ALONE]
        for body in bodies:
            status, told = call(method, address, body)
            sent += 1
            if status >= 500:
                failed.append((method, path, str(body)[:60], told.get("code")))
    assert failed == [], "\n".join(map(str, failed))
    assert sent > 1000
