"""Builds the demonstration university, once, as of a day."""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audits.models import SelfAssessment
from feedback.anonymity.mixer import settle
from iqas.core.refusals import RuleViolation
from iqas.demo import content
from iqas.demo.building.actions import build_actions
from iqas.demo.building.approval import Approvals, build_revisions
from iqas.demo.building.catalogue import build_catalogue
from iqas.demo.building.dialogue import answer_what_was_said, plan_dialogue
from iqas.demo.building.documents import ask_for_documents
from iqas.demo.building.evidence import Documents
from iqas.demo.building.judgement import build_judgement
from iqas.demo.building.measuring import set_targets_and_measure
from iqas.demo.building.organisation import build_organisation
from iqas.demo.building.others import Others
from iqas.demo.building.partners import build_partners
from iqas.demo.building.surveys import Surveys
from iqas.demo.building.world import World
from iqas.organisation.models import University


def build(today: dt.date) -> bool:
    """Builds what is not there yet, in three steps that survive being killed; False where nothing was missing.

    Refuses `other-university`.
    """
    call_command("load_packs")
    told = content.organisation()
    university = University.objects.first()
    if university is not None and university.name != told.university.name:
        raise RuleViolation(
            "other-university",
            _("This installation serves another university. The demonstration needs an empty one."),
        )
    if SelfAssessment.objects.exists():
        return False
    if university is None:
        live_three_years(World(today), told)
    settle()
    world = World.found(today, told)
    with transaction.atomic():
        answer_what_was_said(world, content.dialogue())
    set_targets_and_measure(world)
    with transaction.atomic():
        build_judgement(world, content.self_assessment())
    return True


@transaction.atomic
def live_three_years(world: World, told: content.OrganisationContent) -> None:
    """Everything that people did, each thing at its time."""
    credentials, told_of_itself = content.catalogue(), content.self_assessment()
    build_organisation(world, told)
    approvals = Approvals(world)
    build_catalogue(world, credentials, approvals, Surveys(world, content.comments()).follow)
    build_revisions(world, approvals, content.approval())
    documents = Documents(world)
    documents.of_microcredentials(credentials, content.usual_evidence())
    documents.of_units(told_of_itself.evidence)
    build_actions(world, told_of_itself.actions)
    build_partners(world, content.partners(), credentials)
    Others(world, content.others()).plan()
    plan_dialogue(world, content.dialogue())
    ask_for_documents(world)
    world.live_through()
