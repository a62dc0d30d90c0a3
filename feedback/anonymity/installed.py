"""The key ring of this installation (settings.KEYS_DIR)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.keys import KeyFolderError, KeyRing
from iqas.core.refusals import RuleViolation

log = structlog.get_logger(__name__)


def installed_ring() -> KeyRing:
    """The ring that links in use were made with. Raises KeyMissingError where it was lost or never made."""
    return _ring_at(Path(settings.KEYS_DIR))


def ring_for_visits(*, links_exist: Callable[[], bool]) -> KeyRing | None:
    """The ring to recognise a visitor's link with; None where no link was ever made.

    Refuses `keys-missing` where links are in use and their ring is gone: that is our fault, not the visitor's.
    """
    try:
        return installed_ring()
    except KeyFolderError as error:
        if not links_exist():
            return None
        log.exception("survey_keys_missing")
        raise RuleViolation(
            "keys-missing", _("Surveys cannot be opened at the moment. Your link is right: try again later.")
        ) from error


def ring_for_new_links(*, links_exist: bool) -> KeyRing:
    """The ring to make links with; the first link of an installation makes the ring.

    With links in use a missing ring is an accident to be repaired from a backup, never a reason for a new one.
    """
    if not links_exist:
        KeyRing.load_or_make(Path(settings.KEYS_DIR))
    return installed_ring()


@lru_cache(maxsize=4)
def _ring_at(directory: Path) -> KeyRing:
    return KeyRing.load(directory)
