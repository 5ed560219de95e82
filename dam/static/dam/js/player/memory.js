// What a person's player remembers between visits. A browser may refuse to keep it; then it forgets.

export function recall(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`player-${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`player-${name}`, JSON.stringify(value));
  } catch {
    // Private windows may have no storage.
  }
}
