"""Every URL of the installation: the log-in, the admin for look-ups, and the screens."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog

urlpatterns = [
    path(
        "log-in/",
        LoginView.as_view(template_name="reviews/log_in.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("log-out/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    # The interface's own words for the browser's modules: the same for everybody who reads one language.
    path(
        "words.js",
        cache_control(private=True, max_age=3600)(JavaScriptCatalog.as_view(packages=["reviews"])),
        name="words",
    ),
    path("", include("reviews.web.urls")),
]
