// One file on its way, in pieces that can be sent again (docs/uploads.md).
import { token } from "../session.js";
import { _ } from "../words.js";

const PATIENCE_MS = [500, 1500, 4000, 10000];
// How often to ask what became of it: soon at first, then less and less.
const WATCH_MS = 900;
const WATCH_MOST_MS = 15000;

// The server, or what it needs, is away for a moment. A full disk has words of its own.
const isAway = (status) => status >= 502 && status !== 507;

// Somebody signed in in another tab since the request was made: the next one carries the token of now.
const isStale = (status, fresh) => status === 403 && Boolean(fresh);

const SIGNED_OUT = _("You're signed out. The part already uploaded is kept. Sign in in another tab, then try again.");

// The server's own words for why it does not want a file; `code` is for programs.
export class Refused extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

// Worth another try: what has arrived is kept.
export class Lost extends Error {
  constructor(message = _("Connection lost. The part already uploaded is kept. Try again to continue.")) {
    super(message);
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function base64(text) {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}

async function refusal(status, text) {
  try {
    const { detail, code } = JSON.parse(text);
    return new Refused(detail, code);
  } catch {
    return new Refused(_("The upload failed (error {status}). Reload the page and try again.", { status }), "unknown");
  }
}

export class Upload {
  // `asset` is the id of a clip that the file is to be the next version of.
  constructor(file, create, onProgress, asset = "") {
    Object.assign(this, { file, create, onProgress, asset, address: null, piece: 8 * 1024 * 1024, stopped: false });
  }

  // Sends what is missing; resolves when the server has every byte.
  async send() {
    this.stopped = false;
    let offset = this.address ? await this.offset() : await this.begin();
    let failures = 0;
    while (offset < this.file.size && !this.stopped) {
      try {
        offset = await this.patch(offset);
        failures = 0;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        if (failures === PATIENCE_MS.length || this.stopped) throw error;
        await pause(PATIENCE_MS[failures++]);
        offset = await this.offset().catch(() => offset);
      }
    }
  }

  async begin() {
    const response = await this.request(this.create, {
      method: "POST",
      headers: {
        "Upload-Length": String(this.file.size),
        "Upload-Metadata": `filename ${base64(this.file.name)}${this.asset && `,asset ${base64(this.asset)}`}`,
      },
    });
    if (!response.ok) throw await refusal(response.status, await response.text());
    this.address = response.headers.get("Location");
    this.piece = Number(response.headers.get("X-Upload-Piece-Bytes")) || this.piece;
    return 0;
  }

  async offset() {
    const response = await this.request(this.address, { method: "HEAD" });
    if (response.status === 410) await this.ended();
    if (!response.ok) throw new Refused(_("This upload has expired. Add the file again."), "gone");
    return Number(response.headers.get("Upload-Offset"));
  }

  // A file that was refused in an answer that got lost: the reason is there for longer.
  async ended() {
    const response = await this.request(this.address, { method: "GET" });
    const { reason, code } = response.ok ? await response.json() : {};
    if (reason) throw new Refused(reason, code);
  }

  async request(address, options) {
    let response;
    try {
      response = await fetch(address, {
        ...options,
        headers: { ...options.headers, "X-CSRFToken": token(), "Tus-Resumable": "1.0.0" },
      });
    } catch {
      throw new Lost();
    }
    if (response.status === 401 || response.redirected) throw new Lost(SIGNED_OUT);
    if (isAway(response.status) || isStale(response.status, response.headers.get("X-CSRFToken"))) throw new Lost();
    return response;
  }

  // XMLHttpRequest tells how much of a piece has left; fetch does not.
  patch(offset) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.sending = request;
      request.open("PATCH", this.address);
      request.setRequestHeader("Content-Type", "application/offset+octet-stream");
      request.setRequestHeader("Upload-Offset", String(offset));
      request.setRequestHeader("Tus-Resumable", "1.0.0");
      request.setRequestHeader("X-CSRFToken", token());
      request.upload.onprogress = (event) => this.onProgress(offset + event.loaded);
      request.onerror = () => reject(new Lost());
      request.onabort = () => resolve(offset);
      request.onload = async () => {
        const known = request.getResponseHeader("Upload-Offset");
        if (request.status === 204 || (request.status === 409 && known !== null)) resolve(Number(known));
        else if (request.status === 401) reject(new Lost(SIGNED_OUT));
        else if (request.status === 507) reject(new Lost((await refusal(507, request.responseText)).message));
        else if (request.status === 423 || isAway(request.status)) reject(new Lost());
        else if (isStale(request.status, request.getResponseHeader("X-CSRFToken"))) reject(new Lost());
        else reject(await refusal(request.status, request.responseText));
      };
      request.send(this.file.slice(offset, offset + this.piece));
    });
  }

  // After the last byte the server looks at the whole file; resolves with what became of it. `tell` hears why it takes long.
  async outcome(tell = () => {}) {
    for (let wait = WATCH_MS; ; wait = Math.min(wait * 1.5, WATCH_MOST_MS)) {
      let response;
      try {
        response = await this.request(this.address, { method: "GET" });
      } catch (lost) {
        if (lost.message === SIGNED_OUT) throw lost;
        await pause(wait); // the server has the file, and goes on with it
        continue;
      }
      if (!response.ok) throw await refusal(response.status, await response.text());
      const answer = await response.json();
      if (!["receiving", "received"].includes(answer.state)) return answer;
      if (answer.reason) tell(answer.reason);
      await pause(wait);
    }
  }

  async cancel() {
    this.stopped = true;
    this.sending?.abort();
    if (this.address) await this.request(this.address, { method: "DELETE" }).catch(() => {});
  }
}
