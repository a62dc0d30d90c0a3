"""Questionnaires: the list, and every word of a version. Read only: they are written by people who read them."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.models import Item, Questionnaire, QuestionnaireVersion
from feedback.selectors.questionnaires import state_of, versions_of
from iqas.core.rest import ApiView, ListView, Shape, operation
from iqas.core.views import Access


class QuestionnaireVersionRow(Shape):
    number = serializers.IntegerField()
    title_es = serializers.CharField()
    title_en = serializers.CharField(allow_null=True)
    state = serializers.SerializerMethodField()
    questions = serializers.IntegerField()
    campaigns = serializers.IntegerField(source="asked", help_text="How many asked it.")
    frozen_at = serializers.DateTimeField(allow_null=True)
    sha256 = serializers.CharField(allow_blank=True, help_text="Of its content; empty for a draft.")

    def get_state(self, version: QuestionnaireVersion) -> str:
        return state_of(version)


class QuestionnaireRead(Shape):
    code = serializers.CharField()
    audience = serializers.ChoiceField(choices=Questionnaire.Audience.choices)
    about_persons = serializers.BooleanField()


class QuestionnaireDetail(QuestionnaireRead):
    versions = serializers.SerializerMethodField()

    def get_versions(self, questionnaire: Questionnaire) -> list[dict[str, Any]]:
        return [dict(QuestionnaireVersionRow(version).data) for version in versions_of(questionnaire)]


class QuestionRead(Shape):
    """`labels` are the words of the points by language; `shown_if` names an earlier question and the answers to it."""

    code = serializers.CharField()
    section = serializers.IntegerField(source="section.order")
    kind = serializers.ChoiceField(choices=Item.Kind.choices)
    text_es = serializers.CharField()
    text_en = serializers.CharField(allow_null=True)
    help_es = serializers.CharField(allow_null=True)
    help_en = serializers.CharField(allow_null=True)
    scale = serializers.SerializerMethodField()
    labels = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    reverse: Any = serializers.BooleanField(help_text="A low answer is favourable.")
    required: Any = serializers.BooleanField()
    no_answer_allowed = serializers.BooleanField()
    criterion = serializers.CharField(source="criterion_code")
    common = serializers.CharField(source="common_code")
    importance_of = serializers.CharField()
    shown_if = serializers.SerializerMethodField()

    def get_scale(self, item: Item) -> list[int]:
        return [] if item.scale_min is None or item.scale_max is None else [item.scale_min, item.scale_max]

    def get_shown_if(self, item: Item) -> dict[str, list[int]]:
        return {item.shown_if_code: item.shown_if_values} if item.is_conditional else {}


class QuestionnaireSectionRead(Shape):
    order = serializers.IntegerField()
    title_es = serializers.CharField()
    title_en = serializers.CharField(allow_null=True)


class QuestionnaireVersionRead(QuestionnaireVersionRow):
    questionnaire = serializers.CharField(source="questionnaire.code")
    intro_es = serializers.CharField(allow_null=True)
    intro_en = serializers.CharField(allow_null=True)
    source: Any = serializers.CharField()
    sections = QuestionnaireSectionRead(many=True)
    items = QuestionRead(many=True)


class QuestionnaireList(ListView):
    access = Access("permission", "questionnaire.view")
    serializer_class = QuestionnaireRead

    def rows(self) -> Any:
        return Questionnaire.objects.order_by("code")

    @operation("questionnaire_list", answer=QuestionnaireRead(many=True))
    def get(self, request: Request) -> Response:
        return self.answered(request)


class QuestionnaireView(ApiView):
    """With its versions, the newest first."""

    access = Access("permission", "questionnaire.view")

    @operation("questionnaire_read", answer=QuestionnaireDetail)
    def get(self, request: Request, code: str) -> Response:
        return Response(QuestionnaireDetail(self.found(Questionnaire, "questionnaire.view", code=code)).data)


class QuestionnaireVersionView(ApiView):
    """All that is asked with it, in order."""

    access = Access("permission", "questionnaire.view")

    @operation("questionnaire_version_read", answer=QuestionnaireVersionRead)
    def get(self, request: Request, code: str, number: int) -> Response:
        questionnaire = self.found(Questionnaire, "questionnaire.view", code=code)
        versions = versions_of(questionnaire).prefetch_related("sections", "items__section")
        return Response(QuestionnaireVersionRead(get_object_or_404(versions, number=number)).data)
