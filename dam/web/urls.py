"""The library's addresses, below /b/<brand>/."""

from django.urls import URLPattern, path

from dam.web import activity, assets, events, files, library, palette, selection, theme, trash, uploads

urlpatterns: list[URLPattern] = [
    path("", library.library, name="library"),
    path("news/", library.news, name="library-news"),
    path("assets/<uuid:asset_id>/", assets.asset, name="asset"),
    path("assets/<uuid:asset_id>/card/", library.card, name="asset-card"),
    path("assets/<uuid:asset_id>/usage/", assets.usage_line, name="asset-usage"),
    path("assets/<uuid:asset_id>/edit/", assets.edit, name="asset-edit"),
    path("assets/<uuid:asset_id>/trash/", assets.trash, name="asset-trash"),
    path("assets/<uuid:asset_id>/restore/", assets.restore, name="asset-restore"),
    path("selection/tags/", selection.add_tags, name="selection-tags"),
    path("selection/trash/", selection.trash, name="selection-trash"),
    path("trash/", trash.trash, name="trash"),
    path("trash/undo/", trash.undo, name="trash-undo"),
    path("activity/", activity.activity, name="activity"),
    path("activity/check/", activity.check, name="activity-check"),
    path("activity/check/all/", activity.check_all, name="activity-check-all"),
    path("palette/", palette.palette, name="palette"),
    path("brand.css", theme.brand_css, name="brand-css"),
    path("uploads/", uploads.recent, name="uploads"),
    path("uploads/new/", uploads.create, name="upload-create"),
    path("uploads/<uuid:upload_id>/", uploads.piece, name="upload-piece"),
    path("versions/<uuid:version_id>/steps/<slug:name>/retry/", uploads.retry_step, name="step-retry"),
    path("files/<uuid:version_id>/<slug:kind>", files.file, name="file"),
    path("files/<uuid:version_id>/<slug:kind>/<str:part>", files.file, name="file-part"),
    path("events/", events.stream, name="events"),
]
