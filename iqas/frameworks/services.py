"""Loading packs. A version is written once; what differs from it needs another version (audits.md §4.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from iqas.core import clock
from iqas.core.audit import record
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.core.events import emit
from iqas.core.packs import read_pack, read_yaml
from iqas.core.refusals import RuleViolation
from iqas.frameworks.differences import Difference, compare
from iqas.frameworks.models import (
    Criterion,
    Crosswalk,
    CrosswalkLink,
    EvidenceKind,
    FindingType,
    Framework,
    GuidingQuestion,
    PackRecord,
    RatingLevel,
    RatingScale,
)
from iqas.frameworks.schema import (
    CrosswalkPack,
    EvidenceKindsPack,
    FlatCriterion,
    FrameworkPack,
    Pack,
    ScalePack,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PACKS = Path(__file__).parent / "packs"

# In the order in which they lean on each other.
SCHEMAS: dict[str, type[Pack]] = {
    "evidence_kinds": EvidenceKindsPack,
    "scale": ScalePack,
    "framework": FrameworkPack,
    "crosswalk": CrosswalkPack,
}

Record = TypeVar("Record", bound=PackRecord)


@dataclass
class Loaded:
    """What `load_packs` did, as "CODE version" of each pack."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def read_packs(directory: Path = PACKS) -> list[Pack]:
    """Every pack of a folder, checked, in the order in which they must be loaded.

    Refused (`unknown-pack`): a file that does not say which of the known packs it is.
    """
    kinds = list(SCHEMAS)
    found: list[tuple[int, Pack]] = []
    for path in sorted(directory.glob("*.yaml")):
        kind = read_yaml(path.read_bytes()).get("pack")
        if kind not in SCHEMAS:
            raise RuleViolation(
                "unknown-pack", _("%(file)s is no pack of a known kind.") % {"file": path.name}
            )
        found.append((kinds.index(kind), read_pack(path, SCHEMAS[kind])[0]))
    return [pack for _order, pack in sorted(found, key=lambda item: item[0])]


@transaction.atomic
def load_packs(directory: Path = PACKS) -> Loaded:
    """Write the packs of a folder; again changes nothing.

    Refused (`pack-changed`): another content under a version that is frozen, or whose change is incompatible.
    A new version makes new rows; rows are never deleted.
    """
    loaded = Loaded()
    for pack in read_packs(directory):
        if isinstance(pack, EvidenceKindsPack):
            _load_kinds(pack, loaded)
        elif isinstance(pack, ScalePack):
            _load(RatingScale, pack, loaded, descriptor_tag=pack.descriptor_tag)
        elif isinstance(pack, FrameworkPack):
            _load(
                Framework,
                pack,
                loaded,
                scale=_latest(RatingScale, pack.scale),
                questions_tag=pack.questions_tag,
                **(pack.short_title.columns("short_title") if pack.short_title else {}),
            )
        elif isinstance(pack, CrosswalkPack):
            _load(Crosswalk, pack, loaded)
    return loaded


def freeze(pack: PackRecord) -> None:
    """Fix a version for ever, because something cites it. Again does nothing."""
    now = clock.now()
    model = type(pack)
    if model.objects.filter(pk=pack.pk, frozen_at__isnull=True).update(frozen_at=now):
        pack.frozen_at = now
        record(actor=None, action="frameworks.frozen", subject=pack, after={"sha256": pack.sha256})
    if isinstance(pack, Framework):
        freeze(pack.scale)


def _load(model: type[Record], pack: Pack, loaded: Loaded, **extra: Any) -> None:
    content = pack.content()
    sha256 = sha256_hex(canonical_json(content))
    name = f"{pack.code} {pack.version}"
    others = model.objects.filter(code=pack.code).exclude(version=pack.version)
    previous = others.order_by("-loaded_at", "-version").first()
    held = model.objects.select_for_update().filter(code=pack.code, version=pack.version).first()
    if held is not None and held.sha256 == sha256:
        loaded.unchanged.append(name)
        return

    values = {
        **pack.title.columns("title"),
        **(pack.note.columns("note") if pack.note else {}),
        **extra,
        "source": pack.source,
        "source_url": pack.source_url,
        "status_tag": pack.tag,
        "content": content,
        "sha256": sha256,
    }
    if held is None:
        held = model(code=pack.code, version=pack.version, loaded_at=clock.now(), **values)
        held.save(force_insert=True)
        loaded.created.append(name)
        action, before = "frameworks.loaded", {}
    else:
        difference = compare(type(pack).model_validate(held.content), pack)
        if held.frozen_at is not None or difference.level == "incompatible":
            raise _changed(held, difference)
        before = {"sha256": held.sha256}
        for attribute, value in values.items():
            setattr(held, attribute, value)
        held.save(force_update=True)
        loaded.updated.append(name)
        action = "frameworks.reworded"
    _write_rows(held, pack)
    record(actor=None, action=action, subject=held, before=before, after={"sha256": sha256})
    if action == "frameworks.loaded" and isinstance(held, Framework) and previous is not None:
        emit("framework.renewed", framework=held, previous=previous)


def _changed(held: PackRecord, difference: Difference) -> RuleViolation:
    if held.frozen_at is not None:
        message = _(
            "%(pack)s is cited and cannot change; give the pack a new version. Change is %(level)s: %(reasons)s"
        )
    else:
        message = _(
            "%(pack)s would change its meaning; give the pack a new version. Change is %(level)s: %(reasons)s"
        )
    return RuleViolation(
        "pack-changed",
        message % {"pack": held, "level": difference.level, "reasons": " ".join(difference.reasons)},
    )


