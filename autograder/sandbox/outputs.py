"""What a cell shows, as nbformat output dicts: gathered and capped in the worker, checked again in the judge."""

from __future__ import annotations

import io
from json.encoder import encode_basestring_ascii
from typing import Any

from autograder.sandbox.places import hidden

MAX_ITEMS = 1000
CUT = "\n... the rest of this cell's output was left out: it is longer than {} kB.\n"


class Outputs:
    """The outputs of the cell that is running, at most `limit` bytes of them."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.items: list[dict[str, Any]] = []
        self._shown: dict[str, dict[str, Any]] = {}
        self._left = limit

    def clear(self) -> None:
        """Forget everything; the cap counts what is left out too."""
        self.items.clear()

    def restart(self) -> list[dict[str, Any]]:
        """Return what was gathered, and begin anew."""
        items, self.items, self._left = self.items, [], self.limit
        return items

    def text(self, name: str, text: str) -> None:
        """Add to stdout or stderr."""
        if self._left <= 0:
            return
        size = _size(text)
        if size >= self._left:
            text = text[: self._left * len(text) // size] + CUT.format(self.limit // 1000)
        self._left -= size
        last = self.items[-1] if self.items else None
        if last and last["output_type"] == "stream" and last["name"] == name:
            last["parts"].append(text)
        else:
            self.items.append({"output_type": "stream", "name": name, "parts": [text]})

    def rich(self, kind: str, data: dict[str, Any], metadata: Any, **more: Any) -> None:
        """Add something displayed, or the value of the last expression."""
        data = {mime: value for mime, value in data.items() if type(value) is str}
        size = sum(map(_size, data.values()))
        if size > self._left:
            self.text("stderr", CUT.format(self.limit // 1000).strip("\n") + "\n" if self._left > 0 else "")
            self._left = 0
            return
        self._left -= size
        self.items.append({"output_type": kind, "data": data, "metadata": _plain(metadata), **more})

    def named(self, name: str, data: dict[str, Any], update: bool) -> None:
        """Add something displayed under a name, or put it in place of what the name showed."""
        if update and name in self._shown:
            self._shown[name]["data"] = {mime: value for mime, value in data.items() if type(value) is str}
        elif not update:
            before = len(self.items)
            self.rich("display_data", data, {})
            if len(self.items) > before:
                self._shown[name] = self.items[-1]

    def error(self, name: str, message: str, traceback: list[str]) -> None:
        """Add the exception that ended the cell; never left out."""
        self.items.append({"output_type": "error", "ename": name, "evalue": message, "traceback": traceback})


class Stream(io.TextIOBase):
    """Stands in for ``sys.stdout`` or ``sys.stderr``; drops what is written while `outputs` is None."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, name: str, outputs: Outputs | None) -> None:
        self.name, self.outputs = name, outputs

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Add `text` to the outputs of the cell."""
        if not isinstance(text, str):
            raise TypeError(f"write() takes a string. Got {type(text).__name__}.")
        if self.outputs is not None and text:
            self.outputs.text(self.name, text)
        return len(text)


def _size(text: str) -> int:
    """Return the bytes that a text takes in a frame."""
    return len(encode_basestring_ascii(text))


def _plain(metadata: Any) -> dict[str, Any]:
    """Keep of the metadata what is plain text or numbers, two levels deep."""
    if type(metadata) is not dict:
        return {}
    kept = {}
    for key, value in metadata.items():
        if type(value) is dict:
            value = {k: v for k, v in value.items() if type(k) is str and type(v) in (str, int, float, bool)}
        if type(key) is str and type(value) in (str, int, float, bool, dict):
            kept[key] = value
    return kept


def checked(items: Any) -> list[dict[str, Any]]:
    """Build nbformat outputs from what a worker sent; whatever is not one is left out."""
    made = [_output(item) for item in (items if type(items) is list else [])[:MAX_ITEMS] if type(item) is dict]
    return [output for output in made if output is not None]


def _output(item: dict[str, Any]) -> dict[str, Any] | None:
    kind = item.get("output_type")
    if kind == "stream" and item.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": item["name"], "text": "".join(_texts(item, "parts"))}
    if kind == "error":
        said = {"ename": clean(item.get("ename")), "evalue": clean(item.get("evalue"))}
        return {"output_type": kind, **said, "traceback": _texts(item, "traceback")}
    if kind not in ("display_data", "execute_result") or type(item.get("data")) is not dict:
        return None
    data = {clean(mime): clean(value) for mime, value in item["data"].items()}
    output = {"output_type": kind, "data": data, "metadata": _plain(item.get("metadata"))}
    count = item.get("execution_count")
    return output | ({"execution_count": count if type(count) is int else None} if kind == "execute_result" else {})


def _texts(item: dict[str, Any], key: str) -> list[str]:
    value = item.get(key)
    return [clean(text) for text in value] if type(value) is list else []


def clean(text: Any, most: int | None = None) -> str:
    """Return text that every encoder takes, at most `most` characters of it; not a text gives nothing."""
    if type(text) is not str:
        return ""
    if most is not None and len(text) > most:
        text = text[:most] + " ..."
    text = hidden(text)
    return str(text if text.isascii() else text.encode("utf-8", "replace").decode())
