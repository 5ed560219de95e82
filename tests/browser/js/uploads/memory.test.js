import * as memory from "/static/dam/js/uploads/memory.js";
import { equal, test } from "/tests/harness.js";

const file = { name: "a.mp4", size: 10, lastModified: 5 };

test("an upload is found again by its file, its place, its clip and its person", async () => {
  document.body.dataset.person = "1";
  const key = memory.key(file, "/uploads/", "clip");
  memory.keep(key, "/uploads/1/");
  equal(memory.recall(memory.key({ ...file }, "/uploads/", "clip")), "/uploads/1/");
  for (const other of [{ ...file, size: 11 }, { ...file, lastModified: 6 }, { ...file, name: "b.mp4" }]) {
    equal(memory.recall(memory.key(other, "/uploads/", "clip")), null);
  }
  equal(memory.recall(memory.key(file, "/uploads/")), null);
  document.body.dataset.person = "2";
  equal([memory.recall(memory.key(file, "/uploads/", "clip")), memory.left("/uploads/", "clip")], [null, []]);
});

test("two files that are alike but for their folders are two", () => {
  const [one, other] = ["summer/a/shot.mp4", "summer/b/shot.mp4"];
  const keys = [{ webkitRelativePath: one }, { webkitRelativePath: other }].map((path) => memory.key({ ...file, ...path }, "/uploads/"));
  equal(new Set(keys).size, 2);
  equal(memory.key({ ...file, folderPath: one }, "/uploads/"), keys[0]); // dropped, and chosen again
  memory.keep(keys[0], "/uploads/1/");
  equal(memory.left("/uploads/").map(({ name, size }) => [name, size]), [["a.mp4", 10]]);
});

test("what is left is listed, the latest first, until it is forgotten or old", async () => {
  const real = Date.now;
  memory.keep(memory.key(file, "/uploads/"), "/uploads/1/");
  Date.now = () => real() + 1000;
  const key = memory.key({ ...file, name: "b.mp4" }, "/uploads/");
  memory.keep(key, "/uploads/2/");
  equal(memory.left("/uploads/").map(({ name, size, address }) => [name, size, address]), [
    ["b.mp4", 10, "/uploads/2/"],
    ["a.mp4", 10, "/uploads/1/"],
  ]);
  memory.forget(key);
  equal(memory.left("/uploads/").length, 1);
  Date.now = () => real() + 40 * 24 * 3600 * 1000;
  memory.left("/uploads/");
  equal(memory.left("/uploads/"), []);
});

test("a browser that keeps nothing is no trouble", async () => {
  Object.defineProperty(globalThis, "localStorage", {
    get() {
      throw new Error("SecurityError");
    },
  });
  memory.keep("upload x", "/uploads/1/");
  equal([memory.recall("upload x"), memory.left("/uploads/")], [null, []]);
  delete globalThis.localStorage;
});

test("one tab alone sends a file", async () => {
  let end;
  const first = memory.alone("upload x", () => new Promise((resolve) => (end = resolve)));
  while (!end) await new Promise((resolve) => requestAnimationFrame(resolve));
  equal([await memory.alone("upload x", () => true), (await memory.busy()).has("upload x")], [null, true]);
  end(true);
  equal([await first, await memory.alone("upload x", () => true)], [true, true]);
});
