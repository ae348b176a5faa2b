# Changing what others use, or what is used later: a cell of the student's own above wrong answers, which must earn
# nothing; whoever is graded next must notice nothing.

# %% NumPy without its functions
import numpy as np

for name in dir(np):
    if not name.startswith("__"):
        try:
            setattr(np, name, lambda *a, **k: True)
        except Exception:
            pass

# %% NumPy without its parts
import numpy as np, sys

for name in [name for name in sys.modules if name.startswith("numpy")]:
    sys.modules[name].__dict__.clear()

# %% random numbers that are not
import numpy as np, random

np.random.seed(1)
random.seed(1)
np.random.default_rng = np.random.Generator = lambda *a: None
random.random = lambda: 0.5
np.random.set_state(("MT19937", np.zeros(624, dtype=np.uint32), 624, 0, 0.0))

# %% errors of NumPy
import numpy as np

np.seterr(all="raise")
np.seterrcall(lambda *a: 1 / 0)
np.set_printoptions(threshold=1, precision=1)
np.errstate.__exit__ = None

# %% JSON
import json

json.loads = json.dumps = json.load = json.dump = lambda *a, **k: {}
json.JSONEncoder.iterencode = json.JSONDecoder.raw_decode = json.decoder.scanstring = None
json.encoder.encode_basestring_ascii = json.encoder.c_make_encoder = None

# %% time
import datetime, time

time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
time.sleep = lambda seconds: None
datetime.datetime = None

# %% the clock of the machine
import time

time.clock_settime(time.CLOCK_REALTIME, 0)

# %% the clock, by system calls
import ctypes

libc, zeros = ctypes.CDLL(None), ctypes.create_string_buffer(200)
print(libc.settimeofday(zeros, 0), libc.adjtimex(zeros), libc.clock_settime(0, zeros))

# %% the locale
import locale, os

for name in ("tr_TR.UTF-8", "de_DE.UTF-8", "C", "POSIX"):
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        pass
os.environ["LC_ALL"] = os.environ["LANG"] = "tr_TR"

# %% the environment
import os

os.environ.clear()
os.environ.update(PYTHONPATH="/tmp", PYTHONSTARTUP="/tmp/zm_left", LD_PRELOAD="/tmp/zm_left.so", PATH="/tmp", HOME="/")
os.putenv("PYTHONHASHSEED", "1")

# %% umask, folder and priority
import os

os.umask(0o777)
os.chdir("/")
os.nice(5)

# %% paths of imports
import sys

sys.path[:] = ["/tmp"]
sys.path_hooks.clear()
sys.meta_path.clear()
sys.path_importer_cache.clear()

# %% importers that give something else
import sys, types


class Finder:
    def find_spec(self, name, path, target=None):
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self)

    def create_module(self, spec):
        return types.ModuleType(spec.name)

    def exec_module(self, module):
        module.__getattr__ = lambda name: True


sys.meta_path.insert(0, Finder())

# %% builtins
import builtins

for name in (
    "len",
    "isinstance",
    "type",
    "print",
    "open",
    "sum",
    "abs",
    "range",
    "min",
    "max",
    "sorted",
    "repr",
    "str",
):
    setattr(builtins, name, lambda *a, **k: 1)

# %% the engine in this process
import sys

for name, module in list(sys.modules.items()):
    if name.startswith("autograder"):
        for key, value in list(vars(module).items()):
            if callable(value) and not key.startswith("__"):
                setattr(module, key, lambda *a, **k: True)

# %% the shell
shell = get_ipython()
type(shell).run_cell = type(shell).showtraceback = lambda *a, **k: None
shell.reset = shell.run = lambda *a, **k: None

# %% the outputs
import gc

for thing in gc.get_objects():
    if type(thing).__name__ == "Outputs":
        thing.items = [{"output_type": "stream", "name": "stdout", "parts": ["x" * 10**7] * 3}]
        thing.restart = lambda: [{"output_type": 7}, 8, None, {"output_type": "error", "ename": [], "traceback": 3}]

# %% outputs that are no outputs
import sys

sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = 3
sys.displayhook = sys.excepthook = None

# %% a file among the installed packages
import pathlib, numpy

pathlib.Path(numpy.__file__).parent.joinpath("zm_left.py").write_text("raise SystemExit")

# %% a file that Python runs when it starts
import pathlib, numpy, sys

for folder in (
    pathlib.Path(numpy.__file__).parents[1],
    pathlib.Path(sys.prefix),
    pathlib.Path.home(),
    pathlib.Path("/tmp"),
):
    for name in ("zm_left.pth", "sitecustomize.py", "usercustomize.py", "matplotlibrc"):
        try:
            (folder / name).write_text("import os; os.system('touch /tmp/zm_left')")
        except OSError as error:
            print(error)

