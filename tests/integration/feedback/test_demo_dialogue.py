"""The demonstration's meetings, complaints, reviews and promises, on a small university of the same shape."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from feedback.models import Campaign, Comment, Complaint, Consultation, Outcome, Theme
from iqas.demo import content
from iqas.demo.building.dialogue import LEFT_TO_REVIEW, answer_what_was_said, plan_dialogue
from iqas.demo.building.world import World
from tests.factories.accounts import make_staff
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre, the_university
from tests.factories.partners import make_partner

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)
WRITTEN = (("L16", "Faltó tiempo"), ("L17", "La tutoría, con detalle"), ("L17", "nada"))


def small_world() -> World:
    call_command("load_packs", verbosity=0)
    world = World(TODAY)
    university = the_university().scope
    world.scopes["UNI"] = university
    world.people["officer"] = make_staff("quality_officer")
    for code in ("IFP", "EIS", "FCEE"):
        centre = make_centre(code, code)
        world.scopes[code] = centre.scope
        world.people[code.lower()] = make_staff("centre_quality", scope=centre.scope)
    for name in {name for one in content.dialogue().consultations for name in one.partners}:
        make_partner(name=name)
    return world


def test_what_follows_from_answers_is_lived_through_once() -> None:
    world = small_world()
    told = content.dialogue()
    for number in range(8):
        make_results(
            f"C-{number:04}",
            answers=[rate_all(4)] * 6,
            comments=WRITTEN,
            scope=world.scopes["IFP"],
            closes=dt.date(2026, 1, 20 + number),
        )
    plan_dialogue(world, told)
    world.live_through()
    answer_what_was_said(world, told)
    answer_what_was_said(world, told)
    assert Consultation.objects.count() == len(told.consultations)
    assert Consultation.objects.filter(partners__isnull=False).distinct().count() == 2
    late = [one for one in Complaint.objects.filter(state="answered") if one.answered_on > one.due_on]
    assert len(late) == 1
    assert Complaint.objects.filter(state="received").count() == 1
    assert Campaign.objects.filter(review_closed_at=None).count() == LEFT_TO_REVIEW
    assert Comment.objects.filter(review_state="pending").count() == LEFT_TO_REVIEW * len(WRITTEN)
    assert Theme.objects.filter(comments__isnull=False).distinct().count() == 2
    assert Outcome.objects.filter(published_at__isnull=False).count() == 6
    assert Outcome.objects.count() == 8
