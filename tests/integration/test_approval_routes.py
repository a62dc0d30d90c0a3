"""The way to approval is data of the university: read with its mistakes by line, loaded, compared, put in force."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils import translation

from iqas.core.audit import verify
from iqas.core.models import AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation
from iqas.organisation.models import University
from microcredentials import packs
from microcredentials.models import ApprovalRoute
from microcredentials.packs.reading import MAX_BYTES, WrongPack, read_route
from microcredentials.selectors.routes import as_yaml, differences, facts_of, pack_of, routes_of
from microcredentials.services import routes
from tests.factories.accounts import make_staff
from tests.factories.approval import decide, make_submission
from tests.factories.organisation import make_centre
from tests.factories.routes import SHIPPED, own_route, own_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def university(at: Any) -> None:
    at("2026-03-02 10:00")
    make_centre("FI")
    call_command("load_packs", verbosity=0)


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(WrongPack) as caught, translation.override("en"):
        read_route(text.encode())
    return [(one.line, one.place) for one in caught.value.mistakes]


class TestReading:
    def test_what_ships_is_read_and_written_down_again_the_same(self) -> None:
        pack = read_route((packs.FOLDER / "university.yaml").read_bytes())
        assert read_route(as_yaml(pack).encode()) == pack
        assert pack_of(routes.store_route(pack=pack)) == pack

    def test_each_mistake_has_its_line_and_place(self) -> None:
        lines = as_yaml(own_route()).splitlines()
        wrong = [
            line.replace("days: 20", "days: soon").replace("permission: approval.centre", "permission: all")
            for line in lines
        ]
        at = {text: number for number, text in enumerate(wrong, 1)}
        found = mistakes("\n".join([*wrong, "colour: red"]))
        assert found == [
            (at["  permission: all"], "steps › 2 › permission"),
            (at["  days: soon"], "steps › 2 › days"),
            (len(wrong) + 1, "colour"),
        ]

    def test_what_is_missing_is_told_at_the_group_that_lacks_it(self) -> None:
        lines = as_yaml(own_route()).splitlines()
        without = [line for line in lines if "days: 20" not in line]
        second = [number for number, line in enumerate(without, 1) if line.startswith("- code:")][1]
        assert mistakes("\n".join(without)) == [(second, "steps › 2 › days")]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("pack: [", 1),
            ("pack: a\nversion: {", 2),
            ("pack: a\npack: b", 2),
            ("- a\n- b", 1),
            ("", 0),
            ("--- a\n--- b", 2),
            ("a: &x [b]\nb: *y", 2),
            ("a: !!python/object/apply:os.system [ls]", 1),
            ("[" * 30_000, 0),
        ],
    )
    def test_what_is_no_route_at_all(self, text: str, line: int) -> None:
        found = mistakes(text)
        assert found
        assert found[0][0] == line

    def test_signs_that_no_database_keeps_are_refused(self) -> None:
        text = as_yaml(own_route()).replace("Acuerdo del centro", '"Acuerdo\\0 del centro"')
        assert [place for _line, place in mistakes(text)] == ["steps › 2 › name › es"]
        text = as_yaml(own_route()).replace("Acuerdo del centro", '"\\ud800"')
        assert [place for _line, place in mistakes(text)] == ["steps › 2 › name › es"]

    def test_an_enormous_file_is_not_read(self) -> None:
        with pytest.raises(WrongPack) as caught:
            read_route(b"#" * (MAX_BYTES + 1))
        assert caught.value.code == "pack-too-large"

    def test_a_field_that_no_proposal_has(self) -> None:
        text = as_yaml(own_route()).replace("- ects", "- colour")
        with pytest.raises(WrongPack, match="colour"):
            read_route(text.encode())


class TestLoading:
    def test_a_loaded_route_waits_until_somebody_puts_it_in_force(self) -> None:
        administrator = make_staff("administrator")
        route = routes.add_route(actor=administrator, pack=own_route())
        assert (route.in_force, routes.route_in_force().code) == (False, "UNIVERSITY")
        assert routes.add_route(actor=administrator, pack=own_route()) == route
        assert AuditEvent.objects.filter(action="route.loaded", object_id=str(route.pk)).count() == 1

    def test_until_it_is_used_or_in_force_it_may_be_written_anew(self) -> None:
        administrator = make_staff("administrator")
        routes.add_route(actor=administrator, pack=own_route())
        changed = own_route(substantial=["title"])
        route = routes.add_route(actor=administrator, pack=changed)
        assert ApprovalRoute.objects.filter(code="OWN").count() == 1
        routes.put_in_force(actor=administrator, route=route, reason="Acuerdo del Consejo.")
        with pytest.raises(RuleViolation) as refused:
            routes.add_route(actor=administrator, pack=own_route())
        assert refused.value.code == "route-frozen"

    def test_the_code_of_the_product_is_not_taken(self) -> None:
        with pytest.raises(RuleViolation) as refused:
            routes.add_route(actor=None, pack=own_route(code="UNIVERSITY", version=2))
        assert refused.value.code == "shipped-code"

    def test_a_kind_of_document_that_does_not_exist(self) -> None:
        steps = [step.model_dump(mode="json") for step in SHIPPED.steps]
        steps[0]["document_kind"] = "love-letter"
        with pytest.raises(RuleViolation) as refused:
            routes.add_route(actor=None, pack=own_route(steps=steps))
        assert refused.value.code == "unknown-kind"

    def test_loading_what_ships_again_does_not_touch_the_decision(self) -> None:
        route = routes.add_route(actor=None, pack=own_route())
        routes.put_in_force(actor=None, route=route, reason="Reglamento de 2026.")
        call_command("load_packs", verbosity=0)
        assert routes.route_in_force() == route


class TestInForce:
    def test_what_was_submitted_before_goes_on_as_it_began(self) -> None:
        submission = make_submission()
        administrator = make_staff("administrator")
        route = routes.add_route(actor=administrator, pack=own_route(without=("centre",)))
        routes.put_in_force(actor=administrator, route=route, reason="Reglamento de 2026.")
        decide(submission)
        submission.refresh_from_db()
        assert submission.waiting_for is not None
        assert (submission.waiting_for.code, submission.waiting_for.route.code) == ("centre", "UNIVERSITY")
        second = make_submission()
        assert [step.route.code for step in second.steps.all()] == ["OWN"] * 3
        used = {one.code: (one.used, one.waiting) for one in routes_of(administrator)}
        assert used == {"OWN": (1, 1), "UNIVERSITY": (1, 1)}

    def test_it_is_told_in_the_audit_chain_with_its_reason(self) -> None:
        route = routes.add_route(actor=None, pack=own_route())
        routes.put_in_force(actor=make_staff("administrator"), route=route, reason="Reglamento de 2026.")
        event = AuditEvent.objects.select_related("detail").get(
            action="route.in-force", object_id=str(route.pk)
        )
        assert event.detail.reason == "Reglamento de 2026."
        assert (event.detail.before, event.detail.after) == ({"route": "UNIVERSITY 1"}, {"route": "OWN 1"})
        assert list(verify()) == []

    @pytest.mark.parametrize("role", ["quality_officer", "approver", "coordinator", "reader"])
    def test_only_an_administrator_decides_it(self, role: str) -> None:
        person = make_staff(role)
        with pytest.raises(AccessDenied):
            routes.add_route(actor=person, pack=own_route())
        route = routes.add_route(actor=None, pack=own_route())
        with pytest.raises(AccessDenied):
            routes.put_in_force(actor=person, route=route, reason="x")

    def test_twice_and_without_a_reason(self) -> None:
        route = routes.add_route(actor=None, pack=own_route())
        with pytest.raises(RuleViolation) as refused:
            routes.put_in_force(actor=None, route=route, reason=" ")
        assert refused.value.code == "reason-missing"
        routes.put_in_force(actor=None, route=route, reason="x")
        with pytest.raises(RuleViolation) as refused:
            routes.put_in_force(actor=None, route=route, reason="x")
        assert refused.value.code == "in-force"

    @pytest.mark.parametrize(
        ("without", "public", "code", "article"),
        [
            ("price", True, "no-price-step", "RD 822/2021 art. 37.2"),
            ("governing-body", True, "no-governing-step", "RD 822/2021 art. 37.10"),
            ("governing-body", False, "no-governing-step", "RD 822/2021 art. 37.10"),
            ("price", False, "", ""),
        ],
    )
    def test_the_law_asks_for_its_bodies(self, without: str, public: bool, code: str, article: str) -> None:
        University.objects.update(is_public=public)
        route = routes.add_route(actor=None, pack=own_route(without=(without,)))
        if not code:
            assert routes.put_in_force(actor=None, route=route, reason="x").in_force
            return
        with pytest.raises(RuleViolation) as refused:
            routes.put_in_force(actor=None, route=route, reason="x")
        assert (refused.value.code, refused.value.article) == (code, article)
        assert routes.route_in_force().code == "UNIVERSITY"


class TestInWords:
    def test_what_each_kind_of_version_needs(self) -> None:
        with translation.override("en"):
            facts = facts_of(SHIPPED)
        ways = {way.change: len(way.steps) for way in facts.ways}
        assert ways == {"new": 4, "substantial": 4, "minor": 1}
        assert facts.steps[0].term == "15 days from the act before"
        assert len(facts.substantial) == len(SHIPPED.substantial)
        assert not set(facts.substantial) & set(facts.minor)

    def test_every_difference_and_nothing_else(self) -> None:
        steps = [step.model_dump(mode="json") for step in SHIPPED.steps]
        steps[1] |= {"days": 30, "needed_for": ["new", "substantial", "minor"]}
        steps[0]["body"]["en"] = "Commission"
        del steps[3]
        steps.insert(0, {**steps[0], "code": "library", "name": {"es": "Biblioteca", "en": "Library"}})
        steps[1], steps[2] = steps[2], steps[1]
        substantial = [name for name in SHIPPED.substantial if name != "mode"] + ["budget"]
        with translation.override("en"):
            found = differences(SHIPPED, own_route(steps=steps, substantial=substantial))
        assert [(one.what, one.before, one.after) for one in found] == [
            (
                "Step “Report of the quality assurance system”: body",
                "Quality Assurance Committee",
                "Commission",
            ),
            (
                "Step “Agreement of the centre”: time limit",
                "20 days from the act before",
                "30 days from the act before",
            ),
            (
                "Step “Agreement of the centre”: needed for",
                "new, substantial change",
                "new, substantial change, minor change",
            ),
            ("Step “Public price”", "there", "gone"),
            (
                "Step “Library”",
                "",
                "Commission · 15 days from the act before · with its document as evidence",
            ),
            (
                "Order of the steps",
                "Report of the quality assurance system → Agreement of the centre → Annual programme of the governing body",
                "Agreement of the centre → Report of the quality assurance system → Annual programme of the governing body",
            ),
            ("Mode", "substantial change", "minor change"),
            ("Budget", "minor change", "substantial change"),
        ]
        assert differences(SHIPPED, own_route()) == []


class TestTheCommand:
    def run(self, path: Path, *options: str) -> str:
        out = io.StringIO()
        with translation.override("en"):
            call_command("approval_route", str(path), *options, stdout=out)
        return out.getvalue()

    def test_a_dry_run_says_what_changes_and_writes_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "own.yaml"
        path.write_text(own_text(days=25), encoding="utf-8")
        events = AuditEvent.objects.count()
        said = self.run(path, "--in-force", "--dry-run")
        assert "20 days from the act before → 25 days from the act before" in said
        assert "OWN 1 is in force." in said
        assert said.endswith("Nothing was written.\n")
        assert not ApprovalRoute.objects.filter(code="OWN").exists()
        assert AuditEvent.objects.count() == events

    def test_it_loads_and_puts_in_force_and_says_why(self, tmp_path: Path) -> None:
        path = tmp_path / "own.yaml"
        path.write_text(own_text(), encoding="utf-8")
        self.run(path)
        assert routes.route_in_force().code == "UNIVERSITY"
        self.run(path, "--in-force", "--reason", "Reglamento de 2026.")
        assert routes.route_in_force().code == "OWN"
        event = AuditEvent.objects.select_related("detail").filter(action="route.in-force").latest("seq")
        assert (event.actor_id, event.detail.reason) == ("", "Reglamento de 2026.")
        self.run(path, "--in-force")

    def test_mistakes_are_told_by_file_and_line(self, tmp_path: Path) -> None:
        path = tmp_path / "own.yaml"
        path.write_text(own_text().replace("days: 20", "days: 0"), encoding="utf-8")
        line = path.read_text(encoding="utf-8").splitlines().index("  days: 0") + 1
        with pytest.raises(
            CommandError, match=rf"own\.yaml:{line}: steps › 2 › days: it must be at least 1\."
        ):
            self.run(path)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"nothing\.yaml"):
            self.run(tmp_path / "nothing.yaml")

    def test_a_refusal_is_told_in_a_sentence(self, tmp_path: Path) -> None:
        path = tmp_path / "own.yaml"
        path.write_text(
            yaml.safe_dump(own_route(without=("price",)).model_dump(mode="json")), encoding="utf-8"
        )
        with pytest.raises(CommandError, match=r"art\. 37\.2"):
            self.run(path, "--in-force")
        assert not ApprovalRoute.objects.filter(code="OWN").exists()
