"""Every URL × method × role answers as docs/access-policy.csv says, and the table itself keeps the house's rules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.support import canaries, policy

pytestmark = pytest.mark.slow
DENIED = {302, 401, 403, 404, 405}
OWN_ACCOUNT = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_", "set_language")


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """The acceptance installation; afterwards the database is emptied again."""
    from django.core.management import call_command
    from django.db import connection

    from iqas.core import audit_guard
    from iqas.demo.acceptance.seed import seed

    with django_db_blocker.unblock():
        try:
            yield seed()
        finally:
            audit_guard.remove(connection)
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def observed(seeded: dict[str, Any]) -> set[policy.Observation]:
    with override_settings(ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False):
        found = set(policy.observe(seeded, draws_once=True))
    if os.environ.get("WRITE_POLICY"):
        policy.write(list(found))
    return found


@pytest.fixture(scope="module")
def told() -> set[policy.Observation]:
    """The table. One test proves that the application answers as it says; the others judge what it says."""
    return policy.written()


@pytest.mark.django_db
@pytest.mark.sqlite  # thirteen thousand requests; who may what is no matter of the engine
def test_every_answer_is_the_one_in_the_table(observed):
    told = policy.written()
    unexpected = [
        f"{o.route} {o.method} as {o.role} ({o.relation}): {o.status}" for o in sorted(observed - told)
    ]
    assert not unexpected, "\n".join(unexpected[:40])
    assert told == observed, "the table tells of routes or roles that are gone"


@pytest.mark.django_db
@pytest.mark.postgres
def test_every_page_reads_the_same_from_postgresql(seeded):
    """The tests of pages run on SQLite; here PostgreSQL answers to every query behind them, wide and narrowed to a place."""
    people = ("quality_officer", "coordinator", "auditor", "token")
    told = {o for o in policy.written() if o.role in people and o.method == "GET"}
    with override_settings(ACCOUNT_RATE_LIMITS=False, MFA_RATE_LIMITS=False):
        observed = set(policy.observe(seeded, roles=people, methods=("GET",)))
    assert sorted(observed - told) == []
    assert observed == told


@pytest.mark.django_db
def test_both_centres_have_an_object_of_every_model(seeded):
    assert canaries.missing_objects() == []
    assert canaries.unknown_names() == []


@pytest.mark.django_db
def test_every_text_of_both_centres_carries_its_canary(seeded):
    assert canaries.unmarked_texts() == []


def test_no_route_fails(told):
    assert [o for o in told if o.status >= 500] == []


def test_the_other_centres_objects_do_not_exist(told):
    shared = (
        "university:",
        "survey:",
        "verify:",
        "frameworks:",
        "routes:",
        "feedback:questionnaire",
        "api:feedback:questionnaire-",
        "indicators:indicator",
        "microcredentials:partner-",
        "api:microcredentials:partner-",
        "api:microcredentials:siiu-counts",
        "api:microcredentials:route-",
        *OWN_ACCOUNT,
    )
    leaks = [
        o
        for o in told
        if o.relation == "other"
        and o.role in (*policy.PERSON_OF_CENTRE, *policy.PERSON_OF_DOSSIER)
        and not o.route.startswith(shared)
        and o.status not in DENIED - {302}
    ]
    assert leaks == []


def test_auditors_write_nothing(told):
    written = [
        o
        for o in told
        if o.role in policy.PERSON_OF_DOSSIER
        and o.method != "GET"
        and not o.route.startswith(OWN_ACCOUNT)
        and o.status not in (403, 404, 405)
    ]
    assert written == []


def test_auditors_read_their_dossier_and_nothing_else(told):
    public = {o.route for o in told if o.role == "anonymous" and o.method == "GET" and o.status == 200}
    own = (
        "review:",
        "dashboard:",
        "accounts:profile",
        "jobs:",
        "api:schema",
        "api:docs",
        "api:api-root",
        *OWN_ACCOUNT,
    )
    seen = {
        o.route for o in told if o.role in policy.PERSON_OF_DOSSIER and o.method == "GET" and o.status == 200
    }
    assert {route for route in seen if not route.startswith(own)} - public == set()
    assert "review:dossier-detail" in seen


def test_nobody_without_an_account_reads_a_private_page(told):
    public = (
        "university:",
        "survey:",
        "verify:",
        "ui:",
        "core:",
        "dashboard:",
        "account_",
        "socialaccount_",
        "openid_connect_",
    )
    read = {o.route for o in told if o.role in ("anonymous", "token", "deactivated") and o.status == 200}
    assert {route for route in read if not route.startswith(public)} == set()
