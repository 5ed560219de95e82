"""China's metadata field for what a machine made: `AIGC`, as GB 45438-2025 has it. Pure.

A JSON object of seven texts, in XMP (TC260:AIGC, http://www.tc260.org.cn/ns/AIGC/1.0/) and, in files that are
encoded for a download, among the container's own tags.
"""

import json
import re

MADE_BY_AI = "1"  # of Label: 1 is made by AI, 2 possibly, 3 suspected to be
LONGEST_CODE = 64
# "001", the kind, the company's Unified Social Credit Code of 18 characters, and a number for the service.
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{1,63}")


def is_code(text: str) -> bool:
    """Whether this may be a producer's code. What it names is the brand's own to know.

    >>> is_code("001191110108MA01KP2T5U00001"), is_code("Ünited"), is_code("")
    (True, False, False)
    """
    return _CODE.fullmatch(text) is not None


def field(*, producer: str, made: str, propagated: str, sha256: str) -> str:
    """The field of a file that this producer made and hands on itself, by the numbers that it gave to each.

    `sha256` of the master stands where the standard leaves room for what protects the content.

    >>> field(producer="0011X", made="a1", propagated="7", sha256="ff")[:46]
    '{"Label":"1","ContentProducer":"0011X","Produc'
    """
    said = {
        "Label": MADE_BY_AI,
        "ContentProducer": producer,
        "ProduceID": made,
        "ReservedCode1": sha256,
        "ContentPropagator": producer,
        "PropagateID": propagated,
        "ReservedCode2": "",
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)
