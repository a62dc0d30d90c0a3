"""Lists to choose from."""

from __future__ import annotations

import pytest

from iqas.frameworks.selectors import current
from tests.support.pages import assert_shows

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(staff, client_for, db):
    from django.core.management import call_command

    call_command("load_packs", verbosity=0)
    return client_for(staff("quality_officer")).get("/audits/new/")


def test_an_empty_choice_is_said_in_words(page):
    assert_shows(page, "Elija…")
    assert "---------" not in page.content.decode()


def test_frameworks_are_chosen_by_their_title_not_by_their_code(page):
    framework = current().get(code="FOUR-DIMENSIONS")
    assert_shows(page, f"{framework.title} ({framework.version})")
