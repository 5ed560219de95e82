// Sends a file with the vendored tus-js-client from the command line: node send_file.cjs CREATE TOKEN FILE [PIECE_BYTES].
// It prints the upload's address. The vendored build is a browser's, which speaks by XMLHttpRequest; here Node does.
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const path = require("node:path");
const tus = require(path.resolve(__dirname, "../../../../../dam/static/vendor/tus.min.js"));

class Answer {
  constructor(response, body) {
    Object.assign(this, { response, body });
  }
  getStatus = () => this.response.statusCode;
  getHeader = (name) => this.response.headers[name.toLowerCase()];
  getBody = () => this.body;
  getUnderlyingObject = () => this.response;
}

class Request {
  constructor(method, url) {
    Object.assign(this, { method, url, headers: {}, progress: () => {} });
  }
  getMethod = () => this.method;
  getURL = () => this.url;
  setHeader = (name, value) => {
    this.headers[name] = value;
  };
  getHeader = (name) => this.headers[name];
  setProgressHandler = (progress) => {
    this.progress = progress;
  };
  getUnderlyingObject = () => this.request;
  abort = async () => this.request?.destroy();

  async send(blob = null) {
    const { request } = this.url.startsWith("https:") ? https : http;
    return new Promise((resolve, reject) => {
      const length = blob === null ? {} : { "Content-Length": blob.size };
      const options = { method: this.method, headers: { ...this.headers, ...length }, agent: false }; // each its own connection
      this.request = request(this.url, options, async (response) => {
        let text = "";
        try {
          for await (const part of response) text += part;
          resolve(new Answer(response, text));
        } catch (error) {
          reject(error);
        }
      });
      this.request.on("error", reject);
      if (blob === null) this.request.end();
      else this.write(blob).catch(reject);
    });
  }

  async write(blob) {
    let sent = 0;
    for await (const part of blob.stream()) {
      if (this.request.destroyed) return;
      if (!this.request.write(part)) {
        await new Promise((go) => {
          for (const event of ["drain", "close"]) this.request.once(event, go);
        });
      }
      sent += part.length;
      this.progress(sent);
    }
    this.request.end();
  }
}

async function main([endpoint, token, name, piece]) {
  const file = await fs.openAsBlob(name);
  const upload = new tus.Upload(file, {
    endpoint,
    headers: { Authorization: `Bearer ${token}` },
    metadata: { filename: path.basename(name) },
    chunkSize: piece ? Number(piece) : Number.POSITIVE_INFINITY,
    retryDelays: Array(12).fill(300),
    httpStack: { createRequest: (method, url) => new Request(method, url), getName: () => "node" },
    onShouldRetry: (error) => [0, 409, 423, 502, 503].includes(error.originalResponse?.getStatus() ?? 0),
    onSuccess: () => console.log(upload.url),
    onError(error) {
      console.error(String(error));
      process.exitCode = 1;
    },
  });
  upload.start();
}

main(process.argv.slice(2));
