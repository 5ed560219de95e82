import { Lost, Refused, isAway, isStale, refusal, requireReadable } from "/static/dam/js/uploads/refusals.js";
import { equal, ok, rejected, test } from "/tests/harness.js";

test("a refusal has the server's words and code, or says what to do", () => {
  const told = refusal(413, '{"detail": "Too large.", "code": "too_large"}');
  equal([told instanceof Refused, told.message, told.code], [true, "Too large.", "too_large"]);
  const untold = refusal(500, "<h1>Oops</h1>");
  equal([untold.message, untold.code], ["The upload failed (error 500). Reload the page and try again.", "unknown"]);
});

test("what is away for a moment is no refusal, and a full disk has words of its own", () => {
  equal([500, 502, 503, 504, 507].map(isAway), [false, true, true, true, false]);
  equal([isStale(403, "new"), isStale(403, null), isStale(401, "new")], [true, false, false]);
});

test("what was lost says that it is kept", () => {
  ok(new Lost().message.includes("is kept"));
});

test("a file that can't be read any more says so", async () => {
  await requireReadable(new File(["a"], "a.mp4"));
  const gone = { slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) }) };
  equal((await rejected(requireReadable(gone))).code, "unreadable");
});
