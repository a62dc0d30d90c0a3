"""What the builders share: the day, the people, and a timeline on which each thing happens at its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from iqas.accounts.models import User
from iqas.core import clock
from iqas.demo.content import OrganisationContent
from iqas.organisation.models import Centre, Scope

MADRID = ZoneInfo("Europe/Madrid")
PAST_YEARS = 3
LATE_SUMMER = dt.timedelta(days=90)


@dataclass
class World:
    """The demonstration as it is being built. `today` decides every date in it."""

    today: dt.date
    people: dict[str, User] = field(default_factory=dict)
    centres: dict[str, Centre] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    _timeline: list[tuple[dt.datetime, int, Callable[[], None]]] = field(default_factory=list)

    @property
    def first_autumn(self) -> int:
        """The calendar year in which the first of the three complete academic years begins."""
        last = self.today - LATE_SUMMER
        return (last.year if last.month >= 9 else last.year - 1) - PAST_YEARS + 1

    @property
    def first_day(self) -> dt.date:
        """When the university begins to use the product."""
        return dt.date(self.first_autumn, 9, 1)

    def moment(self, *, days: int, hour: int = 10) -> dt.datetime:
        """A moment so many days from today."""
        return dt.datetime.combine(self.today + dt.timedelta(days=days), dt.time(hour, 15), MADRID)

    def chance(self, *about: object) -> Random:
        """Randomness that is the same for the same subject, in whatever order things are built."""
        return Random("|".join(map(str, ("iqas-demo", *about))))  # noqa: S311

    def at(self, day: dt.date, action: Callable[[], None], hour: int = 10) -> None:
        """Lets `action` happen on a day, unless that day is still to come."""
        if day <= self.today:
            moment = dt.datetime.combine(day, dt.time(hour, 15), MADRID)
            self._timeline.append((moment, len(self._timeline), action))

    def live_through(self) -> None:
        """Everything planned happens, in the order of time. What happens may plan more, later."""
        while self._timeline:
            self._timeline.sort(key=lambda entry: entry[:2])
            moment, _order, action = self._timeline.pop(0)
            with clock.at(moment):
                action()

    @classmethod
    def found(cls, today: dt.date, told: OrganisationContent) -> World:
        """The world that was built before, as far as it goes."""
        world = cls(today)
        world.scopes = {
            scope.code: scope for scope in Scope.objects.filter(kind__in=("university", "centre"))
        }
        world.centres = {centre.code: centre for centre in Centre.objects.select_related("scope")}
        users = {user.email: user for user in User.objects.all()}
        world.people = {person.key: users[person.email] for person in told.people}
        return world

    def coordinator_of(self, centre: str) -> User:
        return self.people[{"EIS": "coordinator_eis", "FCEE": "coordinator_fcee"}.get(centre, "coordinator")]

    def quality_of(self, centre: str) -> User:
        return self.people[centre.lower()]
