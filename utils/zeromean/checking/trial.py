"""One visible check being tried on a student's functions: its calls, its questions, what was handed on."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from zeromean.checking import caller, comparisons
from zeromean.checking.compare import (
    Difference,
    Wrong,
    asked,
    closed,
    exact,
    is_several,
    refuse_layout,
    refuse_signature,
    sentence,
)
from zeromean.checking.encoding import decode
from zeromean.checking.fingerprints import fingerprint, raised_print
from zeromean.checking.handing import CACHE, HANDED
from zeromean.checking.layout import alike, misfits_in, structure_mismatch
from zeromean.checking.made import Made, Missing, Visit, copied
from zeromean.checking.outcome import FailedCall, Outcome, State
from zeromean.checking.probes import Look, Piece, Probe, VisibleCheck
from zeromean.checking.serving import useless

NOT_THE_CACHE = (
    "Your backward pass is right for the cache that the stub describes; what your forward pass puts into it is "
    "something else."
)


def tried(check: VisibleCheck, visit: Visit) -> tuple[Outcome, dict[int, Any]]:
    """Try a check; where it fails with the student's own cache, once more with the reference's, as the grade does.

    Returned beside the outcome are the fingerprints of the calls.
    """
    trial = Trial(check, visit)
    outcome = trial.run()
    about_cache = any(look.comparison == "serves" for look in check.looks)
    if outcome.state == "failed" and trial.own_caches and not about_cache:
        again = Trial(check, visit, trust_caches=False)
        if again.run().state == "passed":
            return Outcome(check.sentence, "passed", NOT_THE_CACHE), again.prints
    return outcome, trial.prints


@dataclass
class Trial:
    """One check being tried once; `own_caches` tells whether a cache of the student's was at hand."""

    check: VisibleCheck
    visit: Visit
    trust_caches: bool = True
    own_caches: bool = False
    made: dict[int, Made] = field(default_factory=dict)
    prints: dict[int, Any] = field(default_factory=dict)

    def run(self) -> Outcome:
        """Make every call, because each tells something about the idea behind it; the first fault is reported."""
        first: Outcome | None = None
        for position, probe in enumerate(self.check.calls):
            try:
                outcome = self._make(position, probe)
                if outcome is None:
                    outcome = self._look(position)
            except Missing as missing:
                first = first or self._with_call(position, self._outcome("failed", closed(str(missing))))
                break
            first = first or (outcome and self._with_call(position, outcome))
            if outcome is not None and outcome.state != "failed":
                break
        return first or Outcome(self.check.sentence, "passed")

    def _make(self, position: int, probe: Probe) -> Outcome | None:
        """Make one call, and return what is wrong; one that only prepares cannot be wrong, and changes nothing."""
        if not probe.only_prepares:
            return self._call(position, probe)
        arguments = self._arguments(probe)
        wrong = self._call(position, probe, copy.deepcopy(arguments))
        made = self.made.setdefault(position, Made(arguments, {}))
        made.arguments = arguments
        expected = decode(probe.result)
        if wrong or not alike(tuple(made.parts) if is_several(probe) else made.parts[0], expected):
            made.parts, made.misfits = list(expected) if is_several(probe) else [expected], {}
            made.cache = decode(probe.cache)
        return None

    def _call(self, position: int, probe: Probe, arguments: dict[str, Any] | None = None) -> Outcome | None:
        name = probe.function
        function = self.visit.functions.get(name)
        if function is None:
            return self._outcome("unwritten", f"{name} is not defined yet. Run the cell that defines it.")
        if name in self.visit.too_slow:
            return self._outcome("waits", f"This is tried as soon as {name} comes to an end.")
        arguments = self._arguments(probe) if arguments is None else arguments
        args = tuple(arguments.values())[: probe.positional]
        kwargs = dict(list(arguments.items())[probe.positional :])
        message = refuse_signature(name, function, self.visit.parameters.get(name, []), args, kwargs)
        if message:
            return self._outcome("failed", message)
        before = {key: copied(value) for key, value in arguments.items()}
        self.made[position] = made = Made(arguments, before)
        answer = caller.call(name, function, args, kwargs, self.visit.seconds)
        self.visit.note(*answer.notes)
        if answer.trouble:
            return self._trouble(position, probe, answer.trouble)
        if probe.raises:
            return self._outcome("failed", f"{name} returned a result; here it should raise {probe.raises}.")
        return self._take(position, probe, made, exact(answer.result))

    def _take(self, position: int, probe: Probe, made: Made, result: Any) -> Outcome | None:
        """Keep what a call gave, part by part; what has no place fails the questions about it, or at once."""
        made.result = result
        expected = decode(probe.result)
        parts = list(expected) if is_several(probe) else [expected]
        whole = isinstance(result, (tuple, list)) and is_several(probe)
        if self.visit.recognising and not probe.only_prepares:
            bare = tuple(result[:-1]) if whole and probe.has_cache else result
            left = {name: self._known(made.arguments[name], probe.left[name]) for name in probe.left}
            self.prints[position] = fingerprint((bare, left))
        for name in probe.kept:
            if message := comparisons.unchanged(made.arguments[name], made.before[name], name):
                self.visit.note(sentence(message))
        if message := refuse_layout(probe, result, parts) or self._refuse_left(probe, made):
            return self._outcome("failed", closed(message))
        made.parts = list(result)[: len(parts)] if whole else [result]
        for i, (got, want) in enumerate(zip(made.parts, parts, strict=True)):
            if message := structure_mismatch(got, want, probe.returns[i]) or "":
                made.misfits["", i] = message
        if probe.has_cache:
            self.own_caches |= self.trust_caches
            made.cache = result[-1] if self.trust_caches else decode(probe.cache)
        return None

    def _refuse_left(self, probe: Probe, made: Made) -> str:
        """Find what a call left in its arguments that has no place there; only of a dict, some keys may be good."""
        for name, data in probe.left.items():
            left, expected = made.arguments[name], decode(data)
            if isinstance(left, dict) and isinstance(expected, dict):
                found = misfits_in(left, expected, name)
                made.misfits |= {(name, key): f"after `{probe.function}`, {said}" for key, said in found.items()}
            elif message := structure_mismatch(left, expected, name):
                return f"after `{probe.function}`, {message}"
        return ""

    @staticmethod
    def _known(value: Any, layout: Any) -> Any:
        """Leave out the keys of a dict that the reference's dict does not have: more keys do no harm."""
        if not isinstance(value, dict) or "dict" not in layout:
            return value
        return {key: value[key] for key, _ in layout["dict"] if key in value}

    def _trouble(self, position: int, probe: Probe, trouble: caller.Trouble) -> Outcome | None:
        if trouble.errors and not probe.only_prepares:
            self.prints[position] = raised_print(trouble.errors[0], trouble.said)
        if probe.raises and probe.raises in trouble.errors:
            return None
        if trouble.kind == "unwritten":
            return self._outcome("unwritten", trouble.sentence)
        if trouble.kind == "too slow":
            self.visit.too_slow.add(probe.function)
        expected = f" Here it should raise {probe.raises}." if probe.raises else ""
        message, error = closed(trouble.sentence) + expected, "".join(trouble.errors[:1])
        self.made[position].error = trouble.sentence
        return Outcome(self.check.sentence, "failed", message, trouble.line, error=error)

    def _look(self, position: int) -> Outcome | None:
        """Ask the questions that the check asks after a call."""
        for look in self.check.looks:
            if look.when != position:
                continue
            pieces = [self._piece(piece) for piece in look.pieces]
            got = pieces[0] if len(pieces) == 1 else tuple(pieces)
            difference = self._asked(look, got, expected := self._expected(look))
            if difference:
                failed = self._failed(look.pieces[0].call, what=look.what, got=copied(got), expected=expected)
                wrong = difference.wrong and replace(difference.wrong, given=failed.given)
                return replace(self._outcome("failed", difference.message, wrong), call=failed, asked=True)
        return None

    def _asked(self, look: Look, got: Any, expected: Any) -> Difference | None:
        if look.comparison != "serves":
            return asked(look, got, expected, left=bool(look.pieces[0].argument))
        right = decode(self.check.calls[look.pieces[0].call].cache)
        message = useless(got, right, look, self.visit.functions, self.visit.seconds)
        return Difference(message) if message else None

    def _with_call(self, position: int, outcome: Outcome) -> Outcome:
        """Add the call that failed a check, unless a question did, which knows better, or none was made."""
        if outcome.state != "failed" or outcome.call or position not in self.made:
            return outcome
        return replace(outcome, call=self._failed(position, got=copied(self.made[position].result)))

    def _failed(self, position: int, **brought: Any) -> FailedCall:
        probe, made = self.check.calls[position], self.made[position]
        return FailedCall(probe.function, made.before, probe.positional, error=made.error, **brought)

    def _expected(self, look: Look) -> Any:
        if not look.as_given:
            return decode(look.expected)
        piece = look.pieces[0]
        before = self.made[piece.call].before[piece.argument]
        return before if piece.key is None else before[piece.key]

    def _piece(self, piece: Piece) -> Any:
        return self.made[piece.call].piece(piece.argument, piece.key, given=piece.given)

    def _arguments(self, probe: Probe) -> dict[str, Any]:
        """Return fresh arguments, and what earlier calls handed on."""
        return {name: self._argument(data) for name, data in probe.inputs.items()}

    def _argument(self, data: Any) -> Any:
        if not isinstance(data, dict) or not {CACHE, HANDED} & set(data):
            return decode(data)
        if CACHE in data:
            return self.made[data[CACHE]].cache
        call, argument, key = data[HANDED]
        made = self.made[call]
        value = made.piece(argument, key)
        for (name, _), message in made.misfits.items():
            if argument and name == argument:
                raise Missing(message)
        for key in data.get("without", ()):
            value.pop(decode(key), None)
        for key, item in data.get("but", ()):
            value[decode(key)] = decode(item)
        return value

    def _outcome(self, state: State, message: str, wrong: Wrong | None = None) -> Outcome:
        return Outcome(self.check.sentence, state, message, wrong=wrong)
