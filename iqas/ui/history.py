"""The history of an object in sentences, from its audit events."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.translation import gettext as _

from iqas.core.audit import history
from iqas.ui import formats
from iqas.ui.components import Change, Entry

LONGEST = 50
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Words = Mapping[str, Mapping[str, Any]]  # field → stored code → what people call it


def history_entries(
    subject: Model,
    sentences: Mapping[str, Any],
    fields: Mapping[str, Any],
    limit: int = LONGEST,
    words: Words | None = None,
) -> list[Entry]:
    """The last events of an object, newest first, in two queries. Fields without a label are not shown.

    Codes are told by the labels of the subject's own choices; `words` adds those of other fields.
    """
    known = choices_of(type(subject)) | dict(words or {})
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
                    fields[name],
                    _plain(event.detail.before.get(name), known.get(name, {})),
                    _plain(event.detail.after.get(name), known.get(name, {})),
                )
                for name in sorted(event.detail.before.keys() | event.detail.after.keys())
                if name in fields
            ],
        )
        for event in events
    ]


def choices_of(*models: type[Model]) -> dict[str, dict[str, Any]]:
    """The labels of every field with choices, by the field's name."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for model in models:
        for field in model._meta.concrete_fields:
            found[field.name].update({str(code): label for code, label in field.flatchoices})
    return {name: labels for name, labels in found.items() if labels}


def _plain(value: Any, labels: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_plain(item, labels) for item in value)
    text = str(value)
    if DAY.fullmatch(text):
        return formats.day(date.fromisoformat(text))
    return str(labels.get(text, text))
