#!/usr/bin/env python3
"""Speed of the measurements of local order: microseconds an atom and frame.

bench/structure_local.py [--rounds 3] [--work FOLDER] [--vitrum PROGRAM]

Builds nothing. The sample, 32 000 atoms of Cu64Zr36 quenched to 300 K with a built-in potential, is made on the first call (some
minutes) and kept in the work folder with a trajectory of 10 frames. `vitrum analyze` reads it with each measurement; the time that
it takes with none to speak of is subtracted. Printed is the least of the rounds: time that passed, and in brackets the time
processors were busy, which tells more on a machine that others use too.
"""
import argparse
import os
import resource
import subprocess
import sys
import time

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ATOMS, FRAMES = 32000, 10
LAST = "31:40" # of the trajectory: those of the hold
PROTOCOL = f"""title: sample for a benchmark
seed: 1
material: {{composition: {{Cu: 64, Zr: 36}}, atoms: {ATOMS}, potential: "builtin:CuZrAlHfCo"}}
protocol:
  - melt:   {{temperature: 2000 K, time: 1 ps, pressure: 0 GPa, measure: []}}
  - quench: {{temperature: 300 K, rate: 8e14 K/s, measure: []}}
  - hold:   {{time: 1 ps, save: glass}}
output: {{trajectory_every: 0.1 ps}}
measure: []
"""
NOTHING = "angles: {every: 0.1 ps, r_max: 0.5 A}"
MEASUREMENTS = ["voronoi: {every: 0.1 ps}", "voronoi: {every: 0.1 ps, radii: {Cu: 1.28 A, Zr: 1.6 A}}", "angles: {every: 0.1 ps}",
                "crystal: {every: 0.1 ps}"]


def call(command, threads):
    env = dict(os.environ, OMP_NUM_THREADS=str(threads), OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
               OMPI_MCA_hwloc_base_binding_policy="none")
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    passed, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=f"{HOME}/build/release/bin/vitrum")
    a = parser.parse_args()
    os.makedirs(a.work, exist_ok=True)
    run = f"{a.work}/local-32k"
    if not os.path.exists(f"{run}/state-glass.h5"):
        with open(f"{run}.yaml", "w") as file:
            file.write(PROTOCOL)
        call([a.vitrum, "run", f"{run}.yaml", "-o", run, "--no-report"], os.cpu_count())

    def best(what, threads):
        command = [a.vitrum, "analyze", f"{run}/trajectory.h5md", "--frames", LAST, "--with", what, "-o", f"{a.work}/local.h5",
                   "--force"]
        rounds = [call(command, threads) for _ in range(a.rounds)]
        return [min(r[k] for r in rounds) for k in range(2)]

    for threads in (1, 2):
        base = best(NOTHING, threads)
        for what in MEASUREMENTS:
            took = [(x - y) / ATOMS / FRAMES * 1e6 for x, y in zip(best(what, threads), base)]
            print(f"{what:60} {threads} thread{'s' * (threads > 1)}: {took[0]:5.1f} us ({took[1]:.1f} us) an atom")


if __name__ == "__main__":
    main()
