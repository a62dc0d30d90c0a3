"""The columns of a catalogue and the headers that mean them; docs/how-to/import-catalogue.md prints this table."""

from __future__ import annotations

from iqas.core.tabular import Headers

COLUMNS = Headers(
    {
        "code": ("Código", "Cód.", "Identificador", "Id"),
        "title": ("Título", "Denominación", "Nombre", "Microcredencial", "Curso", "Name", "Title (es)"),
        "title_en": ("Título en inglés", "Título (en)", "English title", "Title (en)"),
        "university": (
            "Universidad",
            "Universidades",
            "Organismo otorgante",
            "Entidad otorgante",
            "Awarding body",
            "Awarding bodies",
        ),
        "ects": ("Créditos", "Créditos ECTS", "Número de créditos", "Credits", "ECTS credits"),
        "hours": (
            "Horas",
            "Horas de trabajo",
            "Carga de trabajo",
            "Workload",
            "Hours of work",
            "Total hours",
        ),
        "mode": ("Modalidad", "Modalidad de impartición", "Modo", "Delivery mode", "Form of participation"),
        "requires_degree": (
            "Requiere titulación",
            "Requiere título universitario",
            "Titulación previa",
            "Exige título",
            "Requires a degree",
            "Degree required",
        ),
        "eqf_level": ("Nivel", "Nivel EQF", "Nivel MEC", "Nivel MECU", "EQF", "MECU", "Level", "EQF level"),
        "responsible_teacher": (
            "Responsable",
            "Docente responsable",
            "Profesorado responsable",
            "Profesor responsable",
            "Profesora responsable",
            "Dirección",
            "Director",
            "Directora",
            "Responsible",
            "Responsible teacher",
            "Responsible name",
        ),
        "responsible_email": (
            "Correo del responsable",
            "Correo responsable",
            "Correo de la persona responsable",
            "Email responsable",
            "Responsible e-mail",
            "Responsible email",
        ),
        "field_of_study": (
            "Campo",
            "Campo de estudio",
            "Ámbito",
            "Ámbito de conocimiento",
            "Área",
            "Field",
            "Subject",
        ),
        "quality_assurance": (
            "Garantía de la calidad",
            "Garantía de calidad",
            "SGIC",
            "SIGC",
            "SGC",
            "Quality assurance",
        ),
        "summary": ("Resumen", "Descripción", "Description", "Abstract"),
        "prerequisites": ("Requisitos", "Requisitos de acceso", "Requisitos previos", "Entry requirements"),
        "outcomes": ("Resultados de aprendizaje", "Resultados", "Learning outcomes"),
        "assessments": (
            "Evaluación",
            "Tipo de evaluación",
            "Sistema de evaluación",
            "Assessment",
            "Type of assessment",
        ),
        "places": ("Plazas", "Número de plazas", "Plazas ofertadas", "Seats", "Capacity"),
        "starts": ("Inicio", "Fecha de inicio", "Fecha inicio", "Comienzo", "Start", "Start date", "Begins"),
        "ends": (
            "Fin",
            "Fecha de fin",
            "Fecha fin",
            "Final",
            "Finalización",
            "Fecha de finalización",
            "End",
            "End date",
        ),
        "venue": ("Lugar", "Lugar de impartición", "Sede", "Venue", "Place"),
    }
)

MODES = {
    "onsite": ("presencial", "presenciales", "onsite", "on site", "in person", "face to face"),
    "hybrid": ("hibrida", "hibrido", "semipresencial", "hybrid", "blended", "bimodal"),
    "virtual": (
        "virtual",
        "online",
        "on line",
        "en linea",
        "a distancia",
        "no presencial",
        "telematica",
        "distance",
        "e learning",
    ),
}
