"""The university, its centres and its people."""

from __future__ import annotations

from django.core.files.base import ContentFile

from iqas.accounts.models import EXTERNAL_ROLES
from iqas.accounts.services import assign_role, invite_person
from iqas.demo.accounts import PASSWORDS
from iqas.demo.building.world import World
from iqas.demo.content import LOGO, OrganisationContent
from iqas.organisation.logo import keep_logo
from iqas.organisation.services import add_centre, begin_university


def build_organisation(world: World, content: OrganisationContent) -> None:
    """Plans the first days: the university begins, its centres and people come in."""
    world.at(world.first_day, lambda: _begin(world, content), hour=9)


def _begin(world: World, content: OrganisationContent) -> None:
    university = begin_university(actor=None, **content.university.model_dump(), **logo_decided())
    world.scopes["UNI"] = university.scope
    for centre in content.centres:
        made = add_centre(actor=None, **centre.model_dump())
        world.centres[centre.code] = made
        world.scopes[centre.code] = made.scope
    for person in content.people:
        user = invite_person(actor=None, email=person.email, name=person.name)
        user.set_password(PASSWORDS[person.role])
        user.save(update_fields=["password"])
        world.people[person.key] = user
        if person.role not in EXTERNAL_ROLES:
            assign_role(actor=None, user=user, role=person.role, scope=world.scopes[person.scope])


def logo_decided() -> dict[str, str]:
    """The logo of the demonstration, kept like an uploaded one."""
    logo = keep_logo(ContentFile(LOGO.read_bytes(), name=LOGO.name))
    return {"logo_sha256": logo.sha256, "logo_media_type": logo.media_type}
