"""Builds the acceptance installation and describes it as `seed.json`."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.anonymity.mixer import settle
from iqas.accounts.models import Role, User
from iqas.core.refusals import RuleViolation
from iqas.demo.acceptance.addresses import addresses
from iqas.demo.acceptance.approval import prepare_programme
from iqas.demo.acceptance.dialogue import build_dialogue
from iqas.demo.acceptance.further import decide_thresholds
from iqas.demo.acceptance.hands import Hands
from iqas.demo.acceptance.objects import Objects, build_objects
from iqas.demo.acceptance.people import add_deactivated, add_person, roles_on
from iqas.demo.building.organisation import logo_decided
from iqas.demo.summary import unused_links
from iqas.indicators.services.measuring import measure_all
from iqas.jobs.models import Job
from iqas.jobs.runner import perform_here
from iqas.organisation.models import University
from iqas.organisation.services import add_centre, begin_university
from microcredentials.services import documents


def seed() -> dict[str, Any]:
    """Two centres with one object of every model each; returns the content of `seed.json`.

    Refuses `not-empty`: it never mixes with a real university.
    """
    if University.objects.exists():
        raise RuleViolation(
            "not-empty", _("This installation is not empty. Acceptance checks need an empty one.")
        )
    call_command("load_packs")
    with transaction.atomic():
        people, built = _build()
    settle()
    for mark, objects in built.items():
        objects.mixed.refresh_from_db()
        objects.more.update(build_dialogue(objects, _hands(mark)))
    measure_all()
    for job in Job.objects.filter(kind__in=("dossier.render", documents.JOB_KIND)):
        perform_here(job.pk)
    for objects in built.values():
        objects.dossier.refresh_from_db()
    return {
        "users": people,
        "urls": addresses(built),
        "surveys": {mark: unused_links(objects.campaign) for mark, objects in built.items()},
        "dossier": built["A"].dossier.code,
        "files": {"dossier_sha256": built["A"].dossier.sha256},
    }


def _build() -> tuple[list[dict[str, Any]], dict[str, Objects]]:
    university = begin_university(
        actor=None, name="Acceptance University", short_name="AU", min_enrolment=5, **logo_decided()
    )
    people = [add_person(role=role, centre="", scope=university.scope) for role in roles_on("university")]
    built = {}
    for mark in ("A", "B"):
        centre = add_centre(
            actor=None,
            code=f"CEN-{mark}",
            kind="faculty",
            name_es=f"CANARY-{mark}-centre-name",
            name_en=f"CANARY-{mark}-centre-name_en",
            municipality=f"CANARY-{mark}-centre-municipality",
        )
        people += [add_person(role=role, centre=mark, scope=centre.scope) for role in roles_on("centre")]
        built[mark] = build_objects(mark, centre, _hands(mark))
    prepare_programme()
    decide_thresholds()
    auditors = (Role.AUDITOR, Role.STUDENT_AUDITOR)
    people += [add_person(role=role, centre="A", scope=built["A"].dossier.scope) for role in auditors]
    people.append(add_deactivated())
    return people, built


def _hands(mark: str) -> Hands:
    def person(role: str) -> User:
        return User.objects.get(email=f"{role}.{mark.lower()}@acceptance.example")

    return Hands(person(Role.COORDINATOR), person(Role.APPROVER), person(Role.CENTRE_QUALITY))
