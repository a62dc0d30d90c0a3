"""The university that `make bench` measures: what it is made of, and that no page of a list asks more than another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from iqas.core.access import allowed, can
from iqas.organisation.models import Scope
from microcredentials.models import Edition, MicroCredential
from microcredentials.services.editions import plan_edition
from microcredentials.services.writing import gaps_of, keep_keys
from tests.support.large import Large, build_large
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
MICROCREDENTIALS = "/microcredentials/"
EDITIONS = "/microcredentials/editions/"
LISTS = (
    MICROCREDENTIALS,
    f"{MICROCREDENTIALS}?page=3",
    f"{MICROCREDENTIALS}?page=99",
    f"{MICROCREDENTIALS}?q=algebra&page=2",
    f"{MICROCREDENTIALS}?state=published&complete=yes&sort=-complete&page=2",
    EDITIONS,
    f"{EDITIONS}?page=8",
    f"{EDITIONS}?q=algebra+2023",
    f"{EDITIONS}?state=closed&sort=-title&page=2",
)


@pytest.fixture
def large() -> Large:
    return build_large(microcredentials=80)


def test_it_is_what_the_services_would_have_written(large: Large) -> None:
    microcredential = MicroCredential.objects.filter(state="published").first()
    assert microcredential is not None
    version = microcredential.current
    assert version is not None
    assert gaps_of(version) == []
    built = (microcredential.sort_title, microcredential.title_key, microcredential.search_key)
    keep_keys(version)
    assert built == (microcredential.sort_title, microcredential.title_key, microcredential.search_key)
    assert can(large.coordinator, "microcredential.view", MicroCredential.objects.get(code="MC-008"))
    assert allowed(large.coordinator, "microcredential.view").count() == 10
    planned = plan_edition(
        actor=large.officer, microcredential=microcredential, starts=None, ends=None, places=None
    )
    assert planned.code.startswith(microcredential.code)
    assert Scope.objects.filter(kind="microcredential").count() == large.microcredentials == 80
    assert Edition.objects.count() == large.editions + 1 == 241


@pytest.mark.parametrize("who", ["officer", "coordinator"])
@pytest.mark.parametrize("address", LISTS)
def test_a_list_takes_twelve_statements_at_any_page(
    large: Large, client_for: Any, max_queries: Any, who: str, address: str
) -> None:
    client = client_for(getattr(large, who))
    client.get(address)
    with max_queries(12):
        assert client.get(address).status_code == 200


def test_an_object_takes_twenty_statements(large: Large, client_for: Any, max_queries: Any) -> None:
    client = client_for(large.officer)
    for address in (f"{MICROCREDENTIALS}MC-008/", f"{EDITIONS}MC-008-2022-1/"):
        client.get(address)
        with max_queries(20):
            assert client.get(address).status_code == 200


def codes(client: Client, address: str) -> list[str]:
    return re.findall(r'href="/microcredentials/(?:editions/)?(MC-[\d-]+)/"', text_of(client.get(address)))


@pytest.mark.parametrize("order", ["state", "-state", "mode", "-ects", "centre", "title"])
def test_rows_alike_in_the_sorted_column_stood_on_two_pages_or_on_none(
    large: Large, client_for: Any, order: str
) -> None:
    client = client_for(large.officer)
    found = [
        code for page in range(1, 5) for code in codes(client, f"{MICROCREDENTIALS}?sort={order}&page={page}")
    ]
    assert len(found) == 80
    assert set(found) == set(MicroCredential.objects.values_list("code", flat=True))


def test_pages_follow_the_order_that_was_asked_for(large: Large, client_for: Any) -> None:
    client = client_for(large.officer)
    expected = list(Edition.objects.order_by("starts", "pk").values_list("code", flat=True))
    assert codes(client, f"{EDITIONS}?sort=starts&page=2") == expected[25:50]
    expected = list(MicroCredential.objects.order_by("sort_title", "code").values_list("code", flat=True))
    assert codes(client, f"{MICROCREDENTIALS}?page=4") == expected[75:]