def _latest(model: type[Record], code: str) -> Record:
    found = model.objects.filter(code=code).order_by("-loaded_at", "-version").first()
    if found is None:
        raise RuleViolation("pack-missing", _("The pack %(code)s is not loaded.") % {"code": code})
    return found


def _write_rows(held: PackRecord, pack: Pack) -> None:
    if isinstance(held, RatingScale) and isinstance(pack, ScalePack):
        _write_scale(held, pack)
    elif isinstance(held, Framework) and isinstance(pack, FrameworkPack):
        _write_framework(held, pack)
    elif isinstance(held, Crosswalk) and isinstance(pack, CrosswalkPack):
        _write_links(held, pack)


def _load_kinds(pack: EvidenceKindsPack, loaded: Loaded) -> None:
    """Kinds have no versions: their names may change, what they mean may not; one left out of the pack stays."""
    changed = False
    for order, kind in enumerate(pack.kinds, start=1):
        values = {**kind.title.columns("title"), "order": order}
        held = EvidenceKind.objects.filter(code=kind.code).first()
        if held is None:
            EvidenceKind.objects.create(code=kind.code, **values)
        elif any(getattr(held, attribute) != value for attribute, value in values.items()):
            EvidenceKind.objects.filter(pk=held.pk).update(**values)
        else:
            continue
        changed = True
    (loaded.updated if changed else loaded.unchanged).append(f"{pack.code} {pack.version}")


def _write_scale(scale: RatingScale, pack: ScalePack) -> None:
    for order, level in enumerate(pack.levels, start=1):
        RatingLevel.objects.update_or_create(
            scale=scale,
            code=level.code,
            defaults={
                **level.label.columns("label"),
                **level.descriptor.columns("descriptor"),
                "order": order,
                "is_pass": level.is_pass,
                "symbol": level.symbol,
            },
        )
    for order, finding in enumerate(pack.finding_types, start=1):
        FindingType.objects.update_or_create(
            scale=scale,
            code=finding.code,
            defaults={
                **finding.label.columns("label"),
                **finding.descriptor.columns("descriptor"),
                "order": order,
                "symbol": finding.symbol,
                "needs_action": finding.needs_action,
                "blocks_certificate": finding.blocks_certificate,
            },
        )


def _write_framework(framework: Framework, pack: FrameworkPack) -> None:
    for order, question in enumerate(pack.questions, start=1):
        GuidingQuestion.objects.update_or_create(
            framework=framework,
            code=question.code,
            defaults={**question.text.columns("text"), "order": order},
        )
    held = {criterion.code: criterion for criterion in framework.criteria.all()}
    rows: dict[str, Criterion] = {}
    for item in pack.flat():
        criterion = held.get(item.entry.code) or Criterion(framework=framework, code=item.entry.code)
        for attribute, value in _criterion_values(item).items():
            setattr(criterion, attribute, value)
        criterion.parent = rows.get(item.parent)
        rows[item.entry.code] = criterion
    Criterion.objects.bulk_create(row for code, row in rows.items() if code not in held)
    for code in held.keys() & rows.keys():
        rows[code].save(force_update=True)
    _write_expected_kinds(pack, rows)


def _criterion_values(item: FlatCriterion) -> dict[str, Any]:
    entry = item.entry
    return {
        **entry.title.columns("title"),
        **entry.text.columns("text"),
        **(entry.note.columns("note") if entry.note else {}),
        "order": item.order,
        "assessable": entry.assessable,
        "shared": entry.shared,
        "time": entry.time or "",
        "tag": item.tag,
        "text_tag": item.text_tag,
        "source": item.source,
        "source_url": item.source_url,
        "freshness_months": entry.freshness_months,
    }


def _write_expected_kinds(pack: FrameworkPack, rows: dict[str, Criterion]) -> None:
    kinds = {kind.code: kind for kind in EvidenceKind.objects.all()}
    expected = [(item.entry.code, kind) for item in pack.flat() for kind in item.entry.evidence]
    unknown = sorted({kind for _criterion, kind in expected if kind not in kinds})
    if unknown:
        raise RuleViolation(
            "unknown-kind",
            _("%(pack)s expects kinds of evidence that do not exist: %(kinds)s.")
            % {"pack": pack.code, "kinds": ", ".join(unknown)},
        )
    through = Criterion.evidence_kinds.through
    through.objects.filter(criterion__in=rows.values()).delete()
    through.objects.bulk_create(
        through(criterion=rows[criterion], evidencekind=kinds[kind]) for criterion, kind in expected
    )


def _write_links(crosswalk: Crosswalk, pack: CrosswalkPack) -> None:
    (source_code, source_version), (target_code, target_version) = pack.ends()
    sources = _criteria(source_code, source_version, (link[0] for link in pack.links))
    targets = _criteria(target_code, target_version, (link[1] for link in pack.links))
    for source, target in pack.links:
        CrosswalkLink.objects.update_or_create(
            crosswalk=crosswalk,
            source=sources[source],
            target=targets[target],
            defaults={"relation": pack.relation, "sourced": pack.tag == "S", "origin": pack.source},
        )


def _criteria(framework: str, version: str, codes: Iterable[str]) -> dict[str, Criterion]:
    wanted = set(codes)
    found = {
        criterion.code: criterion
        for criterion in Criterion.objects.filter(
            framework__code=framework, framework__version=version, code__in=wanted
        )
    }
    missing = sorted(wanted - found.keys())
    if missing:
        raise RuleViolation(
            "unknown-criterion",
            _("%(framework)s %(version)s has no criterion %(codes)s.")
            % {"framework": framework, "version": version, "codes": ", ".join(missing)},
        )
    return found
