"""Machine clients: programs that use the API on behalf of an account, with a secret of their own."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.accounts.models import User
from iqas.core.audit import record
from iqas.core.refusals import RuleViolation

READ, WRITE = "read", "write"
SCOPES = {READ: "Read what the account may see.", WRITE: "Write what the account may write."}
CLIENT_CREDENTIALS = Client.GrantType.CLIENT_CREDENTIALS.value


@transaction.atomic
def add_machine(*, actor: Any, owner: User, name: str, may_write: bool) -> tuple[Client, str]:
    """A client that acts as `owner`, and its secret, which is kept only as a hash. Refuses `inactive` and `no-name`."""
    if not owner.is_active:
        raise RuleViolation("inactive", _("This account is not active."))
    if not name.strip():
        raise RuleViolation("no-name", _("Say which program it is."))
    client = Client(name=name.strip()[:100], owner=owner, type=Client.Type.CONFIDENTIAL)
    client.set_grant_types([CLIENT_CREDENTIALS])
    client.set_response_types([])
    scopes = [READ, WRITE] if may_write else [READ]
    client.set_scopes(scopes)
    client.set_default_scopes(scopes)
    secret = get_adapter().generate_client_secret()
    client.set_secret(secret)
    client.save(force_insert=True)
    told = {"client": client.pk, "name": client.name, "scopes": scopes}
    record(actor=actor, action="machine.added", subject=owner, after=told)
    return client, secret


@transaction.atomic
def remove_machine(*, actor: Any, client_id: str) -> None:
    """The client and its tokens serve no longer. Refuses `unknown-client`."""
    client = (
        Client.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=client_id).first()
    )
    if client is None:
        raise RuleViolation("unknown-client", _("There is no such client."))
    record(actor=actor, action="machine.removed", subject=client.owner, before={"client": client.pk})
    client.delete()


def clear_expired() -> int:
    """Deletes tokens that have expired; answers how many."""
    deleted, _by_model = Token.objects.expired().delete()
    return deleted
