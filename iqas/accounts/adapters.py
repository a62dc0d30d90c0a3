"""allauth in our house: nobody registers alone, sign-ins are recorded, messages leave in the reader's language."""

from __future__ import annotations

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from iqas.accounts.models import User, normal_email
from iqas.core.audit import record
from iqas.jobs.mail import send_text
from iqas.organisation.models import University


def network_of(address: str) -> str:
    """The /24 of an IPv4 address, the /48 of an IPv6 one."""
    version = ipaddress.ip_address(address).version
    return str(ipaddress.ip_network(f"{address}/{24 if version == 4 else 48}", strict=False))


def _came_from(request: HttpRequest) -> dict[str, str]:
    """The network of the visitor, never the machine: for the detail of an event, which can be erased."""
    return {"network": network_of(get_adapter().get_client_ip(request))}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by invitation; every sign-in and every failed one is an event (ENS op.acc.5 R5)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        user.previous_login = user.last_login
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(previous_login=user.previous_login)
            record(actor=user, action="session.begun", subject=user, after=_came_from(request))
        super().login(request, user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        person = User.objects.filter(email=normal_email(str(credentials.get("email", "")))).first()
        if person is not None:
            with transaction.atomic():
                record(
                    actor=None,
                    action="session.refused",
                    subject=person,
                    after=_came_from(request),
                    result="refused",
                )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A password or second factor was set, changed or removed: an event, and a message to its owner."""
        with transaction.atomic():
            record(actor=user, action=f"account.{template_prefix.rpartition('/')[2]}", subject=user)
        super().send_notification_mail(template_prefix, user, context, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Through the mail queue, in the person's language; the text is kept sealed until it has left."""
        user = context.get("user") or User.objects.filter(email=normal_email(email)).first()
        language = user.language if isinstance(user, User) else translation.get_language() or "es"
        with translation.override(language), transaction.atomic():
            words = {"email": email, "university_name": str(University.objects.first() or "IQAS")}
            message = self.render_mail(template_prefix, email, words | context)
            send_text(to=email, subject=message.subject, text=str(message.body), language=language)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in through the university's provider is for people who were invited; it makes no account."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        """The person invited with an address that the provider has verified, and so have we.

        An address that somebody only claims, here or there, speaks for nobody.
        """
        for email in _vouched_for(sociallogin):
            if self.can_authenticate_by_email(sociallogin, email):
                known = EmailAddress.objects.filter(email=normal_email(email), verified=True)
                if address := known.select_related("user").first():
                    return address.user, address.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuses, before anything is connected, who was not invited, is not vouched for, or has left."""
        if sociallogin.state.get("process") in {AuthProcess.CONNECT, AuthProcess.REDIRECT}:
            return
        if not sociallogin.is_existing:
            raise ImmediateHttpResponse(_not_invited(request, sociallogin))
        person = sociallogin.user
        if not person.is_active:
            with transaction.atomic():
                record(
                    actor=None,
                    action="session.refused",
                    subject=person,
                    after=_came_from(request),
                    result="refused",
                )
            message = _("Your account here has ended. If you need it again, ask the quality office.")
            raise ImmediateHttpResponse(_refused(request, "account-ended", message))


def _vouched_for(sociallogin: SocialLogin) -> list[str]:
    """Some providers send `email_verified` as a text."""
    return [one.email for one in sociallogin.email_addresses if str(one.verified).lower() == "true"]


def _not_invited(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    if vouched_for := _vouched_for(sociallogin):
        message = _(
            "Nobody was invited with the address %(email)s. Ask the quality office for an invitation."
        )
        return _refused(request, "not-invited", message % {"email": vouched_for[0]})
    message = _(
        "%(provider)s does not confirm that your e-mail address is yours, so you cannot be recognised by it."
        " Confirm the address there, or sign in with your password."
    )
    return _refused(request, "email-not-verified", message % {"provider": sociallogin.provider.name})


def _refused(request: HttpRequest, code: str, message: str) -> HttpResponse:
    return render(request, "socialaccount/refused.html", {"code": code, "message": message}, status=403)
