"""What people see of a job, with and without JavaScript, and what nobody else sees."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from iqas.core import clock
from iqas.core.access import allowed, can
from iqas.core.models import AuditEvent
from iqas.jobs import claim, runner, services
from iqas.jobs.models import Job, JobState
from iqas.jobs.wording import in_every_language
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_centre, the_university
from tests.support.pages import assert_hides, assert_shows, text_of


def ask(actor: Any, scope: Any = None, *, about: str = "D-2026-003", **payload: Any) -> Job:
    return services.enqueue(
        actor=actor,
        kind="tests.make",
        payload=payload,
        idem_key=uuid.uuid4().hex,
        scope=scope,
        about=about,
        about_url="/audits/",
    )


@pytest.fixture
def ana(db: None) -> Any:
    return make_staff("centre_quality", make_centre("A").scope, name="Ana Ruiz")


@pytest.fixture
def centre() -> Any:
    return make_centre("A").scope


@pytest.fixture
def client(ana: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(ana)


def fail(job: Job, *, code: str = "job-gave-up") -> None:
    lease = claim.claim(job.pk, worker="w")
    assert lease
    claim.settle(
        lease,
        JobState.FAILED,
        error_code=code,
        error=in_every_language("The disk is full."),
        last_error="OSError",
    )


def drained(response: Any) -> Any:
    """The response, read to its end, so that its file is closed now and not at some later moment."""
    if response.streaming:
        list(response.streaming_content)
    return response


class TestThePageOfAJob:
    def test_that_waits_offers_to_cancel_and_reloads_itself_without_javascript(
        self, client: Client, ana: Any, centre: Any
    ) -> None:
        job = ask(ana, centre)
        response = client.get(job.get_absolute_url(), headers={"accept-language": "en"})
        assert_shows(
            response, "D-2026-003", "Waiting", "Cancel this job", "You may leave this page", "Ana Ruiz"
        )
        html = response.content.decode()
        assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in html
        assert f'hx-get="{job.get_absolute_url()}?said=queued-0-0"' in html
        assert 'hx-trigger="every 2s"' in html

    def test_that_runs_shows_how_far_it_is_in_words_and_what_is_usual(
        self, client: Client, ana: Any, centre: Any
    ) -> None:
        for minutes in (2, 3, 10):
            earlier = runner.perform_here(ask(ana, centre).pk)
            Job.objects.filter(pk=earlier.pk).update(
                started_at=earlier.finished_at - timedelta(minutes=minutes)
            )
        job = ask(ana, centre)
        lease = claim.claim(job.pk, worker="w")
        assert lease
        claim.renew(lease, done=12, total=34, step={"en": "Rendering annexes", "es": "Componiendo anexos"})
        english = client.get(job.get_absolute_url(), headers={"accept-language": "en"})
        assert_shows(english, "Rendering annexes", "12 of 34", "3 minutes")
        assert '<progress id="job-bar" max="100" value="35">' in english.content.decode()
        assert_shows(
            client.get(job.get_absolute_url(), headers={"accept-language": "es"}), "Componiendo anexos"
        )

    def test_that_finished_gives_its_file_and_stops_asking(
        self, client: Client, ana: Any, centre: Any
    ) -> None:
        job = runner.perform_here(ask(ana, centre, number=7).pk)
        response = client.get(job.get_absolute_url())
        html = response.content.decode()
        assert_shows(response, "file-7.txt", job.artefact.sha256)
        assert "hx-trigger" not in html.split('id="content"')[1]
        assert "http-equiv" not in html
        file = client.get(reverse("jobs:artefact-download", args=[job.pk]))
        assert b"".join(file.streaming_content) == b"content 7"
        assert file["Content-Disposition"] == 'attachment; filename="file-7.txt"'
        assert file["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in file["Content-Security-Policy"]
        assert file["Cache-Control"] == "private, no-store"

    def test_that_failed_says_why_with_a_code_and_offers_to_try_again(
        self, client: Client, ana: Any, centre: Any
    ) -> None:
        job = ask(ana, centre)
        fail(job)
        response = client.get(job.get_absolute_url(), headers={"accept-language": "en"})
        assert_shows(response, "The disk is full.", "job-gave-up", "Try again")
        assert_hides(response, "OSError")
        again = client.post(reverse("jobs:job-retry", args=[job.pk]), follow=True)
        assert again.redirect_chain == [(job.get_absolute_url(), 302)]
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)

    def test_escapes_what_people_wrote(self, client: Client, ana: Any, centre: Any) -> None:
        job = ask(ana, centre, about="<script>alert(1)</script>")
        assert "<script>alert" not in client.get(job.get_absolute_url()).content.decode()


class TestTheSpokenProgress:
    def poll(self, client: Client, job: Job, said: str) -> str:
        response = client.get(
            job.get_absolute_url(), {"said": said}, headers={"HX-Request": "true", "accept-language": "en"}
        )
        html = response.content.decode()
        assert "<html" not in html
        return html

    def test_speaks_once_for_each_tenth_and_for_the_end(self, client: Client, ana: Any, centre: Any) -> None:
        job = ask(ana, centre)
        lease = claim.claim(job.pk, worker="w")
        assert lease
        spoken = 0
        said = "queued-0-0"
        for done in range(101):
            claim.renew(lease, done=done, total=100)
            html = self.poll(client, job, said)
            spoken += 'id="job-spoken"' in html
            said = html.split("?said=")[1].split('"')[0]
        assert spoken == 11, "it began, and 10 % … 100 %"
        claim.settle(lease, JobState.SUCCEEDED)
        assert "Finished" in self.poll(client, job, said).split('id="job-spoken"')[1]


class TestCancelling:
    def test_by_a_plain_form(self, client: Client, ana: Any, centre: Any) -> None:
        job = ask(ana, centre)
        response = client.post(reverse("jobs:job-cancel", args=[job.pk]), follow=True)
        assert response.status_code == 200
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED
        assert AuditEvent.objects.filter(action="job.cancelled", actor_id=str(ana.pk)).exists()

    def test_what_has_just_finished_says_so_on_its_page(self, client: Client, ana: Any, centre: Any) -> None:
        job = runner.perform_here(ask(ana, centre).pk)
        response = client.post(
            reverse("jobs:job-cancel", args=[job.pk]), follow=True, headers={"accept-language": "en"}
        )
        assert_shows(response, "already over")
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED

    @pytest.mark.parametrize("action", ["job-cancel", "job-retry"])
    def test_is_no_answer_to_a_get(self, client: Client, ana: Any, centre: Any, action: str) -> None:
        assert client.get(reverse(f"jobs:{action}", args=[ask(ana, centre).pk])).status_code == 405


class TestTheBell:
    def test_counts_what_ended_until_its_page_was_opened(self, client: Client, ana: Any, centre: Any) -> None:
        jobs = [runner.perform_here(ask(ana, centre).pk) for _ in range(2)]
        fail(ask(ana, centre))
        bell = reverse("jobs:job-bell")
        english = {"accept-language": "en"}
        assert "3 jobs ended" in text_of(client.get(bell, headers=english))
        client.get(jobs[0].get_absolute_url())
        assert "2 jobs ended" in text_of(client.get(bell, headers=english))
        client.post(reverse("jobs:jobs-mark-seen"))
        assert "ended since" not in text_of(client.get(bell, headers=english))

    def test_rings_for_nobody_else(self, ana: Any, centre: Any, client_for: Callable[[Any], Client]) -> None:
        job = runner.perform_here(ask(ana, centre).pk)
        officer = client_for(make_staff("quality_officer"))
        assert "ended since" not in text_of(
            officer.get(reverse("jobs:job-bell"), headers={"accept-language": "en"})
        )
        officer.get(job.get_absolute_url())
        job.refresh_from_db()
        assert job.seen_at is None


class TestWhoSeesIt:
    """Asked for by Ana, who looks after centre A."""

    @pytest.fixture
    def people(self, ana: Any) -> dict[str, Any]:
        b = make_centre("B").scope
        return {
            "ana": ana,
            "officer": make_staff("quality_officer"),
            "administrator": make_staff("administrator"),
            "colleague": make_staff("centre_quality", make_centre("A").scope),
            "reader of A": make_staff("reader", make_centre("A").scope),
            "coordinator of A": make_staff("coordinator", make_centre("A").scope),
            "quality of B": make_staff("centre_quality", b),
            "ana, now of B": make_staff("centre_quality", b),
        }

    def test_its_owner_and_who_oversees_its_scope(
        self, people: dict[str, Any], ana: Any, centre: Any, client_for: Callable[[Any], Client]
    ) -> None:
        job = runner.perform_here(ask(ana, centre).pk)
        seen = {"ana", "officer", "administrator", "colleague"}
        for name, person in people.items():
            for route in ("job-detail", "artefact-download"):
                response = client_for(person).get(reverse(f"jobs:{route}", args=[job.pk]))
                assert drained(response).status_code == (200 if name in seen else 404), (name, route)
            assert allowed(person, "job.view").filter(pk=job.pk).exists() == bool(
                can(person, "job.view", job)
            )

    def test_nobody_by_having_asked_alone_once_the_role_is_gone(
        self, people: dict[str, Any], centre: Any, client_for: Callable[[Any], Client]
    ) -> None:
        moved = people["ana, now of B"]
        job = runner.perform_here(ask(moved, centre).pk)
        assert client_for(moved).get(job.get_absolute_url()).status_code == 404
        assert not can(moved, "job.view", job)

    def test_only_its_owner_where_it_has_no_scope(
        self, people: dict[str, Any], client_for: Callable[[Any], Client]
    ) -> None:
        reader = people["reader of A"]
        job = ask(reader)
        for person in people.values():
            expected = 200 if person is reader else 404
            assert client_for(person).get(job.get_absolute_url()).status_code == expected

    def test_no_auditor(self, ana: Any, centre: Any, client_for: Callable[[Any], Client]) -> None:
        from iqas.organisation.scopes import add_scope

        dossier = add_scope(kind="dossier", parent=centre, code="D-2026-003", label="Dossier")
        job = runner.perform_here(ask(ana, dossier).pk)
        auditor = client_for(make_staff("auditor", dossier))
        for route in ("job-detail", "artefact-download"):
            assert auditor.get(reverse(f"jobs:{route}", args=[job.pk])).status_code == 403
        assert auditor.get(reverse("jobs:job-list")).status_code == 403

    def test_the_list_hides_it_from_the_other_centre(
        self, people: dict[str, Any], ana: Any, centre: Any, client_for: Callable[[Any], Client]
    ) -> None:
        ask(ana, centre, about="CANARY-A")
        for name, person in people.items():
            response = client_for(person).get(reverse("jobs:job-list"))
            shown = "CANARY-A" in response.content.decode()
            assert shown == (name in {"ana", "officer", "administrator", "colleague"}), name

    def test_nobody_without_signing_in(
        self, ana: Any, centre: Any, client_for: Callable[[Any], Client]
    ) -> None:
        job = ask(ana, centre)
        assert client_for(None).get(job.get_absolute_url()).status_code == 302


class TestTheList:
    def test_is_empty_in_words(self, client: Client) -> None:
        assert_shows(client.get(reverse("jobs:job-list"), headers={"accept-language": "en"}), "No jobs yet")

    def test_filters_by_state_and_person(self, client: Client, ana: Any, centre: Any) -> None:
        ask(ana, centre, about="waiting-one")
        runner.perform_here(ask(ana, centre, about="finished-one").pk)
        services.mark_seen(actor=ana)
        ask(make_staff("quality_officer"), the_university().scope, about="not-mine")
        ask(make_staff("quality_officer"), centre, about="of-my-centre")
        page = reverse("jobs:job-list")
        assert_shows(client.get(page), "waiting-one", "finished-one", "of-my-centre")
        assert_hides(client.get(page), "not-mine")
        finished = client.get(page, {"state": "finished"})
        assert_shows(finished, "finished-one")
        assert_hides(finished, "waiting-one")
        assert_hides(client.get(page, {"whose": "mine"}), "of-my-centre")

    @pytest.mark.parametrize("number", [1, 60])
    def test_takes_few_statements_however_long_it_is(
        self, client: Client, ana: Any, centre: Any, max_queries: Any, number: int
    ) -> None:
        for _ in range(number):
            ask(ana, centre)
        Job.objects.update(state=JobState.SUCCEEDED, finished_at=clock.now())
        with max_queries(12):
            assert client.get(reverse("jobs:job-list")).status_code == 200

    def test_the_page_of_a_job_takes_few_statements(
        self, client: Client, ana: Any, centre: Any, max_queries: Any
    ) -> None:
        job = runner.perform_here(ask(ana, centre).pk)
        with max_queries(14):
            client.get(job.get_absolute_url())
        with max_queries(10):
            client.get(job.get_absolute_url(), headers={"HX-Request": "true"})


def test_a_file_damaged_on_disk_is_not_given_out(
    client: Client, ana: Any, centre: Any, settings: Any
) -> None:
    job = runner.perform_here(ask(ana, centre, number=99).pk)
    from pathlib import Path

    path = Path(settings.MEDIA_ROOT) / job.artefact.stored.location
    path.unlink()
    path.write_bytes(b"content 98")
    assert hashlib.sha256(path.read_bytes()).hexdigest() != job.artefact.sha256
    response = client.get(reverse("jobs:artefact-download", args=[job.pk]))
    assert response.status_code == 409
    path.unlink()
    assert client.get(reverse("jobs:artefact-download", args=[job.pk])).status_code == 409
