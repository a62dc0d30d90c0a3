"""Numbers from counts and answers, added up the tree by hand, with small groups out of reach."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from feedback.models import Campaign, QuestionnaireVersion
from feedback.packs import load as load_questionnaires
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.indicators.models import Definition, Measurement, Target
from iqas.indicators.packs import load
from iqas.indicators.packs.schema import DefinitionPack
from iqas.indicators.selectors import branches_of, edition_series, series_of
from iqas.indicators.services.definitions import store_definition
from iqas.indicators.services.measuring import measure
from iqas.indicators.services.targets import NO_TARGET, drop_target, set_target
from iqas.jobs.models import Job
from iqas.organisation.models import AcademicYear
from microcredentials.models import Edition, EnrolmentCount
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year, the_university

pytestmark = pytest.mark.django_db
CODES = [
    "response-rate",
    "overall-satisfaction",
    "satisfaction-teaching",
    "usefulness",
    "completion-rate",
    "success-rate",
    "places-coverage",
    "valid-evidence",
]
OF_STAKEHOLDERS = [
    "employer-need",
    "employer-satisfaction",
    "provider-level",
    "provider-recognition",
    "teacher-satisfaction",
    "graduate-use",
    "withdrawn-return",
]


@pytest.fixture
def year() -> AcademicYear:
    load()
    return make_year(2025)


def counted(edition: Edition, **numbers: int | None) -> Edition:
    EnrolmentCount.objects.update_or_create(edition=edition, defaults={"source": "Acta", **numbers})
    return edition


def editions_of(*numbers: int, centre: Any = None) -> list[Edition]:
    """One micro-credential with an edition for each number of learners, all of whom complete and pass."""
    mc = make_microcredential(approved=True, centre=centre or make_centre())
    return [results(make_edition(mc), n) for n in numbers]


def results(edition: Edition, enrolled: int, *, left: int = 0, failed: int = 0) -> Edition:
    completed = enrolled - left
    return counted(
        edition,
        enrolled=enrolled,
        withdrawn=left,
        completed=completed,
        presented=completed,
        passed=completed - failed,
        failed=failed,
    )


def number(code: str, **place: Any) -> Measurement:
    return Measurement.objects.get(definition__code=code, **place)


def test_the_packs_hold_the_eight_indicators_and_those_of_stakeholders_and_load_twice() -> None:
    loaded = [f"{code} v{2 if code == 'places-coverage' else 1}" for code in (*CODES, *OF_STAKEHOLDERS)]
    assert load() == load() == loaded


def test_every_question_that_feeds_an_indicator_is_asked(year: AcademicYear) -> None:
    load_questionnaires()
    for definition in Definition.objects.filter(computation="favourable"):
        for questionnaire, codes in definition.items.items():
            newest = QuestionnaireVersion.objects.filter(questionnaire__code=questionnaire).latest("number")
            asked = newest.items.filter(code__in=codes)
            assert asked.count() == len(codes), (definition.code, questionnaire)
            for item in asked:
                assert set(definition.points) <= set(item.points), (definition.code, item.code)
                assert definition.points or len(item.points) >= 4, "no two best points"


def test_employers_providers_teachers_and_graduates_fed_no_indicator(year: AcademicYear) -> None:
    mc = make_microcredential(approved=True)
    edition = make_edition(mc)
    pooled = make_edition(mc)
    make_results("C-1", [{"E01": 1, "E02": 5, "S1": 4, "S2": 2}] * 3 + [{"E01": 1, "E02": 2, "S1": 4}] * 3, edition=edition, questionnaire="EMPLOYER")  # fmt: skip
    make_results("C-2", [{"O01": 4, "O05": 1}] * 4 + [{"O01": 3, "O05": 2}] * 2, edition=edition, questionnaire="PROVIDER")  # fmt: skip
    make_results("C-3", [{"T10": 4}] * 4, edition=edition, questionnaire="TEACHER")
    make_results("C-4", [{"G02": 5}] * 5 + [{"G02": 1}], edition=pooled, questionnaire="GRADUATE-6M")
    make_results("C-5", [{"W06": 1}] * 2 + [{"W06": 0}] * 5, edition=edition, questionnaire="WITHDRAWAL")
    partner = make_results("C-6", [{"P01": 5}] * 5, scope=mc.centre.scope, questionnaire="PARTNER")
    Campaign.objects.filter(pk=partner.pk).update(target_kind="partners", year=year, edition=None)
    measure(year=year)
    found = {
        code: (row.numerator, row.denominator, row.n)
        for code in OF_STAKEHOLDERS
        for row in Measurement.objects.filter(definition__code=code, level="university")
    }
    assert found == {
        "employer-need": (8, 11, 11),
        "provider-level": (4, 6, 6),
        "provider-recognition": (4, 6, 6),
        "graduate-use": (5, 6, 6),
        "withdrawn-return": (2, 7, 7),
        "employer-satisfaction": (6, 6, 6),  # three answered the other question: left out
        "teacher-satisfaction": (None, None, None),
    }
    assert number("employer-need", level="microcredential").n == 6, "partners were asked for the centre"
    assert not Measurement.objects.filter(definition__code="response-rate").exists(), "it is that of learners"


def test_counts_of_learners_by_hand(year: AcademicYear) -> None:
    [edition] = editions_of(25)
    counted(
        edition,
        enrolled=25,
        withdrawn_before_start=1,
        withdrawn=6,
        recognised=2,
        completed=16,
        presented=16,
        passed=11,
    )
    Edition.objects.filter(pk=edition.pk).update(places=30)
    measure(year=year)
    found = {
        m.definition.code: (m.numerator, m.denominator, m.n, m.source)
        for m in Measurement.objects.filter(edition=edition).select_related("definition")
    }
    assert found == {
        "completion-rate": (16, 22, 22, "Acta"),
        "success-rate": (11, 16, 16, "Acta"),
        "places-coverage": (22, 30, 22, "Acta"),
    }


def test_a_total_names_each_source_once_and_in_order(year: AcademicYear) -> None:
    one, two, three = editions_of(10, 10, 10)
    for code, edition in (("C-7", one), ("C-2", two), ("C-5", three)):
        make_results(code, [rate_all(4)] * 6, edition=edition, invited=8)
    measure(year=year)
    scope = one.microcredential.scope
    assert number("completion-rate", scope=scope, edition=None).source == "Acta"
    assert number("response-rate", scope=scope, edition=None).source == "C-2 … C-7 (3)"


def test_missing_counts_are_no_data_and_nobody_is_not_applicable(year: AcademicYear) -> None:
    editions = editions_of(10, 10)
    counted(editions[0], enrolled=10, completed=None, presented=None, passed=None)
    EnrolmentCount.objects.filter(edition=editions[1]).delete()
    measure(year=year)
    assert not Measurement.objects.filter(definition__code="completion-rate").exists()
    counted(editions[0], enrolled=10, completed=10, presented=0, passed=0)
    counted(editions[1], enrolled=10)
    measure(year=year)
    success = number("success-rate", edition=editions[0])
    assert (success.numerator, success.denominator, success.value, success.suppressed) == (0, 0, None, False)
    states = [{s.definition.code: s.figures[0].status for s in edition_series(one)} for one in editions]
    assert (states[0]["success-rate"], states[1]["success-rate"]) == ("not_applicable", "no_data")


def test_answers_by_hand(year: AcademicYear) -> None:
    edition, other = editions_of(20, 20)
    answers = [rate_all(5)] * 4 + [rate_all(2) | {"L04": 4, "L13": None}] * 3
    make_results("C-1", answers, edition=edition, invited=10)
    make_results("C-2", [rate_all(4)] * 6, edition=other, invited=12)
    measure(year=year)
    scope = edition.microcredential.scope
    expected = {
        "response-rate": ((7, 10, 10), (13, 22, 22)),
        "overall-satisfaction": ((4, 7, 7), (10, 13, 13)),
        "satisfaction-teaching": ((15, 21, 7), (33, 39, 13)),
        "usefulness": (None, (6, 6, 6)),  # four answers only: left out, so that 10 - 6 tells nothing
    }
    for code, (of_edition, of_all) in expected.items():
        one, all_ = number(code, edition=edition), number(code, scope=scope, edition=None)
        figures = None if one.suppressed else (one.numerator, one.denominator, one.n)
        assert (figures, (all_.numerator, all_.denominator, all_.n)) == (of_edition, of_all), code
    assert number("usefulness", scope=scope, edition=None).left_out == 1


def test_answers_of_a_small_edition_are_in_no_total(year: AcademicYear) -> None:
    large, small = editions_of(20, 20)
    make_results("C-1", [rate_all(5)] * 8, edition=large)
    make_results("C-2", [rate_all(1)] * 3, edition=small)
    measure(year=year)
    assert number("overall-satisfaction", edition=small).suppressed
    total = number("overall-satisfaction", level="university")
    assert (total.numerator, total.denominator, total.left_out) == (8, 8, 1)


def test_imported_answers_count_but_have_no_response_rate(year: AcademicYear) -> None:
    [edition] = editions_of(20)
    make_results(
        "TR-1", [{f"Q{n}": 4 for n in range(1, 29)}] * 9, edition=edition, questionnaire="TURKIYE-28",
        mode=Campaign.Mode.IMPORTED, opens=None, closes=None,
    )  # fmt: skip
    measure(year=year)
    assert number("overall-satisfaction", edition=edition).value == 1
    assert not Measurement.objects.filter(definition__code="response-rate").exists()


def test_a_partner_survey_says_nothing_about_learners(year: AcademicYear) -> None:
    [edition] = editions_of(20)
    make_results("C-1", [{"P01": 5}] * 9, edition=edition, questionnaire="PARTNER")
    measure(year=year)
    assert not Measurement.objects.filter(definition__code="response-rate").exists()


def test_a_small_edition_hides_itself_and_its_neighbour_but_not_the_total(year: AcademicYear) -> None:
    small, middle, large = editions_of(3, 12, 30)
    measure(year=year)
    for code in ("completion-rate", "places-coverage"):
        stored = {e.pk: number(code, edition=e) for e in (small, middle, large)}
        assert [stored[e.pk].suppressed for e in (small, middle, large)] == [True, True, False]
        of_small = stored[small.pk]
        assert (of_small.numerator, of_small.denominator, of_small.n) == (None, None, None)
        assert number(code, level="university").numerator == 45


def test_a_hidden_centre_hides_all_below_it(year: AcademicYear) -> None:
    tiny = editions_of(4, centre=make_centre("FAC-A"))
    editions_of(20, centre=make_centre("FAC-B", "B"))
    editions_of(90, centre=make_centre("FAC-C", "C"))
    measure(year=year)
    shown = set(
        Measurement.objects.filter(
            definition__code="completion-rate", suppressed=False, edition=None
        ).values_list("scope__code", flat=True)
    )
    assert {"FAC-A", "FAC-B"} & shown == set()
    assert "FAC-C" in shown
    assert tiny[0].microcredential.code not in shown


def test_a_rate_of_18_in_20_tells_of_the_two_who_are_not_in_it(year: AcademicYear) -> None:
    """It was published as 18 of 20, to everybody who may read indicators, on the page that hides who completed."""
    mc = make_microcredential(approved=True)
    edition = results(make_edition(mc), 20, left=2)
    measure(year=year)
    for level in ("edition", "microcredential", "centre", "university"):
        found = number("completion-rate", level=level)
        assert (found.suppressed, found.numerator, found.denominator, found.n) == (True, None, None, None)
        assert number("places-coverage", level=level).numerator == 20
    assert [
        s.figures[0].status for s in edition_series(edition) if s.definition.code == "completion-rate"
    ] == ["suppressed"]


def test_a_rate_of_3_in_20_tells_of_the_three_who_are_in_it(year: AcademicYear) -> None:
    results(make_edition(make_microcredential(approved=True)), 20, left=17)
    measure(year=year)
    assert number("completion-rate", level="university").suppressed


def test_two_indicators_of_one_scope_do_not_differ_by_a_few_people(year: AcademicYear) -> None:
    """Completed 25 of 30, presented 22: who completed without being assessed are the three between them."""
    edition = make_edition(make_microcredential(approved=True))
    counted(edition, enrolled=30, withdrawn=5, completed=25, presented=22, passed=16, failed=6)
    measure(year=year)
    assert number("completion-rate", level="edition").value == Fraction(25, 30)
    assert number("success-rate", level="edition").suppressed
    counted(edition, presented=25, passed=19)
    measure(year=year)
    assert number("success-rate", level="edition").value == Fraction(19, 25)


def test_coverage_and_completion_speak_of_the_same_people(year: AcademicYear) -> None:
    """They differed by who withdrew before the start: three of the university, in most years."""
    edition = make_edition(make_microcredential(approved=True))
    counted(
        edition, enrolled=30, withdrawn_before_start=3, withdrawn=7, completed=20, presented=20, passed=20, failed=0
    )  # fmt: skip
    measure(year=year)
    completion, coverage = (
        number("completion-rate", level="edition"),
        number("places-coverage", level="edition"),
    )
    assert (completion.denominator, coverage.numerator, coverage.n) == (27, 27, 27)


def test_a_total_less_its_editions_does_not_tell_who_left_one_of_them(year: AcademicYear) -> None:
    """Two editions of six who left each could be told; the third, of two, takes one of them with it."""
    mc = make_microcredential(approved=True)
    editions = [results(make_edition(mc), 20, left=left) for left in (6, 7, 2)]
    measure(year=year)
    hidden = [number("completion-rate", edition=edition).suppressed for edition in editions]
    assert hidden == [True, False, True]
    assert number("completion-rate", scope=mc.scope, edition=None).value == Fraction(45, 60)


def test_a_few_who_have_not_finished_are_in_no_total(year: AcademicYear) -> None:
    """Coverage of 23 less completion of 20 would be the three of the edition that still runs."""
    mc = make_microcredential(approved=True)
    results(make_edition(mc), 20)
    running = counted(make_edition(mc), enrolled=3)
    measure(year=year)
    coverage, completion = (
        number("places-coverage", level="university"),
        number("completion-rate", level="university"),
    )
    assert (coverage.numerator, coverage.left_out, completion.denominator) == (20, 1, 20)
    assert number("places-coverage", edition=running).suppressed


@pytest.mark.parametrize("tree", [[[3, 5, 9], [4]], [[1, 1, 1, 30], [6, 2]], [[5, 5], [2, 2]]])
def test_no_published_total_less_its_published_parts_is_a_small_group(
    year: AcademicYear, tree: list[list[int]]
) -> None:
    for index, numbers in enumerate(tree):
        editions_of(*numbers, centre=make_centre(f"F-{index}"))
    measure(year=year)
    of = {(m.scope_id, m.edition_id): m for m in Measurement.objects.filter(definition__code="success-rate")}
    for edition_of in [m for m in of.values() if m.level == "microcredential" and not m.suppressed]:
        parts = [
            m.n
            for m in of.values()
            if m.edition_id and m.scope_id == edition_of.scope_id and not m.suppressed
        ]
        rest = edition_of.n - sum(parts)
        assert not 0 < rest < 5
        assert not any(0 < n < 5 for n in parts)


def test_evidence_counts_criteria_of_approved_microcredentials(
    year: AcademicYear, at: Callable[[str], Any]
) -> None:
    from iqas.frameworks.packs import load as load_frameworks

    at("2026-03-01 10:00")
    load_frameworks()
    make_microcredential(approved=True)
    make_microcredential()
    measure(year=year)
    total = number("valid-evidence", level="university")
    assert (total.numerator, total.denominator) == (0, 23)
    assert total.source == "2026-03-01"
    measure(year=make_year(2027))
    assert not Measurement.objects.filter(year__code="2027-28").exists()


def test_measuring_again_gives_the_same_and_costs_the_same(
    year: AcademicYear, max_queries: Callable[[int], Any]
) -> None:
    def figures() -> list[tuple[Any, ...]]:
        rows = Measurement.objects.order_by("definition__code", "level", "scope__code", "edition__code")
        return list(
            rows.values_list("definition__code", "level", "numerator", "denominator", "n", "suppressed")
        )

    editions_of(20, 21, 3)
    with max_queries(20):
        measure(year=year)
    once = figures()
    measure(year=year)
    assert figures() == once
    for index in range(3):
        editions_of(*range(5, 12), centre=make_centre(f"F-{index}"))
    with max_queries(20):
        measure(year=year)


def test_a_change_asks_for_one_measuring_of_its_year(
    year: AcademicYear, django_capture_on_commit_callbacks: Any
) -> None:
    [edition] = editions_of(20)
    Job.objects.all().delete()
    make_results("C-1", [rate_all(4)] * 6, edition=edition)
    make_results("C-2", [rate_all(4)] * 6, edition=edition)
    jobs = Job.objects.filter(kind="indicators.measure")
    assert [job.payload for job in jobs] == [{"year": str(edition.year_id)}]


def test_the_command_measures_one_year_or_all(year: AcademicYear) -> None:
    editions_of(20)
    out = StringIO()
    call_command("measure", "--year", year.code, stdout=out)
    assert f"{year.code}: " in out.getvalue()
    with pytest.raises(CommandError, match="1900-01"):
        call_command("measure", "--year", "1900-01")


# Definitions and targets ------------------------------------------------------------------------------


def test_a_measured_definition_does_not_change_under_its_version(year: AcademicYear) -> None:
    editions_of(20)
    measure(year=year)
    known = Definition.objects.get(code="success-rate")
    pack = DefinitionPack.model_validate(
        {
            "code": "success-rate", "version": 1, "computation": "success", "disclosure": "hidden",
            "title": {"es": "x", "en": "x"}, "formula": {"es": "y", "en": "y"},
        }
    )  # fmt: skip
    with pytest.raises(RuleViolation) as refusal:
        store_definition(pack=pack, order=1)
    assert refusal.value.code == "indicator-measured"
    newer = store_definition(pack=pack.model_copy(update={"version": 2}), order=1)
    known.refresh_from_db()
    assert (newer.is_current, known.is_current) == (True, False)
    assert known.measurements.exists()


def test_the_nearest_target_up_the_tree_holds(year: AcademicYear, staff: Callable[..., Any]) -> None:
    for centre in (make_centre("FAC-A"), make_centre("FAC-B", "B")):
        results(make_edition(make_microcredential(approved=True, centre=centre)), 20, left=5)
    measure(year=year)
    officer, university = staff("quality_officer"), the_university()
    definition = Definition.objects.get(code="completion-rate")
    set_target(
        actor=officer,
        definition=definition,
        scope=university.scope,
        year=year,
        kind="at_least",
        value=Decimal("0.7"),
    )
    own = set_target(
        actor=officer, definition=definition, scope=make_centre("FAC-B").scope, year=year, kind="at_least",
        value=Decimal("0.76"),
    )  # fmt: skip

    def status(scope: Any) -> tuple[str, str]:
        [figure] = next(s for s in series_of(scope, [year]) if s.definition == definition).figures
        assert figure.aim is not None
        assert figure.value == Fraction(15, 20)
        return figure.status, figure.aim.scope_code

    assert status(make_centre("FAC-A").scope) == ("met", "UNI")
    assert status(make_centre("FAC-B").scope) == ("partly", "FAC-B")
    below = branches_of(definition, make_centre("FAC-B").scope, [year])
    assert [branch.figures[0].status for branch in below] == ["partly"]
    drop_target(actor=officer, target=own, seen_version=own.version)
    assert status(make_centre("FAC-B").scope) == ("met", "UNI")
    with pytest.raises(RuleViolation) as gone:
        drop_target(actor=officer, target=own, seen_version=own.version)
    assert gone.value.code == "target-gone"


def test_only_quality_staff_of_the_scope_set_targets(year: AcademicYear, staff: Callable[..., Any]) -> None:
    definition = Definition.objects.get(code="completion-rate")
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "B")
    user = staff("centre_quality", scope=here.scope)
    values: dict[str, Any] = {
        "definition": definition,
        "year": year,
        "kind": "at_least",
        "value": Decimal("0.9"),
    }
    set_target(actor=user, scope=here.scope, **values)
    for actor, scope in ((user, there.scope), (user, the_university().scope), (staff("reader"), here.scope)):
        with pytest.raises(AccessDenied):
            set_target(actor=actor, scope=scope, **values)


def test_two_people_who_set_one_target_lost_the_first_value(
    year: AcademicYear, staff: Callable[..., Any]
) -> None:
    officer = staff("quality_officer")
    place: dict[str, Any] = {
        "actor": officer,
        "definition": Definition.objects.get(code="completion-rate"),
        "scope": the_university().scope,
        "year": year,
        "kind": "at_least",
    }
    first = set_target(**place, value=Decimal("0.9"), seen_version=NO_TARGET)
    with pytest.raises(StaleVersion) as unseen:
        set_target(**place, value=Decimal("0.5"), seen_version=NO_TARGET)
    assert unseen.value.current.value == Decimal("0.9")
    second = set_target(**place, value=Decimal("0.8"), seen_version=first.version)
    for late in (
        lambda: set_target(**place, value=Decimal("0.5"), seen_version=first.version),
        lambda: drop_target(actor=officer, target=second, seen_version=first.version),
    ):
        with pytest.raises(StaleVersion):
            late()
    assert Target.objects.get().value == Decimal("0.8")
    drop_target(actor=officer, target=second, seen_version=second.version)
    with pytest.raises(StaleVersion) as removed:
        set_target(**place, value=Decimal("0.7"), seen_version=second.version)
    assert removed.value.current.version == NO_TARGET
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "at_least", "value": Decimal("-0.1")},
        {"kind": "range", "value": Decimal("0.5")},
        {"kind": "range", "value": Decimal("0.5"), "upper": Decimal("0.4")},
        {"kind": "at_least", "value": Decimal("0.5"), "upper": Decimal("0.6")},
        {"kind": "soon", "value": Decimal("0.5")},
    ],
)
def test_a_target_that_cannot_be_is_refused(year: AcademicYear, values: dict[str, Any]) -> None:
    definition = Definition.objects.get(code="completion-rate")
    with pytest.raises(RuleViolation) as refusal:
        set_target(actor=None, definition=definition, scope=the_university().scope, year=year, **values)
    assert refusal.value.code == "target-invalid"


def test_a_year_before_any_university_is_refused() -> None:
    load()
    year = AcademicYear.objects.create(code="2025-26", starts=date(2025, 9, 1), ends=date(2026, 8, 31))
    with pytest.raises(RuleViolation) as refusal:
        measure(year=year)
    assert refusal.value.code == "no-university"
