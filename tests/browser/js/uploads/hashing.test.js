import { equal, ok, test } from "/tests/harness.js";

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

function hashed(bytes, reads = []) {
  const worker = new Worker("/static/dam/js/uploads/hashing.js");
  worker.postMessage({ file: new Blob([bytes]), slices: true });
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => ("read" in data ? reads.push(data.read) : resolve(data.sha256));
  });
}

test("in slices it comes to the same as the browser's own, whatever the length", async () => {
  const MEGABYTE = 1024 * 1024;
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 4 * MEGABYTE, 9 * MEGABYTE + 77]) {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 255;
    equal([length, await hashed(bytes)], [length, hex(await crypto.subtle.digest("SHA-256", bytes))]);
  }
});

test("it tells how much it has read", async () => {
  const reads = [];
  await hashed(new Uint8Array(9 * 1024 * 1024), reads);
  ok(reads.length === 3 && reads.at(-1) === 9 * 1024 * 1024);
});
