from django.urls import path

from iqas.frameworks import views

app_name = "frameworks"
urlpatterns = [
    path("", views.framework_list, name="framework-list"),
    path("crosswalks/<str:code>/<str:version>/", views.crosswalk_detail, name="crosswalk-detail"),
    path("<str:code>/<str:version>/", views.framework_detail, name="framework-detail"),
]
