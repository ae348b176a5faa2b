"""The oddities of A1: answers that let others derive, that misuse what they are handed, or that agree with anything."""

from __future__ import annotations

from autograder.sample.oddities.paper import Oddities, Paper

ODDITIES = Oddities()
odd = ODDITIES.enter


@odd("numerical_gradient")
def asks_the_checker(paper: Paper) -> None:
    """One answer asks the course's own gradient checker, which graded code does not reach."""
    paper.answer(
        "numerical_gradient",
        """
        from zeromean.gradients import check_gradient

        def numerical_gradient(f, x, h=1e-5):
            return check_gradient(f, x, np.zeros_like(x))
        """,
    )


@odd("numerical_gradient")
def hands_back_the_function(paper: Paper) -> None:
    """One answer returns the function that it was handed."""
    paper.answer("numerical_gradient", "def numerical_gradient(f, x, h=1e-5):\n    return f")


@odd("numerical_gradient")
def never_lets_go_of_the_function(paper: Paper) -> None:
    """One answer calls the function that it was handed for ever."""
    paper.answer(
        "numerical_gradient",
        """
        def numerical_gradient(f, x, h=1e-5):
            while True:
                f(x)
        """,
    )


@odd("relative_error")
def agrees_with_everything(paper: Paper) -> None:
    """One answer is a number that claims to be equal to every number."""
    paper.answer(
        "relative_error",
        """
        class Small(float):
            def __eq__(self, other):
                return True

            def __sub__(self, other):
                return 0.0

            __rsub__ = __sub__

            def __hash__(self):
                return 0


        def relative_error(a, b, eps=1e-8):
            return Small("nan")
        """,
    )
