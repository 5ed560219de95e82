// Whether the library has a file already, asked before it is sent. Where nobody can tell, it is sent.

// The SHA-256 of the file, in hex; null where it can't be had, or `signal` ends it. `tell` hears how much is read.
export function hash(file, script, tell, signal) {
  return new Promise((resolve) => {
    const worker = new Worker(script);
    const end = (sha256) => {
      worker.terminate();
      resolve(sha256);
    };
    worker.onmessage = ({ data }) => ("read" in data ? tell(data.read) : end(data.sha256));
    worker.onerror = () => end(null);
    signal.addEventListener("abort", () => end(null));
    worker.postMessage({ file });
  });
}

// What the server says of it: where it is, under which title, the address to open, and what may be done with it. Of
// several that have it, the clip `asset` that the file is meant for is named first.
export async function twin(address, sha256, signal = null, asset = "") {
  const asked = new URLSearchParams(asset ? { sha256, asset } : { sha256 });
  try {
    const response = await fetch(`${address}?${asked}`, {
      headers: { "Tus-Resumable": "1.0.0" },
      signal,
    });
    return response.ok ? (await response.json()).known : null;
  } catch {
    return null;
  }
}
