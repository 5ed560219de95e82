// A server of uploads whose parts go to a bucket (docs/uploads.md#straight-to-the-storage), and the bucket. `calls` is what
// both were asked; `plan` what goes wrong with the next parts (a status, 0 for no answer, or "hang"), `refusing` how the
// server answers: { "POST parts": { status, text } }.
import { Upload } from "/static/dam/js/uploads/tus.js";

export class Bucket {
  calls = [];
  plan = [];
  refusing = {};
  there = new Set();
  begun = false;
  state = "receiving";
  hanging = [];

  constructor({ size = 10, part = 4 } = {}) {
    Object.assign(this, { size, part });
    document.body.setAttribute("hx-headers", '{"X-CSRFToken": "token"}');
    globalThis.fetch = (address, options) => this.answer(new URL(address, location.href).pathname, options);
    const bucket = this;
    globalThis.XMLHttpRequest = class {
      upload = {};
      headers = {};
      status = 0;
      open(method, address) {
        Object.assign(this, { method, address });
      }
      setRequestHeader(name, value) {
        this.headers[name] = value;
      }
      send(body) {
        bucket.take(this, body);
      }
      abort() {
        this.aborted = true;
        this.onabort?.();
      }
    };
  }

  get numbers() {
    return Array.from({ length: Math.ceil(this.size / this.part) }, (_none, at) => at + 1);
  }

  async take(request, body) {
    const number = Number(request.address.split("#")[1]);
    this.calls.push(`PUT ${number}+${body.byteLength}`);
    this.headers = request.headers;
    await null; // before any time passes: else a stopped clock may run out while the answer is on its way
    const wrong = this.plan.shift();
    if (wrong === "hang") {
      this.hanging.push(request);
      return;
    }
    if (request.aborted) return;
    if (wrong === undefined) {
      request.upload.onprogress({ loaded: body.byteLength });
      this.there.add(number);
    }
    request.status = wrong ?? 200;
    if (wrong === 0) request.onerror();
    else request.onload();
  }

  async answer(path, { method, headers, body }) {
    const place = path.endsWith("/parts/") ? "parts" : path === "/uploads/" ? "create" : "upload";
    this.calls.push(body ? `POST parts ${body.get("number")}` : `${method} ${place}`);
    const wrong = this.refusing[`${method} ${place}`];
    const refused = typeof wrong === "function" ? wrong() : wrong;
    if (refused === "lost") throw new TypeError("Failed to fetch");
    if (refused) return new Response(refused.text ?? "", refused);
    if (place === "create") {
      this.announced = headers;
      return new Response("{}", { status: 201, headers: { Location: "/uploads/1/" } });
    }
    if (method === "DELETE") return new Response(null, { status: 204 });
    const until = this.numbers.findIndex((number) => !this.there.has(number));
    if (until < 0) this.state = "received";
    if (place === "upload") return Response.json({ state: this.state, size: this.size });
    if (method === "POST") {
      this.begun = true;
      this.asked = body;
      return Response.json({ url: `https://bucket.example/#${body.get("number")}`, headers: { "x-sum": body.get("sha256") ?? "" } });
    }
    const also = [...this.there].filter((number) => number > Math.max(until, 0));
    return Response.json({
      state: this.state,
      part_bytes: this.part,
      begun: this.begun,
      until: until < 0 ? this.numbers.length : until,
      also,
    });
  }

  // The parts that were sent, in order.
  get sent() {
    return this.calls.filter((call) => call.startsWith("PUT")).map((call) => Number(call.slice(4).split("+")[0]));
  }
}

export function upload(bytes = 10, name = "clip.mp4") {
  const progress = [];
  const file = new File([Uint8Array.from({ length: bytes }, (_none, at) => at)], name, { lastModified: 5 });
  const made = new Upload(file, "/uploads/", (sent) => progress.push(sent), "", true);
  made.sendPieces = async () => {
    made.pieces = true; // through the server, by tus
  };
  return Object.assign(made, { progress });
}

export const problem = (status, detail, code) => ({ status, text: JSON.stringify({ detail, code }) });
