"""For every rule of micro-credentials and editions, the predicate and its queryset twin agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iqas.accounts.models import Role, RoleAssignment
from iqas.core import access
from iqas.organisation.models import Centre, Scope
from microcredentials.models import (
    AnnualProgramme,
    Edition,
    MicroCredential,
    MicroCredentialVersion,
    Partner,
    Pathway,
    Submission,
)
from microcredentials.services.imported import ensure_imported_edition
from microcredentials.services.programmes import prepare_programme
from tests.factories.accounts import make_staff, make_user
from tests.factories.approval import make_submission
from tests.factories.microcredentials import make_edition, make_microcredential
from tests.factories.organisation import make_centre, make_year
from tests.factories.partners import make_partner, make_pathway

ACTIONS: dict[str, Any] = {
    "microcredential.view": MicroCredential,
    "microcredential.edit": MicroCredential,
    "microcredential.create": Centre,
    "microcredential.import": Centre,
    "microcredential.approve": MicroCredentialVersion,
    "microcredential.publish": MicroCredential,
    "microcredential.suspend": MicroCredential,
    "approval.submit": MicroCredentialVersion,
    "approval.report": Submission,
    "approval.centre": Submission,
    "approval.govern": Submission,
    "approval.price": Submission,
    "approval.remark": MicroCredential,
    "programme.view": AnnualProgramme,
    "programme.approve": AnnualProgramme,
    "edition.view": Edition,
    "edition.edit": Edition,
    "edition.run": Edition,
    "edition.count": Edition,
    "partner.view": Partner,
    "partner.edit": Partner,
    "partner.contacts": Partner,
    "partner.merge": Partner,
    "partner.import": Partner,
    "pathway.view": Pathway,
    "pathway.create": Centre,
    "pathway.edit": Pathway,
}


@pytest.fixture
def world(db: None) -> list[Scope]:
    here, there = make_centre("FAC-A"), make_centre("FAC-B")
    make_edition(make_microcredential("Uno", centre=here, approved=True))
    make_edition(make_microcredential("Dos", centre=there, approved=True))
    make_microcredential("Tres", centre=here)
    make_submission(make_microcredential("Cuatro", centre=there))
    prepare_programme(actor=make_staff("quality_officer"), year=make_year(2026))
    ensure_imported_edition(actor=None, centre=there, year=make_year(2025), code="TR-1", title_es="Curso")
    make_partner()
    make_pathway(centre=here)
    make_pathway(centre=there)
    return list(Scope.objects.order_by("path"))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_predicate_and_twin_agree(world: list[Scope], data: st.DataObject) -> None:
    from datetime import date

    user = make_user()
    for role in data.draw(st.lists(st.sampled_from(list(Role)), max_size=3, unique=True)):
        RoleAssignment.objects.create(
            user=user, role=role, scope=data.draw(st.sampled_from(world)), valid_from=date(2020, 1, 1)
        )
    for version in MicroCredentialVersion.objects.filter(approved_at__isnull=True):
        if data.draw(st.booleans()):
            version.writers.add(user)
    access.forget_grants(user)
    for action, model in ACTIONS.items():
        twin = set(access.allowed(user, action))
        assert twin == {obj for obj in model.objects.all() if access.can(user, action, obj)}, action


@pytest.mark.django_db
def test_the_twin_is_not_empty_for_everybody(world: list[Scope]) -> None:
    officer = make_staff("quality_officer")
    assert all(access.allowed(officer, action).exists() for action in ACTIONS)
