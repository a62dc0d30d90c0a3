"""Inviting people, giving and ending roles, ending accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.accounts.models import EXTERNAL_ROLES, Role, RoleAssignment, User, normal_email
from iqas.accounts.roles import ASSIGNABLE_ON, active_on
from iqas.accounts.tokens import InvitationTokens
from iqas.core import clock
from iqas.core.access import forget_grants, require
from iqas.core.audit import record
from iqas.core.models import AuditEvent
from iqas.core.refusals import RuleViolation
from iqas.core.text import sort_key
from iqas.jobs.mail import send_built
from iqas.jobs.services import Order
from iqas.organisation.models import Scope

INVITATION = "accounts.invitation"


@transaction.atomic
def invite_person(*, actor: Any, email: str, name: str, language: str = "es") -> User:
    """An account without a password; its owner sets one through a link. Refuses `email-taken`.

    `actor` is None for the terminal.
    """
    if actor is not None:
        require(actor, "people.invite")
    if User.objects.filter(email=normal_email(email)).exists():
        raise RuleViolation("email-taken", _("There is an account with this e-mail."), field="email")
    user = User.objects.create_user(email, None, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record(actor=actor, action="person.invited", subject=user, after={"email": user.email, "name": user.name})
    return user


@transaction.atomic
def assign_role(
    *,
    actor: Any,
    user: User,
    role: str,
    scope: Scope,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> RoleAssignment:
    """Gives a role on a scope. Refuses `role-scope` (the role does not exist on such a scope), `role-mixed`

    (an external auditor holds no other role), `role-held` (already held in that time), `own-role`.
    """
    if actor is not None:
        require(actor, "people.invite", scope)
        if actor.pk == user.pk:
            raise RuleViolation("own-role", _("Nobody gives a role to themselves."))
    if scope.kind not in ASSIGNABLE_ON[role]:
        raise RuleViolation("role-scope", _("This role cannot be held there."), field="scope")
    starts = valid_from or clock.today()
    User.objects.select_for_update().get(pk=user.pk)
    overlapping = RoleAssignment.objects.filter(user=user).exclude(valid_until__lt=starts)
    if valid_until is not None:
        overlapping = overlapping.exclude(valid_from__gt=valid_until)
    if any((held.role in EXTERNAL_ROLES) != (role in EXTERNAL_ROLES) for held in overlapping):
        raise RuleViolation("role-mixed", _("An external auditor holds no other role."), field="role")
    if overlapping.filter(role=role, scope=scope).exists():
        raise RuleViolation("role-held", _("This person already holds this role there."), field="role")
    assignment = RoleAssignment(
        user=user, role=role, scope=scope, valid_from=starts, valid_until=valid_until, granted_by=actor
    )
    assignment.full_clean()
    assignment.save(force_insert=True)
    forget_grants(user)
    after = {"role": str(role), "scope": scope.code, "from": starts, "until": valid_until}
    record(actor=actor, action="role.given", subject=user, scope=scope, after=after)
    return assignment


@transaction.atomic
def end_role(*, actor: Any, assignment: RoleAssignment, reason: str = "") -> RoleAssignment:
    """Ends a role today: from the next request on it no longer holds. Refuses `last-administrator`."""
    assignment = (
        RoleAssignment.objects.select_related("scope", "user")
        .select_for_update(of=("self",))
        .get(pk=assignment.pk)
    )
    if actor is not None:
        require(actor, "people.change", assignment.user)
    if assignment.role == Role.ADMINISTRATOR:
        _keep_an_administrator(except_assignment=assignment)
    yesterday = clock.today() - dt.timedelta(days=1)
    before = {"role": assignment.role, "scope": assignment.scope.code, "until": assignment.valid_until}
    assignment.valid_from = min(assignment.valid_from, yesterday)
    assignment.valid_until = yesterday
    assignment.save(update_fields=["valid_from", "valid_until"])
    forget_grants(assignment.user)
    record(
        actor=actor,
        action="role.ended",
        subject=assignment.user,
        scope=assignment.scope,
        before=before,
        after={"until": yesterday},
        reason=reason,
    )
    return assignment


@transaction.atomic
def change_person(*, actor: Any, user: User, is_active: bool, reason: str = "") -> User:
    """Ends or reopens an account. Refuses `own-account` and `last-administrator`."""
    require(actor, "people.change", user)
    if actor.pk == user.pk:
        raise RuleViolation("own-account", _("Nobody ends the own account."))
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active == is_active:
        return user
    if not is_active:
        for assignment in user.assignments.filter(active_on(clock.today()), role=Role.ADMINISTRATOR):
            _keep_an_administrator(except_assignment=assignment)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    action = "person.reopened" if is_active else "person.ended"
    record(
        actor=actor,
        action=action,
        subject=user,
        before={"active": not is_active},
        after={"active": is_active},
        reason=reason,
    )
    return user


def password_link(user: User) -> str:
    """The one-time address where an invited person sets a password.

    It ends with its first use, with the next sign-in, or after `tokens.INVITATION_DAYS`.
    """
    from allauth.account.utils import user_pk_to_url_str
    from django.conf import settings
    from django.urls import reverse

    token = InvitationTokens().make_token(user)
    path = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
    )
    return f"{settings.BASE_URL}{path}"


def _keep_an_administrator(*, except_assignment: RoleAssignment) -> None:
    others = RoleAssignment.objects.filter(
        active_on(clock.today()), role=Role.ADMINISTRATOR, user__is_active=True
    ).exclude(user_id=except_assignment.user_id)
    if not others.exists():
        raise RuleViolation(
            "last-administrator", _("The last administrator keeps the role. Give it to somebody else first.")
        )


@transaction.atomic
def invite_with_role(
    *,
    actor: Any,
    email: str,
    name: str,
    language: str,
    role: str,
    scope: Scope,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
) -> User:
    """Invites a person with a first role and sends the link to set a password. Refuses as its two parts do."""
    user = invite_person(actor=actor, email=email, name=name, language=language)
    assign_role(
        actor=actor, user=user, role=role, scope=scope, valid_from=valid_from, valid_until=valid_until
    )
    send_invitation(actor=actor, user=user)
    return user


@transaction.atomic
def send_invitation(*, actor: Any, user: User) -> None:
    """Sends the link to set a password. Refuses `account-ended`. The link is made when the message leaves."""
    require(actor, "people.invite")
    if not user.is_active:
        raise RuleViolation("account-ended", _("The account has ended."))
    record(actor=actor, action="person.written", subject=user)
    sent = AuditEvent.objects.filter(action="person.written", object_id=str(user.pk)).count()
    send_built(actor=actor, builder=INVITATION, orders=[Order({"user": str(user.pk)}, f"{user.pk}|{sent}")])


@transaction.atomic
def change_profile(*, user: User, name: str, language: str) -> User:
    """A person's own name and language."""
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"name": user.name, "language": user.language}
    user.name, user.language, user.sort_name = name, language, sort_key(name)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name", "language", "sort_name"])
    record(
        actor=user,
        action="person.changed",
        subject=user,
        before=before,
        after={"name": name, "language": language},
    )
    return user
