"""The administration's addresses, below /b/<brand>/administration/."""

from django.urls import URLPattern, path

from dam.web.administration import brand, mail, overview, roles, running, tokens

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="administration"),
    path("running/", running.running, name="administration-running"),
    path("running/failed/", running.failed, name="administration-failed"),
    path("running/failed/<slug:name>/retry/", running.retry_failed, name="administration-retry-failed"),
    path("mail/", mail.mail, name="administration-mail"),
    path("mail/test/", mail.test, name="administration-mail-test"),
    path("mail/failed/<uuid:mail_id>/", mail.failed, name="administration-mail-failed"),
    path("brand/", brand.brand, name="brand"),
    path("roles/", roles.matrix, name="roles"),
    path("roles/new/", roles.add, name="role-add"),
    path("roles/<int:number>/", roles.edit, name="role-edit"),
    path("roles/<int:number>/retire/", roles.retire, name="role-retire"),
    path("api/", tokens.listing, name="administration-api"),
    path("api/<int:token_id>/revoke/", tokens.revoke, name="administration-api-revoke"),
]
