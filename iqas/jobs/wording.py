"""Sentences that a worker writes and people of another language read later.

A worker has no reader, so it stores each sentence in every language of the interface.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import ngettext

Sentence = dict[str, str]
MINUTE = 60
MINUTE_AND_A_HALF = 90


def in_every_language(text: str | Promise) -> Sentence:
    """``{"es": …, "en": …}``; empty for an empty text."""
    sentence: Sentence = {}
    for code in settings.INTERFACE_LANGUAGES:
        with translation.override(code):
            sentence[code] = str(text)
    return sentence if any(sentence.values()) else {}


def in_reader_language(sentence: Sentence) -> str:
    """The sentence for the language of this request, else the default language's, else any."""
    for code in (translation.get_language() or "", settings.LANGUAGE_CODE):
        if sentence.get(code):
            return sentence[code]
    return next(iter(sentence.values()), "")


def duration(span: timedelta) -> str:
    """A duration as people say it, never more exact than its size deserves."""
    whole = max(1, round(span.total_seconds()))
    if whole < MINUTE_AND_A_HALF:
        return ngettext("%(count)s second", "%(count)s seconds", whole) % {"count": whole}
    if whole < 90 * MINUTE:
        minutes = round(whole / MINUTE)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = round(whole / (60 * MINUTE))
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
