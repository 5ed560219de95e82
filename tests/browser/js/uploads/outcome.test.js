import { equal, rejected, settled, stopTime, test } from "/tests/harness.js";
import { Server, through, upload } from "/tests/uploads/server.js";

test("the outcome is asked for until the server has looked at the file", async () => {
  const server = new Server();
  const time = stopTime();
  server.outcomes = [{ state: "receiving" }, { state: "received" }, { state: "taken", url: "/clip/" }];
  const sent = upload(4);
  await sent.send();
  equal(await through(time, sent.outcome()), { state: "taken", url: "/clip/" });
  equal(server.calls.filter((call) => call === "GET").length, 3);
});

test("while a check waits it is told why", async () => {
  const server = new Server();
  const time = stopTime();
  server.outcomes = [{ state: "received", reason: "" }, { state: "received", reason: "Delayed." }, { state: "taken" }];
  const sent = upload(4);
  await sent.send();
  const said = [];
  await through(time, sent.outcome((why) => said.push(why)));
  equal(said, ["Delayed."]);
});

test("an outcome that can't be asked for is a refusal", async () => {
  const server = new Server();
  server.failing = { GET: { status: 404, text: '{"detail": "Gone.", "code": "gone"}' } };
  const sent = upload(4);
  await sent.send();
  equal((await rejected(sent.outcome())).message, "Gone.");
});

test("while the server is away the outcome is waited for", async () => {
  for (const wrong of ["lost", { status: 503 }]) {
    const server = new Server();
    const time = stopTime();
    const sent = upload(4);
    await sent.send();
    server.failing = { GET: wrong };
    const outcome = sent.outcome();
    for (let turn = 0; turn < 20; turn += 1) {
      await settled();
      if (time.waiting.length) await time.pass(time.waiting[0]);
    }
    server.failing = {};
    equal((await through(time, outcome)).state, "taken");
  }
});

test("cancelling stops the piece on its way and tells the server", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (server.calls.length < 2) await settled();
  await sent.cancel();
  await sending;
  equal(server.calls, ["POST", "PATCH 0+10", "DELETE"]);
  equal(sent.stopped, true);
});

test("cancelling before anything was sent asks nothing of the server", async () => {
  const server = new Server();
  await upload().cancel();
  equal(server.calls, []);
});

test("cancelling succeeds though the server can't be reached", async () => {
  const server = new Server();
  server.failing = { DELETE: "lost" };
  const sent = upload(4);
  await sent.send();
  await sent.cancel();
  equal(server.calls.at(-1), "DELETE");
});
