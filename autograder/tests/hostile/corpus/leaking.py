# Reading, or handing on, what is no business of a submission: a cell of the student's own above right answers.
# @SECRET@, @SUITE@, @OTHER@ and @DATABASE@ are paths; each file holds a word that must come out nowhere.

# %% open
for path in ("@SECRET@", "@SUITE@", "@OTHER@", "@DATABASE@", "/etc/passwd"):
    try: print(open(path, "rb").read())
    except Exception as error: print(error)

# %% a descriptor
import os
print(os.read(os.open("@SECRET@", os.O_RDONLY), 1000))

# %% a path and nothing more
import os
print(os.read(os.open("@SECRET@", os.O_PATH), 1000))

# %% through a folder's descriptor
import os
folder = os.open("/", os.O_PATH | os.O_DIRECTORY)
print(os.read(os.open("@SECRET@"[1:], os.O_RDONLY, dir_fd=folder), 1000))

# %% through every descriptor that was inherited
import os
for fd in range(256):
    for path in ("@SECRET@"[1:], "../" * 20 + "@SECRET@"[1:], "."):
        try: print(fd, os.read(os.open(path, os.O_RDONLY, dir_fd=fd), 1000))
        except OSError: pass

# %% what inherited descriptors hold
import os
for fd in range(256):
    for read in (lambda: os.pread(fd, 4096, 0), lambda: os.listdir(fd), lambda: os.fstat(fd), lambda: os.readlink(f"/proc/self/fd/{fd}")):
        try: print(fd, read())
        except OSError: pass

# %% pathlib
from pathlib import Path
print(Path("@SECRET@").read_text())

# %% NumPy
import numpy as np
for read in (np.fromfile, np.loadtxt, np.memmap, np.load, np.genfromtxt):
    try: print(read("@SECRET@"))
    except Exception as error: print(error)

# %% a library that looks lines up
import linecache, tokenize
print(linecache.getlines("@SUITE@"))
print(tokenize.open("@SUITE@").read())

# %% imported by its path
import importlib.util
spec = importlib.util.spec_from_file_location("suite", "@SUITE@")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(vars(module))

# %% run by its path
import runpy
print(runpy.run_path("@SUITE@"))

# %% copied
import shutil
shutil.copy("@SECRET@", "mine")
print(open("mine").read())

# %% linked
import os
os.symlink("@SECRET@", "mine")
print(open("mine").read())

# %% linked hard
import os
os.link("@SECRET@", "mine")
print(open("mine").read())

# %% moved
import os
os.rename("@SECRET@", "mine")
print(open("mine").read())

# %% packed
import tarfile, zipfile
zipfile.ZipFile("mine.zip", "w").write("@SECRET@")
tarfile.open("mine.tar", "w").add("@SECRET@")

# %% a database
import sqlite3
print(sqlite3.connect("@DATABASE@").execute("select data from zeromean_record").fetchall())

# %% the C library
import ctypes
libc = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(1000)
libc.read(libc.open(b"@SECRET@", 0), buffer, 1000)
print(buffer.raw)

# %% by handle
import ctypes
libc = ctypes.CDLL(None)
handle = (ctypes.c_uint * 40)(128)
print(libc.name_to_handle_at(-100, b"@SECRET@", handle, ctypes.byref(ctypes.c_int()), 0))
buffer = ctypes.create_string_buffer(1000)
libc.read(libc.open_by_handle_at(-100, handle, 0), buffer, 1000)
print(buffer.raw)

# %% openat2 and io_uring
import ctypes
libc = ctypes.CDLL(None)
how, buffer = (ctypes.c_ulonglong * 3)(), ctypes.create_string_buffer(1000)
fd = libc.syscall(437, -100, b"@SECRET@", how, 24)
libc.read(fd, buffer, 1000)
print(fd, buffer.raw, libc.syscall(425, 8, ctypes.create_string_buffer(200)))

