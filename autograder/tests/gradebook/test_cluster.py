"""A class is graded on a Dask cluster: as on one machine, also when a worker is killed in the middle."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections import deque
from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from distributed import KilledWorker, LocalCluster

from autograder.authoring import course
from autograder.errors import CourseError, UsageError
from autograder.gradebook import cluster, grading, job
from autograder.gradebook.bulk import grade_class
from autograder.gradebook.classroom import submissions
from autograder.gradebook.grading import Basis, basis, open_grader, released
from autograder.gradebook.job import Order
from autograder.gradebook.records import Records

pytestmark = pytest.mark.slow

STUDENTS = 12
SLOW = "sum(range(6_000_000))\n"  # a tenth of a second or more
HALF = {"pair": "def first(x):\n    return x[0]"}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return the files of a certificate and its key, made for this test."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=zeromean"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key


@pytest.fixture
def secured(certificate):
    """Let Dask's configuration name the certificate; the processes that we start are told on their command lines."""
    import dask.config

    cert, key = map(str, certificate)
    tls = "distributed.comm.tls"
    files = {
        f"{tls}.{who}.{what}": path
        for who in ("client", "scheduler", "worker")
        for what, path in (("cert", cert), ("key", key))
    }
    with dask.config.set({**files, f"{tls}.ca-file": cert, "distributed.comm.require-encryption": True}):
        yield


@pytest.fixture
def started(course_folder, tmp_path, certificate, secured):
    """Start a scheduler and two workers, each a process of its own; return its address and the workers."""
    preload = tmp_path / "small_course.py"
    preload.write_text(
        textwrap.dedent(f"""
        from pathlib import Path
        from autograder.authoring import course
        from autograder.gradebook import grading
        here = Path({str(course_folder)!r})
        course.SOLUTIONS, course.SUITES, grading.RELEASE = here / "solutions", here / "suites", here / "release"
    """)
    )
    dask, where = [sys.executable, "-m", "dask"], tmp_path / "scheduler.json"
    cert, key = map(str, certificate)
    tls = ["--protocol", "tls", "--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key]
    quiet = ["--no-dashboard", "--scheduler-file", str(where), *tls]
    own = ["--no-nanny", "--nthreads", "1", "--preload", str(preload), "--local-directory", str(tmp_path)]
    commands = [[*dask, "scheduler", "--port", "0", *quiet], *[[*dask, "worker", *quiet, *own]] * 2]
    with (tmp_path / "log").open("w") as log:
        running = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log, cwd=course.ROOT) for command in commands
        ]
    until = time.monotonic() + 60
    while not where.is_file():
        assert running[0].poll() is None, (tmp_path / "log").read_text()
        assert time.monotonic() < until, (tmp_path / "log").read_text()
        time.sleep(0.05)
    yield json.loads(where.read_text())["address"], running[1:]
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def grade(small_course, url):
    """Return a function that grades a class folder into the gradebook at `url`."""

    def run(folder, **options):
        options = {"progress": False, "release": small_course / "release"} | options
        return grade_class(course.load("small"), folder, url, **options)

    return run


def _records(url):
    with Records(url) as records:
        return {student: record.decided() for student, record in records.load_all("small").items()}


def test_a_worker_that_is_killed_loses_nothing(started, grade, class_folder, url, monkeypatch):
    """Two workers over TLS, one killed with -9 in mid-class: every mark is written once, as one machine writes it."""
    address, workers = started
    assert address.startswith("tls://")
    slow = {"double": SLOW + "def double(x):\n    return 2 * x"}
    folder = class_folder(**{f"s{n:02}": slow if n % 3 else {**slow, **HALF} for n in range(STUDENTS)}, zed=b"{broken")
    real, done = cluster._result, []

    def killing(*given):
        done.append(real(*given))
        if len(done) == 2:
            workers[0].send_signal(signal.SIGKILL)
        return done[-1]

    monkeypatch.setattr(cluster, "_result", killing)
    summary = grade(folder, scheduler=address)
    assert workers[0].wait(5) == -signal.SIGKILL
    assert (summary.graded, summary.left, summary.stopped, summary.held) == (STUDENTS + 1, 0, "", ())
    assert grade(folder, scheduler=address).unchanged == STUDENTS + 1
    remote = _records(url)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM grade")).scalar() == 3 * (STUDENTS + 1)
    engine.dispose()
    assert grade(folder, jobs=1, force=True).graded == STUDENTS + 1
    assert _records(url) == remote


