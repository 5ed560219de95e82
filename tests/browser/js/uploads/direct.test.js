import { Lost, Refused } from "/static/dam/js/uploads/refusals.js";
import { equal, ok, rejected, settled, stopTime, test } from "/tests/harness.js";
import { Bucket, problem, upload } from "/tests/uploads/bucket.js";
import { through } from "/tests/uploads/server.js";

test("a file is announced, its parts go to the bucket, and the server looks at them", async () => {
  const bucket = new Bucket();
  const sent = upload(10);
  await sent.send();
  equal(bucket.calls.slice(0, 4), ["POST create", "GET parts", "POST parts 1", "PUT 1+4"]); // alone, as the first
  equal(bucket.calls.filter((call) => call.startsWith("PUT")).sort(), ["PUT 1+4", "PUT 2+4", "PUT 3+2"]);
  equal([bucket.calls.at(-1), sent.pieces, sent.progress.at(-1)], ["GET parts", undefined, 10]);
});

test("three parts of a file are on their way at once", async () => {
  const bucket = new Bucket({ size: 40 });
  bucket.plan = [undefined, "hang", "hang", "hang"];
  const sent = upload(40);
  const sending = sent.send();
  while (bucket.hanging.length < 3) await settled();
  await settled();
  equal(bucket.sent.sort(), [1, 2, 3, 4]);
  sent.pause();
  await sending;
});

test("the announcement has the length, the name and what the bytes come to", async () => {
  const bucket = new Bucket();
  const sent = upload(10, "Grüße 🍋.mp4");
  sent.sha256 = "ab".repeat(32);
  await sent.send();
  const { "Upload-Length": length, "Upload-Metadata": metadata } = bucket.announced;
  const told = metadata.split(",").map((pair) => pair.split(" "));
  const text = (value) => new TextDecoder().decode(Uint8Array.from(atob(value), (letter) => letter.codePointAt(0)));
  equal([length, told.map(([key, value]) => [key, text(value)])], ["10", [["filename", "Grüße 🍋.mp4"], ["sha256", "ab".repeat(32)]]]);
});

test("each part says what it comes to, and the first request what the file begins with", async () => {
  const bucket = new Bucket({ size: 4 });
  await upload(4).send();
  const bytes = Uint8Array.from([0, 1, 2, 3]);
  const sum = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))));
  equal([bucket.asked.get("sha256"), bucket.asked.get("head")], [sum, btoa("\x00\x01\x02\x03")]);
  equal(bucket.headers, { "x-sum": sum }); // as the server says
});

test("progress tells what is there and what is on its way", async () => {
  const bucket = new Bucket();
  bucket.begun = true;
  bucket.there = new Set([1, 3]);
  const sent = upload(10);
  sent.address = "/uploads/1/";
  await sent.send();
  equal([sent.progress[0], sent.progress.at(-1), bucket.sent], [6, 10, [2]]);
});

test("where all parts came before the tab was closed nothing is sent", async () => {
  const bucket = new Bucket();
  bucket.begun = true;
  bucket.there = new Set([1, 2, 3]);
  const sent = upload(10);
  sent.address = "/uploads/1/";
  await sent.send();
  equal(bucket.sent, []);
});

test("a part that broke off is sent again to a new address, later each time", async () => {
  const bucket = new Bucket({ size: 8 });
  const time = stopTime();
  bucket.plan = [undefined, 0, 503, 403];
  await through(time, upload(8).send());
  equal(bucket.sent, [1, 2, 2, 2, 2]);
  equal(bucket.calls.filter((call) => call === "POST parts 2").length, 4);
});

test("where nothing gets through to the bucket the file goes through the server, and so do the others", async () => {
  const bucket = new Bucket();
  const time = stopTime();
  bucket.plan = Array(9).fill(0);
  const sent = upload(10);
  await through(time, sent.send());
  equal([sent.pieces, bucket.sent], [true, [1, 1]]);
  const next = upload(10, "next.mp4");
  bucket.calls = [];
  await through(time, next.send());
  equal([next.pieces, bucket.calls], [true, []]);
});