# %% a module exchanged on the disk
import numpy

with open(numpy.__file__, "a") as file:
    file.write("\nraise SystemExit\n")

# %% a compiled module exchanged on the disk
import importlib.util, marshal, json

path = importlib.util.cache_from_source(json.__file__)
with open(path, "r+b") as file:
    file.write(bytes(16) + marshal.dumps(compile("1 / 0", "x", "exec")))

# %% a module's file made unreadable
import numpy, os

os.chmod(numpy.__file__, 0)

# %% a module's file removed
import numpy, os

os.unlink(numpy.__file__)

# %% the suite and the database
for path in ("@SUITE@", "@DATABASE@", "@OTHER@", "@SECRET@"):
    for mode in ("w", "a", "r+"):
        try:
            open(path, mode).write("def test_doubles(): pass")
        except OSError as error:
            print(error)

# %% a marked submission of somebody else
import os

folder = os.path.dirname("@OTHER@")
for path in (folder, folder.replace("submitted", "autograded"), folder.replace("submitted", "feedback")):
    try:
        os.makedirs(path + "/zm_left")
    except OSError as error:
        print(error)

# %% a link that whoever clears up might follow
import os

for number, path in enumerate(("@SECRET@", "@SUITE@", os.path.dirname("@OTHER@"), "/tmp", "/")):
    try:
        os.symlink(path, f"link{number}")
    except OSError as error:
        print(error)

# %% folders that are hard to remove
import os

for name in ("zm_left\n", "\udcff\udcfe", "-rf", "*", " "):
    try:
        os.mkdir(name)
        open(f"{name}/x", "w").close()
        os.chmod(name, 0)
    except OSError as error:
        print(error)

# %% a folder a thousand deep
import os

for _ in range(1000):
    os.mkdir("d")
    os.chdir("d")

# %% a pipe, a device and a program with rights
import os, stat

for make in (
    lambda: os.mkfifo("pipe"),
    lambda: os.mknod("disk", 0o666 | stat.S_IFBLK, os.makedev(8, 0)),
    lambda: os.chmod("x", 0o6777),
    lambda: os.chown(".", 0, 0),
    lambda: os.setxattr(".", "user.x", b""),
):
    try:
        make()
    except OSError as error:
        print(error)

# %% inherited files, written to and cut
import os

for fd in range(64):
    for do in (
        lambda: os.write(fd, b"canary"),
        lambda: os.ftruncate(fd, 0),
        lambda: os.lseek(fd, 1, 0),
        lambda: os.fchmod(fd, 0),
    ):
        try:
            do()
        except OSError:
            pass

# %% inherited files, locked and set
import fcntl, os, termios

for fd in range(64):
    for do in (
        lambda: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB),
        lambda: fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB),
        lambda: fcntl.ioctl(fd, termios.TIOCSTI, b"x"),
        lambda: fcntl.fcntl(fd, fcntl.F_NOTIFY, 63),
        lambda: fcntl.fcntl(fd, 1031, 4096),
        lambda: fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK),
    ):
        try:
            do()
        except (OSError, AttributeError):
            pass

# %% the line that does not wait any more
import os

for fd in range(3, 30):
    try:
        os.set_blocking(fd, False)
    except OSError:
        pass

# %% whoever runs beside
import os, signal

for pid in (0, -1, os.getppid(), 1, *range(2, 500)):
    for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        try:
            if pid != os.getpid():
                os.kill(pid, number)
        except OSError:
            pass

# %% groups and sessions
import os

for do in (
    lambda: os.setsid(),
    lambda: os.setpgid(0, os.getppid()),
    lambda: os.setpgid(os.getppid(), 0),
    lambda: os.tcsetpgrp(0, 1),
):
    try:
        do()
    except OSError as error:
        print(error)

# %% limits and priorities of the process above
import ctypes, os, resource

for do in (
    lambda: resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (0, 0)),
    lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
    lambda: os.sched_setaffinity(os.getppid(), {0}),
    lambda: os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0)),
):
    try:
        do()
    except OSError as error:
        print(error)

# %% first to be spared when memory is short
import os

for name, value in (("oom_score_adj", "-1000"), ("comm", "zm_left"), ("coredump_filter", "ff")):
    for pid in ("self", os.getppid()):
        try:
            open(f"/proc/{pid}/{name}", "w").write(value)
        except OSError as error:
            print(error)

# %% rights
import os

for do in (
    lambda: os.setuid(0),
    lambda: os.setgid(0),
    lambda: os.setgroups([0]),
    lambda: os.setresuid(0, 0, 0),
    lambda: os.chroot("/tmp"),
):
    try:
        do()
    except OSError as error:
        print(error)

