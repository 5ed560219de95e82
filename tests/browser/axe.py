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
# The page's own part and the frame around it; or the part that is asked for.
PARTS = """(within) => {
    if (within !== "html") return [document.querySelector(within).outerHTML];
    const frame = document.body.cloneNode(true);
    const main = frame.querySelector("#main");
    const own = document.title + main?.outerHTML;
    main?.remove();
    return [own, frame.outerHTML];
}"""
# Tokens and times, which differ from one load of a page to the next.
VOLATILE = re.compile(r"[A-Za-z0-9]{64}|\d{4}-\d\d-\d\dT[^\"&]+|\d{1,2}:\d\d:\d\d|just now|\d+ minutes? ago")


def violations(page: Page, where: str, *, within: str = "html", seen: set[str]) -> list[str]:
    """Every violation on the page as it stands, in light, and those of colour in dark too.

    `within` is the selector of the part that is looked at. What is in `seen` is not looked at again: most
    pages are the same for several roles.
    """
    parts = {VOLATILE.sub("", part) for part in page.evaluate(PARTS, within)}
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
