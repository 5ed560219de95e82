"""A browser's own description of itself, in words that people know. Pure."""

from dataclasses import dataclass

from dam.core.lazily import lazy

# The first that stands in the description: others name themselves beside it.
BROWSERS = (
    (lazy("Edg"), lazy("Edge")),
    ("OPR/", lazy("Opera")),
    ("SamsungBrowser/", lazy("Samsung Internet")),
    ("Firefox/", lazy("Firefox")),
    ("FxiOS/", lazy("Firefox")),
    ("CriOS/", lazy("Chrome")),
    ("HeadlessChrome/", lazy("Chrome")),
    ("Chrome/", lazy("Chrome")),
    ("Safari/", lazy("Safari")),
)
SYSTEMS = (
    ("iPhone", "iPhone", "smartphone"),
    ("iPad", "iPad", "tablet"),
    (lazy("Android"), lazy("Android"), "smartphone"),
    (lazy("Windows"), lazy("Windows"), "monitor"),
    (lazy("CrOS"), lazy("ChromeOS"), "laptop"),
    (lazy("Mac OS X"), "macOS", "laptop"),
    (lazy("Linux"), lazy("Linux"), "monitor"),
)


@dataclass(frozen=True)
class Device:
    browser: str
    system: str
    icon: str


def of(user_agent: str) -> Device:
    """Empty words for what it doesn't say.

    >>> of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    Device(browser='Firefox', system='Linux', icon='monitor')
    """
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system, icon = next(
        ((name, icon) for sign, name, icon in SYSTEMS if sign in user_agent), ("", "monitor-smartphone")
    )
    return Device(browser, system, icon)
