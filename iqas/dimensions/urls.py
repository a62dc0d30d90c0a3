from django.urls import path

from iqas.dimensions import views
from iqas.dimensions.catalogue import DIMENSIONS

app_name = "dimensions"
urlpatterns = [
    path("", views.matrix, name="matrix"),
    *(
        path(
            f"{dimension.slug}/",
            views.dimension_detail,
            {"dimension": dimension},
            name=f"{dimension.slug}-detail",
        )
        for dimension in DIMENSIONS
    ),
    *(
        path(
            f"{dimension.slug}/<str:code>/",
            views.dimension_microcredential,
            {"dimension": dimension},
            name=f"{dimension.slug}-microcredential",
        )
        for dimension in DIMENSIONS
    ),
]
