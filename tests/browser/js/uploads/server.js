import { Upload } from "/static/dam/js/uploads/tus.js";
import { settled } from "/tests/harness.js";

// A server of uploads as docs/uploads.md describes it: `calls` is what it was asked, `plan` what goes wrong with the
// next pieces ("lost", "hang" or an answer), `failing` what it answers to other methods. tus-js-client asks it by
// XMLHttpRequest, the page by fetch.
export class Server {
  calls = [];
  plan = [];
  failing = {};
  received = 0;
  size = 10;
  most = Number.POSITIVE_INFINITY; // bytes in one request
  outcomes = [];

  constructor() {
    document.body.setAttribute("hx-headers", '{"X-CSRFToken": "token"}');
    globalThis.fetch = (address, options) => this.fetch(address, options);
    const server = this;
    globalThis.XMLHttpRequest = class {
      upload = {};
      headers = {};
      open(method, address) {
        Object.assign(this, { method, address });
      }
      setRequestHeader(name, value) {
        this.headers[name] = value;
      }
      getResponseHeader(name) {
        return this.answered?.[name] ?? null;
      }
      async send(body) {
        const answered = await server.take(this, body);
        if (this.aborted || answered === "hang") return;
        if (answered === "lost") this.onerror(new Event("error"));
        else this.answer(answered);
      }
      answer({ status, headers = {}, text = "" }) {
        Object.assign(this, { status, answered: headers, responseText: text });
        this.onload();
      }
      abort() {
        this.aborted = true;
      }
    };
  }

  async take(request, body) {
    const { method, headers } = request;
    const offset = Number(headers["Upload-Offset"]);
    this.calls.push(method === "PATCH" ? `PATCH ${offset}+${body.size}` : method);
    this.last = request;
    if (method === "POST") this.announced = headers;
    await settled();
    const wrong = method === "PATCH" ? this.plan.shift() : this.failing[method];
    if (wrong) return wrong;
    if (method === "POST") {
      this.size = Number(headers["Upload-Length"]);
      this.received = 0;
      return { status: 201, headers: { Location: "/upload/1" } };
    }
    if (method === "PATCH") {
      if (body.size > this.most) return { status: 413, text: "<h1>nginx</h1>" };
      this.received = offset + body.size;
      request.upload.onprogress({ loaded: body.size, lengthComputable: true });
    }
    const stands = { "Upload-Offset": String(this.received), "Upload-Length": String(this.size) };
    return { status: method === "HEAD" ? 200 : 204, headers: stands };
  }

  async fetch(address, { method, headers }) {
    this.calls.push(method);
    this.address = address;
    this.headers = headers;
    const wrong = this.failing[method];
    if (wrong === "lost") throw new TypeError("Failed to fetch");
    if (wrong) return answer(wrong);
    if (method === "DELETE") return answer({ status: 204 });
    const stands = this.received < this.size ? { state: "receiving", size: this.size } : { state: "taken", url: "/clip/" };
    return answer({ status: 200, text: JSON.stringify(this.outcomes.shift() ?? stands) });
  }
}

function answer({ status, headers = {}, text = null, redirected = false }) {
  const response = new Response(status === 204 ? null : text, { status, headers });
  return redirected ? Object.defineProperty(response, "redirected", { value: true }) : response;
}

export function upload(bytes = 10, name = "clip.mp4") {
  const progress = [];
  const file = new File([new Uint8Array(bytes)], name, { lastModified: 5 });
  const made = new Upload(file, "/uploads/", (sent) => progress.push(sent));
  return Object.assign(made, { progress });
}

// Everything that is due, with time passing as fast as it can.
export async function through(time, promise) {
  let over = false;
  promise.then(
    () => (over = true),
    () => (over = true),
  );
  while (!over) {
    await settled();
    if (time.waiting.length) await time.pass(Math.min(...time.waiting));
  }
  return promise;
}

export const problem = (status, detail, code) => ({ status, text: JSON.stringify({ detail, code }) });
