import { equal, find, html, ok, test } from "/tests/harness.js";

const PAGE = `<form class="top-search" id="top-search"><input name="q" data-search value="lime">
  <button type="button" data-picture-choose>By picture</button></form>
  <input type="hidden" form="top-search" name="origin" value="generated">
  <form id="picture-search"><input type="hidden" name="q"><input type="file" name="picture"></form>
  <div id="toasts"></div>
  <template id="toast-template"><div class="toast"><p></p></div></template>
  <textarea></textarea>`;

let sent;

async function load() {
  html(PAGE);
  sent = new Promise((done) => (find("#picture-search").requestSubmit = done));
  await import("/static/dam/js/picture-search.js");
}

async function picture(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return new File([blob], "secret-name.png", { type: "image/png" });
}

function carrying(...files) {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  return data;
}

const drop = (name, target, data) =>
  !target.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));

const paste = (target, data) =>
  !target.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));

test("a picture that is dropped is made small and sent with the words", async () => {
  await load();
  equal(drop("drop", document.body, carrying(await picture(2048, 512))), true);
  await sent;
  const form = find("#picture-search");
  const small = form.elements.picture.files[0];
  const image = await createImageBitmap(small);
  equal([small.name, small.type, image.width, image.height], ["picture", "image/jpeg", 1024, 256]);
  equal(form.elements.q.value, "lime");
  equal(new FormData(form).getAll("origin"), ["generated"]);
  equal(new FormData(form).getAll("q"), ["lime"]);
});

test("the box shows that a picture can be dropped, until it is carried away", async () => {
  await load();
  const data = carrying(await picture(8, 8));
  drop("dragenter", document.body, data);
  ok(find(".top-search").hasAttribute("data-aimed"));
  drop("dragleave", document.body, data);
  ok(!find(".top-search").hasAttribute("data-aimed"));
});

test("a film dropped on the page is left to the uploads", async () => {
  await load();
  equal(drop("drop", document.body, carrying(new File(["film"], "a.mp4", { type: "video/mp4" }))), false);
});

test("a picture is pasted into the page and the box, not into other fields", async () => {
  await load();
  const file = await picture(8, 8);
  equal(paste(find("textarea"), carrying(file)), false);
  equal(paste(find("[data-search]"), carrying(file)), true);
  await sent;
  equal(find("#picture-search").elements.picture.files.length, 1);
});

test("what the browser can't read is sent as it is, unless it is too large", async () => {
  await load();
  const field = find("#picture-search").elements.picture;
  field.files = carrying(new File(["no picture"], "a.heic", { type: "image/heic" })).files;
  field.dispatchEvent(new Event("change"));
  await sent;
  equal([field.files[0].type, await field.files[0].text()], ["image/heic", "no picture"]);
  dispatchEvent(new Event("pageshow"));
  field.files = carrying(new File([new Uint8Array(13 * 1024 * 1024)], "b.heic", { type: "image/heic" })).files;
  field.dispatchEvent(new Event("change"));
  for (let turn = 0; turn < 100 && !find(".toast"); turn += 1) await new Promise(requestAnimationFrame);
  ok(find(".toast p").textContent.includes("larger than 12 MB"));
  equal(find("#picture-search").ariaBusy, "false");
});
