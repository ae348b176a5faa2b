"""The submissions of a sample class that are odd: each one function, each named for what is odd about it.

Every function takes the notebook of a student who solved everything, and changes it. `Paper` finds its cells.
"""

from __future__ import annotations

from autograder.sample.oddities import (
    a1_backprop_and_data,
    a2_activations_and_init,
    a3_optimizers,
    a4_batch_norm,
    anywhere,
)
from autograder.sample.oddities.paper import Oddity

OF_AN_ASSIGNMENT = {
    "a1_backprop_and_data": a1_backprop_and_data.ODDITIES,
    "a2_activations_and_init": a2_activations_and_init.ODDITIES,
    "a3_optimizers": a3_optimizers.ODDITIES,
    "a4_batch_norm": a4_batch_norm.ODDITIES,
}


def oddities_of(assignment: str) -> dict[str, Oddity]:
    """Return the odd submissions of an assignment's class, by name."""
    return {**anywhere.ODDITIES, **OF_AN_ASSIGNMENT.get(assignment, {})}
