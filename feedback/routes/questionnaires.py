"""Questionnaires and their editor."""

from django.urls import URLPattern, path

from feedback.api.questionnaires import QuestionnaireList, QuestionnaireVersionView, QuestionnaireView
from feedback.views import questionnaire_items, questionnaire_preview, questionnaires

ONE = "questionnaires/<str:code>/"
VERSION = f"{ONE}<int:number>/"
SECTION = f"{VERSION}sections/<uuid:section>/"
ITEM = f"{VERSION}items/<str:item>/"

STAFF = [
    path("questionnaires/", questionnaires.questionnaire_list, name="questionnaire-list"),
    path("questionnaires/add/", questionnaires.questionnaire_add, name="questionnaire-add"),
    path(ONE, questionnaires.questionnaire_versions, name="questionnaire-versions"),
    path(f"{ONE}compare/", questionnaires.questionnaire_compare, name="questionnaire-compare"),
    path(VERSION, questionnaires.questionnaire_detail, name="questionnaire-detail"),
    path(f"{VERSION}preview/", questionnaire_preview.questionnaire_preview, name="questionnaire-preview"),
    path(f"{VERSION}next/", questionnaires.questionnaire_begin, name="questionnaire-begin"),
    path(f"{VERSION}edit/", questionnaires.questionnaire_edit, name="questionnaire-edit"),
    path(f"{VERSION}publish/", questionnaires.questionnaire_publish, name="questionnaire-publish"),
    path(f"{VERSION}discard/", questionnaires.questionnaire_discard, name="questionnaire-discard"),
    path(f"{VERSION}sections/add/", questionnaire_items.section_add, name="questionnaire-section-add"),
    path(f"{SECTION}edit/", questionnaire_items.section_edit, name="questionnaire-section-edit"),
    path(f"{SECTION}move/", questionnaire_items.section_move, name="questionnaire-section-move"),
    path(f"{SECTION}remove/", questionnaire_items.section_remove, name="questionnaire-section-remove"),
    path(f"{SECTION}items/add/", questionnaire_items.item_add, name="questionnaire-item-add"),
    path(f"{ITEM}edit/", questionnaire_items.item_edit, name="questionnaire-item-edit"),
    path(f"{ITEM}condition/", questionnaire_items.item_condition, name="questionnaire-item-condition"),
    path(f"{ITEM}move/", questionnaire_items.item_move, name="questionnaire-item-move"),
    path(f"{ITEM}remove/", questionnaire_items.item_remove, name="questionnaire-item-remove"),
]
PUBLIC: list[URLPattern] = []
API = [
    path("questionnaires/", QuestionnaireList.as_view(), name="questionnaire-list"),
    path(ONE, QuestionnaireView.as_view(), name="questionnaire-detail"),
    path(VERSION, QuestionnaireVersionView.as_view(), name="questionnaire-version"),
]
