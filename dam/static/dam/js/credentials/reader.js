// Reads a file's Content Credentials in this browser: nothing of it is sent.
import { recognise } from "./kinds.js";
import { report, without } from "./rollup.js";

const BASE_SECONDS = 60;
const BYTES_PER_SECOND = 20 * 1024 * 1024;

// This browser can't read it: too old, or without WebAssembly.
export class CannotRead extends Error {}

let compiled = null;

function compile(address) {
  compiled ??= fetch(address)
    .then((response) => (response.ok ? WebAssembly.compileStreaming(response) : Promise.reject(new CannotRead())))
    .catch((error) => {
      compiled = null; // perhaps the connection broke
      throw error;
    });
  return compiled;
}

// What is known of it, in the form of rollup.js. `rules` come from the server, `signal` ends it.
export async function check(file, rules, { signal }) {
  const kind = recognise(new Uint8Array(await file.slice(0, rules.kinds.head).arrayBuffer()), rules.kinds);
  if (!kind) return without(file.size ? "kind_unknown" : "unreadable", rules);
  if (!kind.holds) return without("kind_without", rules);
  let module;
  try {
    module = await compile(rules.addresses.wasm);
  } catch (error) {
    throw new CannotRead(String(error), { cause: error });
  }
  const reading = await read(file, { module, type: kind.type, rules, signal });
  return reading ? report(reading, rules) : without("too_much", rules);
}

// As c2pa_io.ManifestReading; null where it took too long. The worker ends with it, and with it all that it took.
function read(file, { module, type, rules, signal }) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(rules.addresses.worker, { type: "module" });
    const end = (act, value) => {
      clearTimeout(timer);
      worker.terminate();
      act(value);
    };
    const timer = setTimeout(() => end(resolve, null), (BASE_SECONDS + file.size / BYTES_PER_SECOND) * 1000);
    worker.onmessage = ({ data }) => {
      if (data.ready) worker.postMessage({ module, file, type, settings: rules.settings });
      else end(resolve, data);
    };
    worker.onerror = () => end(reject, new CannotRead());
    signal.addEventListener("abort", () => end(reject, signal.reason));
  });
}
