"""The shipped packs, and small frameworks of a test's own."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import factory
from factory.django import DjangoModelFactory

from iqas.core import clock
from iqas.frameworks.models import Criterion, EvidenceKind, Framework, RatingScale
from iqas.frameworks.services import PACKS, load_packs

FEW = ("evidence-kinds.yaml", "scale-yes-partly-no.yaml", "four-dimensions.yaml")


@cache
def few_packs() -> Path:
    """A folder with the four dimensions and what they lean on: all that most tests need."""
    folder = Path(tempfile.mkdtemp(prefix="iqas-packs-"))
    for name in FEW:
        shutil.copy(PACKS / name, folder)
    return folder


def shipped_criterion(code: str, framework: str = "FOUR-DIMENSIONS") -> Criterion:
    """A criterion of a shipped pack; loads what it needs at first use."""
    found = Criterion.objects.filter(framework__code=framework, code=code).first()
    if found is None:
        load_packs(few_packs() if framework == "FOUR-DIMENSIONS" else PACKS)
        found = Criterion.objects.get(framework__code=framework, code=code)
    return found


class EvidenceKindFactory(DjangoModelFactory[EvidenceKind]):
    class Meta:
        model = EvidenceKind
        django_get_or_create = ("code",)

    code = "minutes"
    title_es = "Acta de reunión"
    title_en = "Minutes of a meeting"
    order = 3


class RatingScaleFactory(DjangoModelFactory[RatingScale]):
    class Meta:
        model = RatingScale

    code = factory.Sequence("SCALE-{}".format)
    version = "1"
    title_es = "Escala de prueba"
    title_en = "Test scale"
    source = "A test"
    status_tag = "I"
    descriptor_tag = "I"
    content = factory.LazyFunction(dict)
    sha256 = "0" * 64
    loaded_at = factory.LazyFunction(clock.now)


class FrameworkFactory(DjangoModelFactory[Framework]):
    class Meta:
        model = Framework

    code = factory.Sequence("FRAMEWORK-{}".format)
    version = "1"
    title_es = "Marco de prueba"
    title_en = "Test framework"
    source = "A test"
    status_tag = "I"
    content = factory.LazyFunction(dict)
    sha256 = "0" * 64
    loaded_at = factory.LazyFunction(clock.now)
    scale = factory.SubFactory(RatingScaleFactory)


class CriterionFactory(DjangoModelFactory[Criterion]):
    class Meta:
        model = Criterion

    framework = factory.SubFactory(FrameworkFactory)
    code = factory.Sequence("T.{}".format)
    title_es = "Criterio de prueba"
    title_en = "Test criterion"
    text_es = "Texto del criterio."
    text_en = "Text of the criterion."
    order = factory.Sequence(int)
    assessable = True
    shared = False
    tag = "I"
    text_tag = "I"
    source = "A test"
