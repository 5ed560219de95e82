"""Every place of the code that sends a file, and what each asks first. One that is missing here fails."""

import ast
from pathlib import Path

APPS = ("dam", "provenance", "generation")
SENDING = {"respond", "made"}  # of dam.delivery.streaming
STREAMED = {"StreamingHttpResponse", "FileResponse"}

# Released bytes: the policy is asked with a use and a territory, which are recorded.
ASKED = {
    "provenance/web/release_file.py:release_file",
    "provenance/web/downloads.py:file",
    "provenance/web/bundles.py:download",
}
# Files of clips that are no release, and what may be had of each.
OTHERWISE = {
    "dam/web/files.py:file",  # what pages show, and masters: dam.delivery.access.may_fetch
    "dam/web/files.py:thumbnails",  # where the pictures of the hover preview are
    "dam/web/captions.py:respond",  # words
    "provenance/web/downloads.py:sidecar",  # Content Credentials, for whoever may have their file
    "provenance/web/caption_credentials.py:file",
    "provenance/web/evidence_packs.py:file",  # proof: who may make packs, and may have the file in it
    "provenance/web/guests/room.py:_file",  # a copy with the reviewer's name, as their link says
    "provenance/web/guests/room.py:waveform",
    "dam/web/administration/brand_closing.py:export",  # a brand's own export, by who runs it
}
# What is no clip: lists, logos, documents, attached files.
ELSEWHERE = {
    "dam/delivery/streaming.py:respond",
    "dam/web/activity.py:export",
    "dam/web/brand_logo.py:_sent",
    "dam/web/bulk/files.py:_sent",
    "dam/web/consents.py:document",
    "dam/web/events.py:streamed",
    "dam/web/rights_ends.py:export",
    "generation/web/prompt_batches.py:report",
    "provenance/web/comment_export.py:export",
    "provenance/web/comment_pdfs.py:file",
    "provenance/web/recalls.py:export",
    "provenance/web/review_evidence.py:document",
    "provenance/web/sent_files.py:download",
    "provenance/web/sent_files.py:shown",
}


def sends(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="streaming"), attr=name):
            return name in SENDING
        case ast.Name(id=name):
            return name in STREAMED
    return False


def senders() -> set[str]:
    found = set()
    for path in (path for app in APPS for path in Path(app).rglob("*.py")):
        for each in ast.walk(ast.parse(path.read_text())):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                isinstance(part, ast.Call) and sends(part) for part in ast.walk(each)
            ):
                found.add(f"{path.as_posix()}:{each.name}")
    return found


def test_every_way_out_is_listed() -> None:
    assert senders() == ASKED | OTHERWISE | ELSEWHERE


def test_every_release_that_leaves_is_asked_for_a_use_and_a_territory() -> None:
    for sender in ASKED:
        path, name = sender.split(":")
        (view,) = [
            each
            for each in ast.walk(ast.parse(Path(path).read_text()))
            if isinstance(each, ast.FunctionDef) and each.name == name
        ]
        asked = {
            part.func.id
            for part in ast.walk(view)
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
        }
        assert "unanswered" in asked, sender
