"""The production files hold together. That their commands work is tests/jobs/test_production_commands.py."""

from __future__ import annotations

import re
from itertools import dropwhile

import pytest

from iqas.jobs.registry import QUEUES
from iqas.settings.environment import Environment, variable_names
from tests.support.containers import ROOT, command_of, compose, dockerfile

OURS = ("migrate", "web", "worker", "courier", "beat")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)")


@pytest.fixture(scope="module")
def services() -> dict:
    return compose()["services"]


class TestCompose:
    def test_all_services_are_there(self, services) -> None:
        assert set(services) == {*OURS, "database", "redis"}

    @pytest.mark.parametrize("name", ["web", "worker", "courier", "beat", "database", "redis"])
    def test_each_running_service_tells_its_health_and_comes_back(self, services, name) -> None:
        assert services[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
        assert services[name]["restart"] == "unless-stopped"

    def test_ours_share_one_environment_with_keys_and_files(self, services) -> None:
        for name in OURS:
            assert services[name]["environment"]["IQAS_ENV"] == "production"
            assert "keys:/data/keys" in services[name]["volumes"]
            assert "media:/data/media" in services[name]["volumes"]
            assert services[name]["environment"] == services["web"]["environment"]

    def test_each_variable_is_a_setting_of_the_product(self, services) -> None:
        known = {
            variable
            for name, field in Environment.model_fields.items()
            for variable in variable_names(name, field)
        }
        assert set(services["web"]["environment"]) <= known

    def test_nothing_starts_before_what_it_needs(self, services) -> None:
        assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
        for name in ("web", "worker", "courier", "beat"):
            assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
            assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"

    def test_only_the_proxy_of_this_machine_reaches_it(self, services) -> None:
        published = [port for service in services.values() for port in service.get("ports", [])]
        assert published == ["127.0.0.1:8000:8000"]

    def test_no_secret_stands_in_the_file_and_each_variable_is_explained(self, services) -> None:
        text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
        head = text.split("\nname: iqas")[0]
        asked_for = {name for name in VARIABLE.findall(text) if f"${{{name}:?" in text}
        assert asked_for
        assert [name for name in sorted(asked_for) if f"{name}=" not in head] == []
        assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")

    def test_redis_keeps_its_messages(self) -> None:
        command = command_of("redis")
        assert command[command.index("--appendonly") + 1] == "yes"
        assert command[command.index("--maxmemory-policy") + 1] == "noeviction"

    def test_every_queue_is_served_and_housekeeping_never_waits_behind_a_dossier(self) -> None:
        served = {
            name: set(part.removeprefix("--queues=").split(","))
            for name in ("worker", "courier")
            for part in command_of(name)
            if part.startswith("--queues=")
        }
        assert set.union(*served.values()) == set(QUEUES)
        assert not served["worker"] & served["courier"]
        assert {"pdf"} == served["worker"]

    def test_volumes_are_declared(self, services) -> None:
        used = {
            volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])
        }
        assert used == set(compose()["volumes"])


class TestDockerfile:
    def test_two_stages_and_the_second_takes_the_libraries_of_the_first(self) -> None:
        steps = dockerfile()
        stages = [step.rest for step in steps if step.word == "FROM"]
        assert len(stages) == 2
        name = stages[0].split(" AS ")[1]
        assert any(step.word == "COPY" and f"--from={name}" in step.rest for step in steps)
        assert not stages[1].startswith(name)  # pip's caches and compilers stay behind

    def test_it_runs_as_nobody_special(self) -> None:
        final = list(
            dropwhile(lambda step: not (step.word == "FROM" and " AS " not in step.rest), dockerfile())
        )
        user = [step.rest for step in final if step.word == "USER"]
        assert user == ["iqas"]
        position = [step.word for step in final]
        assert position.index("USER") < position.index("CMD")
        created = next(step.rest for step in final if step.word == "RUN" and "useradd" in step.rest)
        assert "--shell /usr/sbin/nologin iqas" in created

    def test_the_libraries_are_the_locked_ones(self) -> None:
        assert any("--require-hashes" in step.rest for step in dockerfile() if step.word == "RUN")

    def test_it_is_production_and_tells_its_health(self) -> None:
        steps = dockerfile()
        environment = " ".join(step.rest for step in steps if step.word == "ENV")
        assert "IQAS_ENV=production" in environment
        health = next(step for step in steps if step.word == "HEALTHCHECK")
        assert health.as_list == ["python", "-m", "iqas.core.probe", "/healthz"]

    def test_its_command_is_the_one_of_compose(self) -> None:
        command = next(step for step in dockerfile() if step.word == "CMD").as_list
        flat = [part for option in command_of("web") for part in option.split("=", 1)]
        assert command == flat

    def test_what_is_copied_exists_and_what_is_private_is_not_copied(self) -> None:
        for step in dockerfile():
            if step.word == "COPY" and "--from" not in step.rest:
                *sources, _target = [part for part in step.rest.split() if not part.startswith("--")]
                assert [source for source in sources if not (ROOT / source).exists()] == []
        ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
        assert {".git", "var", ".env", ".venv"} <= set(ignored)
