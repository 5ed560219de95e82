"""Addresses of bulk edits, below /b/<brand>/bulk/."""

from django.urls import path

from dam.web.bulk import files, pages

urlpatterns = [
    path("", pages.listing, name="bulk-edits"),
    path("new/", pages.new, name="bulk-new"),
    path("import/", files.bring, name="bulk-import"),
    path("export.csv", files.take, name="bulk-export"),
    path("<uuid:edit_id>/", pages.edit, name="bulk-edit"),
    path("<uuid:edit_id>/start/", pages.start, name="bulk-start"),
    path("<uuid:edit_id>/cancel/", pages.cancel, name="bulk-cancel"),
    path("<uuid:edit_id>/undo/", pages.undo, name="bulk-undo"),
    path("<uuid:edit_id>/progress/", pages.progress, name="bulk-progress"),
]
