// Text that comes from outside, made fit to be shown (dam/core/foreign_text.py, but for joined letters and emoji): what
// nobody sees can change what everybody reads.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]/gu;
const QUOTATION_MARKS = /["\u00ab\u00bb\u201c-\u201f\u275d\u275e\u276e\u276f\u301d-\u301f\uff02]/g;
const LONGEST = 200;

// Without what nobody sees; lines stay lines.
export function neutral(value) {
  return value.replace(HIDDEN, (letter) => (letter === "\n" || letter === "\t" ? letter : ""));
}

// A name as the file has it, in one line that shows all it holds; nothing for nothing.
export function line(value) {
  if (value === undefined || value === null || value === false || value === 0) return "";
  const words = String(value).replace(/\s/gu, " ").replace(HIDDEN, "").split(" ").filter(Boolean).join(" ");
  const letters = [...words];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("").trimEnd()}…` : words;
}

// Between quotation marks, which none of its own can end.
export function quoted(value) {
  return `“${value.replace(QUOTATION_MARKS, "'")}”`;
}
