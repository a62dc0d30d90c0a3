"""Single sign-on: whoever was invited comes in with the university's account, and nobody else does."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount

from iqas.accounts.models import User
from iqas.accounts.services import invite_person
from iqas.core.models import AuditEvent
from iqas.settings.environment import oidc_apps
from tests.factories.accounts import PASSWORD, make_user
from tests.support.oidc import provider
from tests.support.pages import text_of

pytestmark = pytest.mark.django_db
ANA = {"sub": "ana-1", "email": "ana@uni.es", "email_verified": True}


@pytest.fixture
def university_account(settings):
    with provider() as running:
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": oidc_apps(running.configuration)}}
        settings.SIGN_IN_ORIGINS = [running.url]
        yield running


@pytest.fixture
def ana(university_account) -> User:
    return invite_person(actor=None, email="ana@uni.es", name="Ana Ruiz")


def test_an_invited_person_could_not_sign_in_through_the_provider(client, university_account, ana):
    arrived = university_account.sign_in(client, **ANA)
    assert (arrived.status_code, arrived["Location"]) == (302, "/")
    assert client.get("/people/me/").context["user"] == ana
    assert SocialAccount.objects.get(user=ana).uid == "ana-1"
    assert AuditEvent.objects.filter(action="session.begun", actor_id=str(ana.pk)).count() == 1
    assert not ana.has_usable_password()


def test_a_connected_person_is_recognised_without_the_address(client, client_for, university_account, ana):
    university_account.sign_in(client, **ANA)
    again = client_for(None)
    arrived = university_account.sign_in(again, sub="ana-1", email="ana.ruiz@uni.es", email_verified=True)
    assert arrived.status_code == 302
    assert again.get("/people/me/").context["user"] == ana
    assert SocialAccount.objects.filter(user=ana).count() == 1


def test_capitals_and_a_text_instead_of_a_truth_value_do_not_matter(client, university_account, ana):
    arrived = university_account.sign_in(client, sub="ana-1", email="Ana@UNI.es", email_verified="true")
    assert arrived.status_code == 302


def refused(answer, client, *, code: str, says: str) -> None:
    assert answer.status_code == 403
    assert code in text_of(answer)
    assert says in text_of(answer)
    assert client.get("/people/me/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_an_unknown_person_is_refused_and_gets_no_account(client, university_account, ana):
    answer = university_account.sign_in(client, sub="x", email="otra@uni.es", email_verified=True)
    refused(answer, client, code="not-invited", says="otra@uni.es")
    assert not User.objects.filter(email="otra@uni.es").exists()


@pytest.mark.parametrize("claimed", [{"email_verified": False}, {"email_verified": "false"}, {}])
def test_an_address_that_the_provider_did_not_verify_speaks_for_nobody(
    client, university_account, ana, claimed
):
    answer = university_account.sign_in(client, sub="ana-1", email="ana@uni.es", **claimed)
    refused(answer, client, code="email-not-verified", says="Universidad")


def test_an_address_that_somebody_only_claimed_here_speaks_for_nobody(client, university_account):
    """A person may type a colleague's address into the own account; it counts only once it is confirmed."""
    EmailAddress.objects.create(user=make_user(), email="ana@uni.es", verified=False, primary=False)
    answer = university_account.sign_in(client, **ANA)
    refused(answer, client, code="not-invited", says="ana@uni.es")


def test_a_person_whose_account_has_ended_is_refused_and_not_connected(client, university_account, ana):
    User.objects.filter(pk=ana.pk).update(is_active=False)
    answer = university_account.sign_in(client, **ANA)
    refused(answer, client, code="account-ended", says="ha terminado")
    assert AuditEvent.objects.filter(action="session.refused", object_id=str(ana.pk)).count() == 1


def test_a_connected_person_whose_account_has_ended_is_refused(client, client_for, university_account, ana):
    university_account.sign_in(client, **ANA)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    answer = university_account.sign_in(client_for(None), **ANA)
    assert answer.status_code == 403
    assert "account-ended" in text_of(answer)


def test_a_password_alone_opened_production_where_the_provider_asks_for_the_second_factor(
    client, settings, university_account, ana
):
    settings.PRODUCTION, settings.REQUIRE_SECOND_FACTOR = True, False
    ana.set_password(PASSWORD)
    ana.save()
    client.post("/accounts/login/", {"login": ana.email, "password": PASSWORD})
    sent_to_set_one_up = client.get("/people/me/")
    assert (sent_to_set_one_up.status_code, sent_to_set_one_up["Location"]) == (302, "/accounts/2fa/")
    assert client.get("/api/v1/schema/").status_code == 403

    client.post("/accounts/logout/")
    university_account.sign_in(client, **ANA)
    assert client.get("/people/me/").status_code == 200


def test_an_installation_that_asks_everybody_asks_those_from_the_provider_too(
    client, settings, university_account, ana
):
    settings.PRODUCTION, settings.REQUIRE_SECOND_FACTOR = True, True
    university_account.sign_in(client, **ANA)
    assert client.get("/people/me/")["Location"] == "/accounts/2fa/"
