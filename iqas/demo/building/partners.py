"""Partners from the day somebody wrote them down, what they do, their agreements, and two pathways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

from django.core.files.base import ContentFile

from iqas.demo.building.catalogue import proposed_on, sessions_of
from iqas.demo.building.evidence import letter, months_before
from iqas.demo.building.world import World
from iqas.demo.content import MicroCredentialContent, PartnerContent, PartnersContent, PathwayContent
from iqas.evidence.models import EvidenceVersion
from iqas.evidence.services import add_evidence, add_version, approve_version
from microcredentials.models import MicroCredential, Partner
from microcredentials.services import partners as services
from microcredentials.services.pathways import create_pathway, replace_steps

SETTLING_IN = dt.timedelta(days=25)
A_WEEK = dt.timedelta(days=7)
TWO_MONTHS = dt.timedelta(days=60)
LAST_SPRING = 250


def build_partners(
    world: World, told: PartnersContent, credentials: Iterable[MicroCredentialContent]
) -> None:
    """Plans everything. The officer keeps the register; each centre says what partners do for it."""
    proposals = {
        content.key: (content, proposed_on(world, content, position))
        for position, content in enumerate(credentials)
    }
    for position, content in enumerate(told.partners):
        registered = world.first_day + SETTLING_IN + dt.timedelta(days=position)
        world.at(registered, partial(_register, world, content))
        if content.duplicate:
            world.at(registered + A_WEEK, partial(_register_again, world, content))
            world.at(registered + TWO_MONTHS, partial(_merge, world, content))
        for key in content.roles:
            credential, proposed = proposals[key]
            day = max(proposed, registered) + dt.timedelta(days=3)
            world.at(day, partial(_take_part, world, content, credential, day))
        for agreement in content.agreements:
            _plan_agreement(world, content, agreement, registered)
        if not content.active:
            world.at(world.today - dt.timedelta(days=LAST_SPRING), partial(_leave, world, content))
    for pathway in told.pathways:
        keys = [key for step in pathway.steps for key in ([step] if isinstance(step, str) else step)]
        ready = max(sessions_of(world, proposals[key][0]).price for key in keys)
        world.at(ready + TWO_MONTHS, partial(_open_way, world, pathway))


def _register(world: World, content: PartnerContent) -> None:
    officer = world.people["officer"]
    partner = services.add_partner(
        actor=officer,
        name=content.name,
        kind=content.kind,
        tax_id=content.tax_id,
        country=content.country,
        website=content.website,
        notes=content.notes,
    )
    if content.contact is not None:
        name, position, email, phone, basis = content.contact
        services.save_contact(
            actor=officer,
            partner=partner,
            name=name,
            position=position,
            email=email,
            phone=phone,
            basis=basis,
            basis_on=world.first_day + SETTLING_IN,
        )


def _register_again(world: World, content: PartnerContent) -> None:
    services.add_partner(actor=world.people["coordinator_eis"], name=content.duplicate, kind=content.kind)


def _merge(world: World, content: PartnerContent) -> None:
    services.merge_partners(
        actor=world.people["officer"],
        kept=_named(content.name),
        duplicate=_named(content.duplicate),
        reason="La misma entidad, escrita de otra manera.",
    )


def _leave(world: World, content: PartnerContent) -> None:
    partner = _named(content.name)
    services.change_partner(
        actor=world.people["officer"], partner=partner, seen=partner.version, is_active=False
    )


def _take_part(
    world: World, content: PartnerContent, credential: MicroCredentialContent, day: dt.date
) -> None:
    for role in content.roles[credential.key]:
        services.add_participation(
            actor=world.coordinator_of(credential.centre),
            microcredential=_microcredential(world, credential.key),
            partner=_named(content.name),
            role=role,
            since=day,
        )


def _plan_agreement(
    world: World, content: PartnerContent, agreement: tuple[str, int, int | None], registered: dt.date
) -> None:
    title, months, days = agreement
    starts = max(months_before(world.today, months), registered + A_WEEK)
    ends = None if days is None else world.today + dt.timedelta(days=days)

    def sign() -> None:
        officer = world.people["officer"]
        services.save_agreement(
            actor=officer,
            partner=_named(content.name),
            title=title,
            starts=starts,
            ends=ends,
            evidence=_signed(world, content, title, starts, ends),
        )

    world.at(starts + dt.timedelta(days=2), sign)


def _signed(
    world: World, content: PartnerContent, title: str, starts: dt.date, ends: dt.date | None
) -> EvidenceVersion:
    """The signed document, approved by somebody else some days later."""
    evidence = add_evidence(
        actor=world.people["officer"],
        scope=world.scopes["UNI"],
        title=f"{title}: {content.name}",
        kind="agreement",
        criteria=[],
    )
    until = "indefinida" if ends is None else f"hasta el {ends:%d/%m/%Y}"
    body = letter(title, [f"Entidad: {content.name}", f"Vigencia: {until}"], starts)
    version = add_version(
        actor=world.people["officer"],
        evidence=evidence,
        date_of_fact=starts,
        valid_until=ends,
        upload=ContentFile(body.encode(), name="convenio.txt"),
    )
    world.at(starts + A_WEEK, lambda: _approve(world, version))
    return version


def _approve(world: World, version: EvidenceVersion) -> None:
    approve_version(actor=world.people["approver"], version=version)


def _open_way(world: World, content: PathwayContent) -> None:
    author = world.coordinator_of(content.centre)
    pathway = create_pathway(
        actor=author,
        centre=world.centres[content.centre],
        name_es=content.name_es,
        name_en=content.name_en,
        target=content.target,
        target_name=content.target_name,
        target_ects=content.target_ects,
        other_ects=content.other_ects,
        note=content.note,
    )
    steps = [
        (number, _microcredential(world, key))
        for number, step in enumerate(content.steps, 1)
        for key in ([step] if isinstance(step, str) else step)
    ]
    replace_steps(actor=author, pathway=pathway, seen=pathway.version, steps=steps)


def _named(name: str) -> Partner:
    return Partner.objects.get(name=name)


def _microcredential(world: World, key: str) -> MicroCredential:
    return MicroCredential.objects.get(scope=world.scopes[key])
