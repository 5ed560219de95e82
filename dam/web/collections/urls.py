"""Addresses of collections, below /b/<brand>/collections/."""

from django.urls import path

from dam.web.collections import adding, changing, covering, ordering, pages, standing, starring

urlpatterns = [
    path("", pages.listing, name="collections"),
    path("new/", changing.new, name="collection-new"),
    path("targets/", adding.targets, name="collection-targets"),
    path("add/", adding.add, name="collection-add"),
    path("recent/clear/", starring.forget_recent, name="recent-clear"),
    path("<uuid:collection_id>/", pages.collection, name="collection"),
    path("<uuid:collection_id>/standing/", standing.summary, name="collection-standing"),
    path("<uuid:collection_id>/news/", standing.news, name="collection-news"),
    path("<uuid:collection_id>/cover/", pages.cover, name="collection-cover"),
    path("<uuid:collection_id>/cover/choose/", covering.choose, name="collection-choose-cover"),
    path("<uuid:collection_id>/edit/", changing.edit, name="collection-edit"),
    path("<uuid:collection_id>/delete/", changing.delete, name="collection-delete"),
    path("<uuid:collection_id>/remove/", changing.remove, name="collection-remove"),
    path("<uuid:collection_id>/move/", ordering.move, name="collection-move"),
    path("<uuid:collection_id>/inside/move/", ordering.move_inside, name="collection-move-inside"),
    path("<uuid:collection_id>/undo/", changing.undo, name="collection-undo"),
]
