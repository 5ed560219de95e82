"""Files that say something of themselves, for tests, made on the spot: XMP, IPTC-IIM and containers' tags."""

import struct
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
FACTS = """
<dc:title><rdf:Alt><rdf:li xml:lang="de">Pinguin</rdf:li><rdf:li xml:lang="x-default">Penguin at noon</rdf:li>
</rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">It walks.&#10;Slowly.</rdf:li></rdf:Alt>
</dc:description>
<dc:subject><rdf:Bag><rdf:li>Penguin</rdf:li><rdf:li>Ice</rdf:li><rdf:li>Snow</rdf:li>
<rdf:li>penguin</rdf:li></rdf:Bag>
</dc:subject>
<dc:creator><rdf:Seq><rdf:li>Ada Ray</rdf:li><rdf:li>Bo Sund</rdf:li></rdf:Seq></dc:creator>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© 2026 Aster</rdf:li></rdf:Alt></dc:rights>
<xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">Editorial use.</rdf:li></rdf:Alt>
</xmpRights:UsageTerms>
<Iptc4xmpExt:AIPromptInformation>a penguin, tobogganing</Iptc4xmpExt:AIPromptInformation>
<Iptc4xmpExt:AISystemUsed>Glacier</Iptc4xmpExt:AISystemUsed>
<Iptc4xmpExt:AISystemVersionUsed>4.1</Iptc4xmpExt:AISystemVersionUsed>
"""


def xmp(inside: str = FACTS, *, source_type: str = GENERATED, before: str = "") -> bytes:
    """A packet as programs write it, with Credit and DigitalSourceType as attributes."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{before}
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" photoshop:Credit="Aster / Agency"
 Iptc4xmpExt:DigitalSourceType="{escape(source_type)}">{inside}</rdf:Description></rdf:RDF></x:xmpmeta>
{" " * 200}<?xpacket end="w"?>""".encode()


def with_title(title: str, *, before: str = "") -> bytes:
    """A packet that says a title alone, as XML, and no source type."""
    said = f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    return xmp(said, source_type="", before=before)


def iim(*sets: tuple[int, int, bytes]) -> bytes:
    return b"".join(
        bytes([0x1C, record, number]) + struct.pack(">H", len(value)) + value
        for record, number, value in sets
    )


def photoshop(block: bytes) -> bytes:
    """A JPEG's APP13 with this IIM."""
    resource = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(block)) + block + b"\0" * (len(block) % 2)
    content = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(content) + 2) + content


def picture(path: Path, *, packet: bytes = b"", block: bytes = b"", seed: int = 0) -> Path:
    """A picture like no other; its suffix says the format."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(0, 255, (48, 64, 3)).astype(np.uint8))
    how: dict[str, Any] = {"xmp": packet} if packet and path.suffix != ".png" else {}
    if path.suffix == ".png" and packet:
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet.decode("utf-8", "surrogateescape"))
        how = {"pnginfo": info}
    if path.suffix == ".tiff":
        tags = ImageFileDirectory_v2()
        for number, value in ((700, packet), (33723, block)):
            if value:
                tags.tagtype[number] = 7
                tags[number] = value
        how = {"tiffinfo": tags}
    image.save(path, **how)
    if block and path.suffix == ".jpg":
        data = path.read_bytes()
        path.write_bytes(data[:2] + photoshop(block) + data[2:])
    return path


def film(path: Path, *, packets: Iterable[bytes] = (), seed: int = 0, **tags: str) -> Path:
    """A short film with these tags of its container, and XMP behind it (of MP4 and QuickTime)."""
    options = {"movflags": "use_metadata_tags"} if path.suffix == ".mov" else {}
    with av.open(str(path), "w", options=options) as container:
        container.metadata.update(tags)
        stream = container.add_stream("libx264" if path.suffix != ".webm" else "libvpx", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        rng = np.random.default_rng(seed)
        for _ in range(6):
            frame = av.VideoFrame.from_ndarray(rng.integers(0, 255, (48, 64, 3)).astype(np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with path.open("ab") as file:
        for packet in packets:
            file.write(struct.pack(">I4s", len(packet) + 24, b"uuid") + XMP_UUID + packet)
    return path
