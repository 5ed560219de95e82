import { equal, test } from "./harness.js";

// As a page in a language brings it: the catalogue first, then the module.
async function words(language, catalogue) {
  document.documentElement.lang = language;
  globalThis.words = catalogue;
  return import("/static/dam/js/words.js");
}

test("a page in English says what the scripts say, with its places filled", async () => {
  const { _, day, list, ngettext, percent } = await words("en");
  equal(_("Cancel {name}", { name: "{size}" }), "Cancel {size}");
  equal([1, 2, 1200].map((count) => ngettext("{count} file", "{count} files", count)), ["1 file", "2 files", "1,200 files"]);
  equal(day(new Date("2027-05-03")), "3 May 2027");
  equal([list(["web"]), list(["web", "radio", "print"])], ["web", "web, radio and print"]);
  equal(percent(0.625), "63%");
});

test("a page in German says what its catalogue says, with German numbers and days", async () => {
  const { _, day, list, midsentence, ngettext, number } = await words("de", {
    "Cancel {name}": "{name} abbrechen",
    "{count} file": ["{count} Datei", "{count} Dateien"],
  });
  equal(_("Cancel {name}", { name: "a.mp4" }), "a.mp4 abbrechen");
  equal(_("Not in it"), "Not in it");
  equal([1, 0, 1200].map((count) => ngettext("{count} file", "{count} files", count)), ["1 Datei", "0 Dateien", "1.200 Dateien"]);
  equal([day(new Date("2027-05-03")), number(1.5)], ["3. Mai 2027", "1,5"]);
  equal([list(["Web", "Radio"]), midsentence("Radio")], ["Web und Radio", "Radio"]);
});

test("none is one in French", async () => {
  const { midsentence, ngettext } = await words("fr", { "{count} file": ["{count} fichier", "{count} fichiers"] });
  equal([0, 1, 2].map((count) => ngettext("{count} file", "{count} files", count)), ["0 fichier", "1 fichier", "2 fichiers"]);
  equal([midsentence("Réseaux sociaux"), midsentence("VOD")], ["réseaux sociaux", "VOD"]);
});

test("a size is said in the unit that people would say", async () => {
  const { size } = await words("en");
  equal([0, 512, 2048, 1_500_000, 3 * 1024 ** 3].map(size), ["0 bytes", "512 bytes", "2 KB", "1.4 MB", "3.0 GB"]);
});
