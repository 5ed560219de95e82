// The harness itself: a test that can't fail would prove nothing.
import { close, equal, html, ok, press, rejected, send, settled, stopTime, test } from "/tests/harness.js";

const fails = (act) => {
  try {
    act();
  } catch (error) {
    return error.message;
  }
  throw new Error("it did not fail");
};

test("equal values pass, whatever their depth", () => {
  equal({ a: [1, { b: null }] }, { a: [1, { b: null }] });
  equal(NaN, NaN);
});

test("unequal values fail and are both shown", () => {
  equal(
    fails(() => equal({ a: 1 }, { a: 2 })),
    'expected {"a":2}, got {"a":1}',
  );
});

test("a list is no object with numbers for keys", () => {
  fails(() => equal([1], { 0: 1 }));
});

test("a missing key is not an undefined one", () => {
  fails(() => equal({ a: undefined }, { b: undefined }));
});

test("what is not true fails with its words", () => {
  ok(fails(() => ok(0, "a number was expected")).startsWith("a number was expected"));
});

test("numbers may be a little off, not more", () => {
  close(0.1 + 0.2, 0.3);
  fails(() => close(1, 1.1));
  fails(() => close(NaN, 1));
});

test("a rejected promise gives its error, a kept one fails", async () => {
  equal((await rejected(Promise.reject(new Error("no")))).message, "no");
  ok((await rejected(rejected(Promise.resolve(1)))).message.includes("it came to 1"));
});

test("two tests of one name are an error", () => {
  ok(fails(() => test("numbers may be a little off, not more", () => {})).includes("Two tests"));
});

test("a page is made of markup, and keys tell whether they were taken", () => {
  const input = html("<input>");
  equal(press("a", { target: input }), false);
  input.addEventListener("keydown", (event) => event.preventDefault());
  equal(press("a", { target: input }), true);
});

test("an event carries its detail up to the document", () => {
  let detail;
  document.addEventListener("told", (event) => (detail = event.detail));
  equal(send("told", { a: 1 }), false);
  equal(detail, { a: 1 });
});

test("stopped time passes when told to, in order", async () => {
  const time = stopTime();
  const order = [];
  setTimeout(() => order.push("late"), 200);
  setTimeout(() => order.push("soon"), 100);
  clearTimeout(setTimeout(() => order.push("never"), 50));
  await settled();
  equal(order, []);
  equal(time.waiting, [200, 100]);
  await time.pass(150);
  equal(order, ["soon"]);
  await time.pass(50);
  equal(order, ["soon", "late"]);
});
