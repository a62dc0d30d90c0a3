from modeltranslation.translator import TranslationOptions, register

from microcredentials.models import (
    ApprovalRoute,
    ApprovalStep,
    Assessment,
    LearningOutcome,
    MicroCredentialVersion,
    Pathway,
)


@register(MicroCredentialVersion)
class MicroCredentialVersionTranslation(TranslationOptions):
    fields = (
        "title",
        "summary",
        "quality_assurance",
        "prerequisites",
        "further_information",
        "target_groups",
        "contents",
        "methods",
        "selection",
    )


@register(LearningOutcome)
class LearningOutcomeTranslation(TranslationOptions):
    fields = ("text",)


@register(Assessment)
class AssessmentTranslation(TranslationOptions):
    fields = ("name", "criteria")


@register(ApprovalRoute)
class ApprovalRouteTranslation(TranslationOptions):
    fields = ("title",)


@register(ApprovalStep)
class ApprovalStepTranslation(TranslationOptions):
    fields = ("name", "body")


@register(Pathway)
class PathwayTranslation(TranslationOptions):
    fields = ("name",)
