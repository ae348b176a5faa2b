"""The oddities of A2: answers that misuse what they are handed, hand back too much, or are right in an odd way."""

from __future__ import annotations

from autograder.sample.oddities.paper import Oddities, Paper

ODDITIES = Oddities()
odd = ODDITIES.enter


@odd("activation_moments")
def bends_for_ever(paper: Paper) -> None:
    """One answer calls the activation that it was handed for ever."""
    paper.answer(
        "activation_moments",
        """
        def activation_moments(phi):
            while True:
                phi(np.zeros(3))
        """,
    )


@odd("activation_moments")
def answers_with_the_activation(paper: Paper) -> None:
    """One answer returns the function that it was handed, three times."""
    paper.answer("activation_moments", "def activation_moments(phi):\n    return phi, phi, phi")


@odd("init_weights")
def hands_back_the_generator(paper: Paper) -> None:
    """One answer returns the generator in place of weights."""
    paper.answer("init_weights", "def init_weights(shape, scheme, rng):\n    return rng")


@odd("lsuv_init")
def returns_a_list_that_holds_itself(paper: Paper) -> None:
    """One answer is a list whose only entry is that list."""
    paper.answer(
        "lsuv_init",
        """
        def lsuv_init(X, Ws, act, tol=0.02, max_iter=10):
            new = []
            new.append(new)
            return new
        """,
    )


@odd()
def bends_with_a_class(paper: Paper) -> None:
    """Right: one answer is an object that can be called."""
    paper.answer(
        "fans",
        """
        class Fans:
            def __call__(self, shape):
                if len(shape) not in (2, 4):
                    raise ValueError(shape)
                dense = len(shape) == 2
                pair = (shape[0], shape[1]) if dense else (shape[1], shape[0])
                area = 1 if dense else shape[2] * shape[3]
                return pair[0] * area, pair[1] * area


        fans = Fans()
        """,
    )
