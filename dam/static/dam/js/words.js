// What scripts say, in the language of the page: _("Sign in"), _("Cancel {name}", { name }), and with a number
// ngettext("{count} file", "{count} files", count). English is in the scripts; base.html brings another language's
// catalogue (dam/words/de.js) before any module runs.
const page = document.documentElement.lang || "en";
const language = page === "en" ? "en-GB" : page;
const catalogue = globalThis.words ?? {};
const FORMS = ["zero", "one", "two", "few", "many", "other"]; // in the order of a catalogue's
const rules = new Intl.PluralRules(language);
const forms = FORMS.filter((form) => rules.resolvedOptions().pluralCategories.includes(form));

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

export function _(text, values = {}) {
  return filled(catalogue[text] ?? text, values);
}

export function ngettext(one, many, count, values = {}) {
  const said = catalogue[one] ?? [one, many];
  const form = said[Math.min(forms.indexOf(rules.select(count)), said.length - 1)];
  return filled(form, { count: number(count), ...values });
}

export function number(value, options = {}) {
  return value.toLocaleString(language, options);
}

// "62%" or "62 %"
export function percent(share) {
  return number(share, { style: "percent", maximumFractionDigits: 0 });
}

// A day that is meant as such: "3 May 2027", without an hour that could move it.
export function day(date) {
  return date.toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

// "web, social media and broadcast"
export function list(names) {
  return new Intl.ListFormat(language).format(names);
}

// "Legal review" within a sentence. German nouns keep their capital.
export function midsentence(title) {
  return page.startsWith("de") || /^.\p{Lu}/u.test(title) ? title : title[0].toLowerCase() + title.slice(1);
}

// How much it is in the unit that people would say: 1500000 → "1.4 MB".
export function size(bytes) {
  const units = [_("bytes"), _("KB"), _("MB"), _("GB"), _("TB")];
  const power = bytes ? Math.min(4, Math.floor(Math.log(bytes) / Math.log(1024))) : 0;
  const digits = power > 1 ? 1 : 0;
  const figure = number(bytes / 1024 ** power, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${figure} ${units[power]}`;
}
