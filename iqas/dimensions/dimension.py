"""What a dimension is: a declaration. It owns no data (design §2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the four dimensions.

    `code` is its heading in the pack FOUR-DIMENSIONS and `criteria` are the codes below it, whose kinds of evidence
    and freshness stand there; `indicators` are the codes of the definitions that measure it.
    """

    code: str
    slug: str
    title: str | Promise
    question: str | Promise
    criteria: tuple[str, ...]
    indicators: tuple[str, ...]
