// Which files this browser was sending, so that another tab goes on where one was closed. The server has the bytes.
const PREFIX = "upload ";
const KEPT_MS = 31 * 24 * 3600 * 1000; // longer than any brand keeps what nobody goes on with

// What names the file: chosen again it is the same one, for the same person, place and clip.
export function key(file, create, asset = "") {
  const person = document.body.dataset.person ?? "";
  const named = [person, create, asset, file.name, file.size, file.lastModified];
  // Of a folder, where two may be alike but for the folder they lie in: chosen, or dropped (folders.js).
  const path = file.webkitRelativePath || file.folderPath;
  return PREFIX + JSON.stringify(path ? [...named, path] : named);
}

function attempt(act) {
  try {
    return act(localStorage);
  } catch {
    return null; // a private window may keep nothing
  }
}

export const recall = (name) => attempt((storage) => JSON.parse(storage.getItem(name))?.address) ?? null;

export const keep = (name, address) =>
  attempt((storage) => storage.setItem(name, JSON.stringify({ address, at: Date.now() })));

export const forget = (name) => attempt((storage) => storage.removeItem(name));

// What this person was sending here: [{ key, name, size, address }], the latest first.
export function left(create, asset = "") {
  const found = [];
  attempt((storage) => {
    for (const name of Object.keys(storage).filter((each) => each.startsWith(PREFIX))) {
      const { address, at } = JSON.parse(storage.getItem(name));
      if (at < Date.now() - KEPT_MS) storage.removeItem(name);
      const [person, place, target, file, size] = JSON.parse(name.slice(PREFIX.length));
      const mine = person === (document.body.dataset.person ?? "") && place === create && target === asset;
      if (mine) found.push({ key: name, name: file, size, address, at });
    }
  });
  return found.sort((one, other) => other.at - one.at);
}

// `act` while no other tab sends the same file; null where one does.
export function alone(name, act) {
  if (!navigator.locks) return act(); // not over plain HTTP
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? act() : null));
}

// The keys of what other tabs are sending now.
export async function busy() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map((lock) => lock.name));
}
