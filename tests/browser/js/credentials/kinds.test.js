import { recognise } from "/static/dam/js/credentials/kinds.js";
import { equal, test } from "/tests/harness.js";

// The whole table is held to the server's by test_same_verdicts.py.
const KINDS = {
  brands: { "qt  ": { type: "video/quicktime", holds: true } },
  other_brand: { type: "video/mp4", holds: true },
  stills_brands: ["mif1"],
  avif_brands: ["avif"],
  avif: { type: "image/avif", holds: true },
  forms: { FORMAIFF: { type: "audio/aiff", holds: false } },
  bitmap: { type: "image/bmp", holds: false },
  bitmap_sizes: [40],
  first_boxes: ["moov"],
  boxes: { type: "old", holds: true },
  riff: { WAVE: { type: "audio/wav", holds: true } },
  starts: [["\xff\xd8\xff", { type: "image/jpeg", holds: true }]],
  webm: { type: "video/webm", holds: false },
  matroska: { type: "video/x-matroska", holds: false },
  playlists: ["#extm3u"],
  playlist: { type: "text/plain", holds: false },
  svg: { type: "image/svg+xml", holds: true },
  stream: { type: "video/mp2t", holds: false },
};
const bytes = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const type = (text) => recognise(bytes(text), KINDS)?.type ?? null;

test("a file is known by its first bytes", () => {
  equal(type("\0\0\0\x18ftypqt  "), "video/quicktime");
  equal(type("\0\0\0\x18ftypisom"), "video/mp4");
  equal(type("\0\0\0\x18ftypmif1\0\0\0\0mif1avif"), "image/avif");
  equal(type("\0\0\0\x14ftypmif1\0\0\0\0mif1avif"), "video/mp4"); // the brand stands behind the box
  equal(type("FORM\0\0\0\x08AIFF"), "audio/aiff");
  equal(type(`BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0`), "image/bmp");
  equal(type("BM is a name, and no picture"), null);
  equal(type("\xff\xd8\xff\xe0"), "image/jpeg");
  equal(type(" <svg/>"), "image/svg+xml");
  equal(type(`${"<!---->".repeat(500)}<svg/>`), "image/svg+xml");
  equal(type(`${"<!---->".repeat(500)}x`), null); // at once
  equal(type("#EXTM3U"), "text/plain");
});

test("a brand named like something that every object has is no brand", () => {
  equal(type("\0\0\0\x18ftyptoString"), "video/mp4");
});

test("what is on no list is nothing", () => {
  equal(type("hello"), null);
  equal(type(""), null);
  equal(type("RIFF\0\0\0\0ACON"), null);
});
