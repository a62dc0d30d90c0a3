"""Staff pages of opening rules, and of the minimum groups."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from feedback.forms.rounds import RuleForm, ThresholdsForm
from feedback.models import OpeningRule
from feedback.presenters.rounds import rule_context
from feedback.selectors.reach import scopes_of
from feedback.selectors.thresholds import PERSONS_LEAST, decided_thresholds
from feedback.services import opening_rules
from feedback.services.thresholds import set_threshold
from feedback.tables.rounds import RuleFilter, RuleTable
from feedback.views.shared import WRITE, posted
from iqas.core.access import allowed
from iqas.core.views import page
from iqas.organisation.models import University
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link


@page("campaign.rule")
def rule_list(request: HttpRequest) -> HttpResponseBase:
    found = allowed(request.user, "campaign.rule").select_related("scope", "questionnaire")
    add = reverse("feedback:rule-add")
    return lists.list_page(
        request,
        queryset=found.annotate(made=Count("campaigns")),
        table=RuleTable,
        filters=RuleFilter,
        title=_("Opening rules"),
        empty=lists.Empty(
            title=_("No rules yet"),
            text=_("A rule opens a campaign for each edition by itself, such as 14 days before its end."),
            url=add,
            verb=_("Write a rule"),
        ),
        actions=(Link(_("Write a rule"), add, primary=True),),
    )


@page("campaign.rule", methods=WRITE)
def rule_add(request: HttpRequest) -> HttpResponse:
    form = RuleForm(posted(request), scopes=scopes_of(request.user, "campaign.rule"))
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            return redirect(opening_rules.create_rule(actor=request.user, terms=form.terms()))
    return render(request, "feedback/rule_add.html", {"form": form}, status=forms.form_status(form))


@page("campaign.rule", methods=WRITE)
def rule_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The rule, and what it is about to do."""
    visible = OpeningRule.objects.select_related("scope", "questionnaire")
    rule: OpeningRule | None = allowed(request.user, "campaign.rule", visible).filter(code=code).first()
    if rule is None:
        raise Http404
    form = RuleForm(
        posted(request), initial=RuleForm.initial_of(rule), scopes=scopes_of(request.user, "campaign.rule")
    )

    def save() -> None:
        seen = form.cleaned_data["seen_version"]
        opening_rules.change_rule(actor=request.user, rule=rule, seen=seen, terms=form.terms())

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=RuleForm.initial_of,
        back=rule,
        template="feedback/rule_edit.html",
        shown_with=rule_context(rule),
    )


@page("threshold.set", methods=WRITE)
def threshold_edit(request: HttpRequest) -> HttpResponse:
    """Larger minimum groups for some audiences, and for surveys about persons."""
    initial = {f"least_{subject}": least for subject, least in decided_thresholds().items()}
    form = ThresholdsForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form), transaction.atomic():
            for subject, least in form.decided().items():
                set_threshold(actor=request.user, subject=subject, least=least)
            messages.success(request, _("Saved."))
            return redirect("feedback:campaign-list")
    context = {"form": form, "university": University.current(), "persons": PERSONS_LEAST}
    return render(request, "feedback/threshold_edit.html", context, status=forms.form_status(form))
