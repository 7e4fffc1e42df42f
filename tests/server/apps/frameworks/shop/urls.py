"""The admin, and a view for each thing that a gateway must carry."""

from django.contrib import admin
from django.urls import path

from shop import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("where", views.tell, name="where"),
    path("hello/<str:name>", views.hello),
    path("visits", views.visits),
    path("upload", views.upload),
    path("stream", views.stream),
    path("release", views.release),
    path("download", views.download),
    path("fails", views.fails),
]
