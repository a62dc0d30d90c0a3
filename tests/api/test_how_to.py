"""The examples of docs/how-to/use-the-api.md, executed as they stand there."""

from __future__ import annotations

import base64
import re
import shlex
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from iqas.accounts.machines import add_machine
from microcredentials.models import Document
from tests.factories.accounts import make_staff
from tests.factories.documents import approved_version, printed
from tests.factories.feedback_results import make_results
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"
HOST = "http://iqas.example"
FILES = {
    "enrolments.csv": b"nombre;apellidos;email\nEva;Gil;eva@example.org\n",
    "catalogue.csv": "título;ects\nRobótica;3\n".encode(),
    "partners.csv": b"nombre;tipo\nAcme;empresa\n",
    "minutes.txt": b"Acta de la Junta de Centro.",
}


def examples() -> list[str]:
    blocks = re.findall(r"```curl\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


def curl(client: Client, line: str) -> Any:
    """What curl would do with the line: -X, -H, -u, -d, -F and the address."""
    method, headers, data, parts, url = "GET", {}, "", {}, ""
    words = iter(shlex.split(line)[1:])
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _colon, value = next(words).partition(": ")
                headers[name] = value
            case "-u":
                headers["Authorization"] = "Basic " + base64.b64encode(next(words).encode()).decode()
            case "-d":
                data = next(words)
            case "-o":
                next(words)
            case "-F":
                name, _equals, value = next(words).partition("=")
                parts[name] = value
            case _:
                url = word
    path = url.removeprefix(HOST)
    if parts:
        sent = {
            name: SimpleUploadedFile(value[1:], FILES[value[1:]]) if value.startswith("@") else value
            for name, value in parts.items()
        }
        return client.post(path, sent, headers=headers)
    kind = headers.pop("Content-Type", "application/x-www-form-urlencoded")
    return client.generic(method, path, data.encode(), content_type=kind, headers=headers)


def test_every_example_does_what_it_says(at: Any) -> None:
    at("2026-03-02 10:00")
    make_centre("FI")
    call_command("load_packs", verbosity=0)
    owner = make_staff("quality_officer")
    machine, secret = add_machine(actor=None, owner=owner, name="Sistema", may_write=True)
    values = {
        "IQAS": HOST,
        "CLIENT_ID": machine.pk,
        "CLIENT_SECRET": secret,
        "MC": make_microcredential("Otra", complete=False).code,
        "CAMPAIGN": make_results().code,
        "APPROVED": approved_version().microcredential.code,
        "EDITION": make_edition(state="open", starts=date(2026, 4, 6), ends=date(2026, 5, 8)).code,
    }
    lines = examples()
    assert len(lines) >= 16
    client = Client()
    for line in lines:
        answer = curl(client, Template(line).safe_substitute(values))
        assert answer.status_code in (200, 201, 202), (line, answer.content)
        if answer.streaming:
            assert b"".join(answer.streaming_content).startswith(b"%PDF-")
        if "/token/" in line:
            values["TOKEN"] = answer.json()["access_token"]
        if answer.status_code == 202:
            values |= {"DOCUMENT": answer.json()["code"], "JOB": answer.json()["job"]}
        if "/jobs/" in line:
            printed(Document.objects.get())
