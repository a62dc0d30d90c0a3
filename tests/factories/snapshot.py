"""A believable snapshot of a centre's self-assessment, without a database: deterministic, in Spanish."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any

from audits.dossier.content import SNAPSHOT_SCHEMA, Content, Seal, read_snapshot
from audits.dossier.manifest import MANIFEST_NAME, SNAPSHOT_NAME, manifest
from audits.dossier.render import to_pdf
from iqas.core.canonical import canonical_json, sha256_hex
from iqas.demo.content import LOGO
from iqas.ui.pdf.printing import Enclosure

PICTURE = LOGO.read_bytes()
YEARS = ("2023-24", "2024-25", "2025-26")

CRITERIA = (
    ("P1", "", "Política y objetivos de calidad", "Quality policy and objectives"),
    ("P2", "", "Gestión del diseño de los programas", "Management of programme design"),
    ("P3", "", "Impartición de los programas formativos", "Delivery of programmes"),
    (
        "P4",
        "",
        "Garantía y mejora del personal académico y de apoyo a la docencia",
        "Academic and support staff",
    ),
    ("P5", "", "Garantía y mejora de los recursos materiales y servicios", "Material resources and services"),
    ("P6", "", "Resultados y gestión de la información", "Results and information management"),
    ("P6a", "P6", "Recopilación de información", "Collection of information"),
    ("P6b", "P6", "Análisis de los resultados", "Analysis of results"),
    ("P6c", "P6", "Toma de decisiones", "Decisions"),
    (
        "P7",
        "",
        "Transparencia y difusión de actividades, programas y resultados",
        "Transparency and publication",
    ),
)
INDICATORS = (
    ("RESPONSE-RATE", "Tasa de respuesta", "Response rate", "share"),
    ("SATISFACTION", "Satisfacción general", "Overall satisfaction", "mean"),
    ("TEACHING", "Satisfacción con la docencia", "Satisfaction with teaching", "mean"),
    ("USEFULNESS", "Utilidad percibida", "Perceived usefulness", "mean"),
    ("COMPLETION", "Tasa de finalización", "Completion rate", "share"),
    ("SUCCESS", "Tasa de éxito", "Success rate", "share"),
    ("COVERAGE", "Cobertura de plazas", "Coverage of places", "share"),
    ("EVIDENCE", "Criterios con evidencia vigente", "Criteria with valid evidence", "share"),
)
PARAGRAPHS = (
    "La comisión de calidad del centro se reunió en cuatro ocasiones durante el curso y revisó los procesos que "
    "afectan a las microcredenciales, con participación de estudiantado, profesorado, personal de apoyo y dos "
    "entidades empleadoras. Las actas recogen los acuerdos y quién responde de cada uno.",
    "Los resultados de las encuestas se analizan por edición y se devuelven a la coordinación en un plazo de dos "
    "meses. Cuando una cifra queda por debajo del objetivo, la coordinación propone una acción de mejora con "
    "responsable, plazo y forma de comprobarla.",
    "Respecto al informe anterior, la tasa de respuesta ha subido de forma sostenida. La cobertura de plazas, en "
    "cambio, depende mucho de la fecha de inicio, y las ediciones de primavera siguen por debajo de lo previsto.",
    "El análisis se apoya en las evidencias citadas. Se ha comprobado que los documentos están vigentes y que su "
    "contenido corresponde a lo que se afirma; las excepciones se señalan como debilidades.",
)
NARRATIVE = "\n\n".join(
    (*PARAGRAPHS, "- Participación: 14 personas\n- Reuniones: 4\n- Acuerdos cerrados: 11 de 13")
)


def figure(year: str, value: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "year": year,
        "value": value,
        "status": "met" if value >= ("0.75" if value.startswith("0") else "4") else "unmet",
        "numerator": 412,
        "denominator": 530,
        "n": 412,
        "left_out": 0,
        "target_kind": "at_least",
        "target": "0.75" if value.startswith("0") else "4",
        "target_upper": "",
        "source": "Encuestas de satisfacción",
        "computed_at": "2026-09-30T08:00:00+00:00",
    }
    return row | changes


def indicator(position: int) -> dict[str, Any]:
    code, spanish, english, unit = INDICATORS[position % len(INDICATORS)]
    base = 68 if unit == "share" else 380
    values = [f"{(base + position + 5 * step) / 100:.2f}" for step in range(len(YEARS))]
    breakdown = [
        {
            "code": f"MC-{number:03d}",
            "title_es": f"Microcredencial de análisis aplicado {number}",
            "title_en": f"Micro-credential in applied analysis {number}",
            "figures": [
                figure(year, "", status="suppressed", numerator=None, denominator=None, n=None)
                if number == 3
                else figure(year, value, numerator=18 + number, denominator=24, n=24)
                for year, value in zip(YEARS, values, strict=True)
            ],
        }
        for number in range(1, 6)
    ]
    return {
        "code": code,
        "version": "1",
        "title_es": spanish,
        "title_en": english,
        "formula_es": "Respuestas válidas ÷ personas invitadas, por edición",
        "formula_en": "Valid answers ÷ people invited, per edition",
        "unit": unit,
        "better": "up",
        "figures": [figure(year, value) for year, value in zip(YEARS, values, strict=True)],
        "breakdown": breakdown,
    }


def exhibit(number: int, cited_by: list[str]) -> dict[str, Any]:
    return {
        "code": f"E-{number:04d}",
        "number": 1 + number % 3,
        "title": f"Acta de la comisión de calidad, sesión {number}",
        "kind": "minutes",
        "original_name": f"acta-comision-{number:02d}.pdf",
        "url": "",
        "media_type": "application/pdf",
        "size": 48_000 + 731 * number,
        "sha256": hashlib.sha256(f"exhibit {number}".encode()).hexdigest(),
        "date_of_fact": "2026-03-12",
        "valid_until": "2026-01-31" if number == 4 else "2028-12-31",
        "approved_on": "2026-03-20",
        "approved_by": "Elena Ríos Vidal",
        "expired": number == 4,
        "withdrawn": number == 5,
        "cited_by": cited_by,
    }


def logo() -> dict[str, str]:
    """That of the demonstration, as a snapshot holds it."""
    return {
        "media_type": "image/png",
        "sha256": sha256_hex(PICTURE),
        "data": base64.b64encode(PICTURE).decode(),
    }


def snapshot(**changes: Any) -> dict[str, Any]:
    """A whole snapshot; `changes` replace its top-level keys."""
    assessable = [code for code, *_ in CRITERIA if code != "P6"]
    evidence = [
        exhibit(number, [assessable[(number - 1) // 3]]) for number in range(1, 3 * len(assessable) + 1)
    ]
    levels = ("A", "B", "B", "C", "B", "A", "D", "B", "B")
    ratings = dict(zip(assessable, levels, strict=True))
    body: dict[str, Any] = {
        "schema": SNAPSHOT_SCHEMA,
        "self_assessment": {
            "code": "S-2026-001",
            "title": "Informe de autoevaluación 2025-26",
            "language": "es",
            "year": "2025-26",
            "introduction": "\n\n".join(PARAGRAPHS[:2]),
        },
        "university": {"name": "Universidad de Prueba", "short_name": "UP", "threshold": 5, "logo": logo()},
        "centre": {
            "code": "FI",
            "name_es": "Facultad de Ingeniería y Ciencias Aplicadas",
            "name_en": "Faculty of Engineering and Applied Sciences",
        },
        "framework": {
            "code": "BOE-2022-SIGC",
            "version": "1",
            "title_es": "Protocolo de certificación de sistemas internos de garantía de calidad",
            "title_en": "Protocol for the certification of internal quality assurance systems",
            "source": "BOE-A-2022-3710",
            "source_url": "https://www.boe.es/buscar/act.php?id=BOE-A-2022-3710",
            "status": "S",
        },
        "scale": {
            "code": "ACREDITA-A-D",
            "version": "1",
            "title_es": "Escala de cuatro niveles",
            "title_en": "Four-level scale",
            "levels": [
                level("A", "Se supera excelentemente", "Clearly exceeded", "✓✓", True),
                level("B", "Se alcanza", "Met", "✓", True),
                level("C", "Se alcanza parcialmente", "Partly met", "◐", True),
                level("D", "No se alcanza", "Not met", "✕", False),
            ],
        },
        "years": list(YEARS),
        "chronology": [
            {"on": "2026-02-02", "kind": "started", "who": "Elena Ríos Vidal"},
            {"on": "2026-09-14", "kind": "submitted", "who": "Elena Ríos Vidal"},
            {"on": "2026-10-01", "kind": "frozen", "who": "Marta Soler Ibáñez"},
        ],
        "criteria": [
            criterion(code, parent, spanish, english, ratings.get(code, ""), evidence, position)
            for position, (code, parent, spanish, english) in enumerate(CRITERIA)
        ],
        "indicators": [indicator(position) for position in range(len(INDICATORS))],
        "evidence": evidence,
        "actions": [
            {
                "code": f"A-{number:04d}",
                "title": f"Adelantar la convocatoria de primavera ({number})",
                "cause": "La difusión llega después del cierre de matrícula de las empresas.",
                "criterion": "P3",
                "responsible": "Jorge Peña Lago",
                "due": "2026-12-15",
                "follow_up": "Plazas cubiertas a 1 de febrero",
                "state": ("verified", "in_progress", "open")[number % 3],
                "proof": "E-0004 v2" if number % 3 == 0 else "",
                "effect": "La cobertura subió nueve puntos." if number % 3 == 0 else "",
                "overdue": number == 2,
            }
            for number in range(1, 7)
        ],
        "survey_results": [
            {
                "campaign": "C-0007",
                "edition": "MC-001-E02",
                "responses": 31,
                "sha256": hashlib.sha256(b"results").hexdigest(),
            }
        ],
        "frozen": {
            "at": "2026-10-01T09:30:00+00:00",
            "by": "Marta Soler Ibáñez",
            "chain_seq": 4187,
            "chain_hash": hashlib.sha256(b"chain").hexdigest(),
        },
    }
    return body | changes


def level(code: str, spanish: str, english: str, symbol: str, is_pass: bool) -> dict[str, Any]:
    return {
        "code": code,
        "label_es": spanish,
        "label_en": english,
        "descriptor_es": f"{spanish}: el centro lo demuestra con evidencias y con resultados de varios cursos.",
        "descriptor_en": f"{english}: the centre shows it with evidence and with results of several years.",
        "symbol": symbol,
        "is_pass": is_pass,
    }


def criterion(
    code: str,
    parent: str,
    spanish: str,
    english: str,
    rating: str,
    evidence: list[dict[str, Any]],
    position: int,
) -> dict[str, Any]:
    assessable = code != "P6"
    cited = [item for item in evidence if code in item["cited_by"]] if assessable else []
    chosen = [INDICATORS[(position + step) % len(INDICATORS)][0] for step in range(2)] if assessable else []
    return {
        "code": code,
        "parent": parent,
        "title_es": spanish,
        "title_en": english,
        "text_es": f"El centro dispone de actuaciones, revisadas de forma periódica, relativas a: {spanish.lower()}.",
        "text_en": f"The centre has actions, reviewed periodically, on: {english.lower()}.",
        "tag": "S",
        "source": "BOE-A-2022-3710, Protocolo, punto 2",
        "assessable": assessable,
        "narrative": NARRATIVE if assessable else "",
        "strengths": "- La participación del estudiantado está documentada en todas las sesiones."
        if assessable
        else "",
        "weaknesses": "- Dos evidencias caducaron antes de la revisión anual." if assessable else "",
        "rating": rating,
        "citations": [{"code": item["code"], "number": item["number"]} for item in cited],
        "indicators": chosen,
    }


def seal(language: str = "es") -> Seal:
    return Seal(
        code="D-2026-001",
        verification_code="7K2MQ9XWTR4HB3CN",
        verify_url="https://calidad.example.org/verify/7K2MQ9XWTR4HB3CN/",
        language=language,
        created=datetime(2026, 10, 2, 10, 0, tzinfo=UTC),
        application="IQAS 0.1.0",
        commit="0123456789abcdef0123456789abcdef01234567",
    )


def content(language: str = "es", **changes: Any) -> Content:
    body = canonical_json(snapshot(**changes))
    return read_snapshot(snapshot(**changes), sha256=sha256_hex(body), seal=seal(language))


def dossier_pdf(language: str = "es", **changes: Any) -> bytes:
    """The finished PDF of `snapshot(**changes)` with its two attachments."""
    body = canonical_json(snapshot(**changes))
    printed = content(language, **changes)
    return to_pdf(
        printed,
        (
            Enclosure(MANIFEST_NAME, manifest(printed, snapshot=body), "What this dossier vouches for"),
            Enclosure(SNAPSHOT_NAME, body, "The frozen self-assessment"),
        ),
    )
