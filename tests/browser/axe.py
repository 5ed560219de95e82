"""axe-core in the page: what its rules find against WCAG 2.2 AA and its best practices."""

import re
from importlib import resources

from playwright.sync_api import Page

SCRIPT = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# What fades, as when the theme changes, would be measured half way.
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
        "*, ::before, ::after { transition-property: none !important; animation: none !important }"
    );
    document.adoptedStyleSheets.push(sheet);
}"""
IN_THEME = """async (theme) => {
    const media = matchMedia(`(prefers-color-scheme: ${theme})`);
    do await new Promise(requestAnimationFrame);
    while (!media.matches);
}"""
RUN = """async ([within, only]) => {
    const found = await axe.run(within, {
        resultTypes: ["violations"],
        preload: false, // it would fetch style sheets at the wrong address
        ...(only && { runOnly: { type: "rule", values: only } }),
    });
    const words = (rule, node) =>
        [rule.id, node.target.join(" "), node.any[0]?.message ?? rule.help].join(": ");
    return found.violations.flatMap((rule) => rule.nodes.map((node) => words(rule, node)));
}"""
# How the page's own part and the frame around it are made; or how the part is that is asked for. Of words it
# has that there are some, and of neighbours made alike one: the rules look at how a page is made, not at what
# it says.
PARTS = """(within) => {
    const VALUES = /^(?:class|id|for|role|type|style|lang|tabindex|aria-.*)$/;
    const made = (node, without) => {
        if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "words" : "";
        if (node.nodeType !== Node.ELEMENT_NODE || node === without) return "";
        const attributes = [...node.attributes].map(({ name, value }) =>
            VALUES.test(name) ? `${name}=${value}` : value.trim() ? name : `${name}=`);
        const inside = [...node.childNodes].map((child) => made(child, without)).filter(Boolean);
        const once = inside.filter((child, place) => child !== inside[place - 1]);
        return `<${[node.localName, ...attributes.sort()].join(" ")}>${once.join("")}</>`;
    };
    if (within !== "html") return [made(document.querySelector(within), null)];
    const main = document.querySelector("#main");
    return [main ? made(main, null) : "", made(document.body, main)];
}"""
# Names of things made for this run, which differ from one page to the next.
VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9]{64}|\d+")


def violations(page: Page, where: str, *, within: str = "html", seen: set[str]) -> list[str]:
    """Every violation on the page as it stands, in light, and those of colour in dark too.

    `within` is the selector of the part that is looked at. What is made like what is in `seen` is not looked
    at again: most pages are the same for several roles.
    """
    parts = {VOLATILE.sub("#", part) for part in page.evaluate(PARTS, within)}
    if parts <= seen:
        return []
    seen |= parts
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT)
        page.evaluate(STILL)
    found = []
    for theme, only in (("light", None), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate(IN_THEME, theme)
        found += [f"{where} ({theme}): {each}" for each in page.evaluate(RUN, [within, only])]
    return found
