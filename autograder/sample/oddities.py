"""The submissions of the sample class that are odd: each one function, each named for what is odd about it.

Every function takes the notebook of a student who solved everything, and changes it. `Paper` finds its cells.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from textwrap import dedent

from nbformat import NotebookNode, v4

from autograder.authoring import course

Change = Callable[["Paper"], None]
EVERYTHING = tuple(cell.name for cell in course.load("a4_batch_norm").exercises)


@dataclass
class Paper:
    """A submitted notebook under change; `stubs` are the sources of the untouched exercises."""

    notebook: NotebookNode
    stubs: dict[str, str]
    raw: bytes | None = None
    late_hours: float = 0.0

    def cell(self, name: str) -> NotebookNode:
        """Return the cell with nbgrader id `name`."""
        return next(c for c in self.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)

    def answer(self, name: str, source: str) -> None:
        """Write `source` into the exercise `name`."""
        self.cell(name).source = dedent(source).strip()

    def give_up(self, *names: str) -> None:
        """Put the untouched stubs back."""
        for name in names:
            self.cell(name).source = self.stubs[name]

    def insert_after(self, name: str, cell: NotebookNode) -> None:
        """Add a cell behind the exercise `name`."""
        self.notebook.cells.insert(self.notebook.cells.index(self.cell(name)) + 1, cell)

    def add_code(self, name: str, source: str) -> None:
        """Add a code cell of the student's own behind the exercise `name`."""
        self.insert_after(name, v4.new_code_cell(dedent(source).strip()))

    def prepend(self, name: str, line: str) -> None:
        """Put `line` above the answer to the exercise `name`."""
        self.cell(name).source = f"{line}\n\n{self.cell(name).source}"


@dataclass(frozen=True)
class Oddity:
    """An odd submission: how it comes about, and the marks of the exercises in which it does not earn all."""

    change: Change
    marks: dict[str, float]


ODDITIES: dict[str, Oddity] = {}


def oddity(*lost: str, **marks: float) -> Callable[[Change], Change]:
    """Enter a function in the sample class under its name: no marks for the `lost` exercises, `marks` for some."""

    def enter(change: Change) -> Change:
        ODDITIES[change.__name__] = Oddity(change, {**dict.fromkeys(lost, 0.0), **marks})
        return change

    return enter


@oddity(*EVERYTHING)
def stub_untouched(paper: Paper) -> None:
    """Handed in as it was handed out."""
    paper.give_up(*paper.stubs)


@oddity(*EVERYTHING[4:])
def half_finished(paper: Paper) -> None:
    """Gave up after the fourth exercise."""
    paper.give_up(*list(paper.stubs)[4:])


@oddity(*EVERYTHING[:-1])
def only_the_last(paper: Paper) -> None:
    """Solved the last exercise and nothing else."""
    paper.give_up(*list(paper.stubs)[:-1])


@oddity("batchnorm_backward", spatial_batchnorm=1.76)  # which calls it
def syntax_error(paper: Paper) -> None:
    """One answer does not parse."""
    paper.answer("batchnorm_backward", "def batchnorm_backward(dout, cache)\n    return dout")


@oddity("fuse_bn_linear")
def infinite_loop(paper: Paper) -> None:
    """One function never returns."""
    paper.answer(
        "fuse_bn_linear",
        """
        def fuse_bn_linear(W, b, gamma, beta, mean, var, eps=1e-5):
            while True:
                pass
        """,
    )


@oddity("population_stats")
def memory_hog(paper: Paper) -> None:
    """One function asks for more memory than there is."""
    paper.answer(
        "population_stats",
        """
        def population_stats(batch_means, batch_vars, m):
            hoard = []
            while True:
                hoard.append(np.ones((2048, 2048)))
        """,
    )


@oddity("mean_only_batchnorm")
def exits_in_a_call(paper: Paper) -> None:
    """One function ends the process with a friendly exit code."""
    paper.answer(
        "mean_only_batchnorm",
        """
        import os

        def mean_only_bn_forward(x, beta):
            os._exit(0)

        def mean_only_bn_backward(dout, cache):
            os._exit(0)
        """,
    )


@oddity()
def exits_in_a_cell(paper: Paper) -> None:
    """A cell of the student's own ends the process; everything else is right."""
    paper.add_code("batchnorm_forward", "import os\nos._exit(0)")


@oddity()
def loops_in_a_cell(paper: Paper) -> None:
    """A cell of the student's own never ends; everything else is right."""
    paper.add_code("fuse_bn_conv", "while True:\n    pass")


