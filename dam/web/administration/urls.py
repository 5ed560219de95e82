"""The administration's addresses, below /b/<brand>/administration/."""

from django.urls import URLPattern, path

from dam.web.administration import mail, overview

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="administration"),
    path("mail/", mail.mail, name="administration-mail"),
    path("mail/test/", mail.test, name="administration-mail-test"),
    path("mail/failed/<uuid:mail_id>/", mail.failed, name="administration-mail-failed"),
]
