"""What people must do with micro-credentials and editions, for "my work"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, Min, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iqas.core import clock
from iqas.core.access import allowed, holds
from iqas.core.worklist import WorkItem, work_source
from iqas.organisation.models import University
from microcredentials import completeness
from microcredentials.deadlines import report_due, results_due
from microcredentials.models import Edition, MicroCredential, MicroCredentialVersion, Remark, Submission
from microcredentials.selectors import partners
from microcredentials.selectors.process import open_conditions, to_answer, waiting_for
from microcredentials.services.editions import is_below_minimum

State = Edition.State
SHOWN = 40  # of one kind; what is more is one item with its list
DECIDE_BEFORE = dt.timedelta(days=7)
M = TypeVar("M", bound=Model)


@work_source
def acts_to_record(user: Any) -> Iterator[WorkItem]:
    """Submissions that wait for an act this person may record; those of the annual programme together."""
    university = University.objects.select_related("scope").first()
    found = waiting_for(user)
    if university is not None and holds(user, "programme.approve", university.scope):
        together = found.filter(waiting_for__by_programme=True).order_by()
        found = found.filter(waiting_for__by_programme=False)
        told = together.aggregate(count=Count("pk"), due=Min("due"))
        if told["count"]:
            words = ngettext(
                "%(count)s micro-credential is ready for the annual programme",
                "%(count)s micro-credentials are ready for the annual programme",
                told["count"],
            )
            yield WorkItem(
                due=told["due"],
                title=words % {"count": told["count"]},
                url=reverse("microcredentials:programme-list"),
                verb=_("See the programme"),
            )
    some, more = _first(found, _("Record the act"), "approval-list", "whose=mine")
    for submission in some:
        if submission.waiting_for is not None:
            verb = _("Record: %(step)s") % {"step": submission.waiting_for.name}
            yield _approval(submission.version, verb, due=submission.due)
    yield from more


@work_source
def drafts_to_hand_in(user: Any) -> Iterator[WorkItem]:
    """Drafts that this person wrote: whole ones to submit, returned ones to answer."""
    reasons = Remark.objects.filter(version=OuterRef("pk"), act__isnull=False, resolved_at__isnull=True)
    mine = (
        allowed(user, "approval.submit")
        .filter(stage=MicroCredentialVersion.Stage.DRAFT, writers=user)
        .annotate(is_returned=Exists(reasons))
        .filter(Q(elements_done=completeness.TOTAL) | Q(is_returned=True))
        .select_related("microcredential__centre")
        .order_by("created_at")
    )
    some, more = _first(mine, _("Submit for approval"), "microcredential-list", "state=draft")
    for version in some:
        verb = _("Answer why it was returned") if version.is_returned else _("Submit for approval")  # type: ignore[attr-defined]
        yield _approval(version, verb)
    yield from more


@work_source
def comments_to_answer(user: Any) -> Iterator[WorkItem]:
    """Comments on what this person writes, and answers to their own: where somebody else had the last word."""
    versions = (
        MicroCredentialVersion.objects.filter(remarks__in=to_answer(user))
        .annotate(open_threads=Count("remarks", distinct=True))
        .select_related("microcredential__centre")
        .order_by("created_at", "pk")
    )
    some, more = _first(versions, _("Answer the comments"), "microcredential-list")
    for version in some:
        count = version.open_threads  # type: ignore[attr-defined]
        words = ngettext("Answer %(count)s comment", "Answer %(count)s comments", count)
        yield _approval(version, words % {"count": count}, place="#comments")
    yield from more


@work_source
def conditions_to_fulfil(user: Any) -> Iterator[WorkItem]:
    """Conditions of an approval: its authors fulfil them, and the body's people say that they have."""
    mine = open_conditions(user)
    for found, verb, page in (
        (mine.to_confirm, _("Say that the conditions are fulfilled: %(step)s"), "conditions-fulfil"),
        (mine.to_fulfil, _("Fulfil the conditions: %(step)s"), ""),
    ):
        some, more = _first(found, verb % {"step": "…"}, "approval-list")
        for act in some:
            version = act.submission.version
            url = (
                reverse(f"microcredentials:{page}", args=[version.microcredential.code, act.step.code])
                if page
                else ""
            )
            yield _approval(version, verb % {"step": act.step.name}, place="#acts", url=url)
        yield from more


@work_source
def microcredentials_to_publish(user: Any) -> Iterator[WorkItem]:
    """Approved ones, all of whose acts are there and whose conditions are fulfilled, that nobody has published."""
    submissions = Submission.objects.filter(version=OuterRef("current"), state=Submission.State.APPROVED)
    conditions = submissions.filter(acts__outcome="conditions", acts__fulfilled_on__isnull=True)
    ready = (
        allowed(user, "microcredential.publish")
        .filter(Exists(submissions), ~Exists(conditions), state=MicroCredential.State.APPROVED)
        .select_related("centre", "current")
        .order_by("code")
    )
    some, more = _first(ready, _("Publish"), "microcredential-list", "state=approved")
    for microcredential in some:
        version = microcredential.current
        if version is not None:
            version.microcredential = microcredential
            url = reverse("microcredentials:standing-change", args=[microcredential.code, "publish"])
            yield _approval(version, _("Publish"), url=url)
    yield from more


