"""Records what ``check(f)`` warns of: what costs marks in a hidden check, though every visible one may pass.

Of a hidden check only the questions of `ASKED` are shipped. None needs the right answer: of what dtype something is,
whether an argument stays as it was, whether a backward pass can work with a cache, and twice. A wrong answer to one of
them fails the hidden check, so that no warning is a false alarm (`judge/agreement.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from zeromean.checking.encoding import DataError
from zeromean.checking.probes import Look, Probe, VisibleCheck

from autograder.authoring.recording import Recorder, varies
from autograder.authoring.running import GRADES, SEED, runner
from autograder.judge.collect import Suite, SuiteCheck
from autograder.judge.judge import Judge
from autograder.suite.listening import Question, listening

ASKED = ("unchanged", "of_dtype", "serves", "same_again")
KEYS = "has_key"
KEYS_STAY = "a dict that is handed over keeps its keys, and gets those that the stub names"


def warnings_of(judge: Judge, suite: Suite) -> Iterator[tuple[SuiteCheck, VisibleCheck]]:
    """Yield the hidden checks of which something can be told beforehand, and that as a check of its own.

    Those are the ones that begin with such a question: where the right numbers are asked for first, dtypes are an
    aside, and the inputs are what is hidden. That keys stay is asked once for each function.
    """
    kept: set[str] = set()
    for check in suite.checks:
        if check.mark.visible or (found := _overheard(judge, check)) is None:
            continue
        probes, looks, first = found
        after = _visible_before(suite, check)
        if first in ASKED and (said := _asking(probes, looks, ASKED)):
            yield check, replace(said, sentence=check.sentence, weight=check.mark.weight, after=after)
        if (said := _asking(probes, looks, (KEYS,))) and not (names := {p.function for p in said.calls}) <= kept:
            kept |= names
            yield check, replace(said, sentence=KEYS_STAY, weight=check.mark.weight, after=after)


class _Overhearing(Recorder):
    """Hears the questions that can be shipped without an answer, and no others; knows which question came first."""

    first = ""

    def hear(self, question: Question) -> None:
        """Write down a question, or leave it."""
        self.first = self.first or question.comparison
        if question.comparison in (*ASKED, KEYS, "raises"):
            with suppress(DataError):
                super().hear(question)


def _overheard(judge: Judge, check: SuiteCheck) -> tuple[list[Probe], list[Look], str] | None:
    """Run a hidden check; None if its calls are no data, or would ship what is the same in every grade."""
    recorder, other = _Overhearing(judge.reference), _Overhearing(judge.reference)
    try:
        for one, seed in ((recorder, SEED), (other, GRADES)):
            with listening(one.hear):
                runner(judge, check, seed)(one)
    except DataError:
        return None
    differs = varies(recorder.probes, other.probes)
    if not all(differs(call) for call, probe in enumerate(recorder.probes) if probe.cache or probe.only_prepares):
        return None
    return recorder.probes, recorder.looks, recorder.first


def _asking(probes: Sequence[Probe], looks: Sequence[Look], comparisons: tuple[str, ...]) -> VisibleCheck | None:
    """Return the check that asks only some questions, with no call after the last of them."""
    asked = [look for look in looks if look.comparison in comparisons]
    asked = [look for look in asked if look.comparison != "serves"] or asked[:1]
    if not asked:
        return None
    calls = tuple(probes[: max(look.when for look in asked) + 1])
    return VisibleCheck("", 0, calls, tuple(sorted(asked, key=lambda look: look.when)))


def _visible_before(suite: Suite, check: SuiteCheck) -> int | None:
    """Return the number of the nearest visible check that must pass before a hidden one is tried."""
    by_name = {one.name: one for one in suite.checks}
    visible = [one.name for one in suite.checks if one.mark.visible]
    after = check.mark.after
    while after and after not in visible:
        after = by_name[after].mark.after
    return visible.index(after) if after else None
