# Ways to hold the class up or take the grader down: each stands in place of the answer to `double`, beside a right
# answer to `pair`, which must keep its marks.

# %% processes without end
import os
def double(x):
    while True: os.fork()

# %% threads without end
import threading, time
def double(x):
    while True: threading.Thread(target=time.sleep, args=(1000,)).start()

# %% threads that outlive the call
import threading
def spin():
    while True: pass
def double(x):
    for _ in range(4): threading.Thread(target=spin, daemon=True).start()
    return x

# %% a thread that holds the interpreter
import sys, threading
sys.setswitchinterval(1e6)
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
def double(x):
    return x

# %% Python's own recursion
def double(x):
    return double(x)

# %% recursion without a limit
import sys
sys.setrecursionlimit(10**9)
def double(x):
    return [double(x)]

# %% recursion below Python
class R:
    def __repr__(self): return repr([self])
import sys
sys.setrecursionlimit(10**9)
def double(x):
    return repr(R())

# %% brackets a million deep
source = "(" * 10**6
def double(x):
    return eval(source)

# %% operators a million deep
def double(x):
    return eval("-" * 10**6 + "1")

# %% an array of a terabyte
import numpy as np
def double(x):
    return np.ones(2**37)

# %% memory in small pieces
def double(x):
    kept = []
    while True: kept.append(bytearray(10**6))

# %% an integer without end
def double(x):
    return 9 ** 9 ** 9

# %% a string of an integer
import sys
sys.set_int_max_str_digits(0)
def double(x):
    return str(1 << 10**8)

# %% the largest frame
import numpy as np
def double(x):
    return np.ones(2**23)

# %% many large frames
import numpy as np
def double(x):
    return [np.ones(2**20) for _ in range(9)]

# %% a dict of a million keys
def double(x):
    return {i: str(i) for i in range(10**6)}

# %% shared lists that spell out without end
def double(x):
    x = [0]
    for _ in range(60): x = [x, x]
    return x

# %% a list that holds itself
def double(x):
    x = []
    x.append(x)
    return x

# %% an iterator without end, taken in
import itertools
def double(x):
    return list(itertools.count())

# %% a generator that never gives
def nothing():
    while True:
        if False: yield
def double(x):
    return next(nothing())

# %% a finaliser that loops
class Sticky:
    def __del__(self):
        while True: pass
def double(x):
    Sticky()
    return x

# %% a finaliser that comes back
class Zombie:
    def __del__(self): kept.append(self)
kept = []
def double(x):
    Zombie(); kept.clear()
    raise MemoryError

# %% a result that loops when it is looked at
import numpy as np
class Loop(np.ndarray):
    @property
    def dtype(self):
        while True: pass
def double(x):
    return np.ones(3).view(Loop)

# %% a dict that loops when it is walked
class Loop(dict):
    def __iter__(self):
        while True: yield 1
    def keys(self): return iter(self)
    def items(self):
        while True: yield 1, 1
def double(x):
    return Loop(a=1)

# %% an exception that loops when it is shown
class Loop(Exception):
    def __str__(self):
        while True: pass
def double(x):
    raise Loop

# %% an exception of ten megabytes
def double(x):
    raise ValueError("x" * 10**7)

# %% exceptions in a ring
def double(x):
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__, one.__context__ = other, one, other
    raise one

# %% exceptions in groups in groups
def double(x):
    error = ValueError()
    for _ in range(5000): error = ExceptionGroup("group", [error])
    raise error

# %% an exception that is nobody's class
class Meta(type):
    __mro__ = property(lambda cls: 1 / 0)
    def mro(cls): return [cls, BaseException, object]
class Strange(BaseException, metaclass=Meta): pass
def double(x):
    raise Strange

# %% a stop in the middle of iteration
def double(x):
    raise StopIteration(2 * x)

# %% the end of a generator
def double(x):
    raise GeneratorExit

# %% Ctrl-C
def double(x):
    raise KeyboardInterrupt

# %% a signal to itself
import os, signal
def double(x):
    os.kill(os.getpid(), signal.SIGTERM)

