// What a key press means, on every keyboard, and whether it belongs to what is being written.

// Where a layout has no Latin letters (Cyrillic, Greek, Hebrew, Arabic …) the place of the key says which one is meant.
const PLACES = { Comma: ",", Period: ".", Slash: "/", Space: " " };

// An input method is putting a character together: every key is its own, Enter and Escape too.
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

// "k", ",", "?", "ArrowLeft"; "" while a character is being put together. What the layout itself writes comes first:
// AZERTY and Dvorak have their letters elsewhere.
export function keyOf(event) {
  const { key, code = "" } = event;
  if (isComposing(event) || key === "Dead" || key === "Process") return "";
  if (key === "Unidentified" ? !code : key.length > 1) return key;
  if (/^[ -~]$/.test(key)) return key.toLowerCase();
  if (/^Key[A-Z]$/.test(code)) return code.at(-1).toLowerCase();
  if (code === "Slash" && event.shiftKey) return "?";
  return PLACES[code] ?? key.toLowerCase();
}

// Ctrl or ⌘ and this key, and nothing else held.
export const isCommand = (event, key) =>
  Boolean(event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && keyOf(event) === key;

export const isField = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);

export function isTyping(event) {
  return (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    isComposing(event) ||
    isField(event.target) ||
    document.querySelector("dialog[open]") !== null
  );
}
