"""Evidence of the tests, with real stored files."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory

from iqas.core import clock
from iqas.core.text import sort_key
from iqas.evidence.models import Evidence, EvidenceVersion
from tests.factories.accounts import make_user
from tests.factories.frameworks import EvidenceKindFactory
from tests.factories.organisation import make_centre

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iqas.frameworks.models import Criterion


def text_upload(text: str = "Acta de la comisión.", name: str = "acta.txt") -> SimpleUploadedFile:
    """A small plain-text file, as a browser sends it."""
    return SimpleUploadedFile(name, text.encode(), content_type="text/plain")


class EvidenceFactory(DjangoModelFactory[Evidence]):
    class Meta:
        model = Evidence
        skip_postgeneration_save = True

    code = factory.Sequence("E-9{:03}".format)
    scope = factory.LazyFunction(lambda: make_centre().scope)
    title = "Acta de la comisión de calidad"
    sort_title = factory.LazyAttribute(lambda made: sort_key(made.title))
    kind = factory.SubFactory(EvidenceKindFactory)
    owner = factory.LazyFunction(make_user)
    created_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def criteria(self: Any, create: bool, extracted: Sequence[Criterion] | None, **_ignored: Any) -> None:
        """`EvidenceFactory(criteria=[…])` says what it proves."""
        for criterion in extracted or ():
            self.criterion_links.create(criterion=criterion)


class EvidenceVersionFactory(DjangoModelFactory[EvidenceVersion]):
    """A version that waits for approval; `approved=True` approves it, by somebody else."""

    class Meta:
        model = EvidenceVersion

    class Params:
        approved = factory.Trait(
            state="approved",
            approved_by=factory.LazyFunction(make_user),
            approved_at=factory.LazyFunction(clock.now),
        )

    evidence = factory.SubFactory(EvidenceFactory)
    number = factory.LazyAttribute(lambda made: made.evidence.versions.count() + 1)
    sha256 = factory.LazyAttribute(
        lambda made: hashlib.sha256(f"{made.evidence.code} {made.number}".encode()).hexdigest()
    )
    size = 1200
    media_type = "text/plain"
    original_name = "acta.txt"
    date_of_fact = date(2026, 1, 15)
    valid_until = None
    uploaded_by = factory.LazyFunction(make_user)
    uploaded_at = factory.LazyFunction(clock.now)
