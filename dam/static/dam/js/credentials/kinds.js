// What a file is by its first bytes, as dam/media/sniffer.py says it: `kinds` is its table (browser_rules.py).

// {type, holds}, where `holds` says whether Content Credentials have a place in it; null for what isn't on the list.
export function recognise(head, kinds) {
  const text = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
  const box = text.slice(4, 8);
  if (box === "ftyp") return Object.hasOwn(kinds.brands, text.slice(8, 12)) ? kinds.brands[text.slice(8, 12)] : kinds.other_brand;
  if (kinds.first_boxes.includes(box)) return kinds.boxes;
  if (text.startsWith("\x1a\x45\xdf\xa3")) return text.slice(0, 64).includes("webm") ? kinds.webm : kinds.matroska;
  if (text.startsWith("RIFF")) return Object.hasOwn(kinds.riff, text.slice(8, 12)) ? kinds.riff[text.slice(8, 12)] : null;
  const found = kinds.starts.find(([start]) => text.startsWith(start));
  if (found) return found[1];
  return ofText(text, kinds) ?? (isTransportStream(head) ? kinds.stream : null);
}

function ofText(text, kinds) {
  const low = text.replace(/^[\xef\xbb\xbf \t\r\n]+/, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const document = low.startsWith("<?xml");
  if (kinds.playlists.some((start) => low.startsWith(start)) || (document && low.includes("<mpd"))) return kinds.playlist;
  return low.startsWith("<svg") || (document && low.includes("<svg")) ? kinds.svg : null;
}

// Sync bytes every 188 bytes (192 on Blu-ray, after a time stamp of four).
function isTransportStream(head) {
  return [[0, 188], [4, 192]].some(([start, step]) => {
    const marks = [];
    for (let at = start; at < head.length && marks.length < 8; at += step) marks.push(head[at]);
    return marks.length >= 3 && marks.every((mark) => mark === 0x47);
  });
}
