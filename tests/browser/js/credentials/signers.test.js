import { usesOf } from "/static/dam/js/credentials/signers.js";
import { equal, test } from "/tests/harness.js";

// That real ones are read, test_same_verdicts.py shows with signed files.
const box = (kind, ...content) => {
  const inner = content.flat();
  const length = inner.length + 8;
  return [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255, ...[...kind].map((c) => c.charCodeAt(0)), ...inner];
};
const letters = (text) => [...text].map((letter) => letter.charCodeAt(0));
const labelled = (label, ...content) => box("jumb", box("jumd", Array(17).fill(0), letters(label), 0), ...content);
const der = (tag, ...content) => [tag, content.flat().length, ...content.flat()];
const USES = der(0x30, der(0x06, 0x55, 0x1d, 0x25), der(0x04, der(0x30, der(0x06, 0x2b, 6, 1, 5, 5, 7, 3, 4))));
const certificate = (...extensions) => der(0x30, der(0x30, der(0x02, 1), der(0xa3, der(0x30, ...extensions))));
// COSE: [protected {33: certificate}, {}, null, signature]
const cose = (der_) => [0x84, 0x58, der_.length + 5, 0xa1, 0x18, 33, 0x58, der_.length, ...der_, 0xa0, 0xf6, 0x40];
const store = (signature) => Uint8Array.from(labelled("c2pa", labelled("urn:x", labelled("c2pa.signature", signature))));

test("what a signer's certificate is for is found in the boxes around the signature", () => {
  equal(usesOf(store(box("cbor", cose(certificate(USES))))), { "urn:x": ["1.3.6.1.5.5.7.3.4"] });
});

test("a certificate that doesn't say has no entry", () => {
  equal(usesOf(store(box("cbor", cose(certificate())))), {});
});

test("what is damaged is nothing, and never an error", () => {
  equal(usesOf(new Uint8Array([1, 2, 3])), {});
  equal(usesOf(store(box("cbor", [0x84, 0x9f]))), {});
  equal(usesOf(store(box("cbor", Array(200).fill(0x81)))), {});
  equal(usesOf(store(box("cbor", cose([0x30, 0x85, 1])))), {});
  equal(usesOf(Uint8Array.from([0, 0, 0, 99, ...letters("jumb")])), {});
});
