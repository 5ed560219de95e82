// The parts of a file, sent straight to the bucket (docs/uploads.md#straight-to-the-storage): some at once, each to an
// address of its own that the server hands out. Whatever keeps them from there, tus.js sends the rest through the server.
import { _ } from "../words.js";
import * as memory from "./memory.js";
import { Lost, SIGNED_OUT, isFull, refusal, requireReadable } from "./refusals.js";

const AT_ONCE = 3; // for two files: browsers open six connections to one place
const PATIENCE_MS = [500, 1500, 4000, 10000];
const CONNECT_MS = 10000; // a place that nothing has gone to yet, and that swallows what is sent, isn't waited for longer
const ROUNDS = 3;
const HEAD_BYTES = 4096;

// What this page knows of the bucket: whether bytes ever went there, whether it took a part, and whether trying is no use.
const bucket = { reached: false, takes: false, closed: false };

// Nothing gets through to the bucket from here.
class Blocked extends Error {}

// What a part waits for, unless `signal` ends it.
const pause = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });

const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
const encoded = (text) => base64(new TextEncoder().encode(text));

// Not over plain HTTP: there the whole file's alone is compared.
const digest = async (bytes) => (crypto.subtle ? base64(await crypto.subtle.digest("SHA-256", bytes)) : "");

export class Direct {
  // `upload` is an Upload of tus.js, whose bytes these are.
  constructor(upload) {
    Object.assign(this, { upload, ending: new AbortController(), begun: false, done: 0, going: new Map() });
  }

  // Resolves once the server knows of every part, or somebody stopped it; false where the rest has to go through us.
  async send() {
    if (bucket.closed) return false;
    try {
      if (!this.upload.address) await this.announce();
      return await this.sendMissing();
    } catch (error) {
      if (this.upload.stopped) return true;
      if (!(error instanceof Blocked)) throw error;
      await requireReadable(this.upload.file);
      await this.ask(this.parts); // throws where it is the network that is away
      bucket.closed = !bucket.takes;
      return false;
    }
  }

  // What has arrived is kept, there.
  abort() {
    this.ending.abort();
    this.going.clear();
    if (this.size) this.upload.onProgress(this.done);
  }

  get parts() {
    return `${this.upload.address}parts/`;
  }

  async announce() {
    const { upload } = this;
    const metadata = Object.entries(upload.told).map(([key, value]) => `${key} ${encoded(value)}`);
    const headers = { "Upload-Length": String(upload.file.size), "Upload-Metadata": metadata.join(",") };
    const response = await this.ask(upload.create, { method: "POST", headers });
    upload.keepAddress(response.headers.get("Location"));
  }

  async sendMissing() {
    for (let round = 0; round < ROUNDS; round += 1) {
      const standing = await this.ask(this.parts).then((response) => response.json());
      if (standing.code === "not_direct") return false;
      if (standing.state !== "receiving") return true; // what became of it is asked for next
      this.begun = standing.begun;
      this.size = standing.part_bytes;
      const there = new Set(standing.also);
      const numbers = Array.from({ length: Math.ceil(this.upload.file.size / this.size) }, (_none, at) => at + 1);
      const missing = numbers.filter((number) => number > standing.until && !there.has(number));
      this.done = numbers.filter((number) => !missing.includes(number)).reduce((sum, each) => sum + this.length(each), 0);
      this.tell();
      if (!this.begun) await this.sendPart(missing.shift()); // alone: it tells whether the road is open
      await this.sendAtOnce(missing);
      if (this.upload.stopped) return true;
    }
    throw new Lost();
  }

