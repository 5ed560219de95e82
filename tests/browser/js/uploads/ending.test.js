import { click, equal, find, settled, test } from "/tests/harness.js";
import { become, choose, files, leaves, load, made, part, rows, states, title, words } from "/tests/uploads/dock.js";

test("a file that was taken leads to its clip", async () => {
  await load();
  await choose(["a.mp4", 10]);
  await become({ state: "taken", url: "/clip/" });
  equal([states(), words(), part("name").getAttribute("href")], [["taken"], "Added to the library", "/clip/"]);
  equal([title(), find("[data-dock-say]").textContent], ["1 file uploaded", "a.mp4: Added to the library"]);
});

test("a file that is there already says so", async () => {
  await load();
  await choose(["a.mp4", 10]);
  await become({ state: "known", url: "/clip/" });
  equal(words(), "Already in the library");
});

test("a file that was refused after its check says why", async () => {
  await load();
  await choose(["a.txt", 10]);
  await become({ state: "refused", reason: "This is no video." });
  equal([states(), words(), title()], [["refused"], "This is no video.", "The file couldn't be added"]);
  equal(part("retry").hidden, true);
});

test("a file that was refused at once says why", async () => {
  const { Refused } = await load();
  await choose(["a.mp4", 10]);
  made[0].fail(new Refused("Too large.", "too_large"));
  await settled();
  equal([states(), words(), part("retry").hidden], [["refused"], "Too large.", true]);
});

test("a lost file can be tried again", async () => {
  const { Lost } = await load();
  await choose(["a.mp4", 10]);
  made[0].fail(new Lost());
  await settled();
  equal([states(), part("retry").hidden], [["failed"], false]);
  click(part("retry"));
  await settled();
  equal([states(), made.length, made[1] === made[0]], [["sending"], 2, true]);
});

test("a cancelled upload is stopped and leaves the list", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  click(part("cancel"));
  equal([made[0].cancelled, rows().length, title()], [true, 1, "Uploading 1 file"]);
});

test("an upload that waits is cancelled before it begins", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10], ["c.mp4", 10]);
  click(part("cancel", 2));
  await become({ state: "taken", url: "/a/" });
  equal(made.length, 2);
});

test("a cancelled upload says nothing when it ends", async () => {
  await load();
  await choose(["a.mp4", 10]);
  click(part("cancel"));
  made[0].sent();
  await settled();
  equal([rows().length, find("[data-dock]").hidden], [0, true]);
});

test("the cross removes what is over and cancels what is not", async () => {
  await load();
  await choose(["a.mp4", 10]);
  equal(part("cancel").getAttribute("aria-label"), "Cancel a.mp4");
  await become({ state: "taken", url: "/a/" });
  equal(part("cancel").getAttribute("aria-label"), "Remove a.mp4");
  click(part("cancel"));
  equal([made[0].cancelled, rows().length], [undefined, 0]);
});

test("closing the list keeps what is still on its way", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  await become({ state: "taken", url: "/a/" });
  click(find("[data-dock-close]"));
  equal([states(), find("[data-dock]").hidden], [["sending"], false]);
  await become({ state: "taken", url: "/b/" }, 1);
  click(find("[data-dock-close]"));
  equal(find("[data-dock]").hidden, true);
});

test("the list folds and unfolds, and new files unfold it", async () => {
  await load();
  await choose(["a.mp4", 10]);
  const fold = find("[data-dock-fold]");
  click(fold);
  equal([find("[data-dock]").hasAttribute("data-folded"), fold.getAttribute("aria-expanded")], [true, "false"]);
  await choose(["b.mp4", 10]);
  equal(find("[data-dock]").hasAttribute("data-folded"), false);
});
