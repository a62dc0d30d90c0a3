"""The accounts of the demonstration. Their passwords are public, so they never exist in production."""

from __future__ import annotations

PASSWORDS = {
    "administrator": "administracion-demo-2026",
    "quality_officer": "calidad-demo-2026",
    "centre_quality": "centro-demo-2026",
    "coordinator": "coordinacion-demo-2026",
    "reviewer": "revision-demo-2026",
    "approver": "aprobacion-demo-2026",
    "auditor": "auditoria-demo-2026",
    "student_auditor": "estudiante-demo-2026",
    "reader": "lectura-demo-2026",
}
