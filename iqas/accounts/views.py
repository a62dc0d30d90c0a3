"""People, their roles, and one's own account."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iqas.accounts import services
from iqas.accounts.forms import InviteForm, ProfileForm, RoleForm
from iqas.accounts.models import RoleAssignment, User
from iqas.accounts.roles import active_on, is_external
from iqas.accounts.tables import PeopleFilter, PeopleTable
from iqas.core import clock
from iqas.core.access import can
from iqas.core.views import get_visible_or_404, page, signed_in
from iqas.ui import components, forms, lists

FORM = ("GET", "HEAD", "POST")


def people() -> QuerySet[User]:
    held = RoleAssignment.objects.filter(active_on(clock.today())).select_related("scope")
    return User.objects.prefetch_related(Prefetch("assignments", held, to_attr="held"))


@page("people.view")
def people_list(request: HttpRequest) -> HttpResponse:
    actions: tuple[components.Link, ...] = ()
    if can(request.user, "people.invite"):
        actions = (components.Link(_("Invite a person"), reverse("accounts:person-invite"), primary=True),)
    return lists.list_page(
        request,
        queryset=people(),
        table=PeopleTable,
        filters=PeopleFilter,
        title=_("People"),
        empty=lists.Empty(title=_("Nobody yet"), text=_("People are invited by the administrator.")),
        actions=actions,
    )


@page("people.invite", methods=FORM)
def person_invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            person = services.invite_with_role(actor=request.user, **form.cleaned_data)
            messages.success(
                request, _("The invitation is on its way to %(email)s.") % {"email": person.email}
            )
            return redirect("accounts:person-detail", pk=person.pk)
    return render(request, "accounts/person_invite.html", {"form": form}, status=forms.form_status(form))


@page("people.view", methods=FORM)
def person_detail(request: HttpRequest, pk: str) -> HttpResponse:
    person = get_visible_or_404(request.user, User, "people.view", pk=pk)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            services.assign_role(actor=request.user, user=person, **form.cleaned_data)
            messages.success(request, _("The role was given."))
            return redirect("accounts:person-detail", pk=person.pk)
    today = clock.today()
    assignments = person.assignments.select_related("scope", "granted_by")
    context = {
        "person": person,
        "held": assignments.filter(active_on(today)),
        "to_come": assignments.filter(valid_from__gt=today),
        "past": assignments.filter(valid_until__lt=today),
        "form": form,
        "may_change": can(request.user, "people.change", person),
        "may_invite": can(request.user, "people.invite"),
    }
    return render(request, "accounts/person_detail.html", context, status=forms.form_status(form))


@page("people.change", methods=FORM)
def role_end(request: HttpRequest, pk: str) -> HttpResponse:
    held = RoleAssignment.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=clock.today()))
    person = get_visible_or_404(request.user, User, "people.change", assignments__in=held.filter(pk=pk))
    assignment = held.select_related("scope").get(pk=pk)
    back = reverse("accounts:person-detail", kwargs={"pk": person.pk})
    form = forms.ConfirmForm(request.POST or None)
    words = {"role": assignment.get_role_display(), "scope": assignment.scope.label, "person": person.name}
    return forms.confirm_step(
        request,
        form,
        partial(services.end_role, actor=request.user, assignment=assignment),
        said=_("The role has ended."),
        back=back,
        title=_("End a role"),
        message=_("%(person)s will no longer be %(role)s of %(scope)s, from the next click on.") % words,
        verb=_("End the role"),
    )


@page("people.change", methods=FORM)
def person_end(request: HttpRequest, pk: str) -> HttpResponse:
    person = get_visible_or_404(request.user, User, "people.change", pk=pk)
    back = reverse("accounts:person-detail", kwargs={"pk": person.pk})
    form = forms.ConfirmForm(request.POST or None)
    ends = person.is_active
    return forms.confirm_step(
        request,
        form,
        partial(services.change_person, actor=request.user, user=person, is_active=not ends),
        said=_("The account has ended.") if ends else _("The account is open again."),
        back=back,
        title=_("End an account") if ends else _("Reopen an account"),
        message=(
            _("%(person)s will no longer be able to sign in. What they did stays in the history.")
            if ends
            else _("%(person)s will be able to sign in again, with the roles that are still in force.")
        )
        % {"person": person.name},
        verb=_("End the account") if ends else _("Reopen the account"),
        danger=ends,
    )


@page("people.invite", methods=("POST",))
def person_write(request: HttpRequest, pk: str) -> HttpResponse:
    person = get_visible_or_404(request.user, User, "people.change", pk=pk)
    services.send_invitation(actor=request.user, user=person)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": person.email})
    return redirect("accounts:person-detail", pk=person.pk)


@signed_in(methods=FORM)
def profile_edit(request: HttpRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        with forms.refusals(form):
            services.change_profile(user=person, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("accounts:profile-edit")
    held = person.assignments.select_related("scope").filter(active_on(clock.today()))
    context = {
        "form": form,
        "person": person,
        "held": held,
        "may_change": not is_external(request.user),
    }
    return render(request, "accounts/profile_edit.html", context, status=forms.form_status(form))