@work_source
def editions_to_move_on(user: Any) -> Iterator[WorkItem]:
    """Editions whose next step is due: open, begin or cancel, finish, sign, report, close."""
    university = University.objects.first()
    if university is None:
        return
    today = clock.today()
    mine = (
        allowed(user, "edition.run")
        .select_related("version", "microcredential__centre", "counts", "report")
        .order_by("ends", "code")
    )
    yield from _alike(
        mine.filter(starts__lte=today),
        State.PLANNED,
        _("Open the registration, or change its dates"),
        lambda edition: edition.starts,
    )
    yield from _to_begin(mine, today, university)
    yield from _alike(
        mine.filter(ends__lt=today), State.RUNNING, _("Mark as finished"), lambda edition: edition.ends
    )
    yield from _alike(
        mine,
        State.FINISHED,
        _("Sign the results"),
        lambda edition: edition.ends and results_due(edition.ends, university),
    )
    yield from _to_report(mine, university)


@work_source
def agreements_to_renew(user: Any) -> Iterator[WorkItem]:
    """Agreements that have ended or soon will, with the partners whom the person looks after."""
    found = partners.to_renew(partners.looked_after_by(user))
    some, more = _first(found, _("Renew the agreement"), "agreement-list")
    for agreement in some:
        yield WorkItem(
            due=agreement.ends,
            title=f"{agreement.partner.code} · {agreement.partner.name}: {agreement.title}",
            url=f"{agreement.partner.get_absolute_url()}#agreements",
            verb=_("Renew the agreement"),
        )
    yield from more


def _to_begin(mine: QuerySet[Edition], today: dt.date, university: University) -> Iterator[WorkItem]:
    """Open editions whose first day has come, or comes soon and finds too few learners."""
    begin = (
        F("counts__enrolled")
        - Coalesce(F("counts__withdrawn_before_start"), Value(0))
        - Coalesce(F("counts__recognised"), Value(0))
    )
    needed = Coalesce(F("version__places_min"), Value(university.min_enrolment))
    soon_and_few = Q(starts__lte=today + DECIDE_BEFORE, begin__lt=F("needed"))
    found = mine.filter(state=State.OPEN).alias(begin=begin, needed=needed)
    found = found.filter(Q(starts__lte=today) | soon_and_few).order_by("starts", "code")
    some, more = _first(found, _("Begin the teaching"), "edition-list", "state=open")
    for edition in some:
        if is_below_minimum(edition, university):
            yield _item(edition, edition.starts, _("Cancel it, or begin with too few learners"))
        else:
            yield _item(edition, edition.starts, _("Begin the teaching"))
    yield from more


def _to_report(mine: QuerySet[Edition], university: University) -> Iterator[WorkItem]:
    found = mine.filter(state=State.RESULTS_SIGNED)
    some, more = _first(found, _("File the final report"), "edition-list", "state=results_signed")
    for edition in some:
        due = edition.ends and report_due(edition.ends, university)
        if edition.has_filed_report:
            yield _item(edition, due, _("Close the edition"))
        else:
            url = reverse("microcredentials:edition-report", args=[edition.code])
            yield _item(edition, due, _("File the final report"), url)
    yield from more


def _alike(
    mine: QuerySet[Edition], state: str, verb: str, due_of: Callable[[Edition], dt.date | None]
) -> Iterator[WorkItem]:
    """Editions of one state that all ask for the same."""
    some, more = _first(mine.filter(state=state), verb, "edition-list", f"state={state}")
    for edition in some:
        yield _item(edition, due_of(edition), verb)
    yield from more


def _first(found: QuerySet[M], verb: str, page: str, query: str = "") -> tuple[list[M], list[WorkItem]]:
    """As many as are shown one by one, and where there are more, an item that says how many and leads to their list."""
    some = list(found[: SHOWN + 1])
    if len(some) <= SHOWN:
        return some, []
    more = WorkItem(
        due=None,
        title=_("%(count)s more: %(verb)s") % {"count": found.count() - SHOWN, "verb": verb},
        url=reverse(f"microcredentials:{page}") + (f"?{query}" if query else ""),
        verb=_("See the list"),
    )
    return some[:SHOWN], [more]


def _item(edition: Edition, due: Any, verb: str, url: str = "") -> WorkItem:
    return WorkItem(
        due=due,
        title=f"{edition.code} · {edition.version.title}",
        url=url or edition.get_absolute_url(),
        verb=verb,
        scope_label=edition.microcredential.centre.name,
    )


def _approval(
    version: MicroCredentialVersion, verb: str, *, due: Any = None, place: str = "", url: str = ""
) -> WorkItem:
    microcredential = version.microcredential
    return WorkItem(
        due=due,
        title=f"{microcredential.code} · {version.title}",
        url=url or reverse("microcredentials:approval-detail", args=[microcredential.code]) + place,
        verb=verb,
        scope_label=microcredential.centre.name,
    )
