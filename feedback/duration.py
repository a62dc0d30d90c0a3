"""How long a survey takes, as its respondents are told before they begin: a rule of thumb, not a measurement."""

from __future__ import annotations

from collections.abc import Iterable

from feedback.models.questionnaires import Item

CLOSED_SECONDS = 10
COMMENT_SECONDS = 20


def minutes_to_answer(kinds: Iterable[str]) -> int:
    """Whole minutes for questions of these kinds, one at least.

    An ordinary question takes about ten seconds (Pew Research Center, "How we keep our online surveys from running too
    long", 2022). A comment takes minutes to write and most people leave it open: on average, twice as long as a
    question. Questions that only some are asked count as if everybody were.
    """
    seconds = sum(COMMENT_SECONDS if kind == Item.Kind.TEXT else CLOSED_SECONDS for kind in kinds)
    return max((seconds + 30) // 60, 1)
