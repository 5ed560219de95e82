// The files in what was dropped, folders and what is in them included.

// What systems leave in folders, and nobody means to upload.
const JUNK = /^(?:\.|Thumbs\.db$|desktop\.ini$)/i;

const entries = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const opened = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

async function within(entry) {
  if (JUNK.test(entry.name)) return [];
  if (entry.isFile) {
    const file = await opened(entry);
    file.folderPath = entry.fullPath?.replace(/^\//, ""); // as webkitRelativePath says it of a chosen folder
    return [file];
  }
  const reader = entry.createReader();
  const found = [];
  // A browser names a hundred at once and is asked until it names none.
  for (let some = await entries(reader); some.length; some = await entries(reader)) found.push(...some);
  found.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
  const files = [];
  for (const each of found) files.push(...(await within(each)));
  return files;
}

// `transfer` is of a drop, and to be asked while the browser hands it out: now.
export async function dropped(transfer) {
  const given = [...transfer.items].filter((item) => item.kind === "file");
  const named = given.map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!named.some((entry) => entry?.isDirectory)) return [...transfer.files];
  const loose = given.map((item) => item.getAsFile());
  const files = [];
  for (const [at, entry] of named.entries()) {
    if (entry?.isDirectory) files.push(...(await within(entry)));
    else if (loose[at]) files.push(loose[at]);
  }
  return files;
}

// Of a chosen folder.
export const meant = (files) => [...files].filter((file) => !JUNK.test(file.name));
