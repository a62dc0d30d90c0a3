"""The ground the other tests stand on."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from iqas.core import access, audit_guard, clock
from iqas.core.models import AuditEvent
from tests.factories.organisation import make_centre


def test_a_person_of_the_factory_holds_the_role_where_asked(staff) -> None:
    here, elsewhere = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    person = staff("centre_quality", scope=here.scope)
    assert access.can(person, "centre.view", here)
    assert access.can(person, "centre.view", elsewhere).code == "other-scope"


@pytest.mark.django_db
def test_the_clock_stops_where_told(at) -> None:
    moment = at("2026-03-29 01:59")
    assert clock.now() == moment
    at("2026-03-29 03:01")
    assert (clock.now() - moment).total_seconds() == 120  # the night in which Spain skips an hour


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_tables_are_emptied_between_tests_and_the_chain_stays_guarded(turn) -> None:
    assert AuditEvent.objects.count() == 0
    make_centre()
    assert audit_guard.installed(connection)
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEvent.objects.all().update(action="forged")


def test_a_page_with_too_many_statements_is_caught(db, max_queries) -> None:
    with max_queries(1):
        AuditEvent.objects.count()
    with pytest.raises(AssertionError, match="2 statements where 1 are allowed"), max_queries(1):
        [AuditEvent.objects.count() for _twice in range(2)]


@pytest.mark.redis
def test_the_redis_of_a_test_comes_back_empty(own_redis) -> None:
    import redis

    client = redis.Redis.from_url(own_redis.url)
    client.set("bell", "rung")
    own_redis.kill()
    own_redis.start()
    assert client.get("bell") is None
    client.close()


@pytest.mark.redis
def test_the_redis_that_was_found_answers(redis_url) -> None:
    import redis

    client = redis.Redis.from_url(redis_url)
    assert client.ping()
    client.close()
