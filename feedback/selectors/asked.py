"""Questions as people were asked them.

A version that was used never changes again (`services.questionnaires.freeze`), so each process reads its questions once: they
were a tenth of every page of results.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from feedback.models import Item

MOST_KEPT = 5_000
TOLD_TO_RESPONDENTS = tuple(
    f"{text}{suffix}"
    for text in ("help", "version__intro")
    for suffix in ("", *(f"_{language}" for language in settings.MODELTRANSLATION_LANGUAGES))
)
_kept: dict[UUID, Item] = {}


def asked_items(keys: Iterable[UUID]) -> dict[UUID, Item]:
    """These questions in the order of their questionnaires, with section and version, without what only a respondent

    reads. One statement at most. Whoever gets them must not change them.
    """
    wanted = set(keys)
    found = {
        key: item for key in wanted if (item := _kept.get(key)) is not None
    }  # others may clear it meanwhile
    if missing := wanted - found.keys():
        rows = Item.objects.filter(pk__in=missing).select_related("section", "version__questionnaire")
        read = {item.pk: item for item in rows.defer(*TOLD_TO_RESPONDENTS)}
        _keep(read)
        found |= read
    return dict(sorted(found.items(), key=lambda pair: pair[1].order))


def _keep(items: dict[UUID, Item]) -> None:
    if len(_kept) > MOST_KEPT:
        _kept.clear()
    _kept.update({key: item for key, item in items.items() if item.version.frozen_at is not None})
