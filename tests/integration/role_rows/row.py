"""One row of the table, and what several of them send."""

from dataclasses import dataclass, field

from dam.accounts.capabilities import Capability
from tests.factories import PASSWORD

TUS = {"Tus-Resumable": "1.0.0"}
NEW_UPLOAD = {**TUS, "Upload-Length": "4", "Upload-Metadata": "filename Y2xpcC5tcDQ="}
PIECE = {**TUS, "Upload-Offset": "0"}
PIECE_TYPE = "application/offset+octet-stream"
KEY = "00000000-0000-4000-8000-000000000007"

TOKEN = (Capability.VIEW, Capability.VIEW_UNRELEASED, Capability.UPLOAD, Capability.DOWNLOAD_RELEASE)

# The form of an approval as the page sends it; the walk puts the content's hash in.
APPROVAL = {"kind": "approve", "sha256": "{sha256}", "uses": "web", "where": "EU", "password": PASSWORD}
BRIEF = {
    "prompt": "A red ball bouncing on a table",
    "frames": "17",
    "size": "128x80",
    "takes": "1",
    "steps": "8",
    "guidance": "3.0",
    "key": KEY,
}
BATCH = {
    "prompts": "A red ball\nA blue can",
    "frames": "17",
    "size": "128x80",
    "steps": "8",
    "guidance": "3.0",
    "key": KEY,
}
SLOT = {"mode": "extend", "role": "source"}


@dataclass(frozen=True)
class Row:
    """One address and method: the status for each role, for an API token and for a guest.

    The token is a creator's that may do what TOKEN says, the guest may do all that one can.

    `args` are what the address names: words of role_world.World.named, or themselves.
    """

    method: str
    name: str
    args: tuple[str, ...]
    viewer: int
    creator: int
    brand_reviewer: int
    legal_reviewer: int
    librarian: int
    admin: int
    token: int
    guest: int
    data: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""

    def __str__(self) -> str:
        return " ".join((self.method, self.name, *self.args))
