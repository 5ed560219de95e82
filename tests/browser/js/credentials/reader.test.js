import { CannotRead, check } from "/static/dam/js/credentials/reader.js";
import { equal, ok, rejected, stopTime, test } from "/tests/harness.js";
import { RULES } from "/tests/credentials/rollup.test.js";

const PNG = { type: "image/png", holds: true };
const kinds = {
  ...{ head: 16, brands: {}, first_boxes: [], riff: {}, starts: [["\x89PNG", PNG], ["OggS", { type: "video/ogg", holds: false }]], stills_brands: [], avif_brands: [], forms: {}, bitmap_sizes: [] },
  playlists: [],
};
const RULES_HERE = { ...RULES, kinds, settings: {}, addresses: { wasm: "/static/vendor/c2pa_bg.wasm", worker: "/static/dam/js/credentials/worker.js" } };
RULES_HERE.notes = { ...RULES.notes, kind_without: "No place.", unreadable: "Unreadable." };
const signal = new AbortController().signal;

async function picture() {
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d").fillRect(0, 0, 8, 8);
  return new File([await canvas.convertToBlob({ type: "image/png" })], "x.png");
}

test("a file is read here, by the real library", async () => {
  equal((await check(await picture(), RULES_HERE, { signal })).state, "none");
});

test("a kind without a place for credentials is not read", async () => {
  equal((await check(new File(["OggS...."], "x"), RULES_HERE, { signal })).reasons, ["No place."]);
  equal((await check(new File(["what?"], "x"), RULES_HERE, { signal })).state, "unreadable");
  equal((await check(new File([], "x"), RULES_HERE, { signal })).reasons, ["Unreadable."]);
});

test("a browser that gets no library says so, and tries again the next time", async () => {
  const file = await picture();
  const real = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new TypeError("away"));
  ok((await rejected(check(file, RULES_HERE, { signal }))) instanceof CannotRead);
  globalThis.fetch = real;
  equal((await check(file, RULES_HERE, { signal })).state, "none");
});

test("reading that takes too long ends as unreadable", async () => {
  const file = await picture();
  await check(file, RULES_HERE, { signal }); // the library is here
  const workers = [];
  globalThis.Worker = class {
    constructor() {
      workers.push(this);
    }
    terminate() {
      this.ended = true;
    }
  };
  const time = stopTime();
  const found = check(file, RULES_HERE, { signal });
  while (!workers.length) await new Promise((resolve) => requestAnimationFrame(resolve));
  await time.pass(61_000);
  equal((await found).reasons, ["Too much."]);
  ok(workers[0].ended);
});

test("choosing another file ends the reading", async () => {
  const file = await picture();
  await check(file, RULES_HERE, { signal });
  let started;
  const starting = new Promise((resolve) => (started = resolve));
  globalThis.Worker = class {
    constructor() {
      started();
    }
    terminate() {}
  };
  const control = new AbortController();
  const found = rejected(check(file, RULES_HERE, { signal: control.signal }));
  await starting;
  control.abort();
  equal((await found).name, "AbortError");
});
