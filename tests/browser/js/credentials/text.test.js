import { line, neutral, quoted } from "/static/dam/js/credentials/text.js";
import { equal, test } from "/tests/harness.js";

test("what nobody sees goes, and lines become one", () => {
  equal(line("Open\u202eAI\u200b\n  Media"), "OpenAI Media");
  equal(line(null), "");
  equal(line("x".repeat(300)).length, 200);
});

test("a long text keeps its lines, and loses what turns its direction", () => {
  equal(neutral("a\n\u2066b\x1b"), "a\nb");
});

test("no quotation mark of its own ends what is quoted", () => {
  equal(quoted("Acme”. Verified by “us"), "“Acme'. Verified by 'us”");
});
