"""Machine access: a client shows its secret, gets a token for an hour, and does what its account and its scopes allow."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as Machine
from allauth.idp.oidc.models import Token
from django.core.management import CommandError, call_command
from django.test import Client

from iqas.accounts import machines
from iqas.core.audit import history
from tests.factories.accounts import make_staff
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db
MACHINE = "Student system"


@pytest.fixture(autouse=True)
def morning(at: Any) -> None:
    at("2026-03-02 10:00")


def new_machine(owner: Any, *, may_write: bool = True) -> tuple[str, str]:
    client, secret = machines.add_machine(actor=None, owner=owner, name=MACHINE, may_write=may_write)
    return client.pk, secret


def asked(machine: tuple[str, str], **data: str) -> Any:
    basic = base64.b64encode(":".join(machine).encode()).decode()
    body = {"grant_type": "client_credentials"} | data
    return Client(enforce_csrf_checks=True).post(
        "/api/v1/token/", body, headers={"Authorization": f"Basic {basic}"}
    )


def token_of(machine: tuple[str, str], **data: str) -> str:
    answer = asked(machine, **data)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["access_token"])


def call(token: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = Client(enforce_csrf_checks=True).generic(
        method,
        f"/api/v1/{path}",
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code, answer.json()


def test_it_does_what_its_account_may_and_nothing_beyond() -> None:
    here, there = make_centre("AQUI"), make_centre("ALLA")
    other = make_microcredential(centre=there)
    owner = make_staff("coordinator", scope=here.scope)
    token = token_of(new_machine(owner))
    status, made = call(token, "POST", "microcredentials/", {"centre": "AQUI", "title_es": "Datos"})
    assert status == 201
    assert [row["code"] for row in call(token, "GET", "microcredentials/")[1]["results"]] == [made["code"]]
    assert call(token, "GET", f"microcredentials/{other.code}/")[0] == 404
    assert call(token, "GET", "siiu/2025-26/")[0] == 403


def test_without_the_scope_it_writes_nothing() -> None:
    make_centre("FI")
    machine = new_machine(make_staff("quality_officer"), may_write=False)
    token = token_of(machine)
    assert call(token, "GET", "microcredentials/")[0] == 200
    status, problem = call(token, "POST", "microcredentials/", {"centre": "FI", "title_es": "Datos"})
    assert (status, problem["code"]) == (403, "scope-missing")
    assert asked(machine, scope="read write").status_code == 400
    narrow = token_of(new_machine(make_staff("quality_officer")), scope="read")
    assert call(narrow, "POST", "microcredentials/", {"centre": "FI", "title_es": "Datos"})[0] == 403


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "ñ", "a b"])
def test_a_token_that_nobody_gave(token: str) -> None:
    status, problem = call(token, "GET", "microcredentials/")
    assert (status, problem["code"]) == (401, "bad-token")


def test_a_token_serves_for_an_hour_and_while_its_account_is_active(at: Any) -> None:
    owner = make_staff("quality_officer")
    token = token_of(new_machine(owner))
    at("2026-03-02 10:59")
    assert call(token, "GET", "microcredentials/")[0] == 200
    at("2026-03-02 11:01")
    assert call(token, "GET", "microcredentials/")[0] == 401
    fresh = token_of((Machine.objects.get().pk, renewed()))
    owner.is_active = False
    owner.save(update_fields=["is_active"])
    assert call(fresh, "GET", "microcredentials/")[0] == 401
    assert machines.clear_expired() == 1
    assert Token.objects.count() == 1


def renewed() -> str:
    machine = Machine.objects.get()
    machine.set_secret("otro secreto de prueba")
    machine.save()
    return "otro secreto de prueba"


def test_a_wrong_secret_or_another_grant() -> None:
    machine = new_machine(make_staff("quality_officer"))
    assert asked((machine[0], "wrong")).status_code == 401
    assert asked(("nobody", machine[1])).status_code == 401
    for grant in ("password", "authorization_code", "refresh_token", ""):
        answer = asked(machine, grant_type=grant)
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
    assert Client().get("/api/v1/token/").status_code == 405
    assert not Token.objects.exists()


def test_an_auditors_machine_changes_nothing() -> None:
    auditor = make_staff("auditor")
    token = token_of(new_machine(auditor))
    status, problem = call(token, "POST", "microcredentials/", {})
    assert (status, problem["code"]) == (403, "read-only")


def test_neither_token_nor_secret_is_stored() -> None:
    machine = new_machine(make_staff("quality_officer"))
    token = token_of(machine)
    stored = str(list(Machine.objects.values())) + str(list(Token.objects.values()))
    assert machine[1] not in stored
    assert token not in stored


def test_the_command_adds_and_removes_one() -> None:
    owner = make_staff("quality_officer", email="sistema@example.org")
    out = io.StringIO()
    call_command("api_client", MACHINE, "--as", "sistema@example.org", stdout=out)
    told = json.loads(out.getvalue())
    token = token_of((told["client_id"], told["client_secret"]))
    assert call(token, "GET", "microcredentials/")[0] == 200
    assert told["client_secret"] not in str([event.detail.after for event in history(owner)])
    call_command("api_client", "--remove", told["client_id"], stdout=out)
    assert call(token, "GET", "microcredentials/")[0] == 401
    assert [event.action for event in history(owner)] == ["machine.removed", "machine.added"]
    for wrong in (["--remove", "x"], ["X", "--as", "nobody@example.org"], ["--as", "sistema@example.org"]):
        with pytest.raises(CommandError):
            call_command("api_client", *wrong, stdout=out)


def test_a_persons_session_still_needs_its_csrf_token(client_for: Any) -> None:
    make_centre("FI")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_staff("quality_officer"))
    body = json.dumps({"centre": "FI", "title_es": "Datos"})
    answer = browser.post("/api/v1/microcredentials/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-denied")
