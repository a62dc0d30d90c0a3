"""Settings: the way to approval, as data of the university."""

from django.urls import path

from microcredentials.views import routes

app_name = "routes"
urlpatterns = [
    path("", routes.route_list, name="route-list"),
    path("new/", routes.route_upload, name="route-upload"),
    path("<str:code>/<int:number>/", routes.route_detail, name="route-detail"),
    path("<str:code>/<int:number>/file/", routes.route_download, name="route-download"),
    path("<str:code>/<int:number>/in-force/", routes.route_enforce, name="route-enforce"),
]
