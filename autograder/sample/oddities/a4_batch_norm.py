"""The oddities of A4's class: hostile, greedy and noisy answers, and answers with ideas of their own."""

from __future__ import annotations

from autograder.authoring import course
from autograder.sample.oddities.paper import Oddities, Paper

ODDITIES = Oddities()
odd = ODDITIES.enter


@odd("fuse_bn_linear")
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


@odd("population_stats")
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


@odd("mean_only_batchnorm")
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


@odd()
def exits_in_a_cell(paper: Paper) -> None:
    """A cell of the student's own ends the process; everything else is right."""
    paper.add_code("batchnorm_forward", "import os\nos._exit(0)")


@odd()
def loops_in_a_cell(paper: Paper) -> None:
    """A cell of the student's own never ends; everything else is right."""
    paper.add_code("fuse_bn_conv", "while True:\n    pass")


@odd()
def warns_on_stderr(paper: Paper) -> None:
    """Right, with warnings on stderr at every turn."""
    paper.prepend("batchnorm_forward", "import sys, warnings\nwarnings.warn('careful')\nprint('oh', file=sys.stderr)")


@odd()
def prints_a_lot(paper: Paper) -> None:
    """Right, and prints fifty thousand lines on the way."""
    paper.add_code("batchnorm_backward", "for i in range(50_000):\n    print('still here', i)")


@odd()
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


@odd("fuse_bn_conv")
def needs_scipy(paper: Paper) -> None:
    """One answer needs what graded code may not import."""
    paper.answer(
        "fuse_bn_conv",
        """
        from scipy import linalg

        def fuse_bn_conv(W, b, gamma, beta, mean, var, eps=1e-5):
            scale = linalg.inv(np.diag(np.sqrt(var + eps))) @ gamma
            return W * scale[:, None, None, None], (b - mean) * scale + beta
        """,
    )


@odd()
def comes_from_colab(paper: Paper) -> None:
    """Right, with imports above an answer that only another machine has."""
    paper.prepend("fuse_bn_conv", "import torch")
    paper.prepend("fuse_bn_conv", "from google.colab import drive")


@odd()
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


@odd()
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


@odd(*range(8))
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


@odd("mean_only_batchnorm")
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


@odd("batch_renorm")
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


@odd()
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
