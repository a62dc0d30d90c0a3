"""The way in: the invitation's link, the second factor, the messages about one's own account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from iqas.accounts.services import invite_with_role, password_link
from iqas.accounts.templatetags.accounts import browser
from iqas.core.models import AuditEvent
from iqas.jobs import runner
from iqas.jobs.models import Job, JobState
from tests.factories.accounts import PASSWORD as FACTORY_PASSWORD
from tests.factories.accounts import make_user
from tests.factories.organisation import make_centre
from tests.support.pages import assert_shows, text_of

pytestmark = pytest.mark.django_db
PASSWORD = "larga-y-segura-77"


def sent_messages():
    for job in Job.objects.filter(state=JobState.QUEUED, queue="mail"):
        runner.perform_here(job.pk)
    return mail.outbox


def link_in(message) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", message.body)
    assert found
    return found.group(1)


def test_the_link_of_an_invitation_sets_the_password_and_leads_to_the_sign_in(staff, client_for):
    invite_with_role(
        actor=staff("administrator"),
        email="nueva@uni.es",
        name="Nueva Persona",
        language="es",
        role="centre_quality",
        scope=make_centre().scope,
    )
    [message] = sent_messages()
    visitor = client_for(None)
    answer = visitor.get(link_in(message), follow=True)
    assert_shows(answer, "Establecer la contraseña")
    form = answer.request["PATH_INFO"]
    done = visitor.post(form, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert_shows(done, "La contraseña está establecida", "/accounts/login/")
    signed_in = visitor.post("/accounts/login/", {"login": "nueva@uni.es", "password": PASSWORD}, follow=True)
    assert_shows(signed_in, "Nueva Persona")


def test_a_used_password_link_says_what_to_do_next(client_for):
    person = make_user()
    link = "/" + password_link(person).split("/", 3)[3]
    visitor = client_for(None)
    form = visitor.get(link, follow=True).request["PATH_INFO"]
    visitor.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    again = client_for(None).get(link, follow=True)
    assert_shows(again, "Este enlace ya no sirve", "/accounts/password/reset/", "/accounts/login/")


def minutes_of(link: str, at) -> int:
    """How many minutes after it was made the link still opens the form, tried at whole minutes."""
    made = at("2026-03-01 10:00")
    path = link() if callable(link) else link
    last = 0
    for minutes in (59, 60, 61, 24 * 60, 7 * 24 * 60 - 1, 7 * 24 * 60, 7 * 24 * 60 + 1):
        at((made + timedelta(minutes=minutes)).isoformat())
        if 'name="password1"' in text_of(Client().get(path, follow=True)):
            last = minutes
    return last


def test_a_reset_link_lived_three_days_where_the_message_said_a_short_time(client_for, at):
    person = make_user(language="en")

    def asked_for() -> str:
        client_for(None).post("/accounts/password/reset/", {"email": person.email})
        [message] = sent_messages()
        assert "The link works once and for one hour." in message.body
        return link_in(message)

    assert minutes_of(asked_for, at) == 60


def test_the_link_of_an_invitation_lives_as_long_as_its_message_says(staff, at):
    def invited() -> str:
        centre = make_centre()
        invite_with_role(
            actor=staff("administrator"), email="nueva@uni.es", name="Nueva", language="en",
            role="centre_quality", scope=centre.scope,
        )  # fmt: skip
        [message] = sent_messages()
        assert "The link works once and for 7 days." in message.body
        return link_in(message)

    assert minutes_of(invited, at) == 7 * 24 * 60


def test_the_menu_led_nowhere_to_the_own_account_and_the_last_access(client_for, at):
    at("2026-03-02 10:00")
    person = make_user(previous_login=datetime(2026, 2, 27, 9, 30, tzinfo=UTC))
    page = client_for(person).get("/people/me/", headers={"accept-language": "en"})
    assert_shows(page, 'href="/people/me/">My account<', "Last access: 27")
    assert_shows(page, 'href="/people/me/" aria-current="page"')


def test_an_auditor_was_offered_a_form_that_is_refused(staff, client_for):
    page = client_for(staff("auditor")).get("/people/me/")
    assert_shows(page, "Mi cuenta")
    assert 'name="language"' not in text_of(page).split("<main")[1]


def test_a_message_to_an_unknown_address_names_it_and_offers_no_registration(client_for):
    client_for(None).post("/accounts/password/reset/", {"email": "nadie@uni.es"})
    [message] = sent_messages()
    assert "nadie@uni.es" in message.body
    assert "/signup/" not in message.body


def test_a_changed_password_is_an_event_and_a_message_in_the_language_of_its_owner(client_for):
    person = make_user(language="en")
    person.set_password(PASSWORD)
    person.save()
    client = client_for(person)
    with translation.override("es"):
        client.post(
            "/accounts/password/change/",
            {"oldpassword": PASSWORD, "password1": "otra-larga-88-x", "password2": "otra-larga-88-x"},
        )
    [event] = AuditEvent.objects.filter(action__startswith="account.")
    assert (event.action, event.object_id, event.actor_id) == (
        "account.password_changed",
        str(person.pk),
        str(person.pk),
    )
    [message] = sent_messages()
    assert "This was changed in your account" in message.body


def test_a_refused_address_says_why(client_for):
    person = make_user(email="una@uni.es")
    answer = client_for(person).post("/accounts/email/", {"email": "una@uni.es", "action_add": ""})
    assert_shows(answer, "ya está asociada a esta cuenta")


def test_a_failed_sign_in_is_told_once(client_for):
    answer = client_for(None).post("/accounts/login/", {"login": "x@uni.es", "password": "no"})
    assert 'class="form-page' in answer.content.decode()
    assert_shows(answer, "Hay un problema")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
            "Chrome 126, Linux",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari 17, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            "Edge 126, Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128, Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_a_session_names_its_browser_as_a_person_knows_it(sent, shown):
    assert browser(sent) == shown


def test_the_sessions_page_names_the_browser(client_for):
    page = client_for(make_user()).get("/accounts/sessions/")
    assert page.status_code == 200
    assert "Mozilla/5.0" not in text_of(page)


@pytest.mark.parametrize(
    ("address", "network"), [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48")]
)
def test_a_sign_in_and_a_refused_one_note_the_network_in_what_can_be_erased(client_for, address, network):
    person = make_user()
    for password in ("wrong", FACTORY_PASSWORD):
        client_for(None).post(
            "/accounts/login/", {"login": person.email, "password": password}, REMOTE_ADDR=address
        )
    events = AuditEvent.objects.filter(action__startswith="session.").order_by("seq")
    assert [(event.action, event.detail.after) for event in events] == [
        ("session.refused", {"network": network}),
        ("session.begun", {"network": network}),
    ]
    assert address not in repr(list(AuditEvent.objects.values()))
