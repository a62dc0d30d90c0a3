"""Names that could pass for an official degree, and names that only sound like it."""

from __future__ import annotations

import pytest
from django.utils import translation

from iqas.core.refusals import RuleViolation
from microcredentials import rules

REFUSED = {
    "36": """
        Máster en datos | MÁSTER UNIVERSITARIO EN DERECHO | Curso de Máster en IA | Gestión sanitaria (Máster)
        Máster | Master of Science | Master's in data | Micro-máster en datos | MBA ejecutivo | Ｍáster en datos
        Grado en Enfermería | Doble Grado en Derecho y ADE | Título de Grado en Historia | Grado de Enfermería
        Grado universitario de Música | Graduado o Graduada en Física | Graduado/a en Física | Grau en Medicina
        Doctorado en Química | Programa de Doctorado en Química | Doctora en Química | PhD in Physics
        Licenciatura en Historia | Bachelor of Arts | Bachelor's degree in Law
    """,
    "37.8": """
        Técnico en Cuidados Auxiliares de Enfermería | Técnico Superior en Integración Social
        Técnica Superior en Laboratorio | Técnico/a Superior en Imagen | Curso de técnico superior en imagen
        Grado Medio en Sistemas Microinformáticos | Microcredencial: Grado Superior en Automoción
        Ciclo formativo de grado superior de Administración | Certificado de profesionalidad en soldadura
        Grado C en soldadura
    """,
    "37.6": """
        Diploma de Experto en Riego | Diploma de Especialización en Riego | Experto Universitario en Riego
        Especialista Universitaria en Riego | Máster de Formación Permanente en Vino
    """,
}
ALLOWED = """
    Textos de grado medio de dificultad | Grado medio de dificultad en rutas de montaña
    Evaluación del grado en que se cumplen los contratos | Grado de satisfacción de la clientela
    Preparar el trabajo de fin de máster | Dirigir trabajos de fin de grado | Redacción de la tesis doctoral
    Masterclass de cocina | Master data management para la industria | Mastering Excel | Master the cloud
    Técnicas de laboratorio | Técnica de la acuarela | Asistencia técnica en obra | Personal técnico en riego
    Experto en Excel | Graduación de lentes | Grados de libertad en estadística | Licencias de obra
    Doctor, tengo una duda: comunicación clínica | Maestros del vino | Diploma digital y cadenas de bloques
    De la formación profesional a la universidad: orientación | Ciberseguridad para pequeñas empresas
"""


def listed(text: str) -> list[str]:
    return [name.strip() for line in text.strip().splitlines() for name in line.split("|") if name.strip()]


@pytest.mark.parametrize(
    ("name", "article"), [(name, article) for article, names in REFUSED.items() for name in listed(names)]
)
def test_a_name_that_could_pass_for_a_degree_is_refused_with_its_article(name: str, article: str) -> None:
    with translation.override("en"), pytest.raises(RuleViolation) as refusal:
        rules.check_name(name)
    assert refusal.value.code == "official-name"
    assert f"art. {article}" in str(refusal.value.message)


@pytest.mark.parametrize("name", listed(ALLOWED))
def test_a_name_that_only_sounds_like_it_is_allowed(name: str) -> None:
    rules.check_name(name)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("", ""),
        (
            " https://data.europa.eu/esco/skill/0005C151-5b5a-4a66-8aac-60e734beb1ab ",
            "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab",
        ),
    ],
)
def test_an_esco_address_has_one_form(written: str, stored: str) -> None:
    assert rules.esco_address(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "http://data.europa.eu/esco/skill/",
        "http://data.europa.eu/esco/occupation/0005c151-5b5a-4a66-8aac-60e734beb1ab",
        "http://example.org/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab",
        "http://data.europa.eu/esco/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab/x",
        "javascript:alert(1)",
    ],
)
def test_another_address_is_no_esco_skill(written: str) -> None:
    with pytest.raises(RuleViolation, match="ESCO"):
        rules.esco_address(written)
