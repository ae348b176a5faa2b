# Marks without an answer: each stands in place of the answer to `double`; `pair` is left alone. It must earn nothing.

# %% an array that is equal to everything
import numpy as np


class Equal(np.ndarray):
    __array_priority__ = 1e9

    def __array_ufunc__(self, *a, **k):
        return True

    def __array_function__(self, *a, **k):
        return True

    def __eq__(self, other):
        return True

    def __bool__(self):
        return True


def double(x):
    return np.ones(3).view(Equal)


# %% a number that is equal to everything
class Number(float):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __float__(self):
        return 0.0

    __hash__ = float.__hash__


def double(x):
    return Number(1)


# %% an object that agrees
class Yes:
    def __getattr__(self, name):
        return Yes()

    def __call__(self, *a, **k):
        return True

    def __eq__(self, other):
        return True

    def __bool__(self):
        return True

    def __array__(self, *a, **k):
        import numpy as np

        return np.ones(3)

    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    __hash__ = None


def double(x):
    return Yes()


# %% an object that says it is an array
import numpy as np


class Liar:
    __class__ = np.ndarray
    shape, dtype, ndim, size, nbytes = (3,), np.dtype(float), 1, 3, 24

    def tobytes(self):
        return b"\0" * 24


def double(x):
    return Liar()


# %% a metaclass that is everybody's class
class Everything(type):
    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, thing):
        return True

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Result(metaclass=Everything):
    pass


def double(x):
    return Result()


# %% an interface into foreign memory
import numpy as np


class Window:
    __array_interface__ = {"shape": (3,), "typestr": "<f8", "version": 3, "data": (id(np), True)}


def double(x):
    return np.asarray(Window())


# %% a view of nothing
import numpy as np


def double(x):
    return np.lib.stride_tricks.as_strided(x, (3,), (0,))


# %% an integer larger than any float
def double(x):
    return 10**400


# %% an integer that no writer of ours would send
import json, os, struct


def double(x):
    for fd in range(3, 40):
        for number in range(1, 60):
            text = f'{{"n": {number}, "result": 1{"0" * 4200}, "changes": []}}'.encode()
            try:
                os.write(fd, struct.pack("<4sII", b"ZMW1", len(text), 0) + text)
            except OSError:
                break
    return x


# %% NaN
import numpy as np


def double(x):
    return np.full_like(x, np.nan)


# %% infinity
import numpy as np


def double(x):
    return np.full_like(x, np.inf)


# %% all masked
import numpy as np


def double(x):
    return np.ma.masked_all(x.shape)


# %% a matrix
import numpy as np


def double(x):
    return np.matrix(x)


# %% an array of objects that agree
import numpy as np


class Yes:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __float__(self):
        return 0.0


def double(x):
    return np.array([Yes() for _ in x], dtype=object)


# %% records
import numpy as np


def double(x):
    return np.zeros(3, dtype=[("a", float), ("b", object)])


# %% dates
import numpy as np


def double(x):
    return x.view("m8[s]")


# %% a tiny answer of the right kind
def double(x):
    return x * 0 + 1e-300


