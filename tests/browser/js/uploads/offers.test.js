import { offer } from "/static/dam/js/uploads/offers.js";
import { equal, find, html, test } from "/tests/harness.js";

const LINK = '<a data-offer-version></a>';
const FORM = '<form data-offer-version><input name="csrfmiddlewaretoken"><input name="asset" value="mine"></form>';
const page = (version) => `<ul><li data-row><div hidden data-offers><a data-offer-open></a>${version}
  <form data-offer-collect><input name="csrfmiddlewaretoken"><input name="asset"></form>
  <form data-offer-restore><input name="csrfmiddlewaretoken"></form></div></li></ul>`;
const may = { version: "/repeat/", collect: "/collect/" };
const offered = () =>
  [...find("[data-offers]").children].filter((each) => !each.hidden).map((each) => each.getAttribute("href") ?? each.getAttribute("action"));

test("what the library has can be opened, added as a version and put into a collection", () => {
  html(page(LINK));
  offer(find("[data-row]"), { place: "library", asset: "a", latest: true, url: "/a/", may });
  equal([find("[data-offers]").hidden, offered()], [false, ["/a/", "/repeat/", "/collect/"]]);
  equal(find("[data-offer-collect]").elements.asset.value, "a");
});

test("for a clip its latest version is no new one, and an earlier one is", () => {
  html(page(FORM));
  offer(find("[data-row]"), { place: "library", asset: "mine", latest: true, url: "/a/", may }, "mine");
  equal(offered(), ["/collect/"]);
  offer(find("[data-row]"), { place: "library", asset: "mine", latest: false, url: "/a/", may }, "mine");
  equal(offered(), ["/repeat/", "/collect/"]);
});

test("from the trash it can be restored, once", () => {
  html(page(LINK));
  offer(find("[data-row]"), { place: "trash", asset: "a", url: "/trash/", may: { restore: "/restore/" } });
  equal(offered(), ["/restore/"]);
  const form = find("[data-offer-restore]");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.requestSubmit();
  equal(form.hidden, true);
});

test("where nothing may be done nothing is offered", () => {
  html(page(LINK));
  offer(find("[data-row]"), { place: "hidden" });
  equal(find("[data-offers]").hidden, true);
});