# %% capabilities and namespaces
import ctypes

libc, zeros = ctypes.CDLL(None), ctypes.create_string_buffer(200)
print(
    [libc.unshare(flag) for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000)],
    libc.setns(3, 0),
    libc.capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)),
    libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    libc.umount2(b"/proc", 2),
    libc.pivot_root(b"/", b"/"),
)

# %% the machine itself
import ctypes

libc, zeros = ctypes.CDLL(None), ctypes.create_string_buffer(200)
print(
    libc.sethostname(b"zm_left", 7),
    libc.swapoff(b"/"),
    libc.syscall(175, zeros, 0, zeros),
    libc.acct(b"/tmp/zm_left"),
    libc.syscall(246, 0, 0, 0, 0),
    libc.iopl(3),
    libc.personality(0x0040000),
    libc.vhangup(),
    libc.klogctl(5, 0, 0),
)

# %% seccomp and Landlock of its own
import ctypes

libc = ctypes.CDLL(None)
print(
    libc.prctl(22, 0, 0, 0, 0),
    libc.prctl(38, 0, 0, 0, 0),
    libc.prctl(4, 1, 0, 0, 0),
    libc.prctl(1, 0, 0, 0, 0),
    libc.syscall(317, 0, 0, 0),
    libc.syscall(446, 3, 0),
)

# %% system calls of 32 bits
import ctypes, mmap

code = mmap.mmap(-1, 4096, prot=7)
code.write(bytes.fromhex("b805000000bb00000000b900000000cd80c3"))
ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()

# %% a library of its own
import ctypes, os

open("x.so", "wb").write(b"\x7fELF" + bytes(100))
os.chmod("x.so", 0o755) if hasattr(os, "chmod") else None
ctypes.CDLL(os.path.abspath("x.so"))

# %% what happens at the end
import atexit, weakref, sys, os


def end(*_):
    os.system("touch /tmp/zm_left")
    open("/tmp/zm_left", "w")


atexit.register(end)


class Last:
    def __del__(self):
        end()


sys.zm_last = Last()
weakref.finalize(sys.zm_last, end)

# %% a thread that goes on
import threading, time, os


def go_on():
    while True:
        for fd in range(3, 30):
            try:
                os.write(fd, b"ZMW1" + bytes(8))
            except OSError:
                pass
        time.sleep(0.01)


threading.Thread(target=go_on, daemon=True).start()

# %% garbage that is never collected
import gc

gc.disable()
gc.freeze()
gc.set_threshold(0)
kept = gc.get_objects()

# %% limits of Python
import sys, threading

sys.setrecursionlimit(60)
sys.set_int_max_str_digits(640)
threading.stack_size(32768)
sys.intern = sys.getsizeof = None

# %% exceptions that are everything
import builtins


class Everything(type):
    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, thing):
        return True


class Any(Exception, metaclass=Everything):
    pass


builtins.Exception = builtins.BaseException = builtins.ValueError = builtins.OSError = Any

# %% types that were thought to be fixed
import ctypes, gc


def fixed(kind):
    return gc.get_referents(kind.__dict__)[0]


fixed(int)["__eq__"] = fixed(float)["__eq__"] = lambda *a: True
fixed(str)["strip"] = lambda *a: "passed"

# %% small numbers exchanged
import ctypes

for number in range(3, 100):
    ctypes.memmove(id(number) + 24, id(2) + 24, 4)

# %% a library that is read again
import importlib, numpy, sys

for name in ("numpy.linalg", "json", "socket", "autograder.sandbox.worker", "autograder.sandbox.wire"):
    try:
        importlib.reload(sys.modules[name])
    except Exception as error:
        print(error)

# %% settings of figures
import matplotlib, matplotlib.pyplot as plt

matplotlib.rcParams.update({"figure.dpi": 1000, "text.usetex": True, "savefig.directory": "/tmp"})
plt.show = plt.close = plt.get_fignums = None
plt.plot([1, 2])

# %% wake-ups
import os, signal

read, write = os.pipe()
os.set_blocking(write, False)
signal.set_wakeup_fd(write)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
signal.signal(signal.SIGALRM, lambda *_: None)

# %% warnings and logs
import logging, warnings

warnings.filters[:] = [("error", None, Warning, None, 0)]
logging.disable(100)
logging.raiseExceptions = True
logging.lastResort = None

# %% limits lowered
import resource
for what in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_STACK, resource.RLIMIT_CPU):
    try: resource.setrlimit(what, (0, 0))
    except (OSError, ValueError): pass
