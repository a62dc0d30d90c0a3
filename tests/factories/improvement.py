from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from iqas.core import clock
from iqas.core.text import sort_key
from iqas.improvement.models import Action
from tests.factories.accounts import make_user
from tests.factories.organisation import make_centre


class ActionFactory(DjangoModelFactory[Action]):
    """An open action of Facultad A."""

    class Meta:
        model = Action

    code = factory.Sequence("A-9{:03}".format)
    scope = factory.LazyFunction(lambda: make_centre().scope)
    title = "Publicar los criterios de evaluación"
    sort_title = factory.LazyAttribute(lambda made: sort_key(made.title))
    cause = "El estudiantado no los conocía antes de matricularse."
    responsible = factory.LazyFunction(make_user)
    due = date(2026, 12, 15)
    follow_up = "Valoración del ítem «criterios claros» en la siguiente edición."
    created_by = factory.LazyFunction(make_user)
    created_at = factory.LazyFunction(clock.now)
