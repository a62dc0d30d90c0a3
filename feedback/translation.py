from modeltranslation.translator import TranslationOptions, register

from feedback.models.campaigns import Campaign
from feedback.models.outcomes import Outcome
from feedback.models.questionnaires import Item, QuestionnaireVersion, Section


@register(QuestionnaireVersion)
class QuestionnaireVersionTranslation(TranslationOptions):
    fields = ("title", "intro")
    required_languages = {"es": ("title",), "en": ("title",), "default": ()}


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = ("es", "en")


@register(Item)
class ItemTranslation(TranslationOptions):
    fields = ("text", "help")
    required_languages = {"es": ("text",), "en": ("text",), "default": ()}


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("title",)
    required_languages = ("es",)


@register(Outcome)
class OutcomeTranslation(TranslationOptions):
    fields = ("you_said", "we_will", "we_did")
