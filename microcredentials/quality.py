"""What would make a proposal better and the law does not ask for: warnings, kept apart from the gaps of `rules`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from microcredentials.rules import Gap, hours_fit

if TYPE_CHECKING:
    from microcredentials.selectors.proposal import Parts

HOURS_MISFIT = _(
    "The hours do not fit the credits: one ECTS is 25 to 30 hours of work (RD 1125/2003 art. 4.5)."
)
HOURS_CONTRADICT = _("Credits times hours per ECTS are not the hours of work.")
MANY_OUTCOMES = 12
WHOLE = 100


def warnings(parts: Parts) -> list[Gap]:
    """Each with the field where it is mended. Annex II of Council Recommendation 2022/C 243/02 where it is named."""
    return [
        *_of_identity(parts),
        *_of_need(parts),
        *_of_learning(parts),
        *_of_teaching(parts),
        *_of_access_and_economy(parts),
    ]


def _of_identity(parts: Parts) -> Iterator[Gap]:
    version = parts.version
    if not version.summary_es:  # type: ignore[attr-defined]
        yield Gap("no-summary", "summary", _("It has no summary for those who look for a course."))
    if version.hours is None:
        yield Gap("no-hours", "hours", _("It does not say the hours of work."))
    elif not hours_fit(version.ects, version.hours):
        yield Gap("hours-misfit", "hours", HOURS_MISFIT)
    elif version.ects and version.hours_per_ects and version.ects * version.hours_per_ects != version.hours:
        yield Gap("hours-contradict", "hours", HOURS_CONTRADICT)


def _of_need(parts: Parts) -> Iterator[Gap]:
    if not parts.version.need:
        yield Gap(
            "no-need",
            "need",
            _("It does not say who needs it and how that is known (Annex II, principle 3)."),
        )
    if not parts.version.target_groups_es:  # type: ignore[attr-defined]
        yield Gap(
            "no-target-groups", "target_groups", _("It does not say for whom it is (Annex II, principle 8).")
        )
    if not parts.supporters:
        yield Gap(
            "no-supporter", "supporters", _("No stakeholder stands behind the need (Annex II, principle 3).")
        )
    elif not any(supporter.has_spoken for supporter in parts.supporters):
        yield Gap("no-expression", "supporters", _("No stakeholder's expression of interest is kept."))
    if not any(s.has_spoken for s in parts.supporters) and not any(t.is_external for t in parts.teachers):
        message = _("Nobody from outside the university speaks or teaches in it (four dimensions, peers).")
        yield Gap("no-external-voice", "supporters", message)


def _of_learning(parts: Parts) -> Iterator[Gap]:
    if any(not outcome.kind for outcome in parts.outcomes):
        message = _("An outcome does not say whether it is knowledge, skill or responsibility.")
        yield Gap("outcome-kind", "outcomes", message)
    if len(parts.outcomes) > MANY_OUTCOMES:
        yield Gap(
            "many-outcomes", "outcomes", _("More than twelve outcomes are hard to assess in a short course.")
        )
    if not all(parts.assessed_by.values()):
        yield Gap("idle-assessment", "assessments", _("An assessment assesses no outcome."))
    weights = [row.weight for row in parts.assessments]
    if any(weights) and sum(weight or 0 for weight in weights) != WHOLE:
        yield Gap("weights", "assessments", _("The weights of the assessments do not add up to 100 %."))
    if parts.assessments and not parts.version.supervision:
        message = _("It does not say whether the assessment is supervised and the identity verified.")
        yield Gap("no-supervision", "supervision", message)


def _of_teaching(parts: Parts) -> Iterator[Gap]:
    version = parts.version
    texts = {"contents": version.contents_es, "methods": version.methods_es}  # type: ignore[attr-defined]
    if not texts["contents"]:
        yield Gap("no-contents", "contents", _("It does not say what is taught."))
    if not texts["methods"]:
        yield Gap("no-methods", "methods", _("It does not say how it is taught."))
    if not version.languages:
        yield Gap("no-languages", "languages", _("It does not say in which languages it is taught."))
    if not parts.teachers:
        yield Gap("no-teachers", "teachers", _("It names nobody who teaches."))
    hours = sum(teacher.hours or 0 for teacher in parts.teachers)
    if version.hours and hours > version.hours:
        yield Gap("teaching-hours", "teachers", _("The hours of teaching are more than the hours of work."))
    if any(teacher.is_external and not teacher.institution for teacher in parts.teachers):
        yield Gap("no-institution", "teachers", _("Of somebody from outside, the institution is not said."))
    if not version.resources:
        yield Gap("no-resources", "resources", _("It does not say with what means it is taught."))


def _of_access_and_economy(parts: Parts) -> Iterator[Gap]:
    version = parts.version
    if version.places is None:
        yield Gap("no-places", "places", _("It does not say how many places there are."))
    elif not version.selection_es:  # type: ignore[attr-defined]
        yield Gap(
            "no-selection", "selection", _("It does not say how places are given when they are too few.")
        )
    if version.price is None:
        yield Gap("no-price", "price", _("It does not say what it costs the learner."))
    elif (
        version.cost
        and version.places
        and version.price * version.places < version.cost
        and not version.budget
    ):
        message = _(
            "Even with every place taken the price does not cover the cost, and the budget does not say what does."
        )
        yield Gap("not-covered", "budget", message)
    if not version.stackability:
        yield Gap(
            "no-stackability", "stackability", _("It does not say whether it stacks (Annex II, principle 5).")
        )
