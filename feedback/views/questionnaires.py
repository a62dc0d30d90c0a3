"""The questions that people are asked."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from feedback.models import Item, Questionnaire, QuestionnaireVersion
from iqas.core.views import get_visible_or_404, page


@page("questionnaire.view")
def questionnaire_list(request: HttpRequest) -> HttpResponse:
    versions = QuestionnaireVersion.objects.select_related("questionnaire").order_by(
        "questionnaire__code", "-number"
    )
    return render(request, "feedback/questionnaire_list.html", {"versions": versions})


@page("questionnaire.view")
def questionnaire_detail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The questions as a learner sees them."""
    questionnaire = get_visible_or_404(request.user, Questionnaire, "questionnaire.view", code=code)
    version = get_object_or_404(questionnaire.versions.select_related("questionnaire"), number=number)
    sections = version.sections.prefetch_related("items")
    items = {item.code: item for section in sections for item in section.items.all()}
    context = {
        "version": version,
        "sections": [(s, [_question(item, items) for item in s.items.all()]) for s in sections],
    }
    return render(request, "feedback/questionnaire_detail.html", context)


def _question(item: Item, items: Mapping[str, Item]) -> dict[str, object]:
    """A question with the words of its points, and of the answers on which it depends."""
    depends_on = items.get(item.shown_if_code)
    return {
        "item": item,
        "points": [(point, _word(item, point)) for point in item.points],
        "condition": ", ".join(_word(depends_on, value) for value in item.shown_if_values)
        if depends_on
        else "",
    }


def _word(item: Item, point: int) -> str:
    """What a point is called in the reader's language; its code where it has no name."""
    labels = item.labels.get(get_language() or "es") or item.labels.get("es", {})
    return str(labels.get(str(point)) or point)