# %% the other side of /proc
import os
for path in ("/proc/self/root", "/proc/self/cwd", "/proc/1/root", f"/proc/{os.getppid()}/root", "/proc/thread-self/root"):
    try: print(open(path + "@SECRET@").read())
    except OSError as error: print(error)

# %% the environment of the processes above
import os
for name in ("environ", "cmdline", "maps", "mem", "stat", "io", "stack", "syscall", "fdinfo/0"):
    for pid in ("self", "1", os.getppid()):
        try: print(open(f"/proc/{pid}/{name}", "rb").read(4000))
        except OSError as error: print(error)

# %% its own environment, and C's
import ctypes, os, sys
print(os.environ, sys.argv, sys.orig_argv, sys.flags)
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
n = 0
while environ[n]:
    print(environ[n]); n += 1

# %% the stack above the arguments of the process
import ctypes
start = ctypes.cast(ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")[0], ctypes.c_void_p).value
print(ctypes.string_at(start, 2000))

# %% all objects of this process
import gc
for thing in gc.get_objects():
    if type(thing) in (str, bytes, dict, list, tuple):
        for part in thing.values() if type(thing) is dict else [thing] if type(thing) in (str, bytes) else thing:
            if type(part) in (str, bytes) and str(part).find("canary") >= 0 and len(part) < 200:
                print("found", part)

# %% the frames above
import sys
frame = sys._getframe()
while frame:
    print(frame.f_code.co_filename, list(frame.f_locals)[:20], str(frame.f_locals.get("header"))[:500])
    frame = frame.f_back

# %% the frames of an exception
try: 1 / 0
except ZeroDivisionError as error:
    frame = error.__traceback__.tb_frame
    while frame:
        print(str(frame.f_globals.get("_good")), str(frame.f_locals.get("self"))[:200])
        frame = frame.f_back

# %% what the processor's other users do
import os
for pid in range(1, 3000):
    for name in ("environ", "cmdline", "fd/3"):
        try: print(pid, open(f"/proc/{pid}/{name}", "rb").read(2000))
        except OSError: pass

# %% what other processes are, and have open
import os
for pid in range(1, 40_000):
    try: os.stat(f"/proc/{pid}")
    except OSError: continue
    for name in ("exe", "cwd", "root", *(f"fd/{fd}" for fd in range(20))):
        try: print(pid, os.readlink(f"/proc/{pid}/{name}"))
        except OSError: pass

# %% the memory of the process above
import ctypes, os
class Vector(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]
buffer = ctypes.create_string_buffer(4096)
mine, theirs = Vector(ctypes.addressof(buffer), 4096), Vector(id(os), 4096)
print(ctypes.CDLL(None).process_vm_readv(os.getppid(), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0), buffer.raw[:50])

# %% traced
import ctypes, os
libc = ctypes.CDLL(None)
print(libc.ptrace(16, os.getppid(), 0, 0), libc.ptrace(0x4206, os.getppid(), 0, 0), libc.ptrace(0, 0, 0, 0))

# %% somebody else's descriptor
import ctypes, os
libc = ctypes.CDLL(None)
pidfd = libc.syscall(434, os.getppid(), 0)
print(pidfd, [libc.syscall(438, pidfd, fd, 0) for fd in range(10)])

# %% descriptors passed over a line
import array, socket
for fd in range(3, 12):
    try:
        line = socket.socket(fileno=fd)
        line.setblocking(False)
        print(line.recvmsg(100, socket.CMSG_LEN(40), socket.MSG_PEEK))
    except (OSError, ValueError): pass
    finally: line.detach()

# %% keys of the kernel
import ctypes
libc = ctypes.CDLL(None)
print(libc.syscall(250, 0, -4, 1), libc.syscall(248, b"user", b"zm", b"canary", 6, -4), libc.syscall(249, b"user", b"zm", 0, -4))

# %% memory with a number
import ctypes
libc = ctypes.CDLL(None)
print([libc.shmget(number, 100, 0o1666) for number in range(5)], libc.semget(7, 1, 0o1666), libc.msgget(7, 0o1666))

# %% memory with a name
from multiprocessing import shared_memory
print(shared_memory.SharedMemory(name="zm_left", create=True, size=100))

# %% a queue with a name
import ctypes
print(ctypes.CDLL("librt.so.1").mq_open(b"/zm_left", 0o102, 0o666, None))

# %% watching
import ctypes
libc = ctypes.CDLL(None)
print(libc.inotify_add_watch(libc.inotify_init(), b"@SECRET@", 0xFFF), libc.fanotify_init(0, 0))

# %% counters, filters and faults of the kernel
import ctypes
libc, zeros = ctypes.CDLL(None), ctypes.create_string_buffer(200)
print([libc.syscall(number, zeros, 0, -1, -1, 0) for number in (298, 321, 323, 317, 300, 312, 444, 280)])

# %% attributes
import os
print(os.listxattr("@SECRET@"), os.getxattr("@SECRET@", "user.canary"))

# %% sent by the kernel
import os
read, write = os.pipe()
print(os.sendfile(write, os.open("@SECRET@", os.O_RDONLY), 0, 100), os.read(read, 100))

# %% a name to be resolved
import socket
print(socket.getaddrinfo("canary.example.org", 80))

# %% a socket without a name
import socket
line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
line.sendto(b"canary", "\0zm_left")

# %% a request
import urllib.request
for address in ("file://@SECRET@", "http://127.0.0.1:8888/", "ftp://127.0.0.1/", "data:text/plain,x"):
    try: print(urllib.request.urlopen(address, timeout=1).read())
    except Exception as error: print(error)

# %% a browser
import webbrowser
print(webbrowser.open("http://127.0.0.1/canary"))

# %% magics that read
%load @SECRET@
%pycat @SECRET@
%run @SUITE@
%loadpy @SUITE@
%psource @SUITE@

# %% magics that write
%logstart -o /tmp/zm_left
%save /tmp/zm_left 1-3
%notebook /tmp/zm_left.ipynb
%bookmark zm_left /
%alias zm_left cat @SECRET@

# %% a cell that is written
%%writefile /tmp/zm_left
canary

# %% a cell for another program
%%bash
cat @SECRET@ > /tmp/zm_left

# %% lines for the shell
found = !cat @SECRET@
!cp @SECRET@ /tmp/zm_left
%sx cat @SECRET@
print(found, get_ipython().getoutput("cat @SECRET@"))

# %% the environment, by magic
%env
%set_env ZM_LEFT=1
%cd /
%ls
%pwd
%dhist

# %% pictures of files
from IPython.display import FileLink, Image, SVG, Video, display
for show in (Image, SVG, Video, FileLink):
    try: display(show(filename="@SECRET@") if show is not FileLink else show("@SECRET@"))
    except Exception as error: print(error)

# %% a picture saved elsewhere
import matplotlib.pyplot as plt
plt.plot([1])
plt.savefig("/tmp/zm_left.png")

# %% a font that is no font
import matplotlib.pyplot as plt
from matplotlib.font_manager import FontProperties
plt.title("x", fontproperties=FontProperties(fname="@SECRET@"))
plt.savefig("mine.png")

# %% a style that is no style
import matplotlib
print(matplotlib.rc_params_from_file("@SECRET@", fail_on_error=False))

# %% an array saved elsewhere
import numpy as np
np.save("/tmp/zm_left", np.ones(3))

# %% a shelf
import dbm.dumb, shelve
shelve.Shelf(dbm.dumb.open("/tmp/zm_left", "c"))["canary"] = 1

# %% a log
import logging
logging.basicConfig(filename="/tmp/zm_left", level=0)
logging.error("canary")

# %% a traceback into a file
import faulthandler
faulthandler.enable(open("/tmp/zm_left", "w"))

# %% a temporary file that stays
import tempfile
print(tempfile.NamedTemporaryFile(prefix="zm_left", dir="/tmp", delete=False).name)
