"""Who asked to be forgotten: recognised by keyed hashes alone, so that no list brings them back.

The key is a file in KEYS_DIR (`register/erased.key`). Whoever has a copy of the database without it cannot try out
identifiers; whoever loses it can recognise nobody any more, so nothing is written until it is restored.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from iqas.core.keys import KeyMissing, KeyProblem, load_key, make_key
from iqas.core.refusals import RuleViolation
from microcredentials.models import ErasedIdentity
from microcredentials.services.bulk import chunks

KEY = "register/erased"
CANARY = ("canary", "")
"""Remembered beside the first erased person: it tells whether the key is still the one that they were remembered with."""

Identifiers = Iterable[tuple[str, str]]  # name of the key, its value: Identity.keys().items()
log = structlog.get_logger(__name__)


def remember(identifiers: Identifiers) -> None:
    """Keeps the hashes of what an erased person was known by. Refuses `keys-missing`."""
    key = _key()
    for identifier in (CANARY, *identifiers):
        ErasedIdentity.objects.get_or_create(digest=digest(key, identifier))


def forget(identifiers: Identifiers) -> None:
    """Somebody asks to be known again by these. Refuses `keys-missing`."""
    key = _key()
    ErasedIdentity.objects.filter(pk__in=[digest(key, identifier) for identifier in identifiers]).delete()


def erased_among(identifiers: Identifiers) -> frozenset[tuple[str, str]]:
    """Those that belong to somebody who was erased. Refuses `keys-missing`."""
    if not ErasedIdentity.objects.exists():
        return frozenset()
    key = _key()
    by_digest: Mapping[str, tuple[str, str]] = {digest(key, one): one for one in set(identifiers)}
    return frozenset(
        by_digest[found]
        for chunk in chunks(sorted(by_digest))
        for found in ErasedIdentity.objects.filter(pk__in=chunk).values_list("pk", flat=True)
    )


def digest(key: bytes, identifier: tuple[str, str]) -> str:
    return hmac.new(key, "|".join(identifier).encode(), sha256).hexdigest()


def key_problems() -> Iterator[str]:
    """What is wrong with the key, in a sentence; reads the file anew."""
    if not ErasedIdentity.objects.exists():
        return
    try:
        key = load_key(KEY)
    except KeyProblem as problem:
        yield str(problem)
        return
    if not ErasedIdentity.objects.filter(pk=digest(key, CANARY)).exists():
        yield (
            f"The key {KEY} is not the one that erased people were remembered with: the next list would bring them "
            "back. Restore the key folder from its backup."
        )


def _key() -> bytes:
    """The key; made with the first person that is erased, and never again."""
    try:
        return _key_in(str(settings.KEYS_DIR))
    except KeyMissing as missing:
        if not ErasedIdentity.objects.exists():
            return make_key(KEY)
        raise _unusable(missing) from missing
    except KeyProblem as problem:
        raise _unusable(problem) from problem


@lru_cache(maxsize=4)
def _key_in(folder: str) -> bytes:
    return load_key(KEY)


def _unusable(problem: KeyProblem) -> RuleViolation:
    log.error("erased_key_unusable", problem=str(problem))
    return RuleViolation(
        "keys-missing",
        _(
            "The key that recognises erased people cannot be read, so nobody can be enrolled or erased now. The administration must restore the folder of keys."
        ),
    )
