"""Partners, agreements, contacts, participations and pathways through the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from microcredentials.models import Partner, PartnerContact
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceVersionFactory
from tests.factories.microcredentials import make_microcredential
from tests.factories.organisation import make_centre, the_university
from tests.factories.partners import make_partner, make_pathway

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(at: Any) -> None:
    at("2026-03-02 10:00")
    the_university()


@pytest.fixture
def call(api: Any) -> Any:
    return api(make_staff("quality_officer"))


class TestPartners:
    def test_added_changed_and_merged(self, call: Any) -> None:
        status, made = call.post("partners/", {"name": "Clúster TIC", "kind": "employer", "tax_id": "g-1234"})
        assert (status, made["tax_id"], made["country"], made["revision"]) == (201, "G1234", "ES", 1)
        path = f"partners/{made['code']}/"
        assert call.post("partners/", {"name": "cluster tic", "kind": "vet"})[1]["code"] == "name-taken"
        assert call.patch(path, {"notes": "A"})[0] == 428
        assert call.patch(path, {"notes": "A", "revision": 1})[1]["revision"] == 2
        assert call.patch(path, {"notes": "B", "revision": 1})[1]["code"] == "stale-version"
        assert call.patch(path, {"website": "javascript:alert(1)", "revision": 2})[0] == 400
        twin = make_partner("Cluster de las TIC")
        assert call.post(f"{path}merge/", {"duplicate": made["code"]})[1]["code"] == "same-partner"
        assert call.post(f"{path}merge/", {"duplicate": "P-999"})[0] == 404
        assert call.post(f"{path}merge/", {"duplicate": twin.code})[0] == 200
        assert call.get(f"partners/{twin.code}/")[1]["merged_into"] == made["code"]
        assert [row["code"] for row in call.get("partners/?q=tic")[1]["results"]] == [made["code"]]

    def test_agreements(self, call: Any) -> None:
        proof = EvidenceVersionFactory(approved=True)
        partner = make_partner()
        path = f"partners/{partner.code}/agreements/"
        body = {"title": "Convenio", "starts": "2026-01-01", "ends": "2025-01-01"}
        assert call.post(path, body)[1]["code"] == "dates-order"
        code = f"{proof.evidence.code}/{proof.number}"
        status, made = call.post(path, body | {"ends": "2026-04-01", "evidence": code})
        assert (status, made["state"], made["evidence"]) == (201, "expiring", code)
        saved = call.patch(f"{path}{made['id']}/", {"ends": None, "revision": 1})[1]
        assert (saved["state"], saved["title"], saved["revision"]) == ("in_force", "Convenio", 2)
        assert call.patch(f"{path}{made['id']}/", {"ends": None, "revision": 1})[1]["code"] == "stale-version"
        assert call.get(f"partners/{partner.code}/")[1]["agreements"][0]["id"] == made["id"]
        other = f"partners/{make_partner().code}/agreements/{made['id']}/"
        assert call.patch(other, {"revision": 2})[0] == 404

    def test_contacts_are_for_who_looks_after_them(self, call: Any, api: Any) -> None:
        path = f"partners/{make_partner().code}/contacts/"
        body = {"name": "Luis Gil", "basis": "consent", "basis_on": "2026-03-03"}
        assert call.post(path, body)[1]["code"] == "in-future"
        status, made = call.post(path, body | {"basis_on": "2026-03-02"})
        assert status == 201
        assert call.patch(f"{path}{made['id']}/", {"phone": "600", "revision": 1})[1]["name"] == "Luis Gil"
        reader = api(make_staff("reader"))
        assert reader.get(path)[0] == 403
        assert b"Luis" not in reader.client.get(f"/api/v1/{path[:-9]}").content
        assert call.delete(f"{path}{made['id']}/") == (204, None)
        assert call.delete(f"{path}{made['id']}/")[0] == 404
        assert not PartnerContact.objects.exists()

    def test_participations(self, call: Any, api: Any) -> None:
        draft, partner = make_microcredential(centre=make_centre("ALLA")), make_partner()
        path = f"microcredentials/{draft.code}/participations/"
        body = {"partner": partner.code, "role": "design", "since": "2026-01-01"}
        status, made = call.post(path, body)
        assert (status, made["role"]) == (201, "design")
        assert call.post(path, body)[1]["code"] == "participation-once"
        assert call.get(f"partners/{partner.code}/participations/")[1] == [made] == call.get(path)[1]
        narrow = api(make_staff("coordinator", scope=make_centre("AQUI").scope))
        assert narrow.get(f"partners/{partner.code}/participations/")[1] == []
        assert narrow.delete(f"{path}{made['id']}/")[0] == 404
        assert call.delete(f"{path}{made['id']}/")[0] == 204

    def test_the_list_is_cheap(self, call: Any, max_queries: Any) -> None:
        for _number in range(6):
            make_partner()
        with max_queries(8):
            assert call.get("partners/?page_size=4")[1]["count"] == 6
        assert call.get("partners/?kind=company&is_active=true")[1]["count"] == 6
        assert Partner.objects.count() == 6


class TestPathways:
    def test_created_with_steps_and_what_they_fill(self, call: Any) -> None:
        centre = make_centre("FI")
        first = make_microcredential(approved=True, ects=Decimal(6))
        second = make_microcredential(approved=True, ects=Decimal(3))
        body = {"centre": "FI", "name_es": "Datos", "target_name": "Grado", "target_ects": "240"}
        assert call.post("pathways/", body | {"target_ects": "0"})[1]["code"] == "target-ects"
        status, made = call.post("pathways/", body)
        assert (status, made["centre"], made["steps"]) == (201, centre.code, [])
        path = f"pathways/{made['code']}/"
        steps = [{"step": 1, "microcredential": first.code}, {"step": 1, "microcredential": second.code}]
        status, saved = call.put(f"{path}steps/", {"revision": made["revision"], "steps": steps})
        assert status == 200
        assert (saved["stack"]["least"], saved["stack"]["most"], saved["stack"]["cap"]) == (
            "3.00",
            "6.00",
            "36.00",
        )
        assert [row["microcredential"] for row in saved["steps"]] == sorted([first.code, second.code])
        assert (
            call.put(f"{path}steps/", {"revision": made["revision"], "steps": []})[1]["code"]
            == "stale-version"
        )
        twice = {"revision": saved["revision"], "steps": [steps[0], steps[0]]}
        assert call.put(f"{path}steps/", twice)[1]["code"] == "step-twice"
        assert (
            call.patch(path, {"other_ects": "300", "revision": saved["revision"]})[1]["code"] == "other-ects"
        )
        assert call.patch(path, {"target_ects": "1e30", "revision": saved["revision"]})[0] == 409

    def test_another_centres_does_not_exist(self, call: Any, api: Any, max_queries: Any) -> None:
        pathway = make_pathway(make_microcredential(approved=True), centre=make_centre("ALLA"))
        narrow = api(make_staff("coordinator", scope=make_centre("AQUI").scope))
        assert narrow.get(f"pathways/{pathway.code}/")[0] == 404
        assert narrow.get("pathways/")[1]["count"] == 0
        with max_queries(8):
            assert call.get("pathways/")[1]["count"] == 1
