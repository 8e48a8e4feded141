#!/usr/bin/env python3
"""How long `vitrum entropy` takes on a heating ramp of 390 curves with 3000 points each, on this machine.

bench/entropy.py [--rounds 7] [--work FOLDER] [--vitrum PROGRAM]

Builds nothing. Wall time, medians over rounds, [least, largest]: of the whole command with its figure; with what it can also do; on one
thread; and of `vitrum --version`, which is the start of the program alone.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(HOME, "docs/tutorial"))
import make_series
import numpy as np


def seconds(words, folder, **environment):
    start = time.perf_counter()
    subprocess.run(words, cwd=folder, env=dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", **environment),
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=os.path.join(HOME, "build", "release", "bin", "vitrum"))
    options = parser.parse_args()
    vitrum, series = os.path.abspath(options.vitrum), os.path.join(options.work, "series-3000")
    os.makedirs(options.work, exist_ok=True)
    if not os.path.isdir(series):
        make_series.R = np.arange(0.01, 30.005, 0.01)
        make_series.make(series + ".part")
        shutil.move(series + ".part", series)
    files = [os.path.join(series, name) for name in sorted(os.listdir(series))]
    entropy = [vitrum, "entropy", *files, "--density", "0.0538345 /A^3", "--rate", "10 K/min", "--force", "-o", "out"]
    cases = (("vitrum entropy", entropy, {}), ("the same on one thread", entropy, {"OMP_NUM_THREADS": "1"}),
             ("with --breaks 3", entropy + ["--breaks", "3"], {}),
             ("with --breaks 3 --shells '1 A' --resamples 200", entropy + ["--breaks", "3", "--shells", "1 A", "--resamples", "200"], {}),
             ("with --smoothing spline", entropy + ["--smoothing", "spline"], {}), ("vitrum --version", [vitrum, "--version"], {}))
    times = {name: [] for name, _, _ in cases}
    for _ in range(options.rounds):
        for name, words, environment in cases:
            times[name].append(seconds(words, options.work, **environment))
    print(f"{len(files)} curves of 3000 points; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {time.strftime('%Y-%m-%d')}; {options.rounds} rounds; s")
    for name, t in times.items():
        print(f"{name}: {statistics.median(t):.2f} [{min(t):.2f}, {max(t):.2f}]")


main()
