"""Partners and pathways of the tests, made by the services."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from microcredentials.services import partners, pathways
from tests.factories.accounts import make_staff
from tests.factories.organisation import make_centre, the_university

if TYPE_CHECKING:
    from typing import Any

    from iqas.organisation.models import Centre
    from microcredentials.models import MicroCredential, Partner, Pathway

_numbers = count(1)


def make_partner(name: str = "", *, kind: str = "company", **fields: Any) -> Partner:
    the_university()
    return partners.add_partner(
        actor=None, name=name or f"Empresa de prueba {next(_numbers)}", kind=kind, **fields
    )


def make_pathway(
    *steps: MicroCredential | list[MicroCredential],
    centre: Centre | None = None,
    ects: int = 240,
    **fields: Any,
) -> Pathway:
    """Towards a degree of `ects` credits; a list among the steps is a choice."""
    officer = make_staff("quality_officer")
    pathway = pathways.create_pathway(
        actor=officer,
        centre=centre or make_centre(),
        **{
            "name_es": f"Itinerario de prueba {next(_numbers)}",
            "target_name": "Grado en Informática",
            "target_ects": Decimal(ects),
        }
        | fields,
    )
    rows = [
        (number, each)
        for number, step in enumerate(steps, 1)
        for each in (step if isinstance(step, list) else [step])
    ]
    return pathways.replace_steps(actor=officer, pathway=pathway, seen=pathway.version, steps=rows)