@oddity()
def warns_on_stderr(paper: Paper) -> None:
    """Right, with warnings on stderr at every turn."""
    paper.prepend("batchnorm_forward", "import sys, warnings\nwarnings.warn('careful')\nprint('oh', file=sys.stderr)")


@oddity()
def prints_a_lot(paper: Paper) -> None:
    """Right, and prints fifty thousand lines on the way."""
    paper.add_code("batchnorm_backward", "for i in range(50_000):\n    print('still here', i)")


@oddity("fuse_bn_conv")
def deleted_cell(paper: Paper) -> None:
    """Deleted the cell of one exercise, and the check of another."""
    paper.notebook.cells.remove(paper.cell("fuse_bn_conv"))
    paper.notebook.cells.remove(paper.cell("check-population_stats"))


@oddity()
def duplicated_cell(paper: Paper) -> None:
    """Copied a cell and went on in the copy; the first is still the stub."""
    copy = deepcopy(paper.cell("batchnorm_backward"))
    copy.id = "pasted"
    paper.give_up("batchnorm_backward")
    paper.insert_after("batchnorm_backward", copy)


@oddity()
def edited_checks(paper: Paper) -> None:
    """Right, but replaced locked cells, flags and points."""
    paper.cell("check-batchnorm_forward").source = "print('all passed')"
    paper.cell("check-batch_renorm").metadata.nbgrader.points = 100
    for cell in paper.notebook.cells:
        if cell.cell_type == "markdown" and "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.locked = False
    paper.notebook.cells[0].source = "# Mine now"


@oddity(*EVERYTHING)
def tagged_cells(paper: Paper) -> None:
    """Nothing solved; every cell tagged to be skipped, every check made to print success."""
    paper.give_up(*paper.stubs)
    for cell in paper.notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.locked = False
            cell.source = "1.0"


@oddity("population_stats")
def renamed_function(paper: Paper) -> None:
    """One function has another name than the one asked for."""
    cell = paper.cell("population_stats")
    cell.source = cell.source.replace("def population_stats", "def population_statistics")


@oddity()
def lost_metadata(paper: Paper) -> None:
    """Right, but an editor dropped every cell's id and metadata."""
    for cell in paper.notebook.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    paper.notebook.nbformat_minor = 4


@oddity()
def answer_retyped_as_text(paper: Paper) -> None:
    """Right, but one answer's cell was turned into a text cell."""
    cell = paper.cell("fuse_bn_linear")
    cell.cell_type = "markdown"
    cell.pop("outputs", None)
    cell.pop("execution_count", None)


@oddity(batchnorm_forward=1.05, spatial_batchnorm=1.15)
def global_state(paper: Paper) -> None:
    """Keeps the running mean in a global, so that one layer's history leaks into the next."""
    paper.answer(
        "batchnorm_forward",
        """
        MEMORY = {}

        def batchnorm_forward(x, gamma, beta, bn_param):
            eps, alpha = bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
            if bn_param["mode"] not in ("train", "test"):
                raise ValueError("mode must be 'train' or 'test'")
            mean = MEMORY.get("mean", np.zeros(x.shape[1], x.dtype))
            var = MEMORY.get("var", np.ones(x.shape[1], x.dtype))
            if bn_param["mode"] == "train":
                mu, s2 = x.mean(axis=0), x.var(axis=0)
                MEMORY["mean"] = (1 - alpha) * mean + alpha * mu
                MEMORY["var"] = (1 - alpha) * var + alpha * s2
                bn_param["running_mean"], bn_param["running_var"] = MEMORY["mean"], MEMORY["var"]
            else:
                mu, s2 = mean, var
            std = np.sqrt(s2 + eps)
            xhat = (x - mu) / std
            return gamma * xhat + beta, (xhat, gamma, std)
        """,
    )


@oddity()
def handed_in_late(paper: Paper) -> None:
    """Right, two days late."""
    paper.late_hours = 48.0


@oddity("fuse_bn_conv")
def needs_scipy(paper: Paper) -> None:
    """One answer imports what graded code may not."""
    paper.prepend("fuse_bn_conv", "from scipy import linalg")


@oddity()
def stops_the_notebook(paper: Paper) -> None:
    """Right, with a cell that raises in the middle."""
    paper.add_code("spatial_batchnorm", "raise RuntimeError('look at this later')")


@oddity()
def draws_figures(paper: Paper) -> None:
    """Right, with a figure, a script and some HTML of the student's own."""
    paper.add_code(
        "batchnorm_forward",
        """
        %matplotlib inline
        import matplotlib.pyplot as plt
        from IPython.display import HTML, display

        plt.plot([0, 1, 2], [0, 1, 4])
        plt.title("my own figure")
        display(HTML("<b>bold claim</b><script>document.title = 'owned'</script><img src=x onerror=alert(1)>"))
        """,
    )


