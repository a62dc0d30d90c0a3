from __future__ import annotations

from modeltranslation.translator import TranslationOptions, register

from iqas.frameworks.models import (
    Criterion,
    Crosswalk,
    EvidenceKind,
    FindingType,
    Framework,
    GuidingQuestion,
    RatingLevel,
    RatingScale,
)


@register([RatingScale, Crosswalk])
class PackTranslation(TranslationOptions):
    fields = ("title", "note")


@register(Framework)
class FrameworkTranslation(TranslationOptions):
    fields = ("title", "short_title", "note")


@register(EvidenceKind)
class TitleTranslation(TranslationOptions):
    fields = ("title",)


@register([RatingLevel, FindingType])
class LevelTranslation(TranslationOptions):
    fields = ("label", "descriptor")


@register(GuidingQuestion)
class QuestionTranslation(TranslationOptions):
    fields = ("text",)


@register(Criterion)
class CriterionTranslation(TranslationOptions):
    fields = ("title", "text", "note")
