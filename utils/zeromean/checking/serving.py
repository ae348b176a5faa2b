"""Whether a backward pass can work with what a student's forward pass keeps for it, as the grade asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zeromean.checking.caller import call
from zeromean.checking.comparisons import close
from zeromean.checking.encoding import decode
from zeromean.checking.made import copied
from zeromean.checking.mismatch import describe_mismatch
from zeromean.checking.probes import Look

NEAR = 1e-7  # the tolerance of the grade's own question


def useless(cache: Any, right: Any, look: Look, functions: Mapping[str, Callable[..., Any]], seconds: float) -> str:
    """Say what is wrong with a cache that is of no use, and not what the stub describes."""
    with np.errstate(all="ignore"):
        differs = describe_mismatch(cache, right, "cache", rtol=NEAR, atol=NEAR)
    if not differs:
        return ""
    name = look.options["backward"]
    upstream, gradients = decode(look.expected)
    answer = call(name, functions[name], (upstream, copied(cache)), {}, seconds) if name in functions else None
    if answer is None or (answer.trouble and answer.trouble.kind == "unwritten"):
        return f"{differs}. It is of use only if your {name}, still to be written, reads it in this way."
    got = answer.result if isinstance(answer.result, (tuple, list)) else (answer.result,)
    if not answer.trouble and len(got) == len(gradients) and not any(map(_far, got, gradients)):
        return ""
    return f"{differs}. Nor does your {name} get right gradients from this cache."


def _far(got: Any, right: Any) -> str:
    with np.errstate(all="ignore"):
        return close(got, right, "the gradient", rtol=NEAR, atol=NEAR)
