import { equal, find, html, test } from "/tests/harness.js";

// The script is bound to the page, so each test has one of its own.
async function page({ most = 100 } = {}) {
  html(`<form class="brief" id="brief"><p id="words">A red ball</p><textarea name="prompt">A red ball</textarea>
    <label><input type="file" name="file" form="brief-clip" data-brief-clip="${most}"></label>
    <p data-brief-clip-said></p></form><form id="brief-clip"></form><p id="outside"></p>`);
  const sent = [];
  find("#brief-clip").addEventListener("submit", (event) => {
    event.preventDefault();
    sent.push([...find("[data-brief-clip]").files].map((file) => file.name));
  });
  await import("/static/dam/js/brief-clip.js");
  return sent;
}

function holding(name, bytes) {
  const held = new DataTransfer();
  if (name) held.items.add(new File([new Uint8Array(bytes)], name, { type: "video/mp4" }));
  else held.setData("text/plain", "words");
  return held;
}

function drag(type, selector, dataTransfer) {
  const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer });
  find(selector).dispatchEvent(event);
  return event.defaultPrevented;
}

test("a clip that is dropped on the brief is sent, and the page's uploads don't hear of it", async () => {
  const sent = await page();
  let heard = 0;
  document.addEventListener("drop", () => (heard += 1));
  drag("dragenter", "#words", holding("take.mp4", 10));
  equal(find("#brief").hasAttribute("data-aimed"), true);
  equal(drag("drop", "#words", holding("take.mp4", 10)), true);
  equal([sent, heard, find("#brief").hasAttribute("data-aimed")], [[["take.mp4"]], 0, false]);
  equal(find("[data-brief-clip-said]").textContent, "Uploading “take.mp4”…");
});

test("one that is too large to be read is not sent, and the page says so", async () => {
  const sent = await page({ most: 5 });
  drag("drop", "#words", holding("film.mp4", 10));
  equal([sent, find("[data-brief-clip]").files.length], [[], 0]);
  equal(find("[data-brief-clip-said]").textContent, "This file is too large to be read here.");
});

test("of several clips none is sent, as a brief is filled in from one", async () => {
  const sent = await page();
  const two = holding("take.mp4", 10);
  two.items.add(new File([new Uint8Array(10)], "other.mp4", { type: "video/mp4" }));
  drag("drop", "#words", two);
  equal([sent, find("[data-brief-clip-said]").textContent], [[], "Drop one clip at a time."]);
});

test("what was written is replaced only if that is wanted", async () => {
  const sent = await page();
  const answers = [false, true];
  globalThis.confirm = () => answers.shift();
  find("textarea").value = "A blue can";
  drag("drop", "#words", holding("take.mp4", 10));
  equal([sent, find("[data-brief-clip]").files.length], [[], 0]);
  drag("drop", "#words", holding("take.mp4", 10));
  equal(sent, [["take.mp4"]]);
});

test("what is dropped elsewhere, and words, are left to the page", async () => {
  const sent = await page();
  equal(drag("drop", "#outside", holding("take.mp4", 10)), false);
  equal(drag("drop", "#words", holding("", 0)), false);
  equal(sent, []);
});
