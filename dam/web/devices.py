"""A browser's own description of itself, in words that people know: names, alike in every language. Pure."""

from dataclasses import dataclass

# The first that stands in the description: others name themselves beside it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone", "smartphone"),
    ("iPad", "iPad", "tablet"),
    ("Android", "Android", "smartphone"),
    ("Windows", "Windows", "monitor"),
    ("CrOS", "ChromeOS", "laptop"),
    ("Mac OS X", "macOS", "laptop"),
    ("Linux", "Linux", "monitor"),
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
