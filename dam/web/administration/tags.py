"""Administration → Tags: the brand's vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.bulk import tag_vocabulary
from dam.bulk.edits import BulkRefused
from dam.bulk.tag_vocabulary import TagRenameRefused
from dam.catalog import tags as catalog_tags
from dam.catalog.models import Asset, Tag
from dam.catalog.tags import TagRefused
from dam.core.text import storable
from dam.search import hierarchy
from dam.search.hierarchy import HierarchyRefused
from dam.search.models import BroaderTag, TagSynonym
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm

PAGE = {"area": "administration", "section": "tags"}
SHOWN = 50
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Line:
    tag: Tag
    used: int  # by so many clips, at most MOST_COUNTED
    more: bool
    synonyms: tuple[str, ...]
    broader: str


class VocabularyForm(WholeTextForm):
    synonyms = forms.CharField(
        label=gettext_lazy("Synonyms"),
        required=False,
        help_text=gettext_lazy("Separated by commas. Searching for one of them finds this tag."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "dir": "auto"}),
    )
    broader = forms.CharField(
        label=gettext_lazy("Broader tag"),
        required=False,
        help_text=gettext_lazy("What it belongs to. Filtering by that finds clips with this tag, too."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "dir": "auto"}),
    )


class RenameForm(WholeTextForm):
    name = forms.CharField(
        label=gettext_lazy("New name"),
        help_text=gettext_lazy("Of a new tag, or of one that is there: then the two are merged."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "dir": "auto"}),
    )
    findable = forms.BooleanField(
        label=gettext_lazy("Keep the old name as a synonym"), required=False, initial=True
    )


@require_safe
@requires(Capability.MANAGE_FIELDS)
def listing(request: BrandRequest) -> HttpResponse:
    """In the order of their names, a page after another; those that begin with what was typed."""
    begun = " ".join(storable(request.GET.get("q", "")).lower().split())[: catalog_tags.LONGEST]
    after = storable(request.GET.get("after", ""))[: catalog_tags.LONGEST]
    rows = Tag.objects.filter(brand=request.brand, name__startswith=begun).order_by("name")
    page = list(rows.filter(name__gt=after)[: SHOWN + 1])
    shown = page[:SHOWN]
    context = {
        **PAGE,
        "lines": _lines(request, shown),
        "begun": begun,
        "next": shown[-1].name if len(page) > SHOWN else "",
        "continues": bool(after),
    }
    return render(request, "administration/tags.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_FIELDS)
def tag(request: BrandRequest, number: int) -> HttpResponse:
    row = _tag(request, number)
    entry = tag_vocabulary.of(row)
    initial = {"synonyms": ", ".join(entry.synonyms), "broader": entry.broader}
    form = VocabularyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["synonyms"].split(",")
        try:
            tag_vocabulary.describe(
                row, by=request.principal, words=words, broader=form.cleaned_data["broader"]
            )
        except HierarchyRefused as refused:
            form.add_error("broader", refused.message)
        except TagRefused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The tag “%(name)s” is saved.") % {"name": row.name})
            return redirect("tags", request.brand.slug)
    return _page(request, row, form=form, rename_form=RenameForm())


@require_POST
@requires(Capability.MANAGE_FIELDS)
def rename(request: BrandRequest, number: int) -> HttpResponse:
    """Prepare it, and go to the page that shows what would change on which clips."""
    request.principal.require(Capability.EDIT)
    row = _tag(request, number)
    form = RenameForm(request.POST)
    if form.is_valid():
        try:
            edit = tag_vocabulary.rename(
                row,
                form.cleaned_data["name"],
                by=request.principal,
                findable=form.cleaned_data["findable"],
            )
        except (TagRenameRefused, TagRefused, BulkRefused) as refused:
            form.add_error("name", refused.message)
        else:
            return redirect("bulk-edit", request.brand.slug, edit.pk)
    entry = tag_vocabulary.of(row)
    initial = {"synonyms": ", ".join(entry.synonyms), "broader": entry.broader}
    return _page(request, row, form=VocabularyForm(initial=initial), rename_form=form)


def _tag(request: BrandRequest, number: int) -> Tag:
    return get_object_or_404(Tag.objects.select_related("brand"), brand=request.brand, pk=number)


def _page(request: BrandRequest, row: Tag, *, form: VocabularyForm, rename_form: RenameForm) -> HttpResponse:
    context = {
        **PAGE,
        "row": row,
        "form": form,
        "rename_form": rename_form,
        "line": _lines(request, [row])[0],
        "narrower": hierarchy.narrower(request.brand.pk, [row.name]),
    }
    status = 422 if form.errors or rename_form.errors else 200
    return render(request, "administration/tag.html", context, status=status)


def _lines(request: BrandRequest, rows: Sequence[Tag]) -> list[Line]:
    """With what the vocabulary says of each, in three queries."""
    names = [row.name for row in rows]
    words: dict[str, list[str]] = {}
    known = TagSynonym.objects.filter(brand=request.brand, tag__in=names).order_by("word")
    for name, word in known.values_list("tag", "word"):
        words.setdefault(name, []).append(word)
    broader = dict(
        BroaderTag.objects.filter(brand=request.brand, tag__in=names).values_list("tag", "broader")
    )
    used = _used([row.pk for row in rows])
    return [
        Line(
            row,
            used=min(used.get(row.pk, 0), MOST_COUNTED),
            more=used.get(row.pk, 0) > MOST_COUNTED,
            synonyms=tuple(words.get(row.name, ())),
            broader=broader.get(row.name, ""),
        )
        for row in rows
    ]


def _used(keys: Sequence[int]) -> dict[int, int]:
    """By how many clips each is used, up to one more than MOST_COUNTED: a million are not read for that."""
    table = connection.ops.quote_name(Asset.tags.through._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE tag_id = t.id LIMIT %s) few) "
            "FROM unnest(%s::bigint[]) AS t (id)",
            [MOST_COUNTED + 1, list(keys)],
        )
        return dict(cursor.fetchall())
