"""Complaints and suggestions, the public form, and the urgent route from a comment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from feedback.checks import safeguarding as safeguarding_check
from feedback.middleware import sender_mark
from feedback.models import Comment, Complaint, SafeguardingPerson
from feedback.selectors.comments import seen_of
from feedback.selectors.complaints import answer_times, due_day, visible
from feedback.services import comments, complaints, safeguarding
from iqas.core.access import can
from iqas.core.models import AuditDetail, AuditEvent
from iqas.core.refusals import AccessDenied, RuleViolation, StaleVersion
from iqas.core.worklist import work_of
from iqas.jobs.models import Job
from iqas.organisation.models import University
from tests.factories.accounts import make_staff
from tests.factories.feedback_results import make_results, rate_all
from tests.factories.organisation import make_centre, the_university
from tests.support.pages import assert_hides, assert_shows, deliver

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
SECRET = "CANARY me trataron mal"


def receive(actor: Any, scope: Any, **more: Any) -> Complaint:
    given = {"kind": "complaint", "channel": "mail", "received_on": dt.date(2026, 3, 2), "text": SECRET}
    return complaints.receive(actor=actor, scope=scope, **{**given, **more})


def refused(code: str, act: Any, *args: Any, **given: Any) -> None:
    with pytest.raises(RuleViolation) as refusal:
        act(*args, **given)
    assert refusal.value.code == code


def test_it_is_due_in_twenty_working_days_and_urgent_ones_in_two() -> None:
    monday, friday = dt.date(2026, 3, 2), dt.date(2026, 3, 6)
    assert due_day(monday, urgent=False) == dt.date(2026, 3, 30)
    assert due_day(friday, urgent=True) == dt.date(2026, 3, 10)
    assert due_day(dt.date(2026, 3, 7), urgent=True) == dt.date(2026, 3, 10)


def test_from_the_mail_to_the_answer(staff: Any, client_for: Any, at: Any, max_queries: Any) -> None:
    at("2026-03-02 10:00")
    centre = make_centre("FAC-A")
    coordinator = staff("coordinator", scope=centre.scope)
    client = client_for(coordinator)
    data = {
        "seen_version": "0",
        "kind": "complaint",
        "channel": "office",
        "received_on": "2026-03-02",
        "scope": "FAC-A",
        "text": SECRET,
        "sender": "quien@example.org",
    }
    assert (
        client.post(reverse("feedback:complaint-add"), data | {"received_on": "2026-03-03"}).status_code
        == 422
    )
    assert client.post(reverse("feedback:complaint-add"), data).status_code == 302
    (told,) = deliver()
    assert told.to == ["quien@example.org"]
    assert SECRET not in str(told.body)
    complaint = Complaint.objects.get()
    assert (complaint.code, complaint.due_on) == ("Q-0001", dt.date(2026, 3, 30))
    assert b"quien" not in bytes(complaint.sender_enc or b"")
    assert [item.url for item in work_of(coordinator)] == [complaint.get_absolute_url()]
    with max_queries(20):
        assert_shows(client.get(complaint.get_absolute_url()), SECRET)
    take = reverse("feedback:complaint-take-up", args=[complaint.code])
    assert client.post(take, {"seen_version": "x"}).status_code == 404
    assert client.post(take, {"seen_version": complaint.version}).status_code == 302
    assert client.post(take, {"seen_version": complaint.version}).status_code == 409
    answer = reverse("feedback:complaint-answer", args=[complaint.code])
    stale = client.post(answer, {"seen_version": complaint.version, "answer": "Lo sentimos"})
    assert stale.status_code == 409
    complaint.refresh_from_db()
    at("2026-03-12 10:00")
    client = client_for(coordinator)
    assert client.post(answer, {"seen_version": complaint.version, "answer": " "}).status_code == 422
    assert (
        client.post(answer, {"seen_version": complaint.version, "answer": "Lo sentimos"}).status_code == 302
    )
    (told,) = deliver()
    assert "Lo sentimos" in str(told.body)
    complaint.refresh_from_db()
    assert (complaint.state, complaint.days_taken, complaint.responsible) == ("answered", 10, coordinator)
    refused(
        "complaint-state",
        complaints.answer_complaint,
        actor=coordinator,
        complaint=complaint,
        seen=complaint.version,
        answer="x",
    )
    edit = reverse("feedback:complaint-edit", args=[complaint.code])
    with max_queries(20):
        assert_hides(client.get(edit), 'name="text"')
    times = answer_times(visible(coordinator))
    assert (times.received, times.answered, times.in_time, times.late, times.median_days) == (
        1,
        1,
        1,
        0,
        10.0,
    )
    details = "".join(f"{row.label}{row.before}{row.after}{row.reason}" for row in AuditDetail.objects.all())
    assert "CANARY" not in details
    assert "quien" not in details
    at("2026-09-12 10:00")
    assert complaints.forget_senders() == 1


def test_the_list_counts_and_shows_no_other_centre(
    staff: Any, client_for: Any, at: Any, max_queries: Any
) -> None:
    at("2026-03-02 10:00")
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    mine = staff("centre_quality", scope=here.scope)
    receive(mine, here.scope)
    receive(mine, here.scope, kind="suggestion", due_on=dt.date(2026, 3, 2))
    with pytest.raises(AccessDenied):
        receive(mine, there.scope)
    at("2026-03-05 10:00")
    client = client_for(mine)
    address = reverse("feedback:complaint-list")
    with max_queries(12):
        assert_shows(
            client.get(address, headers=EN),
            "Q-0001",
            "Q-0002",
            "Received: 2. Answered: 0",
            "Late: 1.",
        )
    assert_hides(client.get(f"{address}?progress=late"), "Q-0001")
    assert_hides(client.get(f"{address}?export=csv"), "CANARY")
    other = client_for(staff("centre_quality", scope=there.scope))
    assert_hides(other.get(address), "Q-0001")
    for name in ("detail", "edit", "answer"):
        assert other.get(reverse(f"feedback:complaint-{name}", args=["Q-0001"])).status_code == 404
    assert client_for(staff("reader", scope=here.scope)).get(address).status_code == 403
    complaint = Complaint.objects.get(code="Q-0001")
    change = {"actor": mine, "complaint": complaint}
    refused("complaint-text", complaints.change_complaint, seen=1, **change, text=" ")
    refused("complaint-criterion", complaints.change_complaint, seen=1, **change, criterion_code="Z.9")
    complaints.change_complaint(seen=complaint.version, **change, text="otro texto")
    with pytest.raises(StaleVersion):
        complaints.change_complaint(seen=complaint.version, **change, text="tercero")


def test_anybody_sends_one_and_gets_a_number(at: Any) -> None:
    at("2026-03-02 10:00")
    the_university()
    University.objects.update(complaints_email="quejas@uni.example")
    centre = make_centre("FAC-A")
    address = reverse("survey:complaint-send")
    client = Client(headers=EN)
    assert_shows(client.get(address), "Complaints and suggestions", 'name="text"')
    data = {"kind": "suggestion", "scope": centre.code, "text": SECRET, "email": "yo@example.org"}
    assert client.post(address, data | {"text": ""}).status_code == 422
    assert client.post(address, data | {"scope": "NOWHERE"}).status_code == 422
    assert client.post(address, data | {"website": "spam"}).status_code == 422
    assert not Complaint.objects.exists()
    assert_shows(client.post(address, data), "Q-0001", "30 March 2026")
    sent = {message.to[0]: str(message.body) for message in deliver()}
    assert set(sent) == {"quejas@uni.example", "yo@example.org"}
    assert "Q-0001" in sent["yo@example.org"]
    assert "has received what you sent" in sent["yo@example.org"]
    assert not any("CANARY" in body for body in sent.values())
    for _turn in range(complaints.MOST_AN_HOUR - 1):
        complaints.send_in(kind="praise", scope=centre.scope, text="bien")
    assert client.post(address, data).status_code == 429


def test_nobody_closes_the_urgent_way_by_sending_much(at: Any) -> None:
    """Sixty messages in an hour, from anybody, closed the form for everybody, for who was in danger too."""
    at("2026-03-02 10:00")
    the_university()
    centre = make_centre("FAC-A")
    address = reverse("survey:complaint-send")
    data = {"kind": "complaint", "scope": centre.code, "text": SECRET}

    def sent_from(network: int, **more: str) -> int:
        return Client(headers=EN, REMOTE_ADDR=f"10.0.{network}.7").post(address, data | more).status_code

    from_one = [sent_from(1) for _turn in range(complaints.MOST_FROM_A_NETWORK + 1)]
    assert from_one == [200] * complaints.MOST_FROM_A_NETWORK + [429]
    assert sent_from(2) == 200
    while Complaint.objects.count() < complaints.MOST_AN_HOUR:
        complaints.send_in(kind="praise", scope=centre.scope, text="bien")
    assert sent_from(2) == 429
    assert sent_from(1, is_urgent="on") == 200
    assert sent_from(2, is_urgent="on") == 200
    marks = [
        sender_mark(RequestFactory().post(address, REMOTE_ADDR=f"10.0.{part}"))
        for part in ("1.7", "1.9", "2.7")
    ]
    assert marks[0] == marks[1] != marks[2]
    at("2026-03-03 10:00")
    assert sender_mark(RequestFactory().post(address, REMOTE_ADDR="10.0.1.7")) != marks[0]


@pytest.mark.both
def test_a_number_with_a_nul_is_unknown_on_either_database(client: Client) -> None:
    sent = client.post(reverse("survey:complaint-follow"), {"code": "Q-\x000001", "secret": "a"})
    assert sent.status_code == 404


def test_without_an_address_the_answer_is_read_with_number_and_code(staff: Any, at: Any) -> None:
    """Who left no address was told to keep the number, and there was no page to ask with it."""
    at("2026-03-02 10:00")
    the_university()
    centre = make_centre("FAC-A")
    client = Client(headers=EN)
    data = {"kind": "complaint", "scope": centre.code, "text": SECRET}
    page = client.post(reverse("survey:complaint-send"), data)
    secret = page.context["secret"]
    assert_shows(page, "Q-0001", secret, "secret code")
    complaint = Complaint.objects.get()
    assert secret not in complaint.secret_hash
    follow = reverse("survey:complaint-follow")
    assert_shows(client.get(follow), "Secret code")
    assert_shows(
        client.post(follow, {"code": " q-0001 ", "secret": secret.lower()}), "received", "30 March 2026"
    )
    for code, wrong in (("Q-0002", secret), ("Q-0001", "A" * 26), ("Q-0001", ""), ("", "")):
        assert client.post(follow, {"code": code, "secret": wrong}).status_code == 404
    officer = staff("quality_officer")
    other = receive(officer, centre.scope)
    assert client.post(follow, {"code": other.code, "secret": ""}).status_code == 404
    complaints.answer_complaint(
        actor=officer, complaint=complaint, seen=complaint.version, answer="Lo sentimos"
    )
    answered = client.post(follow, {"code": "Q-0001", "secret": secret})
    assert_shows(answered, "Lo sentimos")
    assert_hides(answered, "CANARY")


def test_an_urgent_comment_becomes_a_case_for_the_named_person(
    staff: Any, client_for: Any, settings: Any, at: Any
) -> None:
    at("2026-03-02 10:00")
    settings.SAFEGUARDING_EMAIL = "proteccion@uni.example"
    centre = make_centre("FAC-A")
    officer = staff("quality_officer")
    campaign = make_results(answers=[rate_all(4)] * 6, comments=[("L16", SECRET)], scope=centre.scope)
    comment = Comment.objects.select_related("campaign").get()
    coordinator = staff("coordinator", scope=centre.scope)
    flag = {"actor": officer, "comment": comment}
    comments.flag(urgent=True, seen=seen_of(comment), **flag)
    case = Complaint.objects.get()
    assert (case.channel, case.is_urgent, case.due_on) == ("survey", True, dt.date(2026, 3, 4))
    (told,) = deliver()
    assert told.to == ["proteccion@uni.example"]
    assert case.code in str(told.subject)
    assert "CANARY" not in str(told.body)
    client = client_for(officer)
    assert_shows(client.get(case.get_absolute_url(), headers=EN), "Read the comment", "I am looking into it")
    edit = reverse("feedback:complaint-edit", args=[case.code])
    assert_hides(client.get(edit), 'name="text"', 'name="scope"')
    refused("complaint-case", complaints.change_complaint, actor=officer, complaint=case, seen=1, text="x")
    assert client_for(coordinator).get(case.get_absolute_url()).status_code == 404
    with pytest.raises(AccessDenied):
        complaints.take_up(actor=coordinator, complaint=case, seen=case.version)
    comment.refresh_from_db()
    comments.flag(urgent=False, seen=seen_of(comment), **flag)
    case.refresh_from_db()
    assert case.state == "dismissed"
    comment.refresh_from_db()
    comments.flag(urgent=True, seen=seen_of(comment), **flag)
    case.refresh_from_db()
    assert case.state == "received"
    complaints.take_up(actor=officer, complaint=case, seen=case.version)
    comment.refresh_from_db()
    refused("case-open", comments.flag, urgent=False, seen=seen_of(comment), **flag)
    comments.decide(actor=officer, comment=comment, decision="withhold", reason="case", seen=seen_of(comment))
    refused("urgent-open", comments.publish_comments, actor=officer, campaign=campaign)
    case.refresh_from_db()
    complaints.answer_complaint(actor=officer, complaint=case, seen=case.version, answer="Hablado con ella")
    comments.publish_comments(actor=officer, campaign=campaign)
    assert Complaint.objects.count() == 1
    assert not any("CANARY" in f"{row.label}{row.after}" for row in AuditDetail.objects.all())


def test_an_urgent_one_written_down_by_a_coordinator_leaves_their_sight(at: Any) -> None:
    at("2026-03-02 10:00")
    centre = make_centre("FAC-A")
    coordinator = make_staff("coordinator", scope=centre.scope)
    complaint = receive(coordinator, centre.scope, is_urgent=True)
    assert not visible(coordinator).exists()
    assert not visible(make_staff("centre_quality", scope=centre.scope)).exists()
    assert visible(make_staff("quality_officer")).get() == complaint
    mail.outbox.clear()


def test_only_the_named_person_reads_what_is_urgent(staff: Any, client_for: Any, at: Any) -> None:
    """The form promises that a named person reads it first; every quality officer of the centre could open it."""
    at("2026-03-02 10:00")
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    officer, local, named = (
        staff("quality_officer"),
        staff("centre_quality", scope=here.scope),
        staff("centre_quality", scope=here.scope, language="en"),
    )
    client = client_for(officer)
    page = reverse("feedback:safeguarding-persons")
    assert client_for(local).get(page).status_code == 403
    assert client.get(page).status_code == 200
    refused("safeguarding-role", safeguarding.name_person, actor=officer, scope=there.scope, user=named)
    assert client.post(page, {"scope": "FAC-A", "user": str(named.pk)}).status_code == 302
    assert client.post(page, {"scope": "FAC-A", "user": str(named.pk)}).status_code == 422
    urgent = complaints.send_in(kind="complaint", scope=here.scope, text=SECRET, is_urgent=True).complaint
    elsewhere = complaints.send_in(kind="complaint", scope=there.scope, text="x", is_urgent=True).complaint
    assert [message.to for message in deliver() if urgent.code in str(message.subject)] == [[named.email]]
    for person, seen in ((officer, [elsewhere]), (local, []), (named, [urgent])):
        assert list(visible(person)) == seen, person
        assert [one for one in (urgent, elsewhere) if can(person, "complaint.view", one)] == seen
        expected = 200 if urgent in seen else 404
        assert client_for(person).get(urgent.get_absolute_url()).status_code == expected
    with pytest.raises(AccessDenied):
        complaints.take_up(actor=local, complaint=urgent, seen=urgent.version)
    complaints.take_up(actor=named, complaint=urgent, seen=urgent.version)
    assert not list(safeguarding_check())
    named.assignments.update(valid_until=dt.date(2026, 3, 1))
    assert len(list(safeguarding_check())) == 1
    assert set(visible(officer)) == {urgent, elsewhere}, (
        "where the only named person has no role, somebody reads it"
    )
    row = SafeguardingPerson.objects.get()
    assert client.post(page, {"remove": "no"}).status_code == 404
    assert client.post(page, {"remove": str(row.pk)}).status_code == 302
    assert set(visible(officer)) == {urgent, elsewhere}
    events = AuditEvent.objects.filter(action__startswith="safeguarding.").values_list("action", flat=True)
    assert sorted(events) == ["safeguarding.named", "safeguarding.removed"]


def test_a_case_that_is_opened_again_tells_the_named_person_again(staff: Any, at: Any) -> None:
    at("2026-03-02 10:00")
    officer = staff("quality_officer")
    safeguarding.name_person(actor=officer, scope=the_university().scope, user=officer)
    campaign = make_results("C-1", [rate_all(4)] * 6, comments=[("L16", SECRET)])
    comment = campaign.comments.get()
    told = []
    for urgent in (True, False, True, False, True):
        comment.refresh_from_db()
        comments.flag(actor=officer, comment=comment, urgent=urgent, seen=seen_of(comment))
        told.append([message.to for message in deliver()])
    assert told == [[[officer.email]], [], [[officer.email]], [], [[officer.email]]]


def test_an_urgent_one_that_moves_tells_the_persons_named_there(staff: Any, at: Any) -> None:
    at("2026-03-02 10:00")
    here, there = make_centre("FAC-A"), make_centre("FAC-B", "Facultad B")
    officer, other = staff("quality_officer"), staff("centre_quality", scope=there.scope)
    safeguarding.name_person(actor=officer, scope=the_university().scope, user=officer)
    safeguarding.name_person(actor=officer, scope=there.scope, user=other)
    case = receive(officer, here.scope, is_urgent=True)
    assert [message.to for message in deliver()] == [[officer.email]]
    complaints.change_complaint(actor=officer, complaint=case, seen=case.version, scope=there.scope)
    assert [message.to for message in deliver()] == [[other.email]]
    assert can(other, "complaint.answer", Complaint.objects.select_related("scope").get())


def test_a_message_that_failed_tells_nobody_of_an_urgent_one(staff: Any, client_for: Any, at: Any) -> None:
    at("2026-03-02 10:00")
    here = make_centre("FAC-A")
    officer, other = staff("quality_officer"), staff("centre_quality", scope=here.scope)
    safeguarding.name_person(actor=officer, scope=here.scope, user=officer)
    plain, urgent = (
        receive(officer, here.scope, is_urgent=yes, sender="q@example.org") for yes in (False, True)
    )
    Job.objects.filter(queue="mail").update(state="failed")
    assert not visible(other).filter(pk=urgent.pk).exists()
    page = client_for(other).get(reverse("jobs:job-list"))
    assert_shows(page, plain.code)
    assert_hides(page, urgent.code)
