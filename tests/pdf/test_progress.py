"""How far the printing of a dossier is."""

from __future__ import annotations

import logging

import pytest

from iqas.ui.pdf.printing import pages_told
from tests.factories import snapshot as sample

pytestmark = pytest.mark.pdf


def test_each_page_is_told_once_while_it_is_laid_out() -> None:
    told: list[int] = []
    with pages_told(told.append):
        sample.dossier_pdf("es")
    assert len(told) > 5
    assert told == list(range(1, len(told) + 1))


def test_a_cancelled_job_stops_between_two_pages() -> None:
    class Lost(Exception):
        pass

    def tell(page: int) -> None:
        if page == 3:
            raise Lost

    with pytest.raises(Lost), pages_told(tell):
        sample.dossier_pdf("es")
    assert not logging.getLogger("weasyprint.progress").handlers
