"""The front-end that every demo shares: an anywidget with a kernel, a self-contained piece of HTML without one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from zeromean.stage.export import EXPORT, SCRIPT, STYLE, asleep, piece
from zeromean.stage.names import check_names, check_units
from zeromean.stage.parts import Action, Compute, Control, Goal, Prediction, Preset, View, position
from zeromean.stage.table import last_frame, pack, spread, tabulate

TABLE_LIMIT = 6_000_000  # bytes; more than this is slow to send, and belongs to the kernel


class Stage(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types
    """A demo on the page.

    Parameters
    ----------
    title : str
        A few words.
    compute : callable
        `compute(params)` gets `{control name: value}` and returns `{name: array, number or string}`; always the
        same names and shapes. A generator may yield several frames (live training); each is drawn.
    controls : sequence of Slider, Choice, Check
    views : sequence of View
    coarse : mapping of str to int, optional
        Leave out for a table over every setting (no kernel needed afterwards). Give it to compute in the kernel
        on demand; an exported page then stores only this many positions of each named slider, and does not show
        a control of which it stores one.
    presets, prediction, goal, actions
        See `parts`.
    columns : int, optional
        How many pictures stand side by side where there is room, at most four; else three, or two and two;
        fewer on a narrow page.
    formula : str, optional
        A line over the pictures: `[blue:w]` in the colour of a series, `x_i`, `x^2`, `x_(ij)`, numbers as `{w:.2f}`.
    readout : str
        The sentence under the pictures, with numbers as in `{std_last:.3g}`.
    """

    _esm = SCRIPT
    _css = STYLE
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    params = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        title: str,
        compute: Compute,
        controls: Sequence[Control],
        views: Sequence[View],
        *,
        readout: str,
        coarse: Mapping[str, int] | None = None,
        presets: Sequence[Preset] = (),
        prediction: Prediction | None = None,
        goal: Goal | None = None,
        actions: Sequence[Action] = (),
        columns: int | None = None,
        formula: str = "",
    ) -> None:
        self._compute, self._controls, self._actions = compute, tuple(controls), {a.label: a for a in actions}
        self._coarse = coarse
        self._frames: Iterator[Any] = iter(())
        self._more = False
        start = {c.name: c.start for c in controls}
        first = last_frame(compute(start))
        spec: dict[str, Any] = {
            "title": title,
            "controls": [{**asdict(c), "start": position(c, c.start)} for c in controls],
            "views": [asdict(v) for v in views],
            "readout": readout,
            "formula": formula,
            "presets": [{"name": p.name, "note": p.note, "at": self._where(p.at)} for p in presets],
            "prediction": {**asdict(prediction), "at": self._where(prediction.at)} if prediction else None,
            "goal": asdict(goal) if goal else None,
            "actions": [a.label for a in actions],
            "kernel": coarse is not None,
            "columns": columns,
        }
        settings = [preset["at"] for preset in spec["presets"]] + [self._where(start)]
        self._named = settings + ([spec["prediction"]["at"]] if prediction else [])
        given = {key for action in actions for key in action.gives}
        check_names(spec, set(first) | set(start), given)
        check_units(spec)
        if coarse is None:
            stored = [list(range(len(c.values))) for c in controls]
            table, data = self._table(stored)
        else:
            self._stored_in_export()
            stored = [[position(c, c.start)] for c in controls]
            table, data = pack(first)
            table = {key: {**entry, "strides": [0] * len(controls)} for key, entry in table.items()}
        super().__init__(spec={**spec, "stored": stored, "table": table}, data=data, params=start)
        self.on_msg(self._answer)

    def _where(self, at: Mapping[str, Any]) -> dict[str, int]:
        """Turn {control: value} into {control: position}."""
        known = {c.name: c for c in self._controls}
        for name in at:
            if name not in known:
                raise ValueError(f"There is no control {name!r}; the controls are {', '.join(known)}")
        return {name: position(known[name], value) for name, value in at.items()}

    def _table(self, stored: Sequence[Sequence[int]]) -> tuple[dict[str, Any], bytes]:
        """Return the table over the stored positions; one that is too big to send is refused."""
        layout, data = pack(tabulate(self._compute, self._controls, stored), len(self._controls))
        if len(data) > TABLE_LIMIT:
            sizes = " x ".join(str(len(positions)) for positions in stored)
            raise ValueError(
                f"The table of {sizes} settings takes {len(data) / 1e6:.1f} MB, more than {TABLE_LIMIT / 1e6:.0f}. "
                "Give `coarse` (then the kernel computes on demand), or show fewer points."
            )
        return layout, data

    def _stored_in_export(self) -> list[list[int]]:
        """Return the positions that an exported page stores of each control."""
        coarse = dict(self._coarse or {})
        stored = []
        for control in self._controls:
            count = len(control.values)
            named = {at[control.name] for at in self._named if control.name in at}
            stored.append(spread(count, coarse.pop(control.name, count), named))
        if coarse:
            raise ValueError(f"`coarse` names no control of this demo: {', '.join(coarse)}")
        return stored

    def _answer(self, _widget: object, content: Mapping[str, Any], _buffers: object) -> None:
        """Answer one request of the page: a new setting, the next frame of it, or an action.

        Of a setting that is asked for ahead, the first frame is all there is; what is in work goes on after it.
        """
        number = content.get("id")
        try:
            at = content.get("at")
            frames, more = self._frames, self._more
            if at is not None:
                params = {c.name: c.values[at[c.name]] for c in self._controls}
                action = self._actions.get(content.get("act", ""))
                result = action.run(params) if action else self._compute(params)
                frames = iter([result] if isinstance(result, Mapping) else result)
                more = not isinstance(result, Mapping)
            if not content.get("ahead"):
                self._frames, self._more = frames, more
            frame = next(frames, None)
            layout, data = pack(frame or {})
        except Exception as error:
            self.send({"id": number, "error": f"{type(error).__name__}: {error}"})
            return
        self.send({"id": number, "done": frame is None, "more": more, "table": layout}, [data])

    def read_out(self, **params: Any) -> str:
        """Return the sentence under the pictures for a setting (what is not named stays at its start)."""
        at = {c.name: c.start for c in self._controls} | params
        self._where(at)
        arrays = {k: v.item() if v.ndim == 0 else v for k, v in last_frame(self._compute(at)).items()}
        return str(self.spec["readout"]).format_map(at | arrays)

    def to_html(self) -> str:
        """Return the demo as a piece of HTML that lives without a kernel, opened by double click as well."""
        spec, data = self.spec, self.data
        if self._coarse is not None:
            stored = self._stored_in_export()
            table, data = self._table(stored)
            spec = {**spec, "stored": stored, "table": table}
        return piece(spec, data)

    def _words(self) -> str:
        """Return title and read-out at the start, for readers without pictures."""
        return f"{self.spec['title']}. {self.read_out()}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the widget, with words for those who show none; or, for an export, the piece of HTML."""
        if os.environ.get(EXPORT):
            return {"text/html": self.to_html(), "text/plain": self._words()}
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/html": asleep(self._words()), "text/plain": self._words()}, metadata

    def _ipython_display_(self) -> None:
        """Show the widget, and beneath it what a notebook shows that is opened without running.

        JupyterLab takes the widget of a saved notebook that it trusts, whatever else there is, and finds no model.
        """
        if os.environ.get(EXPORT):
            display(self._repr_mimebundle_(), raw=True)
            return
        data, metadata = self._repr_mimebundle_()
        sentence = data.pop("text/html")
        display({**data, "text/plain": f"{self.spec['title']}."}, metadata=metadata, raw=True)
        display({"text/html": sentence}, raw=True)
