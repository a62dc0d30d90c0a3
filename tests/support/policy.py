"""What every route answers to every role: observed here, compared with docs/access-policy.csv.

`WRITE_POLICY=1 .venv/bin/python -m pytest tests/web/test_access_policy.py` writes the table anew; a person reviews the difference.
"""

from __future__ import annotations

import copy
import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock
from urllib.parse import urlsplit

from django import shortcuts
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from iqas.core import error_views
from iqas.core.routes import Route, routes

if TYPE_CHECKING:
    from iqas.accounts.models import User

TABLE = Path(__file__).resolve().parents[2] / "docs" / "access-policy.csv"
COLUMNS = ("route", "method", "role", "relation", "status")
READING_AND_WRITING = ("GET", "POST")
PERSON_OF_CENTRE = ("centre_quality", "coordinator", "reviewer", "approver", "reader")
PERSON_OF_UNIVERSITY = ("administrator", "quality_officer")
PERSON_OF_DOSSIER = ("auditor", "student_auditor")


class Observation(NamedTuple):
    """One line of the table. `relation` is own, other (the other centre's object) or none (no object, or no centre)."""

    route: str
    method: str
    role: str
    relation: str
    status: int


class Undo(Exception):
    """Rolls one request back, so that every request finds the same university."""


def observe(
    seed: dict[str, Any],
    roles: Iterable[str] = (),
    methods: Iterable[str] = (),
    *,
    draws_once: bool = False,
) -> Iterator[Observation]:
    """Every URL × method × role, as the people of centre A, of the university and of no place at all.

    Of some roles and methods only where they are named. `draws_once`: a page is drawn for the first who may open it
    and not again for those after, whose status the view has decided by then.
    """
    clients = clients_of(seed)
    clients = {role: client for role, client in clients.items() if not roles or role in roles}
    with error_pages_once():
        for route in routes():
            known = methods or (
                *READING_AND_WRITING,
                *(m for m in route.methods if m in ("PUT", "PATCH", "DELETE")),
            )
            for centre, url in addresses(route, seed):
                drawn = False
                for role, client in clients.items():
                    if centre == "B" and role in PERSON_OF_UNIVERSITY:
                        continue
                    for method in known:
                        with pages_undrawn(drawn and draws_once and method == "GET"):
                            status = status_of(client, method, url)
                        drawn = drawn or status == 200
                        yield Observation(route.name, method, role, relation_of(role, centre), status)


@contextmanager
def error_pages_once() -> Iterator[None]:
    """Whoever is refused gets the same page at each address: it is rendered once for each person and status.

    Half of the answers of the table are refusals, and a third of the time went into drawing their pages.
    """
    drawn: dict[tuple[Any, int], bytes] = {}

    def render(request: HttpRequest, template: str, words: dict[str, Any], *, status: int) -> HttpResponse:
        reader = getattr(request, "user", None), status
        if reader not in drawn:
            drawn[reader] = shortcuts.render(request, template, words).content
        return HttpResponse(drawn[reader], status=status)

    with mock.patch.object(error_views, "render", render):
        yield


@contextmanager
def pages_undrawn(undrawn: bool) -> Iterator[None]:
    if not undrawn:
        yield
        return
    with mock.patch.object(shortcuts.loader, "render_to_string", return_value=""):
        yield


def relation_of(role: str, centre: str) -> str:
    if not centre or role in ("anonymous", "deactivated"):
        return "none"
    return "own" if centre == "A" else "other"


def clients_of(seed: dict[str, Any]) -> dict[str, Client]:
    """A browser for each role of centre A, of the university and of the dossier, and for who has no account."""
    from iqas.accounts.models import User

    wanted = dict.fromkeys((*PERSON_OF_CENTRE, *PERSON_OF_DOSSIER), "A") | dict.fromkeys(
        PERSON_OF_UNIVERSITY, ""
    )
    clients = {"anonymous": Client(raise_request_exception=False)}
    for entry in seed["users"]:
        if entry["role"] == "deactivated" or wanted.get(entry["role"]) == entry["centre"]:
            clients[str(entry["role"])] = client_of(User.objects.get(email=entry["email"]))
    clients["token"] = Client(raise_request_exception=False)
    clients["token"].get(urlsplit(seed["surveys"]["A"][0]).path)
    return clients


def addresses(route: Route, seed: dict[str, Any]) -> list[tuple[str, str]]:
    """The route's address for centre A's object and for centre B's, or the only one."""
    known = seed["urls"].get(route.name, {})
    if not route.kwargs:
        return [("", reverse(route.name))]
    try:
        return [(centre, reverse(route.name, kwargs=kwargs)) for centre, kwargs in known.items()]
    except NoReverseMatch as error:
        raise AssertionError(
            f"seed_acceptance gives {route.name} parameters it does not have: {error}"
        ) from error


def client_of(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


def status_of(client: Client, method: str, url: str) -> int:
    """The answer to one request, after which neither the database nor the browser remembers it."""
    status, cookies = 0, copy.deepcopy(client.cookies)
    try:
        with transaction.atomic():
            response = client.generic(method, url)
            status = response.status_code
            if response.streaming:
                b"".join(response.streaming_content)
            raise Undo
    except Undo:
        return status
    finally:
        client.cookies = cookies


def written() -> set[Observation]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            Observation(row["route"], row["method"], row["role"], row["relation"], int(row["status"]))
            for row in csv.DictReader(file)
        }


def write(observations: list[Observation]) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(set(observations)))
