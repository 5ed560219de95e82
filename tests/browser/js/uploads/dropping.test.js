import { equal, find, settled, test } from "/tests/harness.js";
import { files, load, rows, states } from "/tests/uploads/dock.js";

function drag(name, transfer) {
  const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: transfer });
  return !document.body.dispatchEvent(event);
}

test("files that are dragged in show where to drop them", async () => {
  await load();
  drag("dragenter", files(["a.mp4", 1]));
  equal(find("[data-drop]").hidden, false);
  equal(drag("dragover", files(["a.mp4", 1])), true);
});

test("going over things on the page does not make it flicker", async () => {
  await load();
  drag("dragenter", files(["a.mp4", 1]));
  drag("dragenter", files(["a.mp4", 1]));
  drag("dragleave", files(["a.mp4", 1]));
  equal(find("[data-drop]").hidden, false);
  drag("dragleave", files(["a.mp4", 1]));
  equal(find("[data-drop]").hidden, true);
});

test("dropped files are sent", async () => {
  await load();
  drag("dragenter", files(["a.mp4", 1]));
  equal(drag("drop", files(["a.mp4", 10])), true);
  await settled();
  equal([find("[data-drop]").hidden, states()], [true, ["sending"]]);
});

test("dragged words are no files", async () => {
  await load();
  const transfer = new DataTransfer();
  transfer.setData("text/plain", "words");
  drag("dragenter", transfer);
  equal([find("[data-drop]").hidden, drag("dragover", transfer), drag("drop", transfer)], [true, false, false]);
});

test("a folder is chosen without what systems leave in it", async () => {
  await load();
  const input = find("[data-folder-input]");
  Object.defineProperty(input, "files", { value: files([".DS_Store", 1], ["a.mp4", 1]).files });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
  equal(rows().map((row) => row.querySelector("[data-name]").textContent), ["a.mp4"]);
});
