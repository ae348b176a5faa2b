"""The oddities of A3's class: memories in odd places, and a loop without end."""

from __future__ import annotations

from autograder.sample.oddities.paper import Oddities, Paper

ODDITIES = Oddities()
odd = ODDITIES.enter


@odd()
def memory_of_the_function(paper: Paper) -> None:
    """Momentum remembers in an attribute of the function, so that all parameters share one velocity."""
    paper.answer(
        "momentum",
        """
        def momentum(w, dw, state):
            old = getattr(momentum, "v", None)
            if old is None or old.shape != w.shape:
                old = np.zeros_like(w)
            momentum.v = state["v"] = (state.get("rho", 0.9) * old - state["lr"] * dw).astype(w.dtype)
            return (w + momentum.v).astype(w.dtype)
        """,
    )


@odd()
def counts_in_the_state(paper: Paper) -> None:
    """Right, with a count of steps and the largest gradient so far in the state."""
    paper.answer(
        "adagrad",
        """
        def adagrad(w, dw, state):
            state["steps"] = state.get("steps", 0) + 1
            state["largest"] = max(state.get("largest", 0.0), float(np.abs(dw).max()))
            g2 = (state.get("g2", np.zeros_like(w)) + dw * dw).astype(w.dtype)
            state["g2"] = g2
            return (w - state["lr"] * dw / (np.sqrt(g2) + state.get("eps", 1e-7))).astype(w.dtype)
        """,
    )


@odd("lr_schedule")
def warms_up_without_end(paper: Paper) -> None:
    """One function waits for a rate that it never reaches."""
    paper.answer(
        "lr_schedule",
        """
        def lr_schedule(kind, t, lr0, **params):
            rate = 0.0
            while rate < lr0:
                rate += 0.0 * lr0
            return rate
        """,
    )


@odd()
def one_engine_for_two(paper: Paper) -> None:
    """Right: momentum and Nesterov call a function of the student's own, in the cell of the first."""
    paper.answer(
        "momentum",
        """
        def new_velocity(w, dw, state):
            v = state.get("rho", 0.9) * state.get("v", np.zeros_like(w)) - state["lr"] * dw
            return v.astype(w.dtype)

        def momentum(w, dw, state):
            state["v"] = new_velocity(w, dw, state)
            return w + state["v"]
        """,
    )
    paper.answer(
        "nesterov",
        """
        def nesterov(w, dw, state):
            rho, old = state.get("rho", 0.9), state.get("v", np.zeros_like(w))
            state["v"] = new_velocity(w, dw, state)
            return (w + state["v"] + rho * (state["v"] - old)).astype(w.dtype)
        """,
    )
