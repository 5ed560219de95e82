// A worker: the SHA-256 of a file, read in slices. crypto.subtle wants all of it at once, which large files don't fit.
(() => {
  const SLICE = 4 * 1024 * 1024;
  const WHOLE = 64 * 1024 * 1024; // up to there the browser's own is quicker

  // The first 32 bits of the fractions of the cube roots of the first 64 primes, and of the square roots of eight.
  const K = new Int32Array(64);
  const start = new Int32Array(8);
  const fraction = (x) => ((x - Math.floor(x)) * 0x100000000) | 0;
  for (let number = 2, found = 0; found < 64; number += 1) {
    let prime = true;
    for (let by = 2; by * by <= number; by += 1) if (number % by === 0) prime = false;
    if (!prime) continue;
    if (found < 8) start[found] = fraction(Math.sqrt(number));
    K[found] = fraction(Math.cbrt(number));
    found += 1;
  }

  const W = new Int32Array(64);

  // Takes whole blocks of 64 bytes, from `at` up to `end`.
  function digest(state, bytes, at, end) {
    let [a0, b0, c0, d0, e0, f0, g0, h0] = state;
    for (; at < end; at += 64) {
      for (let i = 0, j = at; i < 16; i += 1, j += 4) {
        W[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
      }
      for (let i = 16; i < 64; i += 1) {
        const x = W[i - 15];
        const y = W[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
      }
      let a = a0, b = b0, c = c0, d = d0, e = e0, f = f0, g = g0, h = h0;
      for (let i = 0; i < 64; i += 1) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const one = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0;
        d = c; c = b; b = a; a = (one + two) | 0;
      }
      a0 = (a0 + a) | 0; b0 = (b0 + b) | 0; c0 = (c0 + c) | 0; d0 = (d0 + d) | 0;
      e0 = (e0 + e) | 0; f0 = (f0 + f) | 0; g0 = (g0 + g) | 0; h0 = (h0 + h) | 0;
    }
    state.set([a0, b0, c0, d0, e0, f0, g0, h0]);
  }

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function inSlices(file, tell) {
    const state = start.slice();
    let rest = new Uint8Array();
    for (let at = 0; at < file.size; at += SLICE) {
      const bytes = new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer());
      const whole = bytes.length - (bytes.length % 64); // slices are of whole blocks, all but the last
      digest(state, bytes, 0, whole);
      rest = bytes.subarray(whole);
      tell(at + bytes.length);
    }
    const tail = new Uint8Array(rest.length < 56 ? 64 : 128);
    tail.set(rest);
    tail[rest.length] = 0x80;
    new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(file.size) * 8n);
    digest(state, tail, 0, tail.length);
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, at) => out.setInt32(at * 4, word));
    return hex(new Uint8Array(out.buffer));
  }

  onmessage = async ({ data: { file, slices } }) => {
    try {
      const small = file.size <= WHOLE && crypto.subtle && !slices; // subtle is not there over plain HTTP
      const sha256 = small
        ? hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())))
        : await inSlices(file, (read) => postMessage({ read }));
      postMessage({ sha256 });
    } catch {
      postMessage({ sha256: null }); // a file that can't be read is told of when it is sent
    }
  };
})();