test("a bucket that was reached and then isn't keeps its parts, and the rest goes through the server", async () => {
  const bucket = new Bucket();
  const time = stopTime();
  bucket.plan = [undefined, ...Array(30).fill(0)];
  const sent = upload(10);
  await through(time, sent.send());
  equal([sent.pieces, bucket.there.has(1)], [true, true]);
  bucket.plan = [];
  const next = upload(10, "next.mp4");
  await through(time, next.send());
  equal(next.pieces, undefined);
});

test("a place that swallows what is sent isn't waited for long", async () => {
  const bucket = new Bucket();
  const time = stopTime();
  bucket.plan = ["hang", "hang"];
  const sent = upload(10);
  await through(time, sent.send());
  equal([sent.pieces, bucket.hanging.every((request) => request.aborted)], [true, true]);
});

test("without a network the file is lost, not refused, and the road stays open", async () => {
  const bucket = new Bucket();
  const time = stopTime();
  bucket.plan = [0, 0, 0];
  bucket.refusing = { "GET parts": () => (bucket.sent.length ? "lost" : null) };
  const sent = upload(10);
  ok((await rejected(through(time, sent.send()))) instanceof Lost);
  equal(sent.pieces, undefined);
  bucket.refusing = {};
  bucket.plan = [];
  await through(time, sent.send());
  equal([sent.pieces, bucket.there.size], [undefined, 3]);
});

test("where the server has no bucket the file goes through it", async () => {
  const bucket = new Bucket();
  bucket.refusing = { "POST parts": problem(409, "Here.", "not_direct") };
  const sent = upload(10);
  await sent.send();
  equal([sent.pieces, bucket.sent], [true, []]);
});

test("an upload that came through the server before goes on there", async () => {
  const bucket = new Bucket();
  bucket.refusing = { "GET parts": problem(409, "Here.", "not_direct") };
  const sent = upload(10);
  sent.address = "/uploads/1/";
  await sent.send();
  equal([sent.pieces, bucket.calls], [true, ["GET upload", "GET parts"]]);
});

test("too many uploads at once isn't the end of one that goes to the bucket", async () => {
  const bucket = new Bucket();
  bucket.refusing = { "POST create": problem(429, "Finish some, then try again.", "too_many") };
  const error = await rejected(upload(10).send());
  equal([error instanceof Lost, error.message], [true, "Finish some, then try again."]);
});

test("what the server refuses is told in its words, before a byte is sent", async () => {
  for (const [place, status, code] of [["POST create", 413, "too_large"], ["POST parts", 415, "not_a_video"]]) {
    const bucket = new Bucket();
    bucket.refusing = { [place]: problem(status, "Not this one.", code) };
    const error = await rejected(upload(10).send());
    ok(error instanceof Refused);
    equal([error.message, error.code, bucket.sent], ["Not this one.", code, []]);
    equal(localStorage.length, 0);
  }
});

test("an upload that ended meanwhile says why", async () => {
  const bucket = new Bucket();
  bucket.refusing = { "POST parts": { status: 410 }, "GET upload": () => problem(200, "", "") };
  const sent = upload(10);
  bucket.refusing["GET upload"] = { status: 200, text: JSON.stringify({ state: "refused", reason: "No room.", code: "disk_full" }) };
  equal((await rejected(sent.send())).message, "No room.");
});

test("an upload that expired meanwhile can be sent anew from the start", async () => {
  const bucket = new Bucket();
  const ended = { status: 200, text: JSON.stringify({ state: "cancelled", reason: "", code: "" }) };
  bucket.refusing = { "POST parts": { status: 410 }, "GET upload": ended };
  const sent = upload(10);
  const error = await rejected(sent.send());
  ok(error instanceof Lost);
  equal([error.message.includes("expired"), localStorage.length], [true, 0]);
  bucket.refusing = {};
  await sent.send();
  equal(bucket.there.size, 3);
});

