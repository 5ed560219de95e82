import { hash, twin } from "/static/dam/js/uploads/twins.js";
import { equal, test } from "/tests/harness.js";

const SCRIPT = "/static/dam/js/uploads/hashing.js";
const never = new AbortController().signal;

test("a file's SHA-256 is told in hex", async () => {
  const sha256 = await hash(new Blob(["abc"]), SCRIPT, () => {}, never);
  equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a file that can't be read, a script that isn't there and an end in between have none", async () => {
  equal(await hash(new Blob(["abc"]), "/nowhere.js", () => {}, never), null);
  const stop = new AbortController();
  const hashed = hash(new Blob([new Uint8Array(90 * 1024 * 1024)]), SCRIPT, () => stop.abort(), stop.signal);
  equal(await hashed, null);
});

test("the server is asked by the digest, and what can't be told is not known", async () => {
  let asked = "";
  globalThis.fetch = async (address) => {
    asked = address;
    return new Response('{"known": {"place": "library"}}');
  };
  equal([await twin("/known/", "abc"), asked], [{ place: "library" }, "/known/?sha256=abc"]);
  await twin("/known/", "abc", null, "clip");
  equal(asked, "/known/?sha256=abc&asset=clip");
  globalThis.fetch = async () => new Response("", { status: 403 });
  equal(await twin("/known/", "abc"), null);
  globalThis.fetch = async () => Promise.reject(new TypeError("Failed to fetch"));
  equal(await twin("/known/", "abc"), null);
});
