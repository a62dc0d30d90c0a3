from modeltranslation.translator import TranslationOptions, register

from iqas.indicators.models import Definition


@register(Definition)
class DefinitionTranslation(TranslationOptions):
    fields = ("title", "formula")
    required_languages = ("es", "en")
