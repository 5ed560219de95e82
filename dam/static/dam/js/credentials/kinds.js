// What a file is by its first bytes, as dam/media/sniffer.py says it: `kinds` is its table (browser_rules.py).

// {type, holds}, where `holds` says whether Content Credentials have a place in it; null for what isn't on the list.
export function recognise(head, kinds) {
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
  const box = text.slice(4, 8);
  if (box === "ftyp" && isAvif(text, head, kinds)) return kinds.avif;
  if (box === "ftyp") return Object.hasOwn(kinds.brands, text.slice(8, 12)) ? kinds.brands[text.slice(8, 12)] : kinds.other_brand;
  if (kinds.first_boxes.includes(box)) return kinds.boxes;
  if (text.startsWith("\x1a\x45\xdf\xa3")) return text.slice(0, 64).includes("webm") ? kinds.webm : kinds.matroska;
  if (text.startsWith("RIFF")) return Object.hasOwn(kinds.riff, text.slice(8, 12)) ? kinds.riff[text.slice(8, 12)] : null;
  const form = text.slice(0, 4) + text.slice(8, 12);
  if (Object.hasOwn(kinds.forms, form)) return kinds.forms[form];
  if (isBitmap(text, head, kinds)) return kinds.bitmap;
  const found = kinds.starts.find(([start]) => text.startsWith(start));
  if (found) return found[1];
  return ofText(isUtf16(text) ? decoded(head) : text, kinds) ?? (isTransportStream(head) ? kinds.stream : null);
}

// Before a drawing there may be comments, and a type.
const SVG = /^(?:[ \t\n\r\f\v]|<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->)*(?:<!doctype[ \t\n\r\f\v]+svg\b|<svg\b)/;

function isAvif(text, head, kinds) {
  if (!kinds.stills_brands.includes(text.slice(8, 12))) return false;
  const end = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length);
  for (let at = 16; at < end - 3; at += 4) if (kinds.avif_brands.includes(text.slice(at, at + 4))) return true;
  return false;
}

// Two letters are many a text's beginning: a bitmap goes on with sizes and zeros.
function isBitmap(text, head, kinds) {
  if (!text.startsWith("BM") || head.length < 18 || text.slice(6, 10) !== "\0\0\0\0") return false;
  return kinds.bitmap_sizes.includes(new DataView(head.buffer, head.byteOffset).getUint32(14, true));
}

function isUtf16(text) {
  return text.startsWith("\xff\xfe") || text.startsWith("\xfe\xff");
}

function decoded(head) {
  return new TextDecoder(head[0] === 0xff ? "utf-16le" : "utf-16be").decode(head.subarray(0, head.length - (head.length % 2)));
}

function ofText(text, kinds) {
  const low = text.replace(/^[\xef\xbb\xbf \t\r\n]+/, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const document = low.startsWith("<?xml");
  if (kinds.playlists.some((start) => low.startsWith(start)) || (document && low.includes("<mpd"))) return kinds.playlist;
  return SVG.test(low) || (document && low.includes("<svg")) ? kinds.svg : null;
}

// Sync bytes every 188 bytes (192 on Blu-ray, after a time stamp of four).
function isTransportStream(head) {
  return [[0, 188], [4, 192]].some(([start, step]) => {
    const marks = [];
    for (let at = start; at < head.length && marks.length < 8; at += step) marks.push(head[at]);
    return marks.length >= 3 && marks.every((mark) => mark === 0x47);
  });
}
