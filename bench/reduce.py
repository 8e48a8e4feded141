#!/usr/bin/env python3
"""How many diffraction patterns a second `vitrum reduce` takes, on this machine.

bench/reduce.py [--frames 10000] [--rounds 1] [--work FOLDER] [--vitrum PROGRAM]

Frames of 3000 points (50 different ones, by links), each to .sq, .fq and .gr of 3001 points: 25 MB of text for 100 frames. On one
core, two threads and two ranks. Told are patterns a second of wall time, and by processor time, which a busy machine and a slow
disk change less. Results of all three must be the same files.
"""
import argparse
import filecmp
import math
import os
import random
import resource
import shutil
import subprocess
import time

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
POINTS, DIFFERENT = 3000, 50
CASES = (("1 core", 1, 1), ("2 threads", 1, 2), ("2 ranks", 2, 1))


def write_pattern(path, seed):
    noise = random.Random(seed)
    with open(path, "w") as file:
        file.write("# Q I\n")
        for k in range(1, POINTS + 1):
            q = 0.0085 * k
            y = 3000 * math.exp(-q / 5) + 200 + 400 * math.exp(-(q - 2.7) ** 2 / 0.1) + 100 * math.exp(-q / 12) * math.sin(2.7 * q)
            file.write(f"{q:.6f} {y + noise.gauss(0, 3):.4f}\n")


def make_frames(folder, n):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for k in range(n):
        path = os.path.join(folder, f"frame_{k:05d}.xy")
        if k < DIFFERENT:
            write_pattern(path, k)
        else:
            os.symlink(f"frame_{k % DIFFERENT:05d}.xy", path)


def measure(options, out, ranks, threads):
    """Wall and processor seconds."""
    shutil.rmtree(os.path.join(options.work, out), ignore_errors=True)
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    start = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] if ranks > 1 else []
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*start, options.vitrum, "reduce", "frames/*.xy", "--composition", "Cu50Zr50", "--qmin", "0.5", "--qmax", "24", "-o", out],
                   cwd=options.work, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--work", default="/tmp/vitrum-bench-reduce")
    parser.add_argument("--vitrum", default=os.path.abspath(os.path.join(HOME, "build", "release", "bin", "vitrum")))
    options = parser.parse_args()
    make_frames(os.path.join(options.work, "frames"), options.frames)
    print(f"{options.frames} frames of {POINTS} points; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':12}{'wall [s]':>10}{'patterns/s':>12}{'processor [s]':>15}{'patterns/s/core':>17}")
    for turn in range(options.rounds):
        for name, ranks, threads in CASES:
            out = name.replace(" ", "-")
            wall, processor = measure(options, out, ranks, threads)
            print(f"{name:12}{wall:10.1f}{options.frames / wall:12.1f}{processor:15.1f}{options.frames / processor:17.1f}", flush=True)
            if turn == 0 and name != "1 core":
                names = os.listdir(os.path.join(options.work, "1-core"))
                _, other, lost = filecmp.cmpfiles(os.path.join(options.work, "1-core"), os.path.join(options.work, out), names, shallow=False)
                if other or lost:
                    raise SystemExit(f"{name}: {len(other) + len(lost)} files are not those of one core")
    shutil.rmtree(options.work)


main()
