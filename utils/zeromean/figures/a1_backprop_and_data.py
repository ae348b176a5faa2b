"""The figures of A1. They draw what the student's own functions made."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import NDArray

from zeromean.style import BLUE, VERMILION, show

Array = NDArray[Any]


def errors_of_differences(steps: Array, central: Array, forward: Array) -> None:
    """Draw the relative errors of both differences over the step, each with its least error marked."""
    fig, ax = plt.subplots(figsize=(7, 3))
    found = []
    for name, errors, color, dash in (("both sides", central, BLUE, "-"), ("one side", forward, VERMILION, "--")):
        best = int(np.argmin(errors))
        ax.loglog(steps, np.maximum(errors, 1e-17), color=color, ls=dash, label=name)
        ax.plot(steps[best], max(errors[best], 1e-17), "o", color=color)
        found.append(f"{name}: least error {errors[best]:.1g} at h = {steps[best]:.1g}")
    ax.set(xlabel="h", ylabel="relative error", title=r"slope of $e^x$ at $x = 1$")
    ax.legend(loc="lower left")
    show(fig, f"Relative error of the slope over the step h. {'; '.join(found)}.")
