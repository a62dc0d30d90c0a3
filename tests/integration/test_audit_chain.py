"""The audit chain shows every way of tampering with it (reliability.md §4.5)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from iqas.accounts.models import RoleAssignment
from iqas.core import audit, audit_guard, clock
from iqas.core.models import AuditDetail, AuditEvent
from tests.factories.organisation import make_centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """Six events on one centre, with the database's guard lifted so that the tests can tamper."""
    centre = make_centre()
    with transaction.atomic():
        for number in range(6):
            audit.record(
                actor=None, action="centre.changed", subject=centre, scope=centre.scope, after={"n": number}
            )
    audit_guard.remove(connection)
    yield list(AuditEvent.objects.order_by("seq"))
    audit_guard.install(connection)


def problems(anchor=None):
    return {(found.seq, found.problem) for found in audit.verify(anchor)}


def test_an_untouched_chain_holds(chain):
    assert problems() == set()
    assert problems(audit.chain_head()) == set()


def test_an_edited_event_is_seen(chain):
    AuditEvent.objects.filter(seq=chain[2].seq).update(action="centre.praised")
    assert (chain[2].seq, "was altered") in problems()


def test_an_edited_detail_is_seen(chain):
    AuditDetail.objects.filter(event=chain[2]).update(after={"n": 99})
    assert problems() == {(chain[2].seq, "has an altered detail")}


def test_a_deleted_event_is_seen(chain):
    AuditDetail.objects.filter(event=chain[3]).delete()
    AuditEvent.objects.filter(seq=chain[3].seq).delete()
    assert (chain[4].seq, "does not follow the event before it") in problems()


def test_reordered_events_are_seen(chain):
    second, third = chain[1], chain[2]
    AuditEvent.objects.filter(seq=second.seq).update(action=third.action, detail_hash=third.detail_hash)
    AuditEvent.objects.filter(seq=third.seq).update(action=second.action, detail_hash=second.detail_hash)
    assert {seq for seq, _ in problems()} >= {second.seq, third.seq}


def test_an_inserted_event_is_seen(chain):
    forged = AuditEvent.objects.get(seq=chain[-1].seq)
    forged.seq += 2
    forged.prev, forged.hash = "f" * 64, "e" * 64
    forged.save(force_insert=True)
    assert len(problems()) >= 3


def test_a_cut_off_end_is_seen_against_the_anchor_only(chain):
    anchor = audit.chain_head()
    AuditDetail.objects.filter(event=chain[-1]).delete()
    AuditEvent.objects.filter(seq=chain[-1].seq).delete()
    assert problems() == set()
    assert problems(anchor) == {(anchor.seq, "is in the anchor but not in the chain: its end was cut off")}


def test_a_rewritten_chain_is_seen_against_the_anchor_only(chain):
    anchor = audit.chain_head()
    AuditEvent.objects.filter(seq=chain[0].seq).update(action="centre.praised")
    prev = audit.GENESIS
    for event in AuditEvent.objects.order_by("seq"):
        event.prev = prev
        event.hash = audit.event_hash(event)
        event.save()
        prev = event.hash
    assert problems() == set()
    assert problems(anchor) == {(anchor.seq, "differs from the anchor: the chain was rewritten")}


def test_an_erased_detail_leaves_the_chain_whole(chain):
    audit.erase_detail(event=chain[1])
    assert problems() == set()
    assert AuditDetail.objects.get(event=chain[1]).after == {}


@pytest.mark.parametrize(
    "kept", [{"label": "Facultad"}, {"before": {"n": 1}}, {"after": {"n": 9}}, {"reason": "x"}, {"salt": "y"}]
)
def test_a_detail_marked_as_erased_could_be_rewritten_unseen(chain, kept):
    blank = {"label": "", "before": {}, "after": {}, "reason": "", "salt": ""}
    AuditDetail.objects.filter(event=chain[2]).update(**blank | kept, erased_at=clock.now())
    assert problems() == {(chain[2].seq, "has an erased detail that still says something")}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET action = 'x'",
        "DELETE FROM core_auditevent",
        "UPDATE core_auditdetail SET reason = 'x'",
        "UPDATE core_auditdetail SET erased_at = '2026-01-01 00:00:00+00:00'",
        "UPDATE core_auditdetail SET label = '', salt = '', reason = ''",
        "DELETE FROM core_auditdetail",
    ],
)
def test_the_database_refuses_to_change_the_chain(statement):
    centre = make_centre()
    with transaction.atomic():
        audit.record(actor=None, action="centre.changed", subject=centre)
    assert audit_guard.installed(connection)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["core_auditevent, core_auditdetail", "core_auditdetail"])
def test_the_database_refuses_to_empty_the_chain(table):
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")


def test_a_detail_is_erased_once_and_its_moment_stays():
    centre = make_centre()
    with transaction.atomic():
        event = audit.record(actor=None, action="centre.changed", subject=centre, after={"n": 1})
    audit.erase_detail(event=event)
    [erased] = AuditDetail.objects.filter(event=event)
    assert (erased.salt, erased.label, erased.before, erased.after, erased.reason) == ("", "", {}, {}, "")
    audit.erase_detail(event=event)
    assert AuditDetail.objects.get(event=event).erased_at == erased.erased_at
    assert problems() == set()


@pytest.mark.sqlite
def test_an_event_is_not_replaced_by_an_insert():
    """SQLite asks the triggers of the replaced row only with `recursive_triggers`."""
    centre = make_centre()
    with transaction.atomic():
        audit.record(actor=None, action="centre.changed", subject=centre)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT OR REPLACE INTO core_auditevent SELECT * FROM core_auditevent")


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_the_transaction_of_its_change():
    centre = make_centre()
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(actor=None, action="centre.changed", subject=centre)


def test_an_event_is_undone_with_its_change():
    centre = make_centre()
    before = audit.chain_head()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(actor=None, action="centre.changed", subject=centre)
        raise ZeroDivisionError
    assert audit.chain_head() == before


def role_of_an_event(actor, scope=None):
    with transaction.atomic():
        return audit.record(
            actor=actor, action="centre.changed", subject=make_centre(), scope=scope
        ).actor_role


def test_the_role_of_the_actor_was_always_empty(staff):
    here, there = make_centre("A"), make_centre("B")
    person = staff("reader")
    for role, scope in (("coordinator", here.scope), ("centre_quality", here.scope), ("reader", there.scope)):
        RoleAssignment.objects.create(user=person, role=role, scope=scope, valid_from=date(2020, 1, 1))
    assert role_of_an_event(person, here.scope) == "centre_quality", "of two on one scope the higher"
    assert role_of_an_event(person, there.scope) == "reader"
    assert role_of_an_event(person) == "reader", "without a scope the one held highest"
    assert role_of_an_event(None, here.scope) == ""
    assert problems() == set()


def test_a_role_that_has_ended_is_not_the_role_of_an_event(staff):
    centre = make_centre("A")
    person = staff("approver", centre.scope, valid_until=date(2021, 1, 1))
    assert role_of_an_event(person, centre.scope) == ""


def test_an_event_written_without_a_role_still_holds(chain):
    """The events of earlier versions."""
    assert {event.actor_role for event in chain} == {""}
    assert problems() == set()
