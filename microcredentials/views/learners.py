"""The register of learners: who may see persons sees them here."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.core.access import allowed, can, require
from iqas.core.views import get_visible_or_404, page
from iqas.ui import conflicts, forms, lists
from iqas.ui.components import Link
from iqas.ui.history import history_entries
from microcredentials.filters import LearnerFilter
from microcredentials.forms import LearnerForm
from microcredentials.models import Learner
from microcredentials.presenters.microcredentials import LEARNER_SENTENCES, field_labels
from microcredentials.services import learners as services
from microcredentials.tables.learners import LearnerTable

WRITE = ("GET", "HEAD", "POST")


@page("learner.view")
def learner_list(request: HttpRequest) -> HttpResponse:
    actions = [Link(_("Enrolments"), reverse("microcredentials:enrolment-register"))]
    if can(request.user, "siiu.view"):
        actions.append(Link(_("SIIU counts"), reverse("microcredentials:siiu-counts")))
    actions.append(Link(_("Import a list"), reverse("microcredentials:enrolment-upload")))
    return lists.list_page(
        request,
        queryset=allowed(request.user, "learner.view").filter(erased_at__isnull=True),
        table=LearnerTable,
        filters=LearnerFilter,
        title=_("Learner register"),
        intro=_("Whoever is or was enrolled in an edition of yours."),
        empty=lists.Empty(
            title=_("No learners yet"),
            text=_(
                "People come into the register when they are enrolled in an edition, by form or by import."
            ),
            url=reverse("microcredentials:edition-list"),
            verb=_("Go to the editions"),
        ),
        actions=actions,
    )


@page("learner.view")
def learner_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    learner = _learner(request, pk)
    enrolments = allowed(request.user, "enrolment.view").filter(learner=learner)
    here = learner.erased_at is None
    context = {
        "learner": learner,
        "enrolments": list(
            enrolments.select_related("edition__version", "edition__year").order_by("-edition__starts")
        ),
        "may_edit": here and bool(can(request.user, "learner.edit", learner)),
        "may_export": here and bool(can(request.user, "learner.export", learner)),
        "erasing": can(request.user, "learner.erase", learner) if here else None,
        "entries": history_entries(learner, LEARNER_SENTENCES, field_labels()),
    }
    return render(request, "microcredentials/learner_detail.html", context)


@page("learner.edit", methods=WRITE)
def learner_edit(request: HttpRequest, pk: Any) -> HttpResponseBase:
    learner = _learner(request, pk)
    require(request.user, "learner.edit", learner)
    form = LearnerForm(request.POST or None, initial=LearnerForm.initial_of(learner))

    def save() -> None:
        services.change_learner(
            actor=request.user,
            learner=learner,
            seen=form.cleaned_data["seen_version"],
            identity=form.identity(),
            statistics=form.statistics(),
        )

    return conflicts.edit_page(
        request,
        form,
        save,
        initial_of=LearnerForm.initial_of,
        back=learner,
        template="microcredentials/learner_edit.html",
        shown_with={"learner": learner},
    )


@page("learner.export", methods=WRITE)
def learner_export(request: HttpRequest, pk: Any) -> HttpResponseBase:
    """All that is held on the person, as a file; handing it over is an event of its own."""
    learner = _learner(request, pk)
    require(request.user, "learner.export", learner)
    if request.method == "POST":
        told = services.export_learner(actor=request.user, learner=learner)
        answer = HttpResponse(
            json.dumps(told, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8"
        )
        answer["Content-Disposition"] = f'attachment; filename="learner-{learner.pk}.json"'
        return answer
    return forms.confirm_page(
        request,
        title=_("Hand over the personal data"),
        message=_("Everything held on %(name)s, as one file (JSON). Give it to nobody else.")
        % {"name": learner},
        verb=_("Download the file"),
        consequences=[_("That you took it is noted in the history.")],
        cancel_url=learner.get_absolute_url(),
        danger=False,
    )


@page("learner.erase", methods=WRITE)
def learner_erase(request: HttpRequest, pk: Any) -> HttpResponseBase:
    learner = _learner(request, pk)
    require(request.user, "learner.erase", learner)
    form = forms.ConfirmForm(request.POST or None)
    return forms.confirm_step(
        request,
        form,
        lambda reason: services.erase_learner(actor=request.user, learner=learner, reason=reason),
        said=_("The person was erased."),
        back=reverse("microcredentials:learner-list"),
        title=_("Erase a person"),
        message=str(learner),
        verb=_("Erase for ever"),
        consequences=[
            _(
                "Names, e-mail, document and student number go, also from the history. Nobody can bring them back."
            ),
            _("The enrolments stay without a name, so that no count changes."),
            _("The next import passes over this person."),
        ],
    )


def _learner(request: HttpRequest, pk: Any) -> Learner:
    return get_visible_or_404(request.user, Learner, "learner.view", pk=pk)