@pytest.fixture
def small(small_course, class_folder, monkeypatch):
    """Return the order for the small course, a task for it, and one submission."""
    monkeypatch.setattr(job, "open_grader", open_grader)
    monkeypatch.setattr(grading, "RELEASE", small_course / "release")
    order = Order(course.load("small"), small_course / "release", None)
    task = cluster.Task(uuid.uuid4().hex, "small", None, basis(order.assignment, order.release))
    [ann] = submissions(class_folder(ann={}), "small", released(order.assignment, order.release))
    return order, task, ann


def test_a_process_is_kept_for_a_run(small):
    """The judge is opened once a run, and ended with it; what was handed in is sent along, wherever its folder is."""
    order, task, ann = small
    ann = type(ann)(ann.student, order.release / "not there", ann.raw, ann.timestamp, ("a remark",))
    try:
        cluster.begin(task)
        [process] = cluster._free[task.run]
        [done] = cluster.grade(task, [ann])
        record = done.record
        assert (record.score, record.repairs) == (6, ("a remark",))
        [again, last] = cluster.grade(task, [ann, ann])
        assert again.record.decided() == last.record.decided() == record.decided()
        assert cluster._free == {task.run: [process]}
        cluster._dismiss("another run")
        assert cluster._free == {task.run: [process]}
    finally:
        cluster._dismiss(task.run)
    assert cluster._free == {}
    assert process._process.poll() == -signal.SIGKILL


def test_a_run_makes_room_for_the_next(small):
    """A run whose client went without a word holds no process for ever; nor does one that is dismissed at work."""
    _, task, ann = small
    cluster.begin(task)
    [first] = cluster._free[task.run]
    following = replace(task, run=uuid.uuid4().hex)
    try:
        cluster.begin(following)
        assert first._process.poll() == -signal.SIGKILL
        assert list(cluster._free) == [following.run]
        [second] = cluster._free[following.run]
        real = cluster.shared_out

        def dismissed(*given):
            yield from real(*given)
            cluster._dismiss(following.run)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cluster, "shared_out", dismissed)
            [done] = cluster.grade(following, [ann])
        assert done.record.score == 6
        assert second._process.poll() == -signal.SIGKILL
    finally:
        cluster._dismiss(following.run)
    assert cluster._free == {}


def test_dask_looks_at_itself_less_often_for_the_time_of_a_run(small):
    """A worker's callbacks are slowed down while a class is graded, and then as they were."""
    order, _, _ = small
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0", processes=False) as here:
        servers = (here.scheduler, *here.workers.values())

        def paces():
            return [
                each.periodic_callbacks[name].callback_time
                for each in servers
                for name in cluster.LOOKS
                if name in each.periodic_callbacks
            ]

        before = paces()
        assert max(before) < cluster.CALM_MS
        with cluster.Cluster(order, here.scheduler_address) as crew:
            crew.begin(0)
            assert paces() == before
            crew.begin(1)
            assert paces() == [cluster.CALM_MS] * len(before)
        assert paces() == before
    until = time.monotonic() + 20
    while cluster._free or not cluster._over >= {crew._task.run}:  # what was begun when the run ended is ended, too
        assert time.monotonic() < until
        time.sleep(0.05)


def test_another_version_is_refused(small):
    """A worker with another suite or grader gives no marks."""
    _, task, ann = small
    other = cluster.Task("run", "small", None, Basis("another", task.basis.engine))
    with pytest.raises(
        CourseError, match=r"A worker has another version of the grader or of small than you have\. Give all"
    ):
        cluster.grade(other, [ann])
    assert cluster._free == {}


