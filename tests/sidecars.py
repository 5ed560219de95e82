"""Content Credentials beside a file, as other programs write them; this one only reads them."""

import io
from pathlib import Path

from c2pa import Builder, C2paBuilderIntent, C2paSigningAlg, Context, Signer

from provenance.manifests import c2pa_io, claims, signing, trust_anchors
from provenance.manifests.development_ca import Purpose


def of(path: Path, content_type: str) -> bytes:
    """A .c2pa file for the file, signed by the installation's generator."""
    who = signing.signer(Purpose.GENERATOR)
    settings = c2pa_io.settings_for(trust_anchors.house())
    with (
        Context.from_dict(settings) as context,
        Builder(claims.trial().manifest, context=context) as builder,
        Signer.from_callback(who.sign, C2paSigningAlg[who.algorithm], who.chain_pem) as signer,
        path.open("rb") as read,
    ):
        builder.set_intent(C2paBuilderIntent.CREATE)
        builder.set_no_embed()
        return bytes(builder.sign(signer, content_type, read, io.BytesIO()))
