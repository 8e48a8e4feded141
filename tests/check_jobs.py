#!/usr/bin/env python3
"""jobs/with-requeue without a batch system: a stand-in for scontrol writes down what it is asked, a stand-in for
the program stops with exit code 75 when it gets SIGUSR1. mpirun is the real one. What Slurm itself does with
the job is in docs/dev/slurm.md.

usage: check_jobs.py [SOURCE_DIR]
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()

PROGRAM = """#!/bin/bash
# Says that it listens, and then works until it is asked to stop.
trap 'echo checkpoint > checkpoint; exit 75' USR1
touch "listening.$OMPI_COMM_WORLD_RANK"
[ "$1" = work ] || exit "$1"
for ((k = 0; k < 600; k++)); do sleep 0.1; done
"""


def run(top, argument, send, environment=()):
    """Exit code of the job, what it asked of Slurm, and its log."""
    top = Path(top)
    for name, text in {"program": PROGRAM, "bin/scontrol": '#!/bin/bash\necho "$@" >> "$ASKED"\n'}.items():
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(text)
        (top / name).chmod(0o755)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("SLURM_")}
    job = subprocess.Popen(
        [str(ROOT / "jobs/with-requeue"), "./program", argument], cwd=top, stderr=subprocess.PIPE, text=True,
        env={**clean, "PATH": f"{top}/bin:{clean['PATH']}", "ASKED": str(top / "asked"), "SLURM_JOB_ID": "7",
             "SLURM_NTASKS": "2", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
             "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
             **dict(environment)})
    if send:
        deadline = time.monotonic() + 30
        while len(list(top.glob("listening.*"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        job.send_signal(send)
    _, log = job.communicate(timeout=60)
    asked = (top / "asked").read_text().strip() if (top / "asked").exists() else ""
    return job.returncode, asked, log


# what happens, program's argument, signal to the batch script, environment, exit code, what Slurm is asked
CASES = [
    ("time is nearly up: checkpoint and requeue", "work", signal.SIGUSR1, {}, 75, "requeue 7"),
    ("a task of an array: itself and not the array", "work", signal.SIGUSR1,
     {"SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3"}, 75, "requeue 7_3"),
    ("cancelled: checkpoint, no requeue", "work", signal.SIGTERM, {}, 75, ""),
    ("restarted too often: no requeue", "work", signal.SIGUSR1, {"SLURM_RESTART_COUNT": "3", "MAX_RESTARTS": "3"}, 75, ""),
    ("the run is done: no requeue", "0", None, {}, 0, ""),
    ("bad input: its exit code, no requeue", "2", None, {}, 2, ""),
    ("unknown launcher: refused", "0", None, {"LAUNCH": "aprun"}, 2, ""),
]

failures = 0
for name, argument, send, environment, code, asked in CASES:
    with tempfile.TemporaryDirectory() as top:
        got_code, got_asked, log = run(top, argument, send, environment)
        stopped = send is None or (Path(top) / "checkpoint").exists()
        if (got_code, got_asked) == (code, asked) and stopped:
            print(f"ok: {name}")
        else:
            failures += 1
            print(f"FAILED: {name}: exit code {got_code} (due: {code}), asked '{got_asked}' (due: '{asked}'), "
                  f"checkpoint {stopped}\n{log}")
sys.exit(failures > 0)
