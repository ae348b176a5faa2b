"""Takes the pictures of the demos for gallery, start page and README, in a browser, as they are drawn."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageOps

from autograder.errors import CourseError
from autograder.reports import gallery
from autograder.reports.page import render

SIZE = (640, 360)
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=6000")


def take_all() -> list[Path]:
    """Take the picture of every demo, at its start or a story's end, and return where they are.

    Raises
    ------
    CourseError
        If there is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise CourseError("Pictures are taken by Chromium. Install it: apt install chromium.")
    gallery.PICTURES.mkdir(parents=True, exist_ok=True)
    return [_take(module, chromium) for module in gallery.modules()]


def _take(module: str, chromium: str) -> Path:
    card, stage = gallery.make(module)
    path = gallery.PICTURES / f"{card.name}.png"
    with tempfile.TemporaryDirectory() as scratch:
        page, shot = Path(scratch, "demo.html"), Path(scratch, "demo.png")
        page.write_text(render("picture.html.j2", title=card.title, stage=gallery.live(stage)), encoding="utf-8")
        where = (f"--user-data-dir={scratch}/profile", "--window-size=1000,1400", f"--screenshot={shot}")
        subprocess.run([chromium, *_FLAGS, *where, page.as_uri()], check=True, capture_output=True, timeout=120)
        fitted(Image.open(shot)).save(path, optimize=True)
    return path


def fitted(shot: Image.Image) -> Image.Image:
    """Return a screenshot without its white margin, from the top, in the size and the few colours of a picture."""
    whole = shot.convert("RGB")
    found = ImageChops.difference(whole, Image.new("RGB", whole.size, "white")).getbbox() or (0, 0, *whole.size)
    left, top, right, _ = found
    part = whole.crop((left, top, right, min(found[3], top + round((right - left) * SIZE[1] / SIZE[0]))))
    part = ImageOps.contain(part, (SIZE[0] - 24, SIZE[1] - 24), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", SIZE, "white")
    paper.paste(part, ((SIZE[0] - part.width) // 2, (SIZE[1] - part.height) // 2))
    # By coverage: the colour of a thin line is kept, which the usual way gives to the nearest that is frequent.
    return paper.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
