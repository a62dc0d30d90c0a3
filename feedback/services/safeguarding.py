"""Naming who reads urgent complaints."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.models import SafeguardingPerson
from iqas.accounts.models import User
from iqas.core.access import holds, require
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation
from iqas.organisation.models import Scope

NAMED_ON = (Scope.Kind.UNIVERSITY, Scope.Kind.CENTRE)


@transaction.atomic
def name_person(*, actor: Any, scope: Scope, user: User) -> SafeguardingPerson:
    """Let a person read what is urgent about a scope; from the first one on, nobody else does.

    Refuses `safeguarding-scope` (neither university nor centre), `safeguarding-role` (their role does not reach complaints
    there) and `safeguarding-twice`.
    """
    Scope.objects.select_for_update(no_key=True).get(pk=scope.pk)
    require(actor, "safeguarding.set", SafeguardingPerson(scope=scope, user=user))
    if scope.kind not in NAMED_ON:
        raise RuleViolation("safeguarding-scope", _("Choose the university or a centre."), field="scope")
    if not holds(user, "complaint.answer", scope):
        raise RuleViolation(
            "safeguarding-role",
            _("Give this person a role there first that answers complaints."),
            field="user",
        )
    person, made = SafeguardingPerson.objects.get_or_create(scope=scope, user=user)
    if not made:
        raise RuleViolation("safeguarding-twice", _("They are named already."), field="user")
    _record(actor, person, "safeguarding.named")
    return person


@transaction.atomic
def remove_person(*, actor: Any, person: SafeguardingPerson) -> None:
    """Take a person away; after the last one the university's quality officers read again."""
    locked = (
        SafeguardingPerson.objects.select_related("scope", "user")
        .select_for_update(of=("self",))
        .get(pk=person.pk)
    )
    require(actor, "safeguarding.set", locked)
    _record(actor, locked, "safeguarding.removed")
    locked.delete()


def _record(actor: Any, person: SafeguardingPerson, action: str) -> None:
    record(
        actor=actor,
        action=action,
        subject=person.scope,
        scope=person.scope,
        after={"person": person.user.get_full_name()},
    )
