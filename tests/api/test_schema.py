"""The API describes itself: without a warning, and every write with its request, its answers and its problems."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

WRITES = ("post", "put", "patch", "delete")
MEDIA = "application/problem+json"
WITHOUT_BODY = {"version_begin", "remark_resolve", "learner_export", "job_cancel", "job_retry"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_valid_and_gives_no_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_every_example_is_of_the_shape_that_it_is_an_example_of(schema: Any) -> None:
    checked = 0
    for path, method, operation in operations(schema):
        for told in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media in told.get("content", {}).values():
                for example in media.get("examples", {}).values():
                    shape = media["schema"] | {"components": schema["components"]}
                    found = list(Draft202012Validator(shape).iter_errors(example["value"]))
                    assert not found, (method, path, [error.message for error in found])
                    assert set(example["value"]) <= fields_of(schema, media["schema"]), (method, path)
                    checked += 1
    assert checked > 10


def fields_of(schema: Any, shape: Any) -> set[str]:
    """The fields of a request or answer, whatever it is written as."""
    if "$ref" in shape:
        return fields_of(schema, schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
    parts = [*shape.get("oneOf", ()), *shape.get("anyOf", ()), *shape.get("allOf", ())]
    return set(shape.get("properties", {})).union(*(fields_of(schema, part) for part in parts))


def test_every_operation_has_a_name_of_its_own_and_its_answers(schema: Any) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(set(names)) == len(names)
    bare = [
        f"{method} {path}"
        for path, method, operation in operations(schema)
        if not any(code.startswith("2") for code in operation["responses"])
        or MEDIA not in operation["responses"].get("403", {}).get("content", {})
    ]
    assert bare == []


def test_every_write_has_a_request_and_the_problem_of_a_rule(schema: Any) -> None:
    bare = [
        f"{method} {path}"
        for path, method, operation in operations(schema)
        if method in WRITES
        and (
            (
                method != "delete"
                and "requestBody" not in operation
                and operation["operationId"] not in WITHOUT_BODY
            )
            or MEDIA not in operation["responses"].get("409", {}).get("content", {})
        )
    ]
    assert bare == []


def test_every_list_says_its_pages(schema: Any) -> None:
    for path, method, operation in operations(schema):
        parameters = {parameter["name"] for parameter in operation.get("parameters", ())}
        if method == "get" and operation["operationId"].endswith("_list") and "page" in parameters:
            assert "page_size" in parameters, path


def test_every_example_of_a_request_has_fields_that_exist(schema: Any) -> None:
    components = schema["components"]["schemas"]
    checked = 0
    for path, method, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            known = components[content["schema"]["$ref"].rpartition("/")[2]]["properties"]
            for example in content.get("examples", {}).values():
                assert set(example["value"]) <= set(known), (path, method)
                checked += 1
    assert checked > 25


def test_problems_say_their_article_and_their_code(schema: Any) -> None:
    assert {"code", "article", "revision", "errors"} <= set(
        schema["components"]["schemas"]["Problem"]["properties"]
    )
