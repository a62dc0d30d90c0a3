"""Messages leave once each, in the reader's language, and leave nothing personal behind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.management import call_command
from django.db import connection
from django.template import TemplateDoesNotExist

from iqas.core import clock
from iqas.core.refusals import RuleViolation
from iqas.jobs import mail, reaper, runner, services
from iqas.jobs.models import Job, JobState, Letter
from tests.support.servers import free_port
from tests.support.smtp import MailServer, mail_server

ADDRESS = "maria.lopez@example.org"
SECRET_LINK = "https://iqas.example.org/accounts/password/reset/key/1-abc-def/"


@pytest.fixture(autouse=True)
def templates(settings: Any) -> None:
    settings.TEMPLATES = [
        {
            **settings.TEMPLATES[0],
            "DIRS": [*settings.TEMPLATES[0]["DIRS"], Path(__file__).parent / "templates"],
        }
    ]


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
        yield running


def say_hello(to: str = ADDRESS, *, idem_key: str = "", language: str = "es", **context: Any) -> Job:
    return mail.send_mail(
        to=to,
        template="tests_hello",
        context={"name": "María", **context},
        language=language,
        idem_key=idem_key or uuid.uuid4().hex,
    )


def send_waiting() -> None:
    Job.objects.update(not_before=None)
    call_command("run_jobs", "--once", "--queue", "mail")


def everything_in_the_database() -> str:
    """Every value of every table, as a thief of a dump would read it."""
    dump = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            dump += [
                bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value)
                for row in cursor.fetchall()
                for value in row
            ]
    return "\n".join(dump)


class TestAMessage:
    @pytest.mark.parametrize("language", ["es", "en"])
    def test_is_text_and_html_in_the_language_of_its_reader(
        self, transactional_db: None, server: MailServer, language: str
    ) -> None:
        say_hello(language=language, action_url=SECRET_LINK, action_label="Continue")
        send_waiting()
        (message,) = server.received
        assert (message["To"], message["Subject"]) == (ADDRESS, f"Hello <María> ({language})")
        text = message.get_body(("plain",)).get_content()
        html = message.get_body(("html",)).get_content()
        assert "Good day & welcome, María." in text
        assert SECRET_LINK in text
        assert f'<html lang="{language}">' in html
        assert "Hello &lt;María&gt;" in html
        assert html.count(f'href="{SECRET_LINK}"') == 2, "the button, and its address in words"

    def test_cannot_be_made_to_carry_markup(self, transactional_db: None, server: MailServer) -> None:
        say_hello(name="<script>alert(1)</script>")
        send_waiting()
        assert "<script" not in server.received[0].get_body(("html",)).get_content()

    def test_leaves_only_after_the_commit_and_once(self, transactional_db: None, server: MailServer) -> None:
        jobs = {say_hello(idem_key="welcome 1").pk for _click in range(3)}
        assert len(jobs) == 1
        for _round in range(3):
            send_waiting()
        assert len(server.received) == 1
        say_hello(idem_key="welcome 1")
        send_waiting()
        assert len(server.received) == 1

    def test_stands_in_no_dump_of_the_database_before_or_after(
        self, transactional_db: None, server: MailServer
    ) -> None:
        say_hello(action_url=SECRET_LINK)
        for moment in ("waiting", "sent"):
            dump = everything_in_the_database()
            for secret in (ADDRESS, SECRET_LINK, "María"):
                assert secret not in dump, moment
            send_waiting()
        assert len(server.received) == 1
        assert not Letter.objects.exists()

    def test_is_refused_for_what_is_no_address(self, transactional_db: None) -> None:
        for wrong in ("", "nobody", "a@b@c", "x@example.org\nBcc: y@example.org"):
            with pytest.raises(RuleViolation) as refusal:
                say_hello(to=wrong)
            assert refusal.value.code == "mail-address"
        assert not Job.objects.exists()

    def test_of_an_unknown_template_is_refused_when_asked_for(self, transactional_db: None) -> None:
        with pytest.raises(TemplateDoesNotExist):
            mail.send_mail(to=ADDRESS, template="absent", context={}, language="es", idem_key="1")

    def test_that_others_wrote_gets_our_frame(self, transactional_db: None, server: MailServer) -> None:
        mail.send_text(to=ADDRESS, subject="Reset", text=f"Open\n{SECRET_LINK}", language="es")
        send_waiting()
        assert f'href="{SECRET_LINK}"' in server.received[0].get_body(("html",)).get_content()


class TestAMailServerThatFails:
    def test_for_one_message_repeats_that_one_only(self, transactional_db: None, server: MailServer) -> None:
        server.answers["full@example.org"] = 452
        addresses = ["a@example.org", "full@example.org", "b@example.org"]
        for address in addresses:
            say_hello(address)
        send_waiting()
        assert [len(server.to(address)) for address in addresses] == [1, 0, 1]
        waiting = Job.objects.get(state=JobState.QUEUED)
        assert timedelta(minutes=4) < waiting.not_before - clock.now() < timedelta(minutes=6)
        del server.answers["full@example.org"]
        send_waiting()
        assert [len(server.to(address)) for address in addresses] == [1, 1, 1]

    def test_for_good_is_not_tried_again(self, transactional_db: None, server: MailServer) -> None:
        server.answers[ADDRESS] = 550
        job = say_hello()
        send_waiting()
        job.refresh_from_db()
        assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 1, "mail-refused")
        assert ADDRESS not in everything_in_the_database()

    @pytest.mark.parametrize(
        ("answer", "is_over"),
        [
            ("550 5.1.1 nobody here", True),
            ("554 5.7.1 [185.1.2.3] looks like spam", False),
            ("550 5.1.8 bad sender", False),
        ],
    )
    def test_for_good_after_the_whole_message_was_tried_again_for_days(
        self, transactional_db: None, server: MailServer, answer: str, is_over: bool
    ) -> None:
        """Only where the reason is the address: what a filter dislikes today may pass tomorrow."""
        server.answer_to_messages = answer
        job = say_hello()
        send_waiting()
        job.refresh_from_db()
        assert (job.state == JobState.FAILED, job.error_code == "mail-refused") == (is_over, is_over)

    def test_by_being_away_is_waited_for(
        self, transactional_db: None, server: MailServer, settings: Any
    ) -> None:
        port = settings.EMAIL_PORT
        settings.EMAIL_PORT = free_port()
        job = say_hello()
        send_waiting()
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.QUEUED, 1)
        settings.EMAIL_PORT = port
        send_waiting()
        assert len(server.received) == 1

    def test_gets_the_same_message_id_at_each_attempt(
        self, transactional_db: None, server: MailServer
    ) -> None:
        job = say_hello()
        for _attempt in range(2):
            mail.deliver(mail.Mail(ADDRESS, "es", subject="s", text="t"), message_id=str(job.pk))
        assert len({message["Message-ID"] for message in server.received}) == 1

    def test_for_a_week_means_that_the_message_is_forgotten(
        self, transactional_db: None, server: MailServer
    ) -> None:
        job = say_hello()
        Letter.objects.update(created_at=clock.now() - timedelta(days=8))
        reaper.sweep()
        send_waiting()
        job.refresh_from_db()
        assert (job.state, job.error_code) == (JobState.FAILED, "mail-gone")

    def test_and_a_secret_changed_meanwhile_says_so(
        self, transactional_db: None, server: MailServer, settings: Any
    ) -> None:
        job, kept = say_hello(), settings.SECRET_KEY
        settings.SECRET_KEY = "another secret"
        settings.SECRET_KEY_FALLBACKS = [kept]
        assert runner.perform_here(job.pk).state == JobState.SUCCEEDED
        job = say_hello()
        settings.SECRET_KEY_FALLBACKS = []
        settings.SECRET_KEY = "a third secret"
        assert runner.perform_here(job.pk).error_code == "mail-gone"


class TestAMessageBuiltWhenItIsSent:
    @pytest.fixture(autouse=True)
    def builder(self) -> Iterator[None]:
        @mail.mail_builder("tests.invitation")
        def invitation(*, number: int) -> mail.Mail | None:
            if number == 13:
                return None
            address = f"person{number}@example.org"
            return mail.Mail(
                address, "es", subject=f"No. {number}", text="…", headers={"List-Unsubscribe": "<x>"}
            )

        yield
        del mail._builders["tests.invitation"]

    def test_stores_ids_only_and_skips_what_has_lapsed(
        self, transactional_db: None, server: MailServer
    ) -> None:
        orders = [services.Order({"number": number}, f"{number}|first") for number in (1, 2, 13)]
        for _click in range(2):
            mail.send_built(builder="tests.invitation", orders=orders)
        assert "@example.org" not in everything_in_the_database()
        send_waiting()
        assert sorted(message["Subject"] for message in server.received) == ["No. 1", "No. 2"]
        assert server.received[0]["List-Unsubscribe"] == "<x>"
        assert set(Job.objects.values_list("state", flat=True)) == {JobState.SUCCEEDED}

    def test_of_an_unknown_builder_is_refused(self, db: None) -> None:
        with pytest.raises(LookupError):
            mail.send_built(builder="absent", orders=[])


def test_nothing_leaves_of_a_request_that_is_undone(
    transactional_db: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        say_hello()
        raise ZeroDivisionError
    send_waiting()
    assert outgoing.outbox == []
