"""The one table of permissions: which role may do what. Where it may do it is said by the assignment's scope.

`docs/reference/permissions.md` is generated from this table.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import Q

from iqas.accounts.models import EXTERNAL_ROLES, Role, RoleAssignment, User
from iqas.core import clock
from iqas.core.access import Giver, Grant, Way

ADMINISTRATOR = Role.ADMINISTRATOR
OFFICER = Role.QUALITY_OFFICER
CENTRE = Role.CENTRE_QUALITY
COORDINATOR = Role.COORDINATOR
REVIEWER = Role.REVIEWER
APPROVER = Role.APPROVER
READER = Role.READER

RANK = [*Role]
MOST_GIVERS = 3

QUALITY = frozenset({OFFICER, CENTRE})
EDITORS = QUALITY | {COORDINATOR}
STAFF = EDITORS | {ADMINISTRATOR, REVIEWER, APPROVER, READER}
AUDITORS = frozenset(EXTERNAL_ROLES)

PERMISSIONS: dict[str, frozenset[Role]] = {
    # accounts
    "people.view": frozenset({ADMINISTRATOR, OFFICER}),
    "people.invite": frozenset({ADMINISTRATOR}),
    "people.change": frozenset({ADMINISTRATOR}),
    # audits
    "assessment.view": STAFF,
    "assessment.start": QUALITY,
    "assessment.edit": EDITORS,
    "assessment.submit": QUALITY,
    "assessment.return": QUALITY | {REVIEWER, APPROVER},
    "assessment.freeze": frozenset({OFFICER, APPROVER}),
    "dossier.view": STAFF,
    "dossier.build": QUALITY | {APPROVER},
    "review.open": AUDITORS | QUALITY,
    # evidence
    "evidence.view": STAFF,
    "evidence.add": EDITORS | {REVIEWER, APPROVER},
    "evidence.change": EDITORS,
    "evidence.approve": QUALITY | {APPROVER},
    "evidence.withdraw": QUALITY,
    "evidence.cite": EDITORS | {REVIEWER},
    # feedback
    "campaign.view": STAFF,
    "campaign.edit": EDITORS,
    "campaign.invite": QUALITY,
    "campaign.open": QUALITY,
    "campaign.close": QUALITY,
    "campaign.pause": QUALITY,
    "campaign.round": QUALITY,
    "campaign.rule": QUALITY,
    "answers.view": QUALITY,
    "comment.review": QUALITY,
    "theme.edit": QUALITY,
    "reply.invite": QUALITY,
    "questionnaire.view": STAFF,
    "questionnaire.edit": QUALITY,
    "threshold.set": frozenset({OFFICER}),
    "results.view": STAFF,
    "outcome.edit": EDITORS,
    "outcome.publish": EDITORS,
    "consultation.view": STAFF,
    "consultation.edit": EDITORS,
    "complaint.view": EDITORS,
    "complaint.edit": EDITORS,
    "complaint.answer": EDITORS,
    "safeguarding.set": frozenset({OFFICER}),
    "report.view": STAFF,
    "report.make": EDITORS | {REVIEWER, APPROVER},
    # frameworks
    "frameworks.view": STAFF,
    # improvement
    "improvement.view": STAFF,
    "improvement.add": EDITORS,
    "improvement.change": EDITORS,
    "improvement.work": EDITORS,
    "improvement.cancel": QUALITY,
    "improvement.verify": QUALITY | {REVIEWER},
    # indicators
    "indicator.view": STAFF,
    "target.set": QUALITY,
    # jobs
    "job.cancel": STAFF,
    "job.oversee": frozenset({ADMINISTRATOR, OFFICER, CENTRE}),
    "job.retry": STAFF,
    "job.view": STAFF,
    # microcredentials
    "microcredential.view": STAFF,
    "microcredential.create": EDITORS,
    "microcredential.import": QUALITY,
    "microcredential.edit": EDITORS,
    "microcredential.approve": frozenset({OFFICER, APPROVER}),
    "microcredential.publish": QUALITY | {APPROVER},
    "microcredential.suspend": frozenset({OFFICER, APPROVER}),
    "approval.submit": EDITORS,
    "approval.report": QUALITY | {REVIEWER},
    "approval.centre": QUALITY | {APPROVER},
    "approval.govern": frozenset({OFFICER, APPROVER}),
    "approval.price": frozenset({OFFICER, APPROVER}),
    "approval.remark": EDITORS | {REVIEWER, APPROVER},
    "route.view": STAFF,
    "route.change": frozenset({ADMINISTRATOR}),
    "programme.view": STAFF,
    "programme.prepare": frozenset({OFFICER, APPROVER}),
    "programme.approve": frozenset({OFFICER, APPROVER}),
    "document.view": STAFF,
    "document.make": EDITORS | {REVIEWER, APPROVER},
    "document.report": QUALITY | {REVIEWER},
    "edition.view": STAFF,
    "edition.edit": EDITORS,
    "edition.run": EDITORS,
    "edition.count": EDITORS,
    "partner.view": STAFF,
    "partner.edit": EDITORS,
    "partner.contacts": EDITORS,
    "partner.merge": frozenset({OFFICER}),
    "partner.import": QUALITY,
    "pathway.view": STAFF,
    "pathway.create": EDITORS,
    "pathway.edit": EDITORS,
    "enrolment.view": EDITORS,
    "enrolment.edit": EDITORS,
    "learner.view": EDITORS,
    "learner.edit": EDITORS,
    "learner.export": QUALITY,
    "learner.erase": QUALITY,
    "siiu.view": QUALITY,
    # organisation
    "organisation.view": STAFF,
    "organisation.change": frozenset({ADMINISTRATOR, OFFICER}),
    "centre.view": STAFF,
}

ASSIGNABLE_ON: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset({"university"}),
    Role.QUALITY_OFFICER: frozenset({"university"}),
    Role.CENTRE_QUALITY: frozenset({"centre"}),
    Role.COORDINATOR: frozenset({"centre", "microcredential"}),
    Role.REVIEWER: frozenset({"university", "centre"}),
    Role.APPROVER: frozenset({"university", "centre"}),
    Role.AUDITOR: frozenset({"dossier"}),
    Role.STUDENT_AUDITOR: frozenset({"dossier"}),
    Role.READER: frozenset({"university", "centre", "microcredential"}),
}


@cache
def permissions_of(role: str) -> frozenset[str]:
    return frozenset(name for name, roles in PERMISSIONS.items() if role in roles)


def active_on(date: Any) -> Q:
    """The assignments in force on a date."""
    return Q(valid_from__lte=date) & (Q(valid_until__isnull=True) | Q(valid_until__gte=date))


def grants_of(user: Any) -> Iterator[Grant]:
    """What a person holds today, in one query; of two roles on one scope the higher comes first."""
    held = RoleAssignment.objects.filter(active_on(clock.today()), user_id=user.pk).values_list(
        "scope__path", "role", "scope__kind", "scope__label"
    )
    for path, role, kind, label in sorted(held, key=lambda one: (one[0], RANK.index(one[1]))):
        yield Grant(role, permissions_of(role), path, kind, label)


def way_to(user: Any, permission: str) -> Way:
    """The roles that include a permission, and the administrators, whose names are for people of the house only."""
    roles = tuple(role.label for role in RANK if role in PERMISSIONS.get(permission, ()))
    if RoleAssignment.objects.filter(user_id=user.pk, role__in=EXTERNAL_ROLES).exists():
        return Way(roles, ())
    giving = RoleAssignment.objects.filter(active_on(clock.today()), role__in=PERMISSIONS["people.invite"])
    people = User.objects.filter(is_active=True, pk__in=giving.values("user"))[:MOST_GIVERS]
    return Way(roles, tuple(Giver(person.name, person.email) for person in people))


def is_external(user: Any) -> bool:
    """Whether the person is an external auditor, who reads, changes nothing and holds no other role."""
    from iqas.core.access import grants

    return any(grant.role in EXTERNAL_ROLES for grant in grants(user))