# %% the word
class Passed(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def double(x):
    return Passed("passed")


# %% truth
def double(x):
    return True


# %% what is missing is right
def double(x):
    return None


# %% not implemented, in the other sense
def double(x):
    return NotImplemented


# %% a class in place of a function
class double:
    def __new__(cls, x):
        return object.__new__(cls)

    def __eq__(self, other):
        return True

    def __array__(self, *a, **k):
        raise SystemExit


# %% a coroutine
async def double(x):
    return 2 * x


# %% a generator without end
def double(x):
    while True:
        yield 2 * x


# %% a property that answers later
class Later:
    @property
    def __array__(self):
        raise KeyboardInterrupt


def double(x):
    return Later()


# %% an answer that unpickles into something
import os


class Loaded:
    def __reduce__(self):
        return os.system, ("touch /tmp/zm_left",)

    def __reduce_ex__(self, protocol):
        return self.__reduce__()


def double(x):
    return Loaded()


# %% bytes of a pickle
def double(x):
    return b"cos\nsystem\n(S'touch /tmp/zm_left'\ntR."


# %% copyreg
import copyreg, os
import numpy as np

copyreg.pickle(np.ndarray, lambda a: (os.system, ("touch /tmp/zm_left",)))


def double(x):
    return np.ones(3)


# %% an exit with the code of success
import os


def double(x):
    os._exit(0)


# %% a polite exit
import sys


def double(x):
    sys.exit(0)


# %% skipped
class Skipped(BaseException):
    pass


Skipped.__module__ = "_pytest.outcomes"


def double(x):
    raise Skipped("allow_module_level")


# %% a failure that looks like ours
class StudentFailure(Exception):
    kind = "passed"


def double(x):
    raise StudentFailure("passed")


# %% an exception with the name of a fault of ours
class SandboxError(RuntimeError):
    pass


class SystemError(SandboxError):
    pass


def double(x):
    raise SystemError("A worker could not be shut in")


# %% comparisons that always hold
import numpy as np

np.allclose = np.isclose = np.array_equal = np.array_equiv = lambda *a, **k: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None


def double(x):
    return x


# %% pytest of its own
import sys, types

sys.modules["pytest"] = sys.modules["_pytest"] = fake = types.ModuleType("pytest")
fake.main = fake.raises = fake.fail = lambda *a, **k: 0


def double(x):
    return x


# %% the suite of its own
import sys, types

for name in ("autograder.suite", "autograder.suites", "autograder.judge", "autograder.judge.judge"):
    sys.modules[name] = module = types.ModuleType(name)
    module.expect = module.expect_close = module.points = lambda *a, **k: lambda f: f


def double(x):
    return x


# %% a writer that writes what it likes
import sys

Writer = sys.modules["autograder.sandbox.writer"].Writer
Writer.value = lambda self, value, depth=0: ["l", ["r", 0]]


def double(x):
    return x


# %% an answer of its own for every question
import sys

work = sys.modules["autograder.sandbox.worker"]._WORK
work["call"] = lambda *a: ({"result": True, "changes": [], "passed": True, "outcome": "passed", "score": 100}, [])


def double(x):
    return x


# %% the worker, found among all objects
import gc

for thing in gc.get_objects():
    if type(thing).__name__ == "Worker":
        thing._call = lambda *a: ({"result": 1.0, "changes": []}, [])
        type(thing)._call = thing._call


def double(x):
    return x


# %% the reference, looked for among all objects
import gc


def double(x):
    for thing in gc.get_objects():
        if getattr(thing, "__name__", "") == "double" and thing is not double and callable(thing):
            return thing(x)
    raise LookupError


# %% the reference, looked for in the frames above
import sys


def double(x):
    frame = sys._getframe()
    while frame:
        for thing in [*frame.f_locals.values(), *frame.f_globals.values()]:
            found = getattr(thing, "reference", None) or getattr(thing, "solution", None)
            if found:
                return found.double(x)
        frame = frame.f_back
    raise LookupError


# %% frames with what is wished for
import json, os, struct


def frame(header):
    text = json.dumps(header).encode()
    return struct.pack("<4sII", b"ZMW1", len(text), 0) + text


def double(x):
    for number in range(1, 60):
        for fd in range(3, 40):
            try:
                os.write(fd, frame({"n": number, "result": ["r", 0], "changes": []}))
            except OSError:
                pass
    return x


# %% answers put into the line ahead
import json, os, struct, threading, time


def ahead():
    text = json.dumps({"n": 9, "result": True, "changes": []}).encode()
    while True:
        for fd in range(3, 12):
            try:
                os.write(fd, struct.pack("<4sII", b"ZMW1", len(text), 0) + text)
            except OSError:
                pass
        time.sleep(0.01)


threading.Thread(target=ahead, daemon=True).start()


def double(x):
    return x


# %% questions read away
import os


def double(x):
    for fd in range(3, 40):
        try:
            os.set_blocking(fd, False)
            os.read(fd, 1 << 20)
        except OSError:
            pass
    return x


# %% a line to itself
import os, socket


def double(x):
    ours, theirs = socket.socketpair()
    for fd in range(3, 12):
        if fd not in (ours.fileno(), theirs.fileno()):
            try:
                os.dup2(theirs.fileno(), fd)
            except OSError:
                pass
    return x


# %% arguments made to vanish
def double(x):
    x.resize((0,), refcheck=False)
    return x


# %% arguments of another dtype
import numpy as np, warnings

warnings.simplefilter("ignore")


def double(x):
    x.dtype = np.int64
    return x


# %% a result that is an argument, changed later
import threading, time


def double(x):
    def later():
        time.sleep(0.05)
        x[...] = 0

    threading.Thread(target=later).start()
    return x


# %% two is one
import ctypes


def double(x):
    ctypes.memmove(id(2) + 24, id(1) + 24, 4)
    return 1 * x


# %% a tracer that changes what is returned
import sys


def trace(frame, event, arg):
    frame.f_trace_opcodes = True
    return trace


sys.settrace(trace)
sys.setprofile(lambda *a: None)


def double(x):
    return x


# %% a check of its own
def check(*functions, **options):
    return "all 2 checks passed"


class student:
    double = staticmethod(lambda x: 2 * x)


reference = student


def double(x):
    return reference


# %% the shell's own events
shell = get_ipython()
shell.events.register("post_run_cell", lambda result: shell.user_ns.update(double=lambda x: True))
shell.input_transformers_post.append(lambda lines: ["double = lambda x: True\n", *lines])


def double(x):
    return True


# %% trees rewritten
import ast


class Rewrite(ast.NodeTransformer):
    def visit_Raise(self, node):
        return ast.copy_location(ast.Return(ast.Constant(True)), node)


get_ipython().ast_transformers.append(Rewrite())


def double(x):
    raise NotImplementedError


# %% marks as text on the page
from IPython.display import HTML, display

display(HTML("<div class='zm-results'><p><b>2 of 2 marks</b></p><ul><li class='zm-passed'>passed</li></ul></div>"))


def double(x):
    return x


# %% a signature that takes everything, and a memory
class Memory(dict):
    def __missing__(self, key):
        return key


memory = Memory()


def double(*args, **kwargs):
    memory[len(memory)] = args
    return memory[len(memory) - 1][0]


double.__wrapped__ = double.__signature__ = double.__code__


# %% code exchanged while it runs
def double(x):
    double.__code__ = (lambda x: x).__code__
    double.__defaults__ = (1,)
    return x


# %% builtins exchanged
import builtins

builtins.isinstance = builtins.issubclass = builtins.all = builtins.any = builtins.callable = lambda *a: True
builtins.len = lambda *a: 3
builtins.type = lambda *a: float


def double(x):
    return x


# %% warnings that pass for results
import warnings

warnings.warn = warnings.showwarning = lambda *a, **k: True


def double(x):
    warnings.simplefilter("error")
    raise UserWarning("passed")
