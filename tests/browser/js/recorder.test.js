import { equal, find, html, ok, test } from "/tests/harness.js";

const PAGE = `<form method="post"><div data-attach="/add/" data-most="2" data-megabytes="1"><ul data-attach-files></ul>
    <template><li><span data-name></span><progress max="1" value="0"></progress><span data-said></span>
      <button type="button" hidden data-attach-again></button>
      <button type="button" data-attach-remove></button></li></template>
    <textarea name="attachments" hidden data-attached></textarea><input type="file" name="files" multiple>
    <button type="button" hidden data-voice data-voice-start></button>
    <div hidden data-voice-running><output data-voice-time></output><button type="button" data-voice data-voice-stop></button></div>
    <div hidden data-voice-heard><audio data-voice-player></audio><button type="button" data-voice data-voice-use></button>
      <button type="button" data-voice data-voice-discard></button></div></div></form>
  <div id="toasts"></div><template id="toast-template"><div class="toast"><p></p></div></template>`;

let ended;
let made;
let broken = false;
let sent;

class Recorder extends EventTarget {
  static isTypeSupported = (kind) => kind.startsWith("audio/webm");
  mimeType = "audio/webm;codecs=opus";
  state = "inactive";
  constructor() {
    super();
    if (broken) throw new DOMException("no", "NotSupportedError");
    made = this;
  }
  start() {
    this.state = "recording";
  }
  stop() {
    this.state = "inactive";
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob(["sound"]) }));
    this.dispatchEvent(new Event("stop"));
  }
}

async function load(getUserMedia = async () => ({ getTracks: () => [{ stop: () => (ended += 1) }] })) {
  html(PAGE);
  ended = 0;
  sent = [];
  globalThis.MediaRecorder = Recorder;
  globalThis.XMLHttpRequest = class extends EventTarget {
    upload = new EventTarget();
    open() {}
    setRequestHeader() {}
    send(body) {
      sent.push(body.get("file"));
    }
  };
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia }, configurable: true });
  await import("/static/dam/js/recorder.js");
}

const press = async (name) => {
  find(`[data-voice-${name}]`).click();
  await new Promise((done) => setTimeout(done));
};
const shown = () => ["start", "running", "heard"].filter((name) => !find(`[data-voice-${name}]`).hidden);

test("a voice note is recorded with its time, heard again and attached", async () => {
  await load();
  equal(shown(), ["start"]);
  await press("start");
  equal([shown(), find("output").textContent], [["running"], "0:00 / 2:00"]);
  await press("stop");
  equal([shown(), ended], [["heard"], 1]);
  ok(find("audio").src.startsWith("blob:"));
  await press("use");
  equal([sent.map((file) => file.name), shown()], [["Voice note.webm"], ["start"]]);
});

test("a voice note that there is no place for stays until there is", async () => {
  await load();
  for (const name of ["a", "b"]) find("[data-attach-files]").append(Object.assign(document.createElement("li"), { id: name }));
  await press("start");
  await press("stop");
  await press("use");
  equal([sent.length, shown()], [0, ["heard"]]);
  find("#a").remove();
  await press("use");
  equal([sent.length, shown()], [1, ["start"]]);
});

test("a voice note that is discarded is sent nowhere", async () => {
  await load();
  await press("start");
  await press("stop");
  await press("discard");
  equal([sent.length, shown(), find("audio").hasAttribute("src")], [0, ["start"], false]);
});

test("where the microphone is refused that is said, and how to go on", async () => {
  await load(async () => {
    throw new DOMException("no", "NotAllowedError");
  });
  await press("start");
  equal(shown(), ["start"]);
  ok(find("#toasts p").textContent.startsWith("The browser doesn't allow the microphone here."));
});

test("where there is no microphone that is said", async () => {
  await load(async () => {
    throw new DOMException("none", "NotFoundError");
  });
  await press("start");
  ok(find("#toasts p").textContent.startsWith("No microphone was found."));
});

test("a comment isn't sent without the note that was just recorded", async () => {
  await load();
  await press("start");
  await press("stop");
  const event = new SubmitEvent("submit", { bubbles: true, cancelable: true });
  find("form").dispatchEvent(event);
  equal(event.defaultPrevented, true);
  await press("discard"); // or the next page would have to ask
});

test("where the microphone is taken away what was said until then is heard", async () => {
  await load();
  await press("start");
  made.stop();
  equal([shown(), ended], [["heard"], 1]);
  await press("discard");
  await press("start");
  equal(shown(), ["running"]);
  await press("stop");
  await press("discard");
});

test("where the browser can't write what it hears that is said, and the microphone is let go", async () => {
  await load();
  broken = true;
  await press("start");
  broken = false;
  equal([shown(), ended], [["start"], 1]);
  equal(find("#toasts p").textContent, "This browser can't record sound here.");
});

test("whoever leaves the page with a note that isn't attached is asked first", async () => {
  await load();
  const leaves = () => {
    const event = new Event("beforeunload", { cancelable: true });
    dispatchEvent(event);
    return !event.defaultPrevented;
  };
  equal(leaves(), true);
  await press("start");
  equal(leaves(), false);
  await press("stop");
  equal(leaves(), false);
  await press("discard");
  equal(leaves(), true);
});
