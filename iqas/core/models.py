"""The kernel's tables: the audit chain and the counters of public codes; and the bases of all others."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _


class Identified(models.Model):
    """A row that travels: its key says nothing about when or in which order it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> Any:  # noqa: N802 (its name in Django)
        """As Django's, which makes a dictionary of all choices again for every value: a list asks for hundreds of them."""
        value = field.value_from_object(self)
        return force_str(_words_of(field).get(value, value), strings_only=True)


@cache
def _words_of(field: models.Field[Any, Any]) -> dict[Any, Any]:
    return dict(field.flatchoices)


class Versioned(models.Model):
    """A document that several people edit; see `core.versions.claim`."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True


class Sequence(models.Model):
    """The last number given to the public codes of one prefix."""

    prefix = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}: {self.last}"


class AuditEvent(models.Model):
    """One change of state, chained to the one before it. Append-only: the database refuses UPDATE and DELETE.

    Holds ids and hashes only; names and texts live in `AuditDetail`, which can be erased without breaking the chain.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("at"))
    actor_id = models.CharField(max_length=36, blank=True)
    actor_role = models.CharField(max_length=40, blank=True)
    scope_id = models.CharField(max_length=36, blank=True)
    action = models.CharField(_("action"), max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    result = models.CharField(max_length=20, default="done")
    request_id = models.CharField(max_length=64, blank=True)
    detail_hash = models.CharField(max_length=64)
    prev = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "seq"], name="audit_by_object"),
            models.Index(fields=["actor_id", "seq"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AuditDetail(models.Model):
    """What changed, in words. Hashed into its event with a salt; may be blanked when the law asks for erasure: the
    database allows no other change.
    """

    event = models.OneToOneField(
        AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="detail"
    )
    salt = models.CharField(max_length=32)
    label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or str(self.event_id)
