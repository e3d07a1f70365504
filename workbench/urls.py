"""Every URL of the installation: the log-in, the admin for look-ups, and the screens."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
