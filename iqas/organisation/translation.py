from modeltranslation.translator import TranslationOptions, register

from iqas.organisation.models import Centre


@register(Centre)
class CentreTranslation(TranslationOptions):
    fields = ("name",)
    required_languages = ("es",)
