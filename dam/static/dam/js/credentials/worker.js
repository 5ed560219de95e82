// A worker: a file's Content Credentials, read and validated by the C2PA library in WebAssembly (provenance/manifests/
// c2pa_io.py does the same on the server, with the same version of it). One file each; it is read in slices.
import { initSync, WasmReader } from "../../../vendor/c2pa.js";
import { usesOf } from "./signers.js";

// Nothing here sends anything anywhere, whatever a file names.
for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource", "WebTransport"]) globalThis[name] = undefined;

const LONGEST_TEXT = 16 * 1024; // bytes
const NONE = /JumbfNotFound|ProvenanceMissing/;
const ELSEWHERE = /RemoteManifest/;

onmessage = async ({ data: { module, file, type, settings } }) => {
  try {
    initSync({ module });
    const reader = await WasmReader.fromBlob(type, file, JSON.stringify(settings));
    const store = JSON.parse(reader.json());
    postMessage({ outcome: "read", store, certificates: certificates(reader), uses: uses(reader, store), texts: texts(reader, store) });
  } catch (error) {
    const words = String(error?.message ?? error);
    postMessage({ outcome: NONE.test(words) ? "none" : ELSEWHERE.test(words) ? "elsewhere" : "unreadable", words });
  }
};

// Subject, issuer and validity of each manifest's signer, which the store leaves out.
function certificates(reader) {
  const { manifests = [] } = JSON.parse(reader.crJson());
  return Object.fromEntries(manifests.filter((each) => "label" in each).map((each) => [each.label, each.signature ?? {}]));
}

function uses(reader, store) {
  try { // an address of a signature leads to all boxes around it
    return usesOf(reader.resourceToBytes(`self#jumbf=/c2pa/${store.active_manifest}/c2pa.signature`));
  } catch {
    return {};
  }
}

// Texts of the ingredients, such as prompts.
function texts(reader, store) {
  const found = {};
  for (const { ingredients = [] } of Object.values(store.manifests ?? {})) {
    for (const { data } of ingredients) {
      if (data?.format !== "text/plain" || !("identifier" in data)) continue;
      found[data.identifier] = new TextDecoder().decode(reader.resourceToBytes(data.identifier).subarray(0, LONGEST_TEXT));
    }
  }
  return found;
}

postMessage({ ready: true });
