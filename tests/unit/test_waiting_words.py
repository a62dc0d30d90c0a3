"""How long a job has waited, in the words of `doctor`."""

from __future__ import annotations

import pytest

from iqas.jobs.checks import in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (600, "10 minutes"),
        (7_100, "118 minutes"),
        (7_200, "2 hours"),
        (172_800, "2 days"),
        (100_633_680, "1165 days"),
    ],
)
def test_a_long_wait_is_not_told_in_minutes(seconds, words):
    assert in_words(seconds) == words
