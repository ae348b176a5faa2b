"""Rates that change on the way: checks, then the programs that prove them."""

from __future__ import annotations

import math

import numpy as np

from autograder.suite import equivalent, expect_close, expect_raises, points, slips, variant
from autograder.suites.a3_optimizers import oracle


def first_rate(rng):
    """Return a first rate with no special value."""
    return float(rng.uniform(0.2, 0.9))


@points(2, visible=True)
def test_half_way(student, rng):
    """cosine and linear are at half of the first rate after half of the steps, and lower at three quarters"""
    lr0, T = first_rate(rng), 4 * int(rng.integers(5, 12))
    for kind, late in (("cosine", (1 - math.sqrt(0.5)) / 2), ("linear", 0.25)):
        expect_close(student.lr_schedule(kind, T // 2, lr0, T=T), lr0 / 2, f"half of {kind}")
        expect_close(student.lr_schedule(kind, 3 * T // 4, lr0, T=T), lr0 * late, f"three quarters of {kind}")


@points(1.5, visible=True)
def test_falling_for_ever(student, rng):
    """exponential, inverse and inverse_sqrt, some steps on"""
    lr0, k = first_rate(rng), float(rng.uniform(0.05, 0.3))
    expect_close(student.lr_schedule("exponential", 7, lr0, k=k), lr0 * math.e ** (-7 * k), "exponential")
    expect_close(student.lr_schedule("inverse", 7, lr0, k=k), lr0 / (1 + 7 * k), "inverse")
    expect_close(student.lr_schedule("inverse_sqrt", 9, lr0), lr0 / 3, "inverse_sqrt")


@points(1.5, visible=True)
def test_steps_down(student, rng):
    """step takes the factor once for each milestone, from the milestone on"""
    lr0, factor, first = first_rate(rng), float(rng.uniform(0.2, 0.6)), int(rng.integers(5, 10))
    milestones = [first, first + 6, first + 20]
    for t, power in ((first - 1, 0), (first, 1), (first + 7, 2)):
        rate = student.lr_schedule("step", t, lr0, milestones=milestones, factor=factor)
        expect_close(rate, lr0 * factor**power, f"step {t}")


@points(1, visible=True)
def test_warming_up(student, rng):
    """warmup rises in a straight line from 0 and stays at the rate that it has reached"""
    lr0, n = first_rate(rng), 4 * int(rng.integers(3, 8))
    for t, part in ((0, 0.0), (n // 4, 0.25), (3 * n, 1.0)):
        expect_close(student.lr_schedule("warmup", t, lr0, warmup=n), part * lr0, f"step {t}")


@points(1.5, after="test_half_way")
def test_both_ends(student, rng):
    """cosine and linear start at the first rate, reach 0 at T, and stay there"""
    lr0, T = first_rate(rng), int(rng.integers(11, 19))
    for kind in ("cosine", "linear"):
        for t, rate in ((0, lr0), (T, 0.0), (T + 1, 0.0), (2 * T, 0.0), (3 * T + 1, 0.0)):
            expect_close(student.lr_schedule(kind, t, lr0, T=T), rate, f"{kind} at step {t} of {T}")


@points(1)
def test_whole_curves(student, rng):
    """every step of cosine and of linear"""
    lr0, T = first_rate(rng), 13
    curve = np.cumsum(np.sin(np.pi * (np.arange(T) + 0.5) / T))  # the slope of half a cosine, from middle to middle
    for t in range(1, T):
        expected = lr0 * (1 - curve[t - 1] / curve[-1])
        expect_close(student.lr_schedule("cosine", t, lr0, T=T), expected, f"cosine at step {t} of {T}")
        expect_close(student.lr_schedule("linear", t, lr0, T=T), lr0 * (T - t) / T, f"linear at step {t} of {T}")


@points(1, after="test_falling_for_ever")
def test_from_the_start(student, rng):
    """exponential, inverse and inverse_sqrt from step 0 on; the first two steps of inverse_sqrt have the first rate"""
    lr0, k = first_rate(rng), float(rng.uniform(0.05, 0.3))
    for t in (0, 1, 2, 50):
        powers = oracle.discounted(np.eye(51)[0], math.exp(-k))
        expect_close(student.lr_schedule("exponential", t, lr0, k=k), lr0 * powers[t], f"exponential at step {t}")
        expect_close(student.lr_schedule("inverse", t, lr0, k=k), 1 / (1 / lr0 + k * t / lr0), f"inverse at step {t}")
        expect_close(student.lr_schedule("inverse_sqrt", t, lr0), lr0 * max(t, 1) ** -0.5, f"inverse_sqrt at step {t}")


@points(1)
def test_milestones(student, rng):
    """a milestone counts at its own step; there may be one, several, or none; a factor may be 0 or larger than 1"""
    lr0 = first_rate(rng)
    for milestones, factor in (([4], 0.1), ([2, 3, 9], 0.5), ([], 0.1), ([5], 0.0), ([0, 6], 2.0)):
        for t in range(12):
            reached = len([m for m in milestones if m <= t])
            rate = student.lr_schedule("step", t, lr0, milestones=milestones, factor=factor)
            expect_close(rate, lr0 * factor**reached, f"step {t} with milestones {milestones} and factor {factor:g}")


@points(1, after="test_warming_up")
def test_around_the_end_of_warm_up(student, rng):
    """warmup reaches its rate at step `warmup`, not before and not later; a warm-up of 0 steps is none"""
    lr0, n = first_rate(rng), int(rng.integers(5, 9))
    for t, part in ((1, 1 / n), (n - 1, (n - 1) / n), (n, 1), (n + 1, 1)):
        expect_close(student.lr_schedule("warmup", t, lr0, warmup=n), lr0 * part, f"step {t} of {n}")
    for t in (0, 1, 5):
        expect_close(student.lr_schedule("warmup", t, lr0, warmup=0), lr0, f"step {t} without warm-up")


@points(0.5, after="test_half_way")
def test_unknown_kind(student, rng):
    """a kind that is not in the list raises ValueError"""
    for kind in ("cosines", "", "poly"):
        expect_raises("ValueError", student.lr_schedule, kind, 3, first_rate(rng), T=10)


HARMLESS = equivalent(
    "lr_schedule",
    {
        "float(np.exp(-params['k'] * t)) -> np.exp(-params['k'] * t)": "a float of NumPy is a float",
        "float(np.cos(np.pi * min(t / params['T'], 1))) -> np.cos(np.pi * min(t / params['T'], 1))": "likewise",
    },
)


# ---------------------------------------------------------------- right, written differently


@variant(
    "lr_schedule",
    equivalent={"part = min(t / params['T'], 1.0) -> part = -min(t / params['T'], 1.0)": "a cosine is even"},
)
def plain(kind, t, lr0, **params):
    if kind == "step":
        reached = [m for m in params["milestones"] if t >= m]
        return lr0 * params["factor"] ** len(reached)
    if kind == "exponential":
        return lr0 * 2.718281828459045 ** (-params["k"] * t)
    if kind == "inverse":
        return lr0 / (1 + params["k"] * t)
    if kind == "cosine":
        part = min(t / params["T"], 1.0)
        return 0.5 * lr0 * (1 + np.cos(np.pi * part)).item()
    if kind == "linear":
        part = min(t / params["T"], 1.0)
        return lr0 * (1 - part)
    if kind == "inverse_sqrt":
        return lr0 / max(t, 1) ** 0.5
    if kind == "warmup":
        if t >= params["warmup"]:
            return lr0
        return lr0 * t / params["warmup"]
    raise ValueError(f"no schedule {kind!r}")


@variant("lr_schedule")
def step_by_step(kind, t, lr0, **params):
    rate = lr0
    if kind == "step":
        for milestone in params["milestones"]:
            if milestone <= t:
                rate *= params["factor"]
    elif kind == "exponential":
        rate /= np.exp(params["k"] * t).item()
    elif kind == "inverse":
        rate /= 1 + params["k"] * t
    elif kind in ("cosine", "linear"):
        left = max(1 - t / params["T"], 0)
        rate *= left if kind == "linear" else np.square(np.sin(left * np.pi / 2)).item()
    elif kind == "inverse_sqrt":
        rate *= max(t, 1) ** -0.5
    elif kind == "warmup":
        for _ in range(t, params["warmup"]):
            rate -= lr0 / params["warmup"]
    else:
        raise ValueError(kind)
    return rate


@variant(
    "lr_schedule",
    equivalent={
        "int(np.searchsorted(milestones, t, side='right')) -> np.searchsorted(milestones, t, side='right')": "a number",
        "0.5 - min(t, T) / T -> 0.5 + min(t, T) / T": "a sine is symmetrical about a quarter of its wave",
    },
)
def by_a_table(kind, t, lr0, **params):
    parts = {
        "step": lambda milestones, factor: factor ** int(np.searchsorted(milestones, t, side="right")),
        "exponential": lambda k: np.e ** (-k * t),
        "inverse": lambda k: (1 + k * t) ** -1,
        "cosine": lambda T: (1 + np.sin(np.pi * (0.5 - min(t, T) / T)).item()) / 2,
        "linear": lambda T: (T - min(t, T)) / T,
        "inverse_sqrt": lambda: 1 / np.sqrt(np.maximum(t, 1)).item(),
        "warmup": lambda warmup: t / warmup if t < warmup else 1,
    }
    if kind not in parts:
        raise ValueError(f"{kind} is none of {', '.join(parts)}")
    return lr0 * parts[kind](**params)


# ---------------------------------------------------------------- wrong: what is edited, and the hint
# fmt: off
WRONG = slips(plain, {
    "drops_after_the_milestone": ("if t >= m -> if t > m",
        "Your rate seems to fall one step late. Which rate does the milestone itself have?"),
    "drops_once": ("** len(reached) -> ** min(len(reached), 1)",
        "Your rate seems to fall once and never again. How often is the factor taken?"),
    "factor_times_count": ('params["factor"] ** len(reached) -> (params["factor"] * len(reached) if reached else 1)',
        "Your factor is multiplied by a count. What do two drops of a half make?"),
    "divided_by_the_factor": ('lr0 * params["factor"] ** len(reached) -> '
        'lr0 / (params["factor"] or 1) ** len(reached)',
        "Your rate grows at a milestone."),
    "lowered_by_the_factor": ('lr0 * params["factor"] ** len(reached) -> lr0 * (1 - params["factor"]) ** len(reached)',
        "Your factor seems to be what is taken away. Is it not what is left?"),
    "milestones_to_come": ("if t >= m] -> if t < m]",
        "You seem to count the milestones that are still to come."),
    "factor_of_its_own": ('params["factor"] -> 0.1',
        "Your factor seems to be the same whatever is asked for."),
    "exponential_rises": ("(-params -> (params",
        "Your exponential rises."),
    "base_two": ("2.718281828459045 ** -> 2 **",
        "Your exponential has another base than e."),
    "power_instead": ('2.718281828459045 ** (-params["k"] * t) -> (1 - params["k"]) ** t',
        "Your exponential loses the share k in each step. Is that e to the minus k?"),
    "exponential_without_time": ('(-params["k"] * t) -> (-params["k"])',
        "Your exponential does not depend on the step."),
    "inverse_without_one": ('lr0 / (1 + params["k"] * t) -> lr0 / max(params["k"] * t, 1)',
        "Your inverse lacks the 1 in the denominator."),
    "inverse_of_time": ('(1 + params["k"] * t) -> (1 + t)',
        "Your inverse does not know k."),
    "inverse_squared": ('(1 + params["k"] * t) -> (1 + params["k"] * t) ** 2',
        "Your inverse falls too fast."),
    "cosine_without_half": ("0.5 * lr0 * (1 + -> lr0 * (1 +",
        "Your cosine starts at twice the first rate. What is 1 + cos 0?"),
    "cosine_without_one": ("0.5 * lr0 * (1 + np.cos(np.pi * part)) -> lr0 * np.cos(np.pi * part)",
        "Your cosine becomes negative. Which numbers does a cosine take?"),
    "quarter_cosine": ("0.5 * lr0 * (1 + np.cos(np.pi * part)) -> lr0 * np.cos(np.pi * part / 2)",
        "Your cosine is a quarter of a wave. Does it end flat?"),
    "whole_cosine": ("np.pi * part -> 2 * np.pi * part",
        "Your cosine comes up again: it is a whole wave."),
    "cosine_in_degrees": ("np.pi * part -> 180 * part",
        "Your cosine seems to be taken of degrees."),
    "cosine_comes_back": ('        part = min(t / params["T"], 1.0)\n        return 0.5 -> '
        '        part = t / params["T"]\n        return 0.5',
        "Beyond T your cosine rises again."),
    "cosine_rises": ("(1 + np.cos -> (1 - np.cos",
        "Your cosine goes from 0 to the first rate."),
    "linear_below_zero": ('        part = min(t / params["T"], 1.0)\n        return lr0 -> '
        '        part = t / params["T"]\n        return lr0',
        "Beyond T your straight line goes below 0. Which way does a negative rate step?"),
    "linear_rises": ("lr0 * (1 - part) -> lr0 * part",
        "Your straight line rises."),
    "counts_from_one": ('min(t / params["T"], 1.0) -> min((t + 1) / params["T"], 1.0)',
        "Your steps seem to be counted from 1. Which rate does step 0 have?"),
    "last_step_zero": ('min(t / params["T"], 1.0) -> min(t / (params["T"] - 1), 1.0)',
        "Your rate reaches 0 one step early."),
    "division_by_zero": ("max(t, 1) ** 0.5 -> t ** 0.5",
        "Your inverse root divides by 0. Which step is the first?"),
    "root_one_off": ("max(t, 1) ** 0.5 -> (t + 1) ** 0.5",
        "Your inverse root is one step off. Which steps share the first rate?"),
    "root_forgotten": ("max(t, 1) ** 0.5 -> max(t, 1)",
        "Your rate falls like 1/t. Where is the root?"),
    "warms_up_for_ever": ('if t >= params["warmup"]: -> if params["warmup"] == 0:',
        "Your warm-up never stops. What comes after it?"),
    "warm_up_from_one": ('return lr0 * t / -> return lr0 * (t + 1) / ',
        "Your warm-up does not start at 0."),
    "warm_up_squared": ('return lr0 * t / params["warmup"] -> return lr0 * (t / params["warmup"]) ** 2',
        "Your warm-up is not a straight line."),
    "no_warm_up_at_all": ('return lr0 * t / params["warmup"] -> return lr0',
        "Your rate is there from the first step."),
    "zero_after_warm_up": ('        if t >= params["warmup"]:\n            return lr0 -> '
        '        if t >= params["warmup"]:\n            return 0.0',
        "After your warm-up the rate is gone."),
    "warm_up_of_nothing": ('if t >= params["warmup"]: -> if t > params["warmup"]:',
        "A warm-up of 0 steps seems to divide by 0."),
    "unknown_is_constant": ('raise ValueError(f"no schedule {kind!r}") -> return lr0',
        "A kind that nobody knows seems to be welcome. Who will notice a typing error?"),
    "unknown_by_key": ("raise ValueError(f -> raise KeyError(f",
        "An unknown kind raises something else than the stub says."),
})
