from django.urls import path

from iqas.core import health_views

app_name = "core"
urlpatterns = [
    path("healthz", health_views.alive, name="alive"),
    path("readyz", health_views.ready, name="ready"),
    path("metrics", health_views.metrics, name="metrics"),
]
