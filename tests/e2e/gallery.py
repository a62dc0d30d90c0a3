"""Every component once, on pages that only the tests serve (set `ROOT_URLCONF` to this module)."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from iqas.accounts.models import User
from iqas.core.views import public
from iqas.ui import charts, lists
from iqas.ui.components import Change, Entry, Link, Number, Reason, Step
from iqas.ui.forms import confirm_page, form_status

POINTS = (
    "Muy en desacuerdo",
    "En desacuerdo",
    "Ni de acuerdo ni en desacuerdo",
    "De acuerdo",
    "Muy de acuerdo",
)
CHARTS = (
    charts.Bar(
        "La satisfacción supera el objetivo en dos de tres centros",
        "Satisfacción media, escala 1–5; n = 214",
        bars=(
            charts.BarItem("Escuela Politécnica Superior", 4.3, 88),
            charts.BarItem("Facultad de Ciencias Sociales y de la Comunicación", 3.9, 71),
            charts.BarItem("Centro Adscrito de Enfermería", None, missing="menos de 5 respuestas"),
            charts.BarItem("Instituto Łukasiewicz ≥ 3", 4.75, 55),
        ),
        maximum=5,
        target=4,
    ),
    charts.Likert(
        "Ocho de cada diez recomendarían el curso",
        "Acuerdo con cada afirmación; n = 120",
        points=POINTS,
        rows=(
            charts.LikertRow("La docencia me ayudó a aprender", (3, 5, 20, 50, 42)),
            charts.LikertRow(
                "Los materiales eran útiles y estaban a tiempo en el campus virtual", (12, 25, 33, 30, 20)
            ),
            charts.LikertRow("La carga de trabajo fue adecuada", None, "menos de 5 respuestas"),
        ),
    ),
    charts.Trend(
        "La finalización sube y alcanza el objetivo",
        "Personas que completan entre las matriculadas",
        points=(
            charts.TrendPoint("2023-24", 0.71, 0.64, 0.78, 120),
            charts.TrendPoint("2024-25", None, missing="sin datos"),
            charts.TrendPoint("2025-26", 0.82, 0.76, 0.88, 180),
            charts.TrendPoint("2026-27", 0.86, 0.80, 0.91, 204),
        ),
        percent=True,
        decimals=0,
        target=0.85,
    ),
    charts.Bullet(
        "Un indicador no alcanza su objetivo",
        "Curso 2025-26",
        items=(
            charts.BulletItem("Tasa de respuesta", 0.41, 0.5, state="unmet"),
            charts.BulletItem("Tasa de éxito", 0.93, 0.9, state="met"),
            charts.BulletItem("Utilidad", None, 0.8, "0 de 0: no procede", "none"),
        ),
        percent=True,
    ),
    charts.Gap(
        "Lo esperado y lo recibido se acercan",
        "Escala 1–5",
        first="Esperado",
        second="Recibido",
        rows=(
            charts.GapRow("Aplicación práctica", 4.6, 3.8),
            charts.GapRow("Trato", 4.1, 4.5),
            charts.GapRow("Instalaciones", None, 4.2),
        ),
        minimum=1,
        maximum=5,
    ),
)
STEPS = (
    Step("Redactar la propuesta", "done", who="Ana Ruiz"),
    Step(
        "Enviar a la comisión", "current", who="Coordinación", due=date(2026, 12, 1), url="/x/", verb="Enviar"
    ),
    Step(
        "Aprobar",
        "blocked",
        who="Comisión de Calidad",
        reasons=(
            Reason("Falta el número de créditos.", "/x/", "Añadir créditos"),
            Reason("No hay evidencia de 1.3."),
        ),
    ),
    Step("Publicar", "todo", text="Tras la aprobación", method="post", url="/x/", verb="Publicar"),
)
NUMBERS = (
    Number(
        "Tasa de finalización", 0.863, share=True, target="≥ 80 %", state="met", n=204, numerator=176, denominator=204,
        formula="completan / matriculadas", version="2", source="EnrolmentCount", computed_at=date(2026, 6, 30),
        trend=(("2023-24", 0.71), ("2024-25", None), ("2025-26", 0.82)),
    ),
    Number("Satisfacción global", 4.25, unit="de 5", target="≥ 4,0", state="partly", n=31),
    Number("Satisfacción del centro adscrito", None, suppressed=True, formula="media"),
)  # fmt: skip
ENTRIES = (
    Entry(
        date(2026, 6, 30),
        "Aprobó la versión 2",
        "Luis Olmo",
        url="/x/",
        changes=(Change("Créditos", "3", "4"),),
    ),
    Entry(date(2026, 6, 1), "Añadió evidencia", "Ana Ruiz", detail="E-0231"),
)
PAGE = """{% extends "base.html" %}{% load ui i18n %}
{% block title %}Galería{% endblock %}
{% block breadcrumbs %}{% crumb "Lista" "/x/" %}{% crumb "MC-014" %}{% endblock %}
{% block heading %}{% object_header code="MC-014" title="Ciencia de datos para la administración pública" state="in_progress" owner="Ana Ruiz" due=day due_label="Vence" %}<a class="btn btn-primary" href="/x/">Editar</a>{% endobject_header %}{% endblock %}
{% block section_nav %}{% section_nav links %}{% endblock %}
{% block content %}
{% next_steps steps %}
{% notice "warning" title="Solo lectura" %}<p>Tal como era el 30 de junio de 2026.</p>{% endnotice %}
{% section "Datos" description="Lo esencial" %}{% facts %}{% fact "Créditos" 4 %}{% fact "Horas" None %}{% factblock "Código" %}{% code "E-0231" "/x/" %}{% endfactblock %}{% endfacts %}{% endsection %}
{% section "Estados" %}<p class="cluster">{% for state in states %}{% state_tag state %} {% endfor %}</p><p class="cluster">{% for letter in "ABCD" %}{% dimension_mark letter %} {% endfor %}</p>{% endsection %}
{% section "Cifras" %}<div class="grid-cards">{% for item in numbers %}{% number item %}{% endfor %}</div>{% endsection %}
{% section "Criterio" %}{% criterion_card code="1.3" title="Evidencia" text="El centro dispone de evidencias." source="AUDIT 2018" state="partly" checked=False level=3 %}{% card_part %}<h4>Evidencia</h4><p>E-0231</p>{% endcard_part %}{% card_part %}<h4>Indicadores</h4><p>86 %</p>{% endcard_part %}{% endcriterion_card %}{% endsection %}
{% section "Historia" %}{% timeline entries %}{% endsection %}
{% section "Vacíos" %}{% empty_state "nothing-yet" "Aún no hay evidencia" "La evidencia prueba un criterio." "/x/" "Añadir evidencia" %}{% empty_state "not-allowed" "No puede ver esto" "Pida el rol a la unidad de calidad." %}{% endsection %}
{% section "Gráficos" %}{% for figure in charts %}{% chart figure %}{% endfor %}{% endsection %}
{% card "Tarjeta" %}<p>Texto</p>{% endcard %}
{% endblock %}"""


class PersonTable(lists.Table):
    name = lists.Column(linkify=lambda record: f"/x/{record.pk}")
    email = lists.Column()
    state = lists.StateColumn(verbose_name="Estado", accessor="language", orderable=False)
    joined = lists.DayColumn(accessor="date_joined", late=True, verbose_name="Alta")

    class Meta(lists.Table.Meta):
        model = User
        fields = ("name", "email")


class PersonFilter(lists.FilterSet):
    q = lists.Search(fields=("name", "email"))
    language = django_filters.ChoiceFilter(
        label=_("Language"), choices=(("es", "Español"), ("en", "English"))
    )

    class Meta:
        model = User
        fields = ("is_active",)


class SampleForm(forms.Form):
    title = forms.CharField(label="Título", help_text="Como figura en el plan de estudios.")
    ects = forms.DecimalField(label="Créditos", min_value=0, max_value=15)
    kind = forms.ChoiceField(
        label="Tipo", choices=(("a", "Acta"), ("b", "Informe")), widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="Aprobado por la comisión", required=False)
    file = forms.FileField(label="Archivo", required=False)
    notes = forms.CharField(label="Notas", widget=forms.Textarea, required=False)


def render(request: HttpRequest, source: str, status: int = 200, **context: Any) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(source).render(context, request), status=status)


@public("only in tests")
def components(request: HttpRequest) -> HttpResponse:
    return render(
        request, PAGE, steps=STEPS, numbers=NUMBERS, entries=ENTRIES, charts=CHARTS, day=date(2026, 6, 30),
        states=("draft", "in_progress", "approved", "expired", "overdue", "imported", "met", "partly", "unmet", "none"),
        links=(Link("Resumen", "/gallery/"), Link("Ediciones", "/x/", count=3)),
    )  # fmt: skip


@public("only in tests")
def people(request: HttpRequest) -> HttpResponse:
    return lists.list_page(
        request,
        queryset=User.objects.order_by("name"),
        table=PersonTable,
        filters=PersonFilter,
        title="Personas",
        intro="Quién tiene cuenta",
        per_page=20,
        actions=(Link("Invitar", "/x/", primary=True),),
        empty=lists.Empty("Aún no hay nadie", "Las personas entran por invitación.", "/x/", "Invitar"),
    )


@public("only in tests", methods=("GET", "POST"))
def form(request: HttpRequest) -> HttpResponse:
    shown = SampleForm(request.POST or None)
    source = '{% extends "base.html" %}{% load ui %}{% block title %}Editar{% endblock %}{% block content %}{% form_page form cancel_url="/x/" %}{% endblock %}'
    return render(request, source, status=form_status(shown), form=shown)


@public("only in tests", methods=("GET", "POST"))
def confirm(request: HttpRequest) -> HttpResponse:
    from iqas.ui.forms import ConfirmForm

    return confirm_page(
        request,
        title="Retirar la evidencia E-0231",
        message="La versión 2 dejará de valer.",
        verb="Retirar",
        cancel_url="/gallery/",
        form=ConfirmForm(request.POST or None),
        consequences=("El criterio 1.3 quedará sin evidencia.",),
    )


urlpatterns = [
    path("gallery/", components),
    path("gallery/people/", people),
    path("gallery/form/", form),
    path("gallery/confirm/", confirm),
    path("", include("iqas.urls")),
]
handler400 = "iqas.core.error_views.bad_request"
handler403 = "iqas.core.error_views.permission_denied"
handler404 = "iqas.core.error_views.page_not_found"
handler500 = "iqas.core.error_views.server_error"
