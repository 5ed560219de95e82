"""The addresses of guests: none of them below a brand's, and each behind its own gate."""

from django.urls import path, re_path

from provenance.web.guests import attending, door, recalled, room, shared

urlpatterns = [
    path("", shared.page, name="guest-list"),
    path("confirm/", shared.confirm, name="guest-list-confirm"),
    path("forget/", shared.forget, name="guest-list-forget"),
    path("enter/<uuid:key>/", shared.enter, name="guest-list-enter"),
    # Whatever follows: mail programs take a bracket or a full stop after a link for a part of it.
    re_path(r"^open/(?P<secret>[^/]*)/.*$", door.open_link, name="guest-open"),
    re_path(r"^recall/(?P<secret>[^/]*)/.*$", recalled.answer, name="guest-recall"),
    path("gone/", door.gone, name="guest-gone"),
    path("<uuid:key>/", room.room, name="guest-room"),
    path("<uuid:key>/door/", door.page, name="guest-door"),
    path("<uuid:key>/door/code/", door.send_code, name="guest-code"),
    path("<uuid:key>/door/enter/", door.enter, name="guest-enter"),
    path("<uuid:key>/leave/", room.leave, name="guest-leave"),
    path("<uuid:key>/state/", room.state, name="guest-state"),
    path("<uuid:key>/here/", attending.stream, name="guest-here"),
    path("<uuid:key>/video/", room.video, name="guest-video"),
    path("<uuid:key>/waveform/", room.waveform, name="guest-waveform"),
    path("<uuid:key>/captions/<slug:language>.vtt", room.captions, name="guest-captions"),
    path("<uuid:key>/file/", room.download, name="guest-file"),
    path("<uuid:key>/comment/", room.comment, name="guest-comment"),
    path("<uuid:key>/attachments/", room.attach, name="guest-attach"),
    path("<uuid:key>/attachments/<uuid:attachment_id>/", room.attachment, name="guest-attachment"),
    path(
        "<uuid:key>/attachments/<uuid:attachment_id>/preview/",
        room.attachment_preview,
        name="guest-attachment-preview",
    ),
    path(
        "<uuid:key>/attachments/<uuid:attachment_id>/remove/", room.unattach, name="guest-attachment-remove"
    ),
    path("<uuid:key>/said/<slug:said>/react/", room.react, name="guest-react"),
    path("<uuid:key>/said/<int:remark_id>/edit/", room.edit, name="guest-remark-edit"),
    path("<uuid:key>/said/<int:remark_id>/reply/", room.reply, name="guest-remark-reply"),
    path("<uuid:key>/said/<int:remark_id>/delete/", room.delete, name="guest-remark-delete"),
    path("<uuid:key>/said/<int:remark_id>/restore/", room.restore, name="guest-remark-restore"),
    path("<uuid:key>/recommend/", room.recommend, name="guest-recommend"),
]
