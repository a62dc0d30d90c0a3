"""Whatever a program sends to whatever operation, the answer is one that the description names, and never a failure of ours.

Operations, parameters and bodies come from the product's own OpenAPI description; what is sent is drawn by hypothesis.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microcredentials.models import Agreement
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission
from tests.factories.documents import make_document, printed
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory
from tests.factories.microcredentials import make_edition, make_enrolments, make_microcredential
from tests.factories.partners import make_partner, make_pathway
from tests.factories.programmes import make_programme

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.pdf,
    pytest.mark.timeout(900),
    pytest.mark.postgres,  # the engine that refuses more; numbers too large for the other: test_wrong_types.py
]
EXAMPLES = 12
NOWHERE = "0c8a6f8e-7e1c-4c8e-9a58-000000000000"
FILES = (
    b"", b"\x00\x01\x02", b"nombre;ects\nUno;3\n", b"nombre;tipo\nUno;empresa\n", b"PK\x03\x04rubbish", "título;ects\nÁ;quince\n".encode("utf-16"),
    b'a;"b\n', b"x" * 5000, b"%PDF-1.7\n%%EOF",
)  # fmt: skip
TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1" * 30,
            "None",
            "true",
            "../..",
            "%00",
            "=1+1",
            "2026-02-30",
            NOWHERE,
            "MC-001",
            "E-0001/1",
        ]
    ),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Name → method, address, description."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in schema()["paths"].items()
        for method, operation in methods.items()
    }


@pytest.fixture
def places(at: Any) -> dict[str, dict[str, str]]:
    """What stands for the parameters of an address, by its beginning."""
    at("2026-03-02 10:00")
    call_command("load_packs", verbosity=0)
    author = make_staff("coordinator")
    draft, submitted = make_microcredential(actor=author), make_microcredential(actor=author)
    submission = make_submission(submitted, author=author)
    decide(submission, "conditions")
    approved = make_microcredential(approved=True)
    edition = make_edition(approved, state="closed")
    running = make_edition(approved, state="running")
    (enrolment,) = make_enrolments(running, "enrolled")
    document = printed(make_document(approved.current))
    partner = make_partner()
    agreement = Agreement.objects.create(partner=partner, title="Convenio", starts="2026-01-01")
    evidence = EvidenceFactory()
    EvidenceVersionFactory(evidence=evidence, number=1)
    year = edition.year.code
    return {
        "microcredentials": {"code": approved.code, "number": "1", "id": NOWHERE, "step": "quality-report"},
        "microcredentials/draft": {"code": draft.code, "number": "1", "id": NOWHERE, "step": "price"},
        "microcredentials/submitted": {
            "code": submitted.code,
            "number": "1",
            "id": NOWHERE,
            "step": "quality-report",
        },
        "editions": {"code": running.code, "id": NOWHERE},
        "editions/closed": {"code": edition.code, "id": NOWHERE},
        "enrolments": {"id": str(enrolment.pk)},
        "learners": {"id": str(enrolment.learner_id)},
        "partners": {"code": partner.code, "id": str(agreement.pk)},
        "pathways": {"code": make_pathway(approved).code},
        "programmes": {"code": make_programme().code},
        "documents": {"code": document.code},
        "jobs": {"id": str(document.job_id)},
        "evidence": {"code": evidence.code, "number": "1"},
        "approval-routes": {"code": "UNIVERSITY", "number": "1"},
        "siiu": {"code": year},
        "feedback": {"code": "C-001"},
    }


def properties(operation: dict[str, Any], media: str) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get(media, {}).get("schema", {})
    name = content.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema()["components"]["schemas"].get(name, {}).get("properties", {})
    return found


def example_of(operation: dict[str, Any]) -> dict[str, Any]:
    examples = (
        operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("examples", {})
    )
    return dict(next((one["value"] for one in examples.values()), {}))


def first_of(path: str) -> str:
    return path.removeprefix("/api/v1/").partition("/")[0]


@pytest.mark.parametrize(
    "first", sorted({first_of(path) for _method, path, _operation in operations().values()})
)
def test_every_answer_is_one_that_is_described(first: str, places: Any, client_for: Any) -> None:
    client = client_for(make_staff("quality_officer"))
    client.raise_request_exception = False
    known = [values for place, values in places.items() if place.partition("/")[0] == first] or [{}]
    for method, path, operation in operations().values():
        if first_of(path) == first:
            ask(client, known, method, path, operation)


def ask(client: Any, known: list[dict[str, str]], method: str, path: str, operation: dict[str, Any]) -> None:
    queries = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    json_fields = properties(operation, "application/json")
    part_fields = properties(operation, "multipart/form-data")

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(data=st.data())
    def asked(data: st.DataObject) -> None:
        values = data.draw(st.sampled_from(known))
        if data.draw(st.integers(0, 4)) == 0:
            values = {key: data.draw(TEXT) for key in values}
        address = re.sub(r"{(\w+)}", lambda found: quote(values.get(found[1], "x") or "x", safe=""), path)
        if queries and data.draw(st.booleans()):
            chosen = data.draw(st.dictionaries(st.sampled_from(queries), TEXT, max_size=3))
            address = f"{address}?{urlencode(chosen, errors='surrogatepass')}" if chosen else address
        answer = send(data, address)
        if answer.streaming:
            assert b"".join(answer.streaming_content)
        said = f"{method} {address}: {answer.status_code} {getattr(answer, 'content', b'')[:300]!r}"
        assert answer.status_code < 500, said
        if answer.resolver_match is not None and answer.headers["Content-Type"] == "application/problem+json":
            assert str(answer.status_code) in operation["responses"], said
            assert json.loads(answer.content)["code"], said

    def send(data: st.DataObject, address: str) -> Any:
        if part_fields and (not json_fields or data.draw(st.booleans())):
            body = {field: data.draw(TEXT) for field in part_fields if data.draw(st.booleans())}
            for field in ("file", "upload"):
                if field in part_fields and data.draw(st.integers(0, 3)):
                    content = data.draw(st.sampled_from(FILES))
                    body[field] = SimpleUploadedFile(
                        data.draw(st.sampled_from(["a.csv", "a.pdf", "a.exe", "á"])), content
                    )
            return client.generic(method, address, *as_parts(body))
        if method == "GET" or not operation.get("requestBody"):
            return client.generic(method, address)
        body = data.draw(
            st.one_of(
                ANYTHING,
                st.fixed_dictionaries({}, optional=dict.fromkeys(json_fields, ANYTHING)),
                st.just(example_of(operation)),
                st.dictionaries(st.sampled_from(sorted(json_fields) or ["x"]), ANYTHING, max_size=2).map(
                    lambda changed: example_of(operation) | changed
                ),
            )
        )
        content = json.dumps(body).encode("utf-8", errors="surrogatepass")
        return client.generic(method, address, content, content_type="application/json")

    asked()


def as_parts(fields: dict[str, Any]) -> tuple[bytes, str]:
    """The body of a request of several parts, and its content type."""
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    clean = {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in fields.items()
    }
    return encode_multipart(BOUNDARY, clean), MULTIPART_CONTENT


def test_there_is_something_to_ask() -> None:
    assert len(operations()) > 90