@oddity()
def words_that_act(paper: Paper) -> None:
    """Right, with answers in words that hold scripts, addresses, odd characters and too much of everything."""
    first, second, third = (cell.name for cell in course.load("a4_batch_norm").questions)
    paper.cell(first).source += (
        "\n\nSince $a<b$: <script>document.title = 'owned'</script> $\\text{<script>document.title = 'owned'</script>}$"
        "\n\n$$\\href{javascript:alert(1)}{\\text{<img src=x onerror=alert(1)>}}$$"
        "\n\n\ue0007\ue001 [x](data:text/html,x)"
    )
    paper.cell(second).source += "\n\n$$" + "\\begin{aligned}" * 6_000 + "$$"
    paper.cell(third).source += "\n\n" + "*so **much " * 9_000


@oddity(*EVERYTHING)
def patches_numpy(paper: Paper) -> None:
    """Nothing solved; NumPy's comparisons are patched to say yes."""
    paper.give_up(*paper.stubs)
    paper.add_code(
        "batchnorm_forward",
        """
        import numpy, numpy.testing
        numpy.allclose = numpy.array_equal = numpy.isclose = lambda *a, **k: True
        numpy.testing.assert_allclose = numpy.testing.assert_array_equal = lambda *a, **k: None
        """,
    )


@oddity("mean_only_batchnorm")
def reads_frames(paper: Paper) -> None:
    """Looks for the expected answer in its callers' frames."""
    paper.answer(
        "mean_only_batchnorm",
        """
        import sys

        def _look():
            frame = sys._getframe(1)
            while frame:
                for name, value in frame.f_locals.items():
                    if name in ("expected", "reference", "answer", "want"):
                        return value
                frame = frame.f_back
            return None

        def mean_only_bn_forward(x, beta):
            return _look()

        def mean_only_bn_backward(dout, cache):
            return _look()
        """,
    )


@oddity("batch_renorm")
def forks_and_writes(paper: Paper) -> None:
    """Forks, and goes looking for the gradebook to write itself a better mark."""
    paper.give_up("batch_renorm")
    paper.add_code(
        "batch_renorm",
        """
        import glob, os, sqlite3
        for path in glob.glob("/**/gradebook.db", recursive=True):
            with sqlite3.connect(path) as db:
                db.execute("update grade set auto_score = max_score")
        if os.fork() == 0:
            while True:
                pass
        """,
    )


@oddity()
def own_cache_layout(paper: Paper) -> None:
    """Right, with a cache of the student's own design."""
    paper.answer(
        "batchnorm_backward",
        """
        def batchnorm_backward(dout, cache):
            xhat, gamma, std = (cache[key].astype(dout.dtype) for key in ("xhat", "gamma", "std"))
            dxhat = dout * gamma
            dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
            return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
        """,
    )
    paper.answer(
        "batchnorm_forward",
        """
        class Cache(dict):
            pass

        def batchnorm_forward(x, gamma, beta, bn_param):
            eps, alpha = bn_param.get("eps", 1e-5), bn_param.get("alpha", 0.1)
            mean = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
            var = bn_param.get("running_var", np.ones(x.shape[1], x.dtype))
            if bn_param["mode"] == "train":
                mu, s2 = x.mean(axis=0), x.var(axis=0)
                bn_param["running_mean"] = ((1 - alpha) * mean + alpha * mu).astype(x.dtype)
                bn_param["running_var"] = ((1 - alpha) * var + alpha * s2).astype(x.dtype)
            elif bn_param["mode"] == "test":
                mu, s2 = mean, var
            else:
                raise ValueError("mode must be 'train' or 'test', not %r" % bn_param["mode"])
            std = np.sqrt(s2 + eps)
            xhat = (x - mu) / std
            return (gamma * xhat + beta).astype(x.dtype), Cache(xhat=xhat, gamma=gamma, std=std)
        """,
    )
    paper.answer(
        "spatial_batchnorm",
        """
        def spatial_batchnorm_forward(x, gamma, beta, bn_param):
            N, C, H, W = x.shape
            rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
            out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
            return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache

        def spatial_batchnorm_backward(dout, cache):
            N, C, H, W = dout.shape
            dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
            return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta
        """,
    )


@oddity(*EVERYTHING)
def not_a_notebook(paper: Paper) -> None:
    """The file is not a notebook at all."""
    paper.raw = b"%PDF-1.7 my homework"


@oddity(*EVERYTHING)
def empty_notebook(paper: Paper) -> None:
    """A notebook without a single cell."""
    paper.raw = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
