import { equal, ok, test } from "/tests/harness.js";

async function ask(file, type) {
  const module = await WebAssembly.compileStreaming(fetch("/static/vendor/c2pa_bg.wasm"));
  const worker = new Worker("/static/dam/js/credentials/worker.js", { type: "module" });
  const answer = await new Promise((resolve, reject) => {
    worker.onerror = reject;
    worker.onmessage = ({ data }) => (data.ready ? worker.postMessage({ module, file, type, settings: {} }) : resolve(data));
  });
  worker.terminate();
  return answer;
}

test("a file without Content Credentials has none", async () => {
  const canvas = new OffscreenCanvas(8, 8);
  canvas.getContext("2d").fillRect(0, 0, 8, 8);
  equal((await ask(await canvas.convertToBlob({ type: "image/png" }), "image/png")).outcome, "none");
});

test("a file that is none of its kind is unreadable, with the library's words", async () => {
  const answer = await ask(new Blob(["no picture at all"]), "image/png");
  equal(answer.outcome, "unreadable");
  ok(answer.words);
});
