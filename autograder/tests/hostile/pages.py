"""What a whole page may hold, which shows a student's outputs: nothing that acts, fetches, or moves a terminal."""

from __future__ import annotations

from html.parser import HTMLParser

ACT = frozenset({
    "applet", "audio", "base", "button", "embed", "form", "frame", "iframe", "input", "link", "maction", "object",
    "script", "textarea", "template", "video",
})  # fmt: skip
_CONTROL = {*range(32), 127, *range(0x80, 0xA0)} - {9, 10, 13}


class Page(HTMLParser):
    """Gathers in `wrong` what should not be on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.styles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element and its attributes."""
        self.styles += tag == "style"
        if tag in ACT or self.styles > 1:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            address = (value or "").strip().lower()
            picture = name == "src" and address.startswith("data:image/")
            link = name == "href" and address.startswith(("http://", "https://", "mailto:", "#"))
            reaches = name in ("src", "href", "action", "data", "srcset", "poster", "http-equiv", "xlink:href")
            if name.startswith("on") or (reaches and not picture and not link) or "url(" in address:
                self.wrong.append(f"<{tag} {name}={address[:60]!r}>")


def faults(text: str) -> list[str]:
    """Return what should not be on a page."""
    page = Page()
    page.feed(text)
    page.close()
    signs = sorted({sign for sign in map(ord, text) if sign in _CONTROL})
    return page.wrong + [f"the control characters {signs}"] * bool(signs)
