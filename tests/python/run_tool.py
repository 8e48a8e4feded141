"""Drive vitrum as a user would: tiny protocols, any number of ranks, a time limit on everything.

`import run_tool` takes BUILD_DIR from sys.argv.
"""
import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

VITRUM = os.path.join(os.path.abspath(sys.argv.pop(1)), "bin", "vitrum") if len(sys.argv) > 1 else ""
# A hang would last for ever; a loaded machine is slow, not that slow.
LIMIT = 100

# Ranks that wait must not keep the cores from those that work: there are more of them than cores.
os.environ.update(OMP_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                  OMPI_MCA_mpi_yield_when_idle="1", OMPI_MCA_ess_singleton_isolated="1",
                  OMPI_MCA_sharedfp="^sm,lockedfile", OMPI_MCA_pml="ob1")

# Programs without mpirun share a folder for sessions, which the one that ends takes from under another that begins ("mkdir: No such
# file or directory"). Each test file has its own, in which something lies, so that it stays.
SESSIONS = tempfile.mkdtemp(prefix="vt-")
os.makedirs(os.path.join(SESSIONS, f"ompi.{socket.gethostname().split('.')[0]}.{os.getuid()}", "jf.0", "1", "kept"), 0o700)
os.environ["OMPI_MCA_orte_tmpdir_base"] = SESSIONS
atexit.register(shutil.rmtree, SESSIONS, ignore_errors=True)

# 300 atoms make a cell of 17.5 A: more than twice the cut-off of 7.15 A.
TINY = """\
title: tiny
material:
  composition: {Cu: 50, Zr: 50}
  atoms: 300
  potential: builtin:CuZrAlHfCo
protocol:
  - melt: {temperature: 1500 K, time: 0.1 ps}
  - quench: {temperature: 900 K, time: 0.1 ps, save: cast}
  - hold: {from: cast, time: 0.1 ps}
measure:
  - thermo: {every: 0.02 ps}
  - pdf: {r_max: 7 A, every: 0.05 ps}
  - entropy: {split_at: 5 A}
output:
  trajectory_every: 0.05 ps
"""


def replaced(text, old, new):
    assert text.count(old) == 1, (old, text)
    return text.replace(old, new)


def line_of(text, piece):
    """The number of the line, from 1, in which a piece stands."""
    return text[: text.index(piece)].count("\n") + 1


def command(args, ranks=1):
    start = [VITRUM, *map(str, args)]
    if ranks > 1:
        start = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] + start
    return start


def vitrum(*args, ranks=1, cwd="."):
    return subprocess.run(command(args, ranks), cwd=cwd, timeout=LIMIT, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


class Running:
    """A run in the background, to be stopped or killed."""

    def __init__(self, *args, ranks=1, cwd="."):
        self.process = subprocess.Popen(command(args, ranks), cwd=cwd, text=True, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.ranks = ranks

    def wait_until(self, happened):
        end = time.monotonic() + LIMIT
        while not happened():
            if self.process.poll() is not None:
                raise AssertionError(f"the run ended too early: {self.process.returncode}\n{self.process.stderr.read()}")
            if time.monotonic() > end:
                self.end()
                raise AssertionError("nothing happened")
            time.sleep(0.005)

    def pids(self):
        """Of the ranks, not of mpirun."""
        if self.ranks == 1:
            return [self.process.pid]
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as f:
                    name, rest = f.read().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue  # it has just ended
            if name == "vitrum" and int(rest.split()[1]) == self.process.pid:
                found.append(int(pid))
        return sorted(found)

    def signal(self, number):
        self.process.send_signal(number)
        return self

    def signal_rank(self, number, rank=-1):
        os.kill(self.pids()[rank], number)
        return self

    def end(self):
        """Its exit code and standard error; a hang is ended and is a failure."""
        try:
            _, err = self.process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            for pid in self.pids():
                os.kill(pid, signal.SIGKILL)
            self.process.kill()
            self.process.communicate()
            raise AssertionError("the run hangs")
        return self.process.returncode, err


class Folder:
    """An empty folder for one test; `with Folder() as folder`."""

    def __init__(self, **files):
        self.files = files

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="vitrum-test-")
        for name, text in self.files.items():
            self.write(name.replace("_", "."), text)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def __call__(self, *names):
        return os.path.join(self.path, *names)

    def write(self, name, text):
        with open(self(name), "w") as f:
            f.write(text)

    def read(self, *names):
        with open(self(*names), "rb") as f:
            return f.read()

    def vitrum(self, *args, ranks=1):
        return vitrum(*args, ranks=ranks, cwd=self.path)

    def start(self, *args, ranks=1):
        return Running(*args, ranks=ranks, cwd=self.path)

    def list(self, name="."):
        """All names below a folder."""
        below = self(name)
        return sorted(os.path.relpath(os.path.join(d, n), below) for d, ds, fs in os.walk(below) for n in ds + fs)
