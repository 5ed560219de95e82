// One file on its way (docs/uploads.md). tus-js-client sends it and goes on after a break; here is what it can't know:
// who is signed in, what the server's words are, what became of the file, and where another tab had stopped.
import { token } from "../session.js";
import { _ } from "../words.js";
import { Direct } from "./direct.js";
import * as memory from "./memory.js";
import { Lost, Refused, SIGNED_OUT, isAway, isFull, isStale, refusal, requireReadable } from "./refusals.js";

const PATIENCE_MS = [500, 1500, 4000, 10000];
// How often to ask what became of it: soon at first, then less and less.
const WATCH_MS = 900;
const WATCH_MOST_MS = 15000;
// Where something in between takes no large request.
const PIECE_BYTES = 8 * 1024 * 1024;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Only once a file is to be sent: pages show without it.
async function client() {
  await import("../../../vendor/tus.min.js");
  return globalThis.tus.Upload;
}

// What an answer of the client's says: its status (0: none came), a header, its text.
function answerIn(error) {
  const response = error.originalResponse;
  return {
    status: response?.getStatus() ?? 0,
    header: (name) => response?.getHeader(name) ?? null,
    text: response?.getBody() ?? "",
  };
}

function isPassing({ status, header }) {
  if (status === 409) return header("Upload-Offset") !== null;
  return [0, 423, 507].includes(status) || isAway(status) || isStale(status, header("X-CSRFToken"));
}

export class Upload {
  // `asset` is the id of a clip that the file is to be the next version of; `direct`: whether there is a bucket that takes
  // its parts. `sha256` is set by whoever knows it.
  constructor(file, create, onProgress, asset = "", direct = false) {
    const key = memory.key(file, create, asset);
    const address = memory.recall(key);
    const piece = Number.POSITIVE_INFINITY; // all of it in one request
    Object.assign(this, { file, create, onProgress, asset, direct, key, address, piece });
    Object.assign(this, { stopped: false, begunHere: false, sha256: "", turns: 0, ended: null });
  }

  // What the server is told of the file, beside its length.
  get told() {
    const { file, asset, sha256 } = this;
    return { filename: file.name, ...(asset && { asset }), ...(sha256 && { sha256 }) };
  }

  // Sends what is missing; resolves when the server has every byte, or somebody stopped it.
  send() {
    const sending = this.takeTurn();
    this.ended = sending.catch(() => {});
    return sending;
  }

  // After what a pause has cut short: that takes a moment to end, and must not take this for its own going on.
  async takeTurn() {
    this.turns += 1;
    const turn = this.turns;
    await this.ended;
    if (turn !== this.turns) return; // paused again meanwhile
    this.stopped = false;
    const over = await memory.alone(this.key, async () => {
      if (!this.address || (await this.isMissingBytes())) await this.transfer();
      return true;
    });
    if (!over) throw new Lost(_("This file is being uploaded in another tab."));
    if (!this.stopped) memory.forget(this.key);
  }

  // Whether the upload of before waits for bytes. One that ended without the file is begun anew.
  async isMissingBytes() {
    const response = await this.request(this.address, { method: "GET" });
    const { state, size, reason, code } = response.ok ? await response.json() : {};
    if (state === "receiving" && size === this.file.size) return true;
    if (["received", "taken", "known"].includes(state)) return false;
    const told = state === "refused" && this.begunHere; // the answer that said so was lost
    this.address = null;
    memory.forget(this.key);
    if (told) throw new Refused(reason, code);
    return true;
  }

  async transfer() {
    if (this.stopped) return;
    if (this.direct && (await this.sendParts())) return;
    if (!this.stopped) await this.sendPieces();
  }

  // Straight to the bucket; false where the rest has to come through the server.
  async sendParts() {
    const sending = new Direct(this);
    this.sending = sending;
    return sending.send();
  }

  async sendPieces() {
    const Client = await client();
    if (this.stopped) return;
    try {
      await new Promise((resolve, reject) => {
        this.end = resolve;
        const here = new URL(this.create, location.href).href;
        const sending = new Client(this.file, {
          endpoint: this.address ? null : here,
          uploadUrl: this.address,
          metadata: this.told,
          chunkSize: this.piece,
          retryDelays: PATIENCE_MS,
          storeFingerprintForResuming: false, // it would forget where it was when somebody is signed out
          onBeforeRequest: (request) => request.setHeader("X-CSRFToken", token()), // of now, not of when it began
          onUploadUrlAvailable: () => {
            sending.options.endpoint = null; // else it begins anew whenever it can't ask how far it came
            this.keepAddress(sending.url);
          },
          onProgress: (sent) => this.stopped || this.onProgress(sent),
          onShouldRetry: (error) => !this.stopped && isPassing(answerIn(error)),
          onSuccess: resolve,
          onError: reject,
        });
        this.sending = sending;
        sending.start();
      });
    } catch (error) {
      if (this.stopped) return;
      await this.explain(error);
    }
  }

  keepAddress(address) {
    this.address = address;
    this.begunHere = true;
    memory.keep(this.key, address);
  }

  // Throws what people are told; returns where it went on in another way.
  async explain(error) {
    const answer = answerIn(error);
    const method = error.originalRequest?.getMethod();
    const isProblem = answer.text.startsWith("{");
    if (answer.status === 401) throw new Lost(SIGNED_OUT);
    if (isFull(answer.status)) throw new Lost(refusal(answer.status, answer.text).message);
    if (method === "HEAD" && [404, 410].includes(answer.status)) await this.tellEnd();
    if (answer.status === 413 && !isProblem && this.piece > PIECE_BYTES) {
      this.piece = PIECE_BYTES;
      return this.sendPieces();
    }
    if (!error.originalRequest || isPassing(answer)) {
      await requireReadable(this.file);
      throw new Lost();
    }
    memory.forget(this.key);
    throw refusal(answer.status, answer.text);
  }

  // An upload that ended in an answer that got lost: the reason is there for longer.
  async tellEnd() {
    const response = await this.request(this.address, { method: "GET" });
    const { reason, code } = response.ok ? await response.json() : {};
    this.address = null;
    memory.forget(this.key);
    if (reason) throw new Refused(reason, code);
    throw new Lost(_("This upload has expired. Try again to upload the file from the start."));
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
    if (response.status === 429) throw new Lost(refusal(429, await response.text()).message);
    if (isAway(response.status) || isStale(response.status, response.headers.get("X-CSRFToken"))) throw new Lost();
    return response;
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
      if (!response.ok) throw refusal(response.status, await response.text());
      const answer = await response.json();
      if (!["receiving", "received"].includes(answer.state)) return answer;
      if (answer.reason) tell(answer.reason);
      await pause(wait);
    }
  }

  // What has arrived is kept, here and on the server.
  pause() {
    this.turns += 1;
    this.stopped = true;
    this.sending?.abort();
    this.end?.();
  }

  async cancel() {
    this.pause();
    memory.forget(this.key);
    if (this.address) await this.request(this.address, { method: "DELETE" }).catch(() => {});
  }
}
