"""The commands of docker-compose.yml, word for word, on a real PostgreSQL and a real Redis, and work through them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from iqas.jobs.mail import send_text
from iqas.jobs.models import Job, JobState
from tests.factories.organisation import the_university
from tests.support.containers import command_of, compose, interpolated
from tests.support.processes import (
    ROOT,
    end_group,
    product_environment,
    running,
    wait_until,
)
from tests.support.servers import OwnRedis, free_port
from tests.support.smtp import MailServer, mail_server

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def collected_static_files() -> None:
    """As in the Dockerfile; with the manifest that production asks for."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **STATIC},
        check=True,
    )


STATIC = {
    "IQAS_ENV": "production",
    "SECRET_KEY": "only-while-building-the-image-and-kept-by-nothing-at-all",
    "DATABASE_URL": "postgresql://nobody@nowhere/none",
}


@pytest.fixture
def installation(own_redis: OwnRedis, tmp_path: Path) -> Iterator[Installation]:
    with mail_server() as mail, ExitStack() as stack:
        yield Installation(own_redis.url, mail, tmp_path, stack)


class Installation:
    """The services of docker-compose.yml as processes of this machine; their container ends with the test."""

    def __init__(self, broker: str, mail: MailServer, logs: Path, stack: ExitStack) -> None:
        self.port = free_port()
        self.mail = mail
        self._logs = logs
        self._stack = stack
        self.env = product_environment(
            IQAS_ENV="production",
            BROKER_URL=broker,
            ALLOWED_HOSTS="iqas.example.edu",
            IQAS_BASE_URL="https://iqas.example.edu",
            IQAS_TRUSTED_PROXIES="1",
            IQAS_EMAIL_URL=f"smtp://127.0.0.1:{mail.port}",
            IQAS_EMAIL_FROM="IQAS <calidad@example.edu>",
            IQAS_JOB_REAPER_SECONDS="1",
            PORT=str(self.port),
            HOSTNAME=socket.gethostname(),
        )
        self.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"

    def command(self, service: str) -> list[str]:
        """Only what a container would keep apart is replaced: the address to listen on, and beat's two files."""
        here = {
            "--bind=0.0.0.0:8000": f"--bind=127.0.0.1:{self.port}",
            "--schedule=/tmp/beat-schedule": f"--schedule={self._logs}/beat-schedule",
            "--pidfile=/tmp/beat.pid": f"--pidfile={self._logs}/beat.pid",
        }
        return [here.get(part, part) for part in command_of(service)]

    def start(self, service: str) -> subprocess.Popen[bytes]:
        return self._stack.enter_context(
            running(self.command(service), env=self.env, log=self._logs / service, patience=60)
        )

    def is_well(self, service: str) -> bool:
        """What the health check of this service says, in the words of docker-compose.yml."""
        kind, command = compose()["services"][service]["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        here = interpolated(command, {}).replace("/tmp/beat.pid", f"{self._logs}/beat.pid")
        return (
            subprocess.run(
                ["sh", "-c", here], cwd=ROOT, env=self.env, capture_output=True, check=False
            ).returncode
            == 0
        )

    def log(self, service: str) -> str:
        return (self._logs / service).read_text(errors="replace")

    def is_ready(self) -> bool:
        """What the health check of the container asks, with its own command."""
        asked = [sys.executable, "-m", "iqas.core.probe", "/readyz"]
        return subprocess.run(asked, cwd=ROOT, env=self.env, capture_output=True, check=False).returncode == 0

    def get(self, path: str) -> tuple[int, str, dict[str, str]]:
        """As the proxy in front asks: with the public name, over TLS."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            headers={
                "Host": "iqas.example.edu",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "203.0.113.7",
                "Accept-Language": "es",
            },
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read().decode(), dict(response.headers)


def test_work_goes_through_all_of_them(installation: Installation) -> None:
    migration = subprocess.run(
        installation.command("migrate"),
        cwd=ROOT,
        env=installation.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert migration.returncode == 0, migration.stderr
    the_university()

    services = {name: installation.start(name) for name in ("web", "worker", "courier", "beat")}
    assert wait_until(installation.is_ready, 60), installation.log("web")
    letter = send_text(
        to="ana@example.edu", subject="Una prueba", text="Sale por el correo.", language="es", idem_key="one"
    )
    assert wait_until(lambda: state_of(letter) == JobState.SUCCEEDED, 60), installation.log("courier")
    (message,) = installation.mail.to("ana@example.edu")
    assert "Sale por el correo." in message.get_body(("plain",)).get_content()

    mixing = Job.objects.filter(kind="feedback.mix", state=JobState.SUCCEEDED)
    assert wait_until(mixing.exists, 60), installation.log("beat") + installation.log("worker")

    for name in ("worker", "courier", "beat"):
        assert installation.is_well(name), name
    for name, process in services.items():
        assert process.poll() is None, f"{name} ended by itself:\n{installation.log(name)}"
        end_group(process, signal.SIGTERM, 60)
        assert process.returncode in (0, -signal.SIGTERM), f"{name}:\n{installation.log(name)}"
        assert "Traceback" not in installation.log(name), f"{name}:\n{installation.log(name)}"


def test_the_first_page_is_served_with_its_look_and_its_locks(
    installation: Installation, collected_static_files: None
) -> None:
    installation.start("web")
    assert wait_until(installation.is_ready, 60), installation.log("web")
    status, page, headers = installation.get("/accounts/login/")
    assert status == 200
    assert 'lang="es"' in page
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    for sheet in stylesheets(page):
        assert installation.get(sheet)[0] == 200  # served, under its hashed name


def stylesheets(page: str) -> list[str]:
    found = re.findall(r'<link[^>]+href="(/static/[^"]+\.css)"', page)
    assert found
    return found


def state_of(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def test_production_refuses_the_demo_university(installation: Installation) -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=installation.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "production" in refused.stderr


def test_plain_http_is_sent_to_tls_but_for_the_health(installation: Installation) -> None:
    installation.start("web")
    assert wait_until(installation.is_ready, 60), installation.log("web")
    opener = urllib.request.build_opener(_NoRedirect)
    request = urllib.request.Request(
        f"http://127.0.0.1:{installation.port}/accounts/login/", headers={"Host": "iqas.example.edu"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        opener.open(request, timeout=20)
    with refusal.value as answer:
        assert answer.code == 301
        assert answer.headers["Location"] == "https://iqas.example.edu/accounts/login/"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None
