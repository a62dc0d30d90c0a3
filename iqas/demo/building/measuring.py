"""Targets, and the figures that are compared with them."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from iqas.core import clock
from iqas.demo.building.world import World
from iqas.indicators.models import Definition, Target
from iqas.indicators.services.measuring import measure_all
from iqas.indicators.services.targets import set_target
from iqas.organisation.models import AcademicYear

TARGETS = {
    "response-rate": "0.60",
    "overall-satisfaction": "0.75",
    "satisfaction-teaching": "0.75",
    "usefulness": "0.75",
    "completion-rate": "0.85",
    "success-rate": "0.90",
    "places-coverage": "0.70",
    "valid-evidence": "0.70",
    "employer-need": "0.75",
    "employer-satisfaction": "0.70",
    "provider-level": "0.75",
    "provider-recognition": "0.50",
    "teacher-satisfaction": "0.75",
    "graduate-use": "0.70",
    "withdrawn-return": "0.40",
}


def set_targets_and_measure(world: World) -> None:
    """The university's targets for every year, and every indicator of every year."""
    officer, university = world.people["officer"], world.scopes["UNI"]
    with transaction.atomic():
        for year in AcademicYear.objects.order_by("starts"):
            with clock.at(world.moment(days=min(0, (year.starts - world.today).days))):
                for definition in Definition.objects.filter(is_current=True).order_by("order"):
                    set_target(
                        actor=officer,
                        definition=definition,
                        scope=university,
                        year=year,
                        kind=Target.Kind.AT_LEAST,
                        value=Decimal(TARGETS[definition.code]),
                    )
    with clock.at(world.moment(days=-25)):
        measure_all()
