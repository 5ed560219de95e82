"""The administration's addresses, below /b/<brand>/administration/."""

from django.urls import URLPattern, path

from dam.web.administration import (
    brand,
    groups,
    invitations,
    mail,
    overview,
    people,
    roles,
    running,
    tokens,
)

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
    path("people/", people.listing, name="people"),
    path("people/invite/", invitations.invite, name="people-invite"),
    path("people/invitations/", invitations.listing, name="invitations"),
    path("people/invitations/<int:invitation_id>/resend/", invitations.resend, name="invitation-resend"),
    path("people/invitations/<int:invitation_id>/revoke/", invitations.revoke, name="invitation-revoke"),
    path("people/<int:user_id>/", people.person, name="person"),
    path("people/<int:user_id>/role/", people.change_role, name="person-role"),
    path("people/<int:user_id>/deactivate/", people.deactivate, name="person-deactivate"),
    path("people/<int:user_id>/reactivate/", people.reactivate, name="person-reactivate"),
    path("people/<int:user_id>/close/", people.close, name="person-close"),
    path("people/<int:user_id>/reopen/", people.reopen, name="person-reopen"),
    path("people/<int:user_id>/erase/", people.erase, name="person-erase"),
    path("groups/", groups.listing, name="groups"),
    path("groups/<int:group_id>/", groups.group, name="group"),
    path("groups/<int:group_id>/delete/", groups.delete, name="group-delete"),
]
