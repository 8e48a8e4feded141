#!/usr/bin/env python3
"""How speed grows with ranks and threads, on this machine.

bench/scaling.py [--rounds 5] [--work FOLDER] [--vitrum PROGRAM]

Builds nothing; uses the samples of bench/lammps.py. Strong: the same 32 000 atoms on more cores; weak: 4000 atoms a core. Cores
share caches, memory and clock, so each round also times a loop that does nothing but count, on one core and on all at once:
where that gets slower, so would anything. The efficiency is the speed-up over the number of cores, as it is and divided by that
of the counting loop. Medians over rounds, [least, largest].
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

import lammps
from lammps import HOME, Bench, spread

COUNT = "import time\nt = time.perf_counter()\nfor k in range(20000000): pass\nprint(time.perf_counter() - t)"


def counting(cores):
    """Seconds of the slowest of so many counting loops."""
    running = [subprocess.Popen([sys.executable, "-c", COUNT], stdout=subprocess.PIPE, text=True) for _ in range(cores)]
    return max(float(p.communicate()[0]) for p in running)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=os.path.join(HOME, "build", "release", "bin", "vitrum"))
    options = parser.parse_args()
    bench, cores = Bench(options), os.cpu_count()
    # The weak case on more cores: the small sample repeated along one edge.
    lammps.CASES["weak"] = ("cuzr-4k", "glass", (cores, 1, 1), 2000, (), "nve", 0)
    print(f"{lammps.machine()}, {cores} cores; {time.strftime('%Y-%m-%d')}; {options.rounds} rounds; ns an atom and step")
    for name, alone, together in (("strong, 32 000 atoms", "cuzr-300K", "cuzr-300K"), ("weak, 4000 atoms a core", "cuzr-4k", "weak")):
        one, ranks, threads, machine = [], [], [], []
        shares = {}
        for _ in range(options.rounds):
            machine.append(counting(1) / counting(cores))
            one.append(bench.run_vitrum(alone, 1, 1)[0])
            speed, shares["ranks"] = bench.run_vitrum(together, cores, 1)
            ranks.append(speed)
            speed, shares["threads"] = bench.run_vitrum(together, 1, cores)
            threads.append(speed)
        print(f"{name}: 1 core {spread(one)}; the counting loop on {cores} cores keeps {100 * statistics.median(machine):.0f} % of its speed")
        for what, times in (("ranks", ranks), ("threads", threads)):
            plain = [a / b / cores for a, b in zip(one, times)]
            fair = [e / m for e, m in zip(plain, machine)]
            print(f"    {cores} {what:8s} {spread(times)}  efficiency {percent(plain)}, corrected {percent(fair)}")
            print(f"    {'':10s} {shares[what]}", flush=True)


def percent(values):
    return f"{100 * statistics.median(values):.0f} % [{100 * min(values):.0f}, {100 * max(values):.0f}]"


if __name__ == "__main__":
    main()
