"""The addresses of the first run, below /setup/."""

from django.urls import URLPattern, path

from dam.web.setup import views

urlpatterns: list[URLPattern] = [
    path("", views.begin, name="setup"),
    path("brand/", views.brand, name="setup-brand"),
    path("mail/", views.mail, name="setup-mail"),
    path("files/", views.files, name="setup-files"),
    path("you/", views.administrator, name="setup-administrator"),
    path("open/<str:secret>/", views.open_link, name="setup-open"),
]
