import { equal, find, html, ok, test } from "/tests/harness.js";

const PAGE = `<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="token"><textarea name="body"></textarea>
  <div data-attach="/add/" data-most="2" data-megabytes="1"><ul data-attach-files></ul>
    <template><li><span data-name></span><progress max="1" value="0"></progress><span data-said></span>
      <button type="button" hidden data-attach-again></button>
      <button type="button" data-attach-remove></button></li></template>
    <textarea name="attachments" hidden data-attached></textarea><input type="file" name="files" multiple></div>
  <button>Send</button></form>
  <div id="toasts"></div><template id="toast-template"><div class="toast"><p></p></div></template>`;

let sendings;
let fetched;

class Sending extends EventTarget {
  upload = new EventTarget();
  headers = {};
  open(method, address) {
    this.to = `${method} ${address}`;
  }
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  send(body) {
    this.file = body.get("file");
    sendings.push(this);
  }
  abort() {
    this.aborted = true;
  }
  answer(status, said) {
    this.status = status;
    this.responseText = JSON.stringify(said);
    this.dispatchEvent(new Event("load"));
  }
}

async function load(value = "") {
  html(PAGE);
  find("[data-attached]").value = value;
  sendings = [];
  fetched = [];
  globalThis.XMLHttpRequest = Sending;
  globalThis.fetch = async (address) => fetched.push(address);
  await import("/static/dam/js/attach.js");
}

function carrying(...files) {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  return data;
}

const named = (name, bytes = 3) => new File(["x".repeat(bytes)], name, { type: "image/png" });
const paste = (data) =>
  !find("[name=body]").dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
const drop = (data, name = "drop") =>
  !find("[name=body]").dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));
const submit = () => !find("form").dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
const rows = () => [...document.querySelectorAll("[data-attach-files] > li")];
const kept = () => find("[data-attached]").value;

test("a file that is dropped on the box is sent, and its key is kept with the comment", async () => {
  await load();
  equal(drop(carrying(named("a.png"))), true);
  equal([sendings[0].to, sendings[0].headers["X-CSRFToken"], sendings[0].file.name], ["POST /add/", "token", "a.png"]);
  let told = 0;
  find("form").addEventListener("input", () => (told += 1));
  sendings[0].answer(201, { id: "k", name: "a.png", size: 3, remove: "/remove/k/" });
  equal([JSON.parse(kept()), told, rows()[0].dataset.state], [[["k", "a.png", 3, "/remove/k/"]], 1, "sent"]);
});

test("how much of a file is sent is shown", async () => {
  await load();
  drop(carrying(named("a.png")));
  sendings[0].upload.dispatchEvent(new ProgressEvent("progress", { loaded: 1, total: 4, lengthComputable: true }));
  equal(find("progress").value, 0.25);
});

test("a screenshot that is pasted is attached under a name", async () => {
  await load();
  equal(paste(carrying(named("image.png"))), true);
  equal(sendings[0].file.name, "Screenshot.png");
});

test("words that are pasted with a picture of them stay words", async () => {
  await load();
  const data = carrying(named("image.png"));
  data.setData("text/plain", "Words");
  equal([paste(data), sendings.length], [false, 0]);
});

test("a file that is too large is refused before anything is sent", async () => {
  await load();
  drop(carrying(named("a.png", 1024 * 1024 + 1)));
  equal([sendings.length, find("#toasts p").textContent], [0, "a.png is larger than 1 MB. Choose a smaller file."]);
});

test("more files than a comment can have are refused", async () => {
  await load();
  drop(carrying(named("a.png"), named("b.png"), named("c.png")));
  equal([sendings.length, find("#toasts p").textContent], [2, "A comment can have 2 files at most."]);
});

test("what the server refuses is said beside the file, and isn't kept", async () => {
  await load();
  drop(carrying(named("a.png")));
  sendings[0].answer(422, { message: "This kind of file can't be attached." });
  equal([rows()[0].dataset.state, find("[data-said]").textContent, kept()], ["refused", "This kind of file can't be attached.", ""]);
});

test("a comment isn't sent while its files are on their way", async () => {
  await load();
  drop(carrying(named("a.png")));
  equal(submit(), true);
  sendings[0].answer(201, { id: "k", name: "a.png", size: 3, remove: "/remove/k/" });
  find("form").addEventListener("submit", (event) => event.preventDefault(), { once: true });
  ok(find("#toasts p").textContent.startsWith("Wait"));
});

test("a file is removed again, here and on the server", async () => {
  await load('[["k", "a.png", 3, "/remove/k/"]]');
  equal(rows().map((row) => row.querySelector("[data-name]").textContent), ["a.png"]);
  find("[data-attach-remove]").click();
  equal([rows().length, kept(), fetched], [0, "", ["/remove/k/"]]);
});

test("a file that is removed while it is sent is sent no further", async () => {
  await load();
  drop(carrying(named("a.png")));
  find("[data-attach-remove]").click();
  equal([sendings[0].aborted, rows().length], [true, 0]);
});

test("the files of a draft that comes back are shown", async () => {
  await load();
  find("[data-attached]").value = '[["k", "a.png", 3, "/remove/k/"]]';
  find("[data-attached]").dispatchEvent(new Event("input", { bubbles: true }));
  equal(rows().length, 1);
});

test("a file that didn't get there is kept, can be sent again, and the comment waits for it", async () => {
  await load();
  drop(carrying(named("a.png")));
  sendings[0].dispatchEvent(new Event("error"));
  equal([rows()[0].dataset.state, find("[data-attach-again]").hidden, submit()], ["failed", false, true]);
  ok(find("#toasts p").textContent.startsWith("A file couldn't be sent."));
  find("[data-attach-again]").click();
  equal([sendings.length, sendings[1].file.name, rows().length, rows()[0].dataset.state], [2, "a.png", 1, "sending"]);
  sendings[1].answer(201, { id: "k", name: "a.png", size: 3, remove: "/remove/k/" });
  equal([rows()[0].dataset.state, find("[data-attach-again]").hidden, JSON.parse(kept()).length], ["sent", true, 1]);
});

test("what a server that is away answers can be tried again, too, and what is too large for it can't", async () => {
  await load();
  drop(carrying(named("a.png"), named("b.png")));
  sendings[0].answer(503, "");
  sendings[1].answer(413, "");
  equal(rows().map((row) => row.dataset.state), ["failed", "refused"]);
});
