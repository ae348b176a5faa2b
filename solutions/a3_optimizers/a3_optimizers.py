# %% [markdown]
# # A3 · Optimizers and schedules
#
# In this notebook you write the update rules that train networks, from plain gradient descent to Adam, and the schedules
# that lower the rate. At the end you race them down the same ravine and know which one wins when the ravine is turned.
#
# | | exercise | minutes | marks |
# |---|---|---|---|
# | 1 | `adam` | 40 | 3 |
#
# **How to work.** Replace the marked line in the function, run the cell, then run the `check(...)` cell below it. Predictions
# earn nothing and cost nothing; put your guess in place of `None` before you look. Cells that only draw are folded.

# %%
import numpy as np

from zeromean import check, progress

# %% figure=true
from zeromean import figures
from zeromean.style import use
from zeromean.waiting import reveal, when_ready

use()

# %% [markdown]
# ## 1 · Adam
#
# One rate for all parameters is a bad compromise: what is safe for the steep ones takes forever on the flat ones. Adam gives
# every parameter a step of about the same length, `lr`, whatever the size of its gradient: it divides a recent mean of the
# gradient by a recent root mean square. Both memories start at 0, so at first they are far too small, and by how much is
# known exactly; Adam corrects for it.
#
# With $g$ for the gradient, all operations entry by entry, and $t = 1$ in the first step:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$
#
# $$w \leftarrow w - \eta\,\frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)}+\varepsilon}$$
#
# $w, g, m, v$ have the same shape, whatever it is; $\eta$ is `lr`.
#
# **By hand.** $g = 3$, then $g = 1$; $\beta_1 = \beta_2 = 0.5$, $\varepsilon = 0$, $\eta = 1$, $w = 0$:
#
# | $t$ | $g$ | $m$ | $v$ | $m/(1-\beta_1^t)$ | $v/(1-\beta_2^t)$ | step |
# |---|---|---|---|---|---|---|
# | 1 | 3 | 1.5 | 4.5 | 3 | 9 | −1 |
# | 2 | 1 | 1.25 | 2.75 | 1.6667 | 3.6667 | −0.8704 |
#
# Three things to be careful about:
#
# * **Count first.** With $t = 0$ both corrections divide by 0.
# * **$\varepsilon$ stands outside the root.** Inside, it would be the square of what is meant.
# * **The state belongs to one parameter**, and its arrays are replaced, never edited: somebody may have kept the old ones.
#
# **Predict.** $\beta_1 = 0.9$, $\beta_2 = 0.999$. In the first step the gradient is a millionth, then, for another parameter, a
# million. How long are the two steps, in units of `lr`? And how long would they be without the two corrections?

# %% scratch=true
first_steps = None  # two numbers, as a list
first_step_uncorrected = None  # one number

# %% exercise="adam" points=3 minutes=40
def adam(w, dw, state):
    """Take one step of Adam.

    Parameters
    ----------
    w : ndarray, shape (...), float
        A parameter. It keeps its values.
    dw : ndarray, shape (...), float
        The gradient of the loss, in the shape of `w`. It keeps its values.
    state : dict
        Of this parameter alone. ``lr``: the rate, read anew in each step.
        ``beta1``, ``beta2``, ``eps``: 0.9, 0.999 and 1e-8 when missing.
        ``t``: the number of steps taken, 0 when missing. ``m``, ``v``: the running means of the gradient
        and of its square, shape of `w`, zeros when missing. After the call it holds the new `t`, and NEW
        arrays `m` and `v`, not corrected, in the dtype of `w`; the old arrays keep their values.

    Returns
    -------
    w_new : ndarray, shape (...), dtype of `w`
        A new array, in the shape of `w`.

    Notes
    -----
    Kingma & Ba (2015), Algorithm 1.

    Examples
    --------
    >>> state = {"lr": 0.1}
    >>> adam(np.array([1.0, 1.0]), np.array([5.0, -0.02]), state).round(4)
    array([0.9, 1.1])
    >>> state["t"]
    1
    """
    ### BEGIN SOLUTION
    beta1, beta2 = state.get("beta1", 0.9), state.get("beta2", 0.999)
    step = state.get("t", 0) + 1
    first = beta1 * state.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    second = beta2 * state.get("v", np.zeros_like(w)) + (1 - beta2) * dw**2
    state["t"], state["m"], state["v"] = step, first.astype(w.dtype), second.astype(w.dtype)
    root = np.sqrt(second / (1 - beta2**step))
    length = state["lr"] / (1 - beta1**step)
    return (w - length * first / (root + state.get("eps", 1e-8))).astype(w.dtype)
    ### END SOLUTION

# %% check="adam"
check(adam)

# %% figure=true
with when_ready():
    gradients = np.array([1e-6, 1e6])
    moved = -adam(np.zeros(2), gradients, {"lr": 1.0})
    reveal(
        ("first steps, in units of lr", first_steps, moved),
        ("without the corrections", first_step_uncorrected, 0.1 / np.sqrt(0.001)),
        then=r"""
            Whatever the gradient, the first step is `lr` long; a hundredth is missing where $\varepsilon = 10^{-8}$ is a
            hundredth of the gradient. Without the corrections it is $0.1/\sqrt{0.001} = 3.16$ times `lr`, and the steps grow
            further, to more than 6 times at $t = 12$. In the picture the ravine runs along an axis, then it is turned by 45
            degrees: now no single parameter is steep or flat, and dividing by each one's own spread no longer helps.
            """,
    )

    def path(turned, steps=150):
        c = np.sqrt(0.5)
        turn = np.array([[c, -c], [c, c]]) if turned else np.eye(2)
        H = turn @ np.diag([100.0, 1.0]) @ turn.T
        w, state = turn @ np.array([0.7, 1.3]), {"lr": 0.03}
        places = [w]
        for _ in range(steps):
            w = adam(w, H @ w, state)
            places.append(w)
        return np.array(places) @ turn

    figures.ravines({"along an axis": path(False), "turned by 45°": path(True)})

# %% [markdown]
# ## Before you hand in
#
# Choose *Kernel → Restart Kernel and Run All Cells* and save. The cell below tries all visible checks again and says what is
# left.

# %% figure=true
progress()