  async sendAtOnce(missing) {
    if (this.ending.signal.aborted) return;
    const stop = new AbortController(); // of the others, once one has failed
    const forward = () => stop.abort();
    this.ending.signal.addEventListener("abort", forward);
    const sender = async () => {
      while (missing.length && !stop.signal.aborted) await this.sendPart(missing.shift(), stop.signal);
    };
    const senders = Array.from({ length: AT_ONCE }, () =>
      sender().catch((error) => {
        stop.abort();
        throw error;
      }),
    );
    const ended = await Promise.allSettled(senders);
    this.ending.signal.removeEventListener("abort", forward);
    const failed = ended.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
  }

  length(number) {
    return Math.min(this.size, this.upload.file.size - (number - 1) * this.size);
  }

  async sendPart(number, signal = this.ending.signal) {
    const start = (number - 1) * this.size;
    const bytes = await this.read(start, start + this.size);
    const sha256 = await digest(bytes);
    for (const wait of [...PATIENCE_MS, null]) {
      if (signal.aborted) return;
      const { url, headers } = await this.address(number, sha256);
      if (signal.aborted) return;
      const status = await this.put(url, headers, bytes, number, signal);
      if (signal.aborted) return;
      if (status >= 200 && status < 300) {
        bucket.takes = true;
        this.done += bytes.byteLength;
        this.tell();
        return;
      }
      // Where nothing ever went, two tries say enough: the browser tells of no reason.
      if (wait === null || (!bucket.reached && wait > PATIENCE_MS[0])) break;
      await pause(wait, signal);
    }
    throw new Blocked();
  }

  async read(start, stop) {
    try {
      return await this.upload.file.slice(start, stop).arrayBuffer();
    } catch {
      await requireReadable(this.upload.file);
      throw new Lost();
    }
  }

  async address(number, sha256) {
    const told = { number, ...(sha256 && { sha256 }) };
    if (!this.begun) told.head = base64(await this.read(0, HEAD_BYTES));
    const response = await this.ask(this.parts, { method: "POST", body: new URLSearchParams(told) });
    const answer = await response.json();
    if (answer.code === "not_direct") throw new Blocked();
    this.begun = true;
    return answer;
  }

  // The status of the store's answer; 0 where none came, for whatever reason.
  put(url, headers, bytes, number, signal) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      const end = () => {
        signal.removeEventListener("abort", stop);
        clearTimeout(waiting);
        this.going.delete(number);
        resolve(request.status);
      };
      const waiting = bucket.reached ? 0 : setTimeout(stop, CONNECT_MS);
      request.upload.onprogress = ({ loaded }) => {
        bucket.reached = true; // only what the bucket's rule lets through gets this far
        clearTimeout(waiting);
        this.going.set(number, loaded);
        this.tell();
      };
      Object.assign(request, { onload: end, onerror: end, onabort: end });
      signal.addEventListener("abort", stop);
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.send(bytes);
    });
  }

  tell() {
    const under = [...this.going.values()].reduce((sum, sent) => sum + sent, 0);
    if (!this.upload.stopped) this.upload.onProgress(Math.min(this.done + under, this.upload.file.size));
  }

  // The server's answer, once it has one: it may be away for a moment, or busy with another part.
  async ask(address, options = { method: "GET" }) {
    const { upload } = this;
    for (const wait of [...PATIENCE_MS, null]) {
      const response = await upload.request(address, options).catch((error) => {
        if (!(error instanceof Lost) || error.message === SIGNED_OUT || wait === null) throw error;
      });
      if (response?.ok || (response?.status === 409 && address === this.parts)) return response;
      const isPassing = !response || response.status === 423 || (response.status === 507 && wait !== null);
      if (!isPassing) await this.explain(response);
      if (upload.stopped) throw new Lost();
      if (wait !== null) await pause(wait, this.ending.signal);
    }
    throw new Lost();
  }

  // Throws what people are told.
  async explain(response) {
    const { upload } = this;
    const text = await response.text();
    if (isFull(response.status)) throw new Lost(refusal(response.status, text).message);
    if ([404, 410].includes(response.status) && upload.address) await upload.tellEnd();
    memory.forget(upload.key);
    throw refusal(response.status, text);
  }
}
