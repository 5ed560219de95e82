import { find, html, settled } from "/tests/harness.js";

const PAGE = `
  <button data-upload-choose><b>Upload</b></button>
  <div id="uploads" data-create="/uploads/">
    <input type="file" multiple hidden data-upload-input><input type="file" webkitdirectory hidden data-folder-input>
    <div hidden data-drop></div>
    <section hidden data-dock>
      <h2 data-dock-title></h2><button data-dock-fold aria-expanded="true"></button><button data-dock-close></button>
      <ul data-dock-list></ul><p data-dock-say></p>
    </section>
    <template data-upload-template>
      <li class="dock-item" data-state="waiting">
        <a data-name></a><progress max="1" value="0" data-bar></progress><p data-words></p><p hidden data-problem></p><button data-details></button>
        <div hidden data-offers><a data-offer-open></a><a data-offer-version></a>
          <form data-offer-collect><input name="csrfmiddlewaretoken"><input name="asset"></form>
          <form data-offer-restore><input name="csrfmiddlewaretoken"></form></div>
        <button data-retry hidden>Try again</button><button data-again hidden>Choose file</button><button data-anyway hidden></button>
        <button data-pause hidden></button><button data-cancel></button>
      </li>
    </template>
  </div>`;

// Uploads that do what a test says. uploads.js makes them of the class in tus.js, whose methods are replaced.
export const made = [];

export async function load() {
  html(PAGE);
  const tus = await import("/static/dam/js/uploads/tus.js");
  Object.assign(tus.Upload.prototype, {
    send() {
      made.push(this);
      return new Promise((resolve, reject) => Object.assign(this, { sent: resolve, fail: reject }));
    },
    outcome() {
      return new Promise((resolve, reject) => Object.assign(this, { became: resolve, fail: reject }));
    },
    pause() {
      this.stopped = true;
      this.sent?.();
    },
    async cancel() {
      this.stopped = true;
      this.cancelled = true;
    },
  });
  await import("/static/dam/js/uploads.js");
  return import("/static/dam/js/uploads/refusals.js");
}

export function files(...given) {
  const transfer = new DataTransfer();
  for (const [name, bytes] of given) transfer.items.add(new File([new Uint8Array(bytes)], name));
  return transfer;
}

export async function choose(...given) {
  const input = find("[data-upload-input]");
  input.files = files(...given).files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

export const rows = () => [...document.querySelectorAll(".dock-item")].reverse(); // the newest lies on top
export const states = () => rows().map((row) => row.dataset.state);
export const words = (at = 0) => rows()[at].querySelector("[data-words]").textContent;
export const title = () => find("[data-dock-title]").textContent;
export const part = (name, at = 0) => rows()[at].querySelector(`[data-${name}]`);

export async function become(outcome, at = 0) {
  made[at].sent();
  await settled();
  made[at].became(outcome);
  await settled();
}

// Whether the page may be left without a question.
export const leaves = () => dispatchEvent(new Event("beforeunload", { cancelable: true }));
