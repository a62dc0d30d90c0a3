"""Earlier results imported on a page: seen first, then all or nothing, and only what was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from feedback.models import Campaign
from tests.factories.feedback_results import the_questionnaire
from tests.factories.organisation import make_centre
from tests.support.pages import assert_shows

pytestmark = pytest.mark.django_db
ITEMS = [f"L{number:02}" for number in range(1, 16)]
MAPPING = f"""
questionnaire: LEARNER-END
version: 1
university: {{name: Universidad de Prueba}}
centre: {{code: FAC-A, title: {{es: Facultad A, en: Faculty A}}}}
year: 2019-20
edition: {{columns: [course], code: "OLD-{{course}}", title: {{es: "Curso {{course}}", en: "Course {{course}}"}}}}
campaign: {{title: {{es: "Encuesta {{course}}", en: "Survey {{course}}"}}}}
scale: [1, 5]
items:
{chr(10).join(f"  {code}: {{column: {code}{', scale: [0, 10]' if code == 'L15' else ''}}}" for code in ITEMS)}
"""


def the_file(value: str = "4", rows: int = 6) -> SimpleUploadedFile:
    lines = [",".join(["course", *ITEMS]), *[",".join(["7", *[value] * len(ITEMS)])] * rows]
    return SimpleUploadedFile("viejas.csv", "\n".join(lines).encode(), content_type="text/csv")


@pytest.fixture
def client(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    make_centre("FAC-A")
    the_questionnaire()
    return client_for(staff("quality_officer"))


def upload(client: Any, file: SimpleUploadedFile, mapping: str = MAPPING) -> Any:
    return client.post(reverse("feedback:result-import"), {"file": file, "mapping": mapping})


def confirm(client: Any, context: Any, **changed: str) -> Any:
    data = {"promise": context["promise"], "mapping": context["mapping"]} | changed
    return client.post(reverse("feedback:result-import-confirm"), data)


def test_nothing_is_written_before_it_is_confirmed_and_then_the_results_are_there(client: Any) -> None:
    seen = upload(client, the_file())
    assert seen.status_code == 200
    assert_shows(seen, "OLD-7", "viejas.csv")
    assert not Campaign.objects.exists()
    assert confirm(client, seen.context).status_code == 302
    campaign = Campaign.objects.get(code="OLD-7")
    assert (campaign.responses_count, campaign.imported_file.name) == (6, "viejas.csv")
    assert client.get(reverse("feedback:campaign-results", args=["OLD-7"])).status_code == 200


def test_a_bad_row_is_named_and_nothing_is_written(client: Any) -> None:
    answer = upload(client, the_file("9"))
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 6 * 14
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "mapping", ["{", "questionnaire: NONE", "- - -", MAPPING.replace("version: 1", "version: 9")]
)
def test_a_mapping_that_is_none_is_refused_on_the_form(client: Any, mapping: str) -> None:
    answer = upload(client, the_file(), mapping)
    assert answer.status_code == 422
    assert not Campaign.objects.exists()


def test_only_what_was_seen_is_imported(client: Any, staff: Any, client_for: Any) -> None:
    seen = upload(client, the_file())
    assert confirm(client, seen.context, mapping=MAPPING + "reverse: true\n").status_code == 409
    assert confirm(client, seen.context, promise="nothing").status_code == 409
    other = client_for(staff("quality_officer"))
    assert confirm(other, seen.context).status_code == 409
    assert not Campaign.objects.exists()


def test_one_centre_alone_does_not_import(staff: Any, client_for: Any) -> None:
    client = client_for(staff("centre_quality", scope=make_centre("FAC-A").scope))
    assert client.get(reverse("feedback:result-import")).status_code == 403
    assert client.post(reverse("feedback:result-import-confirm")).status_code == 403