test("a store that is full for a moment is waited for, and told when it stays so", async () => {
  const bucket = new Bucket();
  const time = stopTime();
  let turns = 0;
  bucket.refusing = { "POST parts": () => (turns++ < 2 ? problem(507, "No room.", "disk_full") : null) };
  await through(time, upload(10).send());
  equal(bucket.there.size, 3);
  bucket.refusing = { "POST create": problem(507, "No room.", "disk_full") };
  const error = await rejected(through(time, upload(10, "next.mp4").send()));
  equal([error instanceof Lost, error.message], [true, "No room."]);
});

test("who is signed out in the middle goes on with the parts that are missing", async () => {
  const bucket = new Bucket();
  bucket.refusing = { "POST parts": () => (bucket.there.size ? { status: 401 } : null) };
  const sent = upload(10);
  ok((await rejected(sent.send())).message.includes("signed out"));
  bucket.refusing = {};
  bucket.calls = [];
  await sent.send();
  equal([bucket.sent.sort(), bucket.calls.includes("POST create")], [[2, 3], false]);
});

test("a server that is away or busy for a moment is waited for", async () => {
  for (const status of [423, 503]) {
    const bucket = new Bucket();
    const time = stopTime();
    let turns = 0;
    bucket.refusing = { "POST parts": () => (turns++ < 2 ? { status } : null) };
    await through(time, upload(10).send());
    equal(bucket.there.size, 3);
  }
});

test("a pause stops what is on its way, and sending again sends what is missing", async () => {
  const bucket = new Bucket();
  bucket.plan = [undefined, "hang", "hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (bucket.hanging.length < 2) await settled();
  sent.pause();
  await sending;
  equal([bucket.hanging.every((request) => request.aborted), sent.progress.at(-1), sent.pieces], [true, 4, undefined]);
  await sent.send();
  equal([...bucket.there].sort(), [1, 2, 3]);
});

test("a pause before the server has answered sends nothing", async () => {
  const bucket = new Bucket();
  const sent = upload(10);
  const sending = sent.send();
  sent.pause();
  await sending;
  equal([bucket.sent, sent.pieces], [[], undefined]);
});

test("parts that the bucket lost are sent again, and not for ever", async () => {
  const bucket = new Bucket({ size: 4 });
  bucket.there.add = () => {};
  ok((await rejected(upload(4).send())) instanceof Lost);
  equal(bucket.sent, [1, 1, 1]);
});

test("a file that can't be read any more says so", async () => {
  new Bucket();
  const sent = upload(10);
  sent.file.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) });
  equal((await rejected(sent.send())).code, "unreadable");
});

test("cancelling stops the parts on their way and tells the server", async () => {
  const bucket = new Bucket();
  bucket.plan = ["hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (!bucket.hanging.length) await settled();
  await sent.cancel();
  await sending;
  equal([bucket.calls.at(-1), localStorage.length], ["DELETE upload", 0]);
});

test("who goes on at once after a pause goes on, however long that takes to end", async () => {
  const bucket = new Bucket({ size: 40 });
  bucket.plan = [undefined, "hang", "hang", "hang"];
  const sent = upload(40);
  const first = sent.send();
  while (bucket.hanging.length < 3) await settled();
  sent.pause();
  const second = sent.send(); // before what was on its way has ended
  await first;
  await second;
  equal([...bucket.there].sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  equal(sent.stopped, false);
});

test("a second pause right after going on stays a pause", async () => {
  const bucket = new Bucket({ size: 40 });
  bucket.plan = [undefined, "hang", "hang", "hang"];
  const sent = upload(40);
  const first = sent.send();
  while (bucket.hanging.length < 3) await settled();
  sent.pause();
  const second = sent.send();
  sent.pause();
  await Promise.all([first, second]);
  equal([sent.stopped, bucket.sent.length], [true, 4]);
});
