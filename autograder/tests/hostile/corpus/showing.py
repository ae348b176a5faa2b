# What a reader's page should not do: a cell of the student's own above right answers. The page must be harmless.

# %% a script
from IPython.display import HTML, Javascript, display

display(HTML("<script>alert(1)</script><img src=x onerror=alert(1)>"), Javascript("alert(1)"))


# %% a script in an error
class Error(Exception):
    pass


Error.__name__ = Error.__qualname__ = "<script>alert(1)</script>"
raise Error("<img src=x onerror=alert(1)>")

# %% a script in what is printed
print("</pre><script>alert(1)</script><pre>", "<!--", "-->", "]]>", "{{ 7 * 7 }}{% raw %}")

# %% signs that move a terminal
print("\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\x1b[2J\x1b[1;1H\x1b(0\x9b31m")

# %% signs that cannot be seen
print(
    "".join(
        map(chr, [*range(32), 127, 133, *range(0x80, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF, 0x202E, 0x2066])
    )
)

# %% signs in an error
raise ValueError("\x00\x08\x1b[2J\x1b]0;title\x07\ud800\ufffe")

# %% pictures that are none
from IPython.display import display

display({"image/png": '"><script>alert(1)</script>', "text/plain": '"><script>alert(1)</script>'}, raw=True)
display({"image/jpeg": ["a", 3], "image/gif": "x"}, raw=True)

# %% a picture with a script
from IPython.display import SVG, display

display(
    SVG(
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script><a href='javascript:alert(1)'>x</a></svg>"
    )
)

# %% a picture's description
from IPython.display import display

display({"image/png": "aGk=", "text/plain": '" onerror="alert(1)'}, raw=True)

# %% Markdown that acts
from IPython.display import Markdown, display

display(
    Markdown(
        "[x](javascript:alert(1)) ![x](http://evil.example/x.png) <iframe src=//evil.example></iframe> <svg/onload=alert(1)>"
    )
)

# %% formulas that act
from IPython.display import Latex, Markdown, Math, display

display(
    Math(r"\href{javascript:alert(1)}{x}"),
    Latex(r"$\require{html}\style{background:url(//evil.example)}{x}$"),
    Markdown(r"$\text{<script>alert(1)</script>}$ $\class{x}{y}$ $\unicode{x3c}$"),
)

# %% MathML that acts
from IPython.display import HTML, display

display(
    HTML(
        "<math><maction actiontype='statusline#http://evil.example' xlink:href='javascript:alert(1)'>x</maction>"
        "<mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></mtext></math>"
    )
)

# %% confusion about where something ends
from IPython.display import HTML, display

for text in (
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><a title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<template><script>alert(1)</script>",
):
    display(HTML(text))

# %% a page that goes elsewhere
from IPython.display import HTML, display

display(
    HTML(
        "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example><link rel=stylesheet href=//evil.example>"
        "<form action=//evil.example><button>Marks</button></form><object data=//evil.example></object><embed src=//evil.example>"
    )
)

# %% a page that looks like another
from IPython.display import HTML, display

display(HTML("<style>*{display:none}</style><div style='position:fixed;inset:0;background:white'>19 of 19 marks</div>"))

# %% a frame, a film and a file
from IPython.display import Audio, FileLink, IFrame, YouTubeVideo, display

display(IFrame("http://evil.example", 100, 100), YouTubeVideo("x"), FileLink("/etc/passwd"), Audio([0, 1], rate=8000))

# %% a widget
from IPython.display import display

display(
    {
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "application/javascript": "alert(1)",
        "text/plain": "w",
    },
    raw=True,
)

# %% types that are no types
from IPython.display import display

display(
    {
        3: "x",
        None: [],
        "text/html": {"a": 1},
        "text/plain": 7,
        "": "",
        "text/html; charset=x": "<script>alert(1)</script>",
    },
    raw=True,
)

# %% metadata that is none
from IPython.display import display

display({"text/plain": "x"}, raw=True, metadata={"a": {"b": {"c": object()}}, 3: 4, "x": "<script>alert(1)</script>"})

# %% names of displays
from IPython.display import display, update_display

display("x", display_id="<script>alert(1)</script>")
update_display({"text/html": "<script>alert(1)</script>"}, display_id="<script>alert(1)</script>", raw=True)

# %% elements within elements
from IPython.display import HTML, display

display(HTML("<div>" * 50_000 + "x"), HTML("<b><i>" * 30_000), HTML("<table><tr><td>" * 20_000))

# %% Markdown within Markdown
from IPython.display import Markdown, display

display(
    Markdown(">" * 20_000 + "x"), Markdown("*a **b " * 10_000), Markdown("[" * 20_000), Markdown("- " * 5_000 + "x")
)

# %% formulas without end
from IPython.display import Markdown, display

display(
    Markdown("$" + "{" * 10_000 + "$"),
    Markdown("$" + r"\frac{" * 3_000 + "$"),
    Markdown(r"\begin{a}" * 5_000),
    Markdown("$" * 9_999),
)


# %% a repr of its own
class Evil:
    def _repr_html_(self):
        return "<script>alert(1)</script>"

    def _repr_mimebundle_(self, **k):
        return {"text/html": "<script>alert(1)</script>", "application/javascript": "alert(1)"}, {"x": object()}

    def __repr__(self):
        return "\x1b]0;title\x07<script>"


Evil()


# %% a repr that is endless, raises, or is no text
class Evil:
    def __repr__(self):
        return 3

    def _repr_html_(self):
        raise SystemExit

    def _repr_png_(self):
        return "x" * 10**6

    def _repr_latex_(self):
        return None


[Evil(), {"a": Evil()}]

# %% a long line
print("x" * 1_000_000)

# %% a number that is long
import sys

sys.set_int_max_str_digits(0)
10**50_000

# %% what is cleared and comes back
from IPython.display import clear_output, display

for _ in range(2000):
    display("x")
    clear_output(wait=True)
print("</div></body></html>")