# %% a signal that stops it
import os, signal
def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)

# %% every signal ignored
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
def double(x):
    while True: pass

# %% a storm of alarms
import signal
def storm(*_): raise RuntimeError("storm")
signal.signal(signal.SIGALRM, storm)
def double(x):
    signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
    while True: pass

# %% a storm of profiling alarms that goes on after the call
import signal
signal.signal(signal.SIGPROF, lambda *_: None)
def double(x):
    signal.setitimer(signal.ITIMER_PROF, 1e-5, 1e-5)
    return x

# %% a crash
import ctypes
def double(x):
    ctypes.string_at(0)

# %% an abort
import os
def double(x):
    os.abort()

# %% a wrong jump
import ctypes
def double(x):
    ctypes.CFUNCTYPE(None)(1)()

# %% every file closed
import os
def double(x):
    os.closerange(0, 10**6)

# %% the line shut down
import socket
def double(x):
    for fd in range(3, 30):
        try: socket.socket(fileno=fd).shutdown(socket.SHUT_RDWR)
        except OSError: pass

# %% no descriptor left
import os
def double(x):
    while True: os.dup(0)

# %% a disk that is filled
import os
def double(x):
    for n in range(10**5):
        with open(f"zm_{n}", "wb") as file: file.write(b"x" * 10**6)

# %% files without end
def double(x):
    for n in range(10**9): open(f"zm_{n}", "w").close()

# %% folders without end
import os
def double(x):
    while True:
        os.mkdir("d")
        os.chdir("d")

# %% output without end
def double(x):
    while True: print("x" * 10**5)

# %% pictures without end
import matplotlib.pyplot as plt
def double(x):
    while True: plt.figure()

# %% a picture of a square kilometre
import matplotlib.pyplot as plt
def double(x):
    plt.figure(figsize=(39370, 39370)).savefig("zm.png")

# %% displayed without end
from IPython.display import display
def double(x):
    while True: display("x" * 10**5)

# %% warnings without end
import warnings
warnings.simplefilter("always")
def double(x):
    while True: warnings.warn("x" * 10**4)

# %% a pattern that backtracks
import re
def double(x):
    return re.match("(a+)+$", "a" * 60 + "b")

# %% a bomb to unpack
import zlib
def double(x):
    return zlib.decompress(zlib.compress(bytes(10**8)) , bufsize=1) * 10**3

# %% a lock that is never opened
import threading
def double(x):
    lock = threading.Lock()
    with lock, lock: pass

# %% a pipe that nobody writes to
import os
def double(x):
    return os.read(os.pipe()[0], 1)

# %% a long sleep
import time
def double(x):
    time.sleep(10**6)

# %% the garbage collector, called back
import gc
def loop(*_):
    while True: pass
def double(x):
    gc.callbacks.append(loop)
    gc.collect()

# %% an audit hook that refuses everything
import sys
def refuse(*_): raise RuntimeError("refused")
def double(x):
    sys.addaudithook(refuse)
    open("zm")

# %% an import that loops
import sys
class Finder:
    def find_spec(self, *_):
        while True: pass
def double(x):
    sys.meta_path.insert(0, Finder())
    import wave

# %% code at the end
import atexit
def double(x):
    atexit.register(lambda: [None for _ in iter(int, 1)])
    raise SystemExit

# %% no builtins
def double(x):
    __builtins__.__dict__.clear()

# %% no modules
import sys
def double(x):
    sys.modules.clear()
    import numpy

# %% a source that is no source
def double(x) return 2 * x
    """

# %% a cell that loops
def double(x):
    return 3 * x
while True: pass

# %% a cell that ends its process
import os
os._exit(7)

# %% a cell that waits for a keyboard
input()
def double(x):
    return input()

# %% a coroutine that never comes back
import asyncio
def double(x):
    asyncio.run(asyncio.sleep(10**6))

# %% a matrix of its own size
import numpy as np
def double(x):
    a = np.ones((3000, 3000))
    while True: a = a @ a

# %% nice to the extreme
import os
def double(x):
    os.nice(19)
    os.sched_setaffinity(0, {0})
    while True: pass
