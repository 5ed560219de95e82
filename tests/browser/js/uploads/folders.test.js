import { dropped, meant } from "/static/dam/js/uploads/folders.js";
import { equal, test } from "/tests/harness.js";

const file = (name) => ({ name, isFile: true, isDirectory: false, file: (resolve) => resolve({ name }) });

// A browser names a hundred entries at a time.
function folder(name, ...inside) {
  const createReader = () => {
    const left = [...inside];
    return { readEntries: (resolve) => resolve(left.splice(0, 100)) };
  };
  return { name, isFile: false, isDirectory: true, createReader };
}

function drop(...entries) {
  const items = entries.map((entry) => ({
    kind: "file",
    webkitGetAsEntry: () => entry,
    getAsFile: () => ({ name: entry.name }),
  }));
  return { items, files: entries.map(({ name }) => ({ name })) };
}

const names = (files) => files.map(({ name }) => name);

test("files that are dropped are those files", async () => {
  equal(names(await dropped(drop(file("b.mp4"), file("a.mp4")))), ["b.mp4", "a.mp4"]);
});

test("a folder is what is in it and in the folders below, in the order of names", async () => {
  const spring = folder("Spring", file("take 10.mp4"), file("take 2.mp4"), folder("Raw", file("one.mov")));
  equal(names(await dropped(drop(file("first.mp4"), spring))), ["first.mp4", "one.mov", "take 2.mp4", "take 10.mp4"]);
});

test("a folder of more than a hundred files is read whole", async () => {
  const many = Array.from({ length: 250 }, (_, at) => file(`${at}.mp4`));
  equal((await dropped(drop(folder("All", ...many)))).length, 250);
});

test("what systems leave in folders stays there", async () => {
  const spring = folder("Spring", file(".DS_Store"), file("Thumbs.db"), file("desktop.ini"), folder(".git", file("x")));
  equal(await dropped(drop(spring)), []);
  equal(names(meant([{ name: ".DS_Store" }, { name: "a.mp4" }])), ["a.mp4"]);
});
