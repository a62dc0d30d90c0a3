"""No stored file may be taken for rubbish because an app forgot to say that it holds it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from iqas.core import clock, unheld
from iqas.core.files import location_of, store
from iqas.evidence import services
from tests.factories.accounts import make_staff
from tests.factories.evidence import EvidenceFactory, EvidenceVersionFactory, text_upload

if TYPE_CHECKING:
    from iqas.core.files import StoredFile

# Columns named like a hash that name no file of the store, each with what it is the hash of.
NO_STORED_FILE = {
    "feedback.ImportedFile.mapping_sha256": "the mapping of an import, which is not kept",
    "feedback.ImportedFile.sha256": "the imported file, which is not kept",
    "feedback.Report.content_sha256": "what the report says, in the row itself",
    "feedback.QuestionnaireVersion.sha256": "the content of a pack",
    "frameworks.Crosswalk.sha256": "the content of a pack",
    "frameworks.Framework.sha256": "the content of a pack",
    "frameworks.RatingScale.sha256": "the content of a pack",
    "audits.Dossier.manifest_sha256": "the manifest attached to the dossier",
    "indicators.Definition.sha256": "the content of a pack",
    "microcredentials.ApprovalRoute.sha256": "the content of a pack",
    "microcredentials.Document.content_sha256": "what the document says, in the row itself",
    "audits.Snapshot.sha256": "the body of the snapshot, in the row itself",
}


def test_every_column_with_a_hash_is_declared_or_explained() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if "sha256" in field.name and model._meta.app_label in {config.label for config in ours()}
    }
    declared = {f"{model}.{column}" for model, column in unheld.columns()}
    assert found - declared - NO_STORED_FILE.keys() == set()
    assert declared <= found


def ours() -> list[object]:
    return [
        config
        for config in apps.get_app_configs()
        if config.name.startswith("iqas.") or config.name in {"microcredentials", "feedback", "audits"}
    ]


@pytest.fixture
def orphan() -> StoredFile:
    return store(ContentFile(b"nadie me guarda", name="huerfano.txt"))


@pytest.mark.django_db
def test_only_old_files_that_nothing_names_are_removed(orphan: StoredFile) -> None:
    kept = store(text_upload("me guarda una evidencia"))
    EvidenceVersionFactory(sha256=kept.sha256)
    assert orphan.sha256 not in set(unheld.unheld())
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        assert orphan.sha256 in set(unheld.unheld())
        assert kept.sha256 not in set(unheld.unheld())
        assert unheld.collect() >= 1
    assert not default_storage.exists(location_of(orphan.sha256))
    assert default_storage.exists(location_of(kept.sha256))


@pytest.mark.django_db
def test_a_failed_transaction_leaves_a_file_that_is_collected() -> None:
    evidence = EvidenceFactory()
    officer = make_staff("quality_officer")

    class PowerCut(Exception):
        pass

    with pytest.raises(PowerCut), transaction.atomic():
        version = services.add_version(
            actor=officer,
            evidence=evidence,
            date_of_fact=clock.today(),
            upload=text_upload("se corta la luz"),
        )
        raise PowerCut
    assert not evidence.versions.exists()
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        unheld.collect()
    assert not default_storage.exists(location_of(version.sha256))
