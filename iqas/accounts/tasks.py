"""The message by which a person is invited (its link is made when it leaves); tokens of machines that have expired."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from iqas.accounts.machines import clear_expired
from iqas.accounts.models import User
from iqas.accounts.services import INVITATION, password_link
from iqas.accounts.tokens import INVITATION_DAYS
from iqas.jobs.mail import Mail, mail_builder
from iqas.jobs.registry import job_kind, periodic
from iqas.jobs.runner import JobContext
from iqas.organisation.models import University


@mail_builder(INVITATION)
def invitation(*, user: str) -> Mail | None:
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        return None
    context = {
        "name": person.name,
        "university": University.current().name,
        "action_url": password_link(person),
        "action_label": _("Set the password"),
        "days": INVITATION_DAYS,
    }
    return Mail(person.email, person.language, template="person_invited", context=context)


@job_kind("accounts.clear_tokens", title=_("Deletion of expired tokens"), listed=False)
def clear_tokens(context: JobContext) -> None:
    clear_expired()


periodic("accounts.clear_tokens", every=24 * 3600)
