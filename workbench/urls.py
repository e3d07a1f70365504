"""Every URL of the installation: the log-in, the admin for look-ups, and the screens."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

urlpatterns = [
    path(
        "log-in/",
        LoginView.as_view(template_name="reviews/log_in.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("log-out/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("", include("reviews.web.urls")),
]
