"""Reads HTML as strictly as no browser does: every element closed, nothing in it that could act or fetch."""

from __future__ import annotations

from html.parser import HTMLParser

TEXT = frozenset({
    "a", "b", "blockquote", "br", "code", "del", "div", "em", "h1", "h2", "h3", "hr", "i", "img", "li", "ol", "p",
    "pre", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
})  # fmt: skip
MATHML = frozenset({
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt",
    "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
})  # fmt: skip
LAID_OUT = frozenset({"colspan", "rowspan", "align", "start", "scope"})
SIZES = frozenset({
    "accent", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence", "form",
    "height", "largeop", "linebreak", "linethickness", "lspace", "mathbackground", "mathcolor", "mathsize",
    "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace",
    "scriptlevel", "separator", "stretchy", "voffset", "width",
})  # fmt: skip
CLASSES = "tex2jax_ignore mathjax_ignore"


class Strict(HTMLParser):
    """Takes a page's piece of a student; what it does not know, it refuses. `text` is what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.addresses: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Refuse an unknown element or attribute, and an address that is neither a link nor a picture."""
        assert tag in MATHML if "math" in [*self._open, tag] else tag in TEXT, tag
        for name, value in attrs:
            if tag in MATHML:
                assert name in SIZES, (tag, name)
                assert not {":", "(", "/"} & set(value or ""), (tag, name, value)
            elif tag == "a":
                assert name in ("href", "rel"), name
                self._link(name, value or "")
            elif tag == "img":
                assert name != "src" or (value or "").startswith("data:image/"), value
            else:
                assert name in LAID_OUT or (name, value) == ("class", CLASSES), (tag, name, value)
        if tag not in ("br", "hr", "img"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Refuse an end without its beginning."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Refuse a comment: a browser may end it elsewhere."""
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    def _link(self, name: str, value: str) -> None:
        if name == "href":
            assert value.lower().startswith(("http://", "https://", "mailto:", "#")), value
            self.addresses.append(value)


def read(html: str) -> Strict:
    """Return what is in `html`; an AssertionError says what should not be."""
    reader = Strict()
    reader.feed(html)
    reader.close()
    assert not reader._open, reader._open
    html.encode("utf-8")
    return reader