def test_a_level_that_a_worker_does_not_have(small):
    """What a grading process says when it cannot begin comes back, and it is not kept."""
    _, task, ann = small
    with pytest.raises(RuntimeError, match="There is no isolation level 'magic'"):
        cluster.grade(cluster.Task("run", "small", "magic", task.basis), [ann])
    assert cluster._free == {}


def _deadly_cluster(tasks):
    """Return a client of one thread on which a batch with `mal` in it ends the workers, and others are handed back."""

    def submit(_function, _task, submissions, **_options):
        tasks.append([each.student for each in submissions])

        def result(_self):
            if "mal" in [each.student for each in submissions]:
                raise KilledWorker("mal", None, 3)
            return submissions

        ready = {"cancelled": lambda _self: False, "done": lambda _self: True, "result": result}
        return type("Future", (), ready)()

    return SimpleNamespace(nthreads=lambda: {"there": 1}, as_current=contextlib.nullcontext, submit=submit)


def test_a_submission_that_ends_workers_is_held(small, class_folder, monkeypatch):
    """Dask gives up on a batch over which several workers died: each goes alone, and one that does it again is held."""
    order, task, _ = small
    monkeypatch.setattr("distributed.wait", lambda *_args, **_options: None)
    folder = class_folder(**{f"s{n:02}": {} for n in range(12)}, mal={})
    waiting = deque(submissions(folder, "small", released(order.assignment, order.release)))
    names, tasks = [each.student for each in waiting], []
    came = list(cluster._as_they_come(_deadly_cluster(tasks), task, order, waiting))
    held = [each.record for each in came if isinstance(each, job.Done)]
    assert [(record.student, record.score, record.fingerprint) for record in held] == [("mal", 0, "")]
    assert sorted([each.student for each in came if not isinstance(each, job.Done)] + ["mal"]) == sorted(names)
    assert ["mal"] in tasks
    assert max(map(len, tasks)) > 1


def test_a_scheduler_that_is_gone():
    """What was graded is written; the sentence says how to go on."""
    client = SimpleNamespace(scheduler=SimpleNamespace(address="tcp://there:8786"))
    with pytest.raises(CourseError, match=r"The Dask scheduler tcp://there:8786 is gone\. Start it, and run again"):
        cluster._result(client, SimpleNamespace(cancelled=lambda: True))


def test_a_scheduler_without_workers(grade, class_folder, monkeypatch):
    """Nobody to grade is told after a while, with the command that starts somebody."""
    monkeypatch.setattr(cluster, "NOBODY_SECONDS", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", processes=False) as empty,
        pytest.raises(CourseError, match=r"The Dask scheduler \S+ has no workers\. Start some: `dask worker \S+`\."),
    ):
        grade(class_folder(ann={}), scheduler=empty.scheduler_address)


def test_a_class_that_is_graded_asks_no_cluster(grade, class_folder):
    """Where nothing has changed, nobody is connected to, whatever number of jobs is asked for."""
    folder = class_folder(ann={})
    assert grade(folder, jobs=1).graded == 1
    assert grade(folder, jobs=2, scheduler="tcp://127.0.0.1:1").unchanged == 1


def test_addresses_where_nobody_is(grade, class_folder, monkeypatch):
    """An address that is none and one where nothing answers are told apart."""
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    folder = class_folder(ann={})
    with pytest.raises(UsageError, match=r"needs an address such as tcp://10\.0\.0\.5:8786\. Got 'carrier://pigeon:1'"):
        grade(folder, scheduler="carrier://pigeon:1")
    with pytest.raises(CourseError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1\. Start one: `dask sch"):
        grade(folder, scheduler="tcp://127.0.0.1:1")


def test_without_dask(grade, class_folder, monkeypatch):
    """The option says what it needs and how to get it; without the option, Dask is not looked for."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    folder = class_folder(ann={})
    with pytest.raises(
        UsageError, match=r"--scheduler needs Dask, which is not installed\. Get it: pip install -c cons"
    ):
        grade(folder, scheduler="tcp://127.0.0.1:1")
    assert UsageError.exit_code == 2
