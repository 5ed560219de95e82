// What the certificates of a manifest store's signers are for, which the library tells nowhere. As c2pa_io.py reads it:
// JUMBF boxes around COSE signatures around certificates. Whatever is damaged ends the reading, and what was found counts.
const SIGNATURE = "c2pa.signature";
const USES = "2.5.29.37"; // extended key usage
const words = new TextDecoder();

// {label: [object identifiers]} of the manifests whose signer's certificate could be read.
export function usesOf(store) {
  const found = {};
  try {
    for (const [label, certificate] of signers(store)) {
      try {
        const uses = extendedKeyUsage(certificate);
        if (uses) found[label] = uses;
      } catch {
        // a certificate that can't be read says nothing
      }
    }
  } catch {
    // what comes after a damaged box is out of reach
  }
  return found;
}

function* signers(store) {
  for (const [, manifests] of labelled(store)) {
    for (const [label, parts] of labelled(manifests)) {
      for (const [name, signature] of labelled(parts)) {
        if (name !== SIGNATURE) continue;
        const { value: [kind, content] } = boxes(signature).next();
        if (kind !== "cbor") continue;
        const [protectedBytes, unprotected] = cbor(content, 0)[0];
        const headers = new Map([...unprotected, ...cbor(protectedBytes, 0)[0]]);
        const chain = headers.get(33) ?? headers.get("x5chain");
        yield [label, Array.isArray(chain) ? chain[0] : chain];
      }
    }
  }
}

function* labelled(content) {
  for (const [kind, inner] of boxes(content)) {
    if (kind !== "jumb") continue;
    const described = view(inner).getUint32(0);
    const [label] = words.decode(inner.subarray(25, described)).split("\0");
    yield [label, inner.subarray(described)];
  }
}

function* boxes(content) {
  let at = 0;
  while (at + 8 <= content.length) {
    const length = view(content).getUint32(at);
    if (length < 8 || length > content.length - at) throw new Error("a box of another length than it says");
    yield [words.decode(content.subarray(at + 4, at + 8)), content.subarray(at + 8, at + length)];
    at += length;
  }
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// [the item at this place, where the next one begins]: as much of CBOR as signatures are made of.
function cbor(content, at, depth = 0) {
  if (depth > 32 || at >= content.length) throw new Error("no CBOR");
  const kind = content[at] >> 5;
  let count = content[at] & 31;
  at += 1;
  if (count >= 24) {
    const width = { 24: 1, 25: 2, 26: 4, 27: 8 }[count];
    if (!width) throw new Error("CBOR without a length");
    count = 0;
    for (const byte of content.subarray(at, at + width)) count = count * 256 + byte;
    at += width;
  }
  if (kind === 0) return [count, at];
  if (kind === 1) return [-1 - count, at];
  if (kind === 2) return [content.subarray(at, at + count), at + count];
  if (kind === 3) return [words.decode(content.subarray(at, at + count)), at + count];
  if (kind === 4) {
    const items = [];
    for (let n = 0; n < count; n += 1) {
      const [item, next] = cbor(content, at, depth + 1);
      items.push(item);
      at = next;
    }
    return [items, at];
  }
  if (kind === 5) {
    const pairs = new Map();
    for (let n = 0; n < count; n += 1) {
      const [key, after] = cbor(content, at, depth + 1);
      const [value, next] = cbor(content, after, depth + 1);
      pairs.set(key, value);
      at = next;
    }
    return [pairs, at];
  }
  return kind === 6 ? cbor(content, at, depth + 1) : [null, at];
}

// The object identifiers of the extension in a certificate (DER); null where it has none.
function extendedKeyUsage(certificate) {
  const [body] = children(children(certificate)[0].content);
  const extensions = children(body.content).find((part) => part.tag === 0xa3);
  if (!extensions) return null;
  for (const extension of children(children(extensions.content)[0].content)) {
    const parts = children(extension.content);
    if (identifier(parts[0].content) !== USES) continue;
    return children(children(parts.at(-1).content)[0].content).map(({ content }) => identifier(content));
  }
  return null;
}

function children(content) {
  const found = [];
  for (let at = 0; at < content.length; ) {
    const tag = content[at];
    let length = content[at + 1];
    at += 2;
    if (length > 0x84 || length === 0x80) throw new Error("no DER");
    if (length > 0x80) {
      const width = length - 0x80;
      length = 0;
      for (const byte of content.subarray(at, at + width)) length = length * 256 + byte;
      at += width;
    }
    if (!(at + length <= content.length)) throw new Error("DER that ends too soon");
    found.push({ tag, content: content.subarray(at, at + length) });
    at += length;
  }
  return found;
}

// "1.3.6.1…" of its bytes in base 128.
function identifier(content) {
  const numbers = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 127);
    if (byte < 128) {
      numbers.push(number);
      number = 0;
    }
  }
  const first = Math.min(2, Math.floor(numbers[0] / 40));
  return [first, numbers[0] - 40 * first, ...numbers.slice(1)].join(".");
}
