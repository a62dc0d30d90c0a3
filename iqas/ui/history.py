"""The history of an object in sentences, from its audit events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.translation import gettext as _

from iqas.core.audit import history
from iqas.ui.components import Change, Entry

LONGEST = 50


def history_entries(
    subject: Model, sentences: Mapping[str, Any], fields: Mapping[str, Any], limit: int = LONGEST
) -> list[Entry]:
    """The last events of an object, newest first, in two queries. Fields without a label are not shown."""
    events = list(history(subject)[:limit])
    people = {
        str(person.pk): str(person)
        for person in get_user_model().objects.filter(
            pk__in={event.actor_id for event in events if event.actor_id}
        )
    }
    return [
        Entry(
            when=event.at,
            sentence=sentences.get(event.action, event.action),
            who=people.get(event.actor_id, _("The system")),
            detail=event.detail.reason,
            changes=[
                Change(
                    fields[name], _plain(event.detail.before.get(name)), _plain(event.detail.after.get(name))
                )
                for name in sorted(event.detail.before.keys() | event.detail.after.keys())
                if name in fields
            ],
        )
        for event in events
    ]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
