import { Lost } from "/static/dam/js/uploads/refusals.js";
import { equal, ok, rejected, settled, stopTime, test } from "/tests/harness.js";
import { Server, through, upload } from "/tests/uploads/server.js";

test("who was signed out in the middle goes on from the same byte", async () => {
  const server = new Server();
  server.plan = [{ status: 401 }];
  server.failing = { HEAD: { status: 401 } };
  const sent = upload(10);
  ok((await rejected(sent.send())).message.includes("signed out"));
  server.received = 6;
  ok((await rejected(sent.send())).message.includes("signed out"));
  server.failing = {};
  await sent.send();
  equal(server.calls.slice(-2), ["HEAD", "PATCH 6+4"]);
  equal(server.calls.filter((call) => call === "POST").length, 1);
});

test("a server that can't be reached at first is waited for and then lost, not refused", async () => {
  for (const wrong of ["lost", { status: 503 }]) {
    const server = new Server();
    const time = stopTime();
    server.failing = { POST: wrong };
    ok((await rejected(through(time, upload().send()))) instanceof Lost);
    equal(server.calls.length, 5);
  }
});

test("what was lost is sent again from where the server is", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  const sending = upload(10).send();
  while (server.calls.length < 2) await settled();
  server.received = 3;
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD", "PATCH 3+7"]);
});

test("a lost answer to the last piece is no loss", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  const sending = upload(10).send();
  while (server.calls.length < 2) await settled();
  server.received = 10;
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD"]);
});

test("each wait is longer than the last, and after four the upload is lost", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(9).fill("lost");
  const waits = [];
  const sent = upload(10).send();
  sent.catch(() => {});
  for (let turn = 0; turn < 60; turn += 1) {
    await settled();
    if (!time.waiting.length) continue;
    waits.push(...time.waiting);
    await time.pass(time.waiting[0]);
  }
  ok((await rejected(sent)) instanceof Lost);
  equal(waits, [500, 1500, 4000, 10000]);
  equal(server.calls.filter((call) => call.startsWith("PATCH")).length, 5);
});

test("a server that is busy or away for a moment is waited for", async () => {
  for (const status of [423, 502, 503, 504]) {
    const server = new Server();
    const time = stopTime();
    server.plan = [{ status }];
    await through(time, upload(4).send());
    equal(server.received, 4);
  }
});

test("a server that is elsewhere is asked where, and that is gone on from", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = [{ status: 409, headers: { "Upload-Offset": "6" } }];
  const sending = upload(10).send();
  while (server.calls.length < 2) await settled();
  server.received = 6;
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD", "PATCH 6+4"]);
});

test("sending again after a loss goes on, and announces nothing twice", async () => {
  const server = new Server();
  const again = upload(10);
  again.address = "/upload/1";
  server.received = 8;
  await again.send();
  equal(server.calls, ["GET", "HEAD", "PATCH 8+2"]);
});

test("the same file in another tab goes on where the first was closed", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(5).fill("lost");
  await rejected(through(time, upload(10).send()));
  server.received = 4;
  server.calls = [];
  await upload(10).send();
  equal(server.calls, ["GET", "HEAD", "PATCH 4+6"]);
  server.received = 0;
  server.calls = [];
  await upload(10).send();
  equal(server.calls, ["POST", "PATCH 0+10"]); // what has arrived whole is remembered no longer
});

test("a file that arrived whole before its tab was closed is not sent again", async () => {
  const server = new Server();
  const again = upload(10);
  again.address = "/upload/1";
  server.received = 10;
  await again.send();
  equal(server.calls, ["GET"]);
  equal((await again.outcome()).state, "taken");
});

test("an upload that the server no longer has, or that was cancelled or refused before, begins anew", async () => {
  for (const left of [{ status: 404, text: "{}" }, "cancelled", "refused"]) {
    const server = new Server();
    if (typeof left === "string") server.outcomes = [{ state: left, reason: "Not checked.", code: "not_checked" }];
    else server.failing = { GET: left };
    const again = upload(10);
    again.address = "/upload/1";
    await again.send();
    equal(server.calls, ["GET", "POST", "PATCH 0+10"]);
  }
});

test("a refusal whose answer got lost is told with its reason", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  server.failing = { HEAD: { status: 410 } };
  server.outcomes = [{ state: "refused", reason: "This is no video.", code: "not_a_video" }];
  const error = await rejected(through(time, upload(10).send()));
  equal([error.message, error.code], ["This is no video.", "not_a_video"]);
});

test("what is sent while somebody signed in again is sent once more with the token of now", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = [{ status: 403, headers: { "X-CSRFToken": "new" } }];
  const sending = upload(4).send();
  while (server.calls.length < 2) await settled();
  document.cookie = "csrftoken=new";
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+4", "HEAD", "PATCH 0+4"]);
  equal(server.last.headers["X-CSRFToken"], "new");
});

test("a pause keeps what has arrived, and sending again goes on from there", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (server.calls.length < 2) await settled();
  sent.pause();
  await sending;
  server.received = 7;
  await sent.send();
  equal(server.calls, ["POST", "PATCH 0+10", "GET", "HEAD", "PATCH 7+3"]);
});

test("a file that another tab is sending is not sent twice", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const first = upload(10);
  const sending = first.send();
  while (server.calls.length < 2) await settled();
  const error = await rejected(upload(10).send());
  ok(error instanceof Lost && error.message.includes("another tab"));
  first.pause();
  await sending;
});
