"""Where the pages of collections are, and what they show."""

import re

from django.test import Client

from dam.collections.models import Collection

ALL, NEW, ADD = (f"/b/northwind/collections/{end}" for end in ("", "new/", "add/"))


def page_of(collection: Collection, end: str = "") -> str:
    return f"{ALL}{collection.pk}/{end}"


def titles(html: str) -> list[str]:
    return re.findall(r'class="card-link"[^>]*>([^<]*)<', html)


def undo(client: Client, html: str) -> str:
    """Press the Undo of the message on the page; the page that follows."""
    form = re.search(r'action="([^"]*/undo/)".*?</form>', html, re.DOTALL)
    assert form, "no Undo"
    fields = dict(re.findall(r'name="(done|at|back)"\s+value="([^"]*)"', form[0]))
    return client.post(form[1], fields, follow=True).text
