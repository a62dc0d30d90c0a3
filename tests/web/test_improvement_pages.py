"""The pages of improvement actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from iqas.core.worklist import work_of
from iqas.improvement import services
from iqas.improvement.models import Action
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory
from tests.factories.frameworks import shipped_criterion
from tests.factories.improvement import ActionFactory
from tests.factories.organisation import make_centre
from tests.support.pages import assert_hides, assert_shows, text_of

pytestmark = pytest.mark.django_db

LIST = "/quality/actions/"


@pytest.fixture(autouse=True)
def _packs() -> None:
    shipped_criterion("A.1")


@pytest.fixture
def officer() -> Any:
    return make_staff("centre_quality", make_centre().scope, name="Ana Ruiz")


@pytest.fixture
def action(officer: Any) -> Action:
    return ActionFactory(title="CANARY-A publicar la guía", responsible=officer, due=date(2026, 6, 30))


def values(officer: Any, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Publicar la guía docente",
        "scope": str(make_centre().scope.pk),
        "cause": "No estaba publicada.",
        "criterion": str(shipped_criterion("A.1").pk),
        "responsible": str(officer.pk),
        "due": "2999-12-01",
        "follow_up": "Revisión de la página.",
    } | changes


def test_an_action_is_opened_carried_out_and_verified(client_for: Callable[..., Any], officer: Any) -> None:
    client = client_for(officer)
    answer = client.post(f"{LIST}add/?origin=S-2026-001", values(officer))
    action = Action.objects.get()
    assert (answer.status_code, answer["Location"], action.origin_code) == (
        302,
        action.get_absolute_url(),
        "S-2026-001",
    )
    url = action.get_absolute_url()
    assert_shows(client.get(url), "Publicar la guía docente", "S-2026-001", f"{url}start/")
    assert client.post(f"{url}start/").status_code == 302

    version = EvidenceVersionFactory(evidence=EvidenceFactory(scope=action.scope), approved=True)
    assert client.post(f"{url}finish/", {"effect": ""}).status_code == 422
    assert client.post(f"{url}finish/", {"proof": str(version.pk), "effect": ""}).status_code == 302
    page = client.get(url, headers={"accept-language": "en"})
    assert_shows(page, "You are responsible for this action or carried it out; somebody else verifies it.")

    second = client_for(make_staff("quality_officer"))
    assert second.post(f"{url}verify/", {"effect": ""}).status_code == 422
    assert second.post(f"{url}verify/", {"effect": "De 3,1 a 4,2"}).status_code == 302
    assert_shows(second.get(url), "De 3,1 a 4,2")
    action.refresh_from_db()
    assert action.state == "verified"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due": "2020-01-01"}, "The date lies in the past."),
        ({"follow_up": ""}, "This field is required."),
        ({"due": "someday"}, "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    client_for: Callable[..., Any], officer: Any, changes: dict[str, Any], sentence: str
) -> None:
    answer = client_for(officer).post(
        f"{LIST}add/", values(officer, **changes), headers={"accept-language": "en"}
    )
    assert answer.status_code == 422
    assert text_of(answer).count(sentence) == 2
    assert "No estaba publicada." in text_of(answer)
    assert not Action.objects.exists()


def test_cancelling_and_sending_back_ask_for_a_reason(
    client_for: Callable[..., Any], officer: Any, action: Action
) -> None:
    client = client_for(officer)
    url = action.get_absolute_url()
    assert client.post(f"{url}cancel/", {"reason": ""}).status_code == 422
    assert client.post(f"{url}cancel/", {"reason": "Se extingue"}).status_code == 302
    assert_shows(client.get(url), "Se extingue")
    assert client.post(f"{url}start/").status_code == 403

    done = ActionFactory(
        state="done",
        done_by=officer,
        responsible=officer,
        proof=EvidenceVersionFactory(evidence=EvidenceFactory(scope=action.scope)),
    )
    second = client_for(make_staff("quality_officer"))
    assert (
        second.post(f"{done.get_absolute_url()}send-back/", {"reason": "Falta la firma"}).status_code == 302
    )
    done.refresh_from_db()
    assert done.state == "in_progress"


@pytest.mark.parametrize("page", ["", "edit/", "finish/", "verify/", "cancel/", "send-back/"])
def test_another_centre_does_not_learn_that_it_exists(
    client_for: Callable[..., Any], action: Action, page: str
) -> None:
    stranger = client_for(make_staff("centre_quality", make_centre("FAC-B", "Facultad B").scope))
    answer = stranger.get(f"{action.get_absolute_url()}{page}")
    assert answer.status_code == 404
    assert_hides(answer, "CANARY-A")
    assert_hides(stranger.get(f"{LIST}?q=canary"), "CANARY-A", action.code)
    assert stranger.post(f"{action.get_absolute_url()}start/").status_code == 404


def test_readers_read_and_auditors_do_not(client_for: Callable[..., Any], action: Action) -> None:
    reader = client_for(make_staff("reader"))
    assert_shows(reader.get(action.get_absolute_url()), "CANARY-A")
    assert reader.get(f"{action.get_absolute_url()}edit/").status_code == 403
    assert client_for(make_staff("auditor")).get(LIST).status_code == 403


def test_two_people_see_both_plans(client_for: Callable[..., Any], officer: Any, action: Action) -> None:
    services.change_action(
        actor=make_staff("quality_officer"),
        action=action,
        seen_version=1,
        title="El título de la otra persona",
    )
    changed = values(officer, title="Mi título", seen_version="1")
    answer = client_for(officer).post(f"{action.get_absolute_url()}edit/", changed)
    assert answer.status_code == 409
    for text in ("Mi título", "El título de la otra persona", 'name="seen_version" value="2"'):
        assert text in text_of(answer)
    action.refresh_from_db()
    assert action.title == "El título de la otra persona"


def test_what_is_overdue_is_found_and_said(
    client_for: Callable[..., Any], at: Callable[[str], Any], officer: Any, action: Action
) -> None:
    at("2026-07-01 09:00")
    ActionFactory(title="Otra acción sin prisa")
    page = client_for(officer).get(f"{LIST}?overdue=true", headers={"accept-language": "en"})
    assert_shows(page, "CANARY-A", "Overdue")
    assert "Otra acción sin prisa" not in text_of(page)


def test_my_work_holds_my_actions_and_what_waits_for_me(officer: Any, action: Action) -> None:
    second = make_staff("quality_officer")
    assert [item.due for item in work_of(officer) if action.code in str(item.title)] == [date(2026, 6, 30)]
    assert [item for item in work_of(second) if action.code in str(item.title)] == []
    version = EvidenceVersionFactory(evidence=EvidenceFactory(scope=action.scope), uploaded_by=officer)
    services.finish_action(actor=officer, action=action, proof=version, effect="Mejoró")
    assert [item for item in work_of(officer) if action.code in str(item.title)] == []
    urls = {item.url for item in work_of(second)}
    assert f"{action.get_absolute_url()}verify/" in urls
    assert f"{version.evidence.get_absolute_url()}versions/{version.number}/approve/" in urls


@pytest.mark.parametrize("count", [1, 40])
def test_pages_take_few_queries(
    client_for: Callable[..., Any], max_queries: Callable[..., Any], officer: Any, action: Action, count: int
) -> None:
    client = client_for(officer)
    for _number in range(count):
        ActionFactory(responsible=make_staff("coordinator", make_centre().scope))
    client.get(LIST)
    with max_queries(12):
        assert client.get(LIST).status_code == 200
    with max_queries(20):
        assert client.get(action.get_absolute_url()).status_code == 200
    with max_queries(20):
        assert client.get(f"{LIST}add/").status_code == 200
