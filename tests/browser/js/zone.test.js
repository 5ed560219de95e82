import { equal, test } from "/tests/harness.js";

test("the server is told the browser's time zone", async () => {
  await import("/static/dam/js/zone.js");
  const zone = encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone);
  equal(document.cookie.split("; ").includes(`time_zone=${zone}`), true);
});
