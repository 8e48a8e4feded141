#!/usr/bin/env python3
"""Speed beside LAMMPS: the same atoms, tables, steps and cores, run alternately.

bench/lammps.py [--rounds 5] [--work FOLDER] [--vitrum PROGRAM] [CASE...]

Builds nothing. Needs build/release/bin/vitrum and Debian's lammps. The samples are made with Vitrum on the first call and kept
in the work folder. For each case LAMMPS (-sf opt) is tried with several skins, and the best one is taken for the rounds. A round
is one run of each program after the other, so that both see the same machine. Printed are medians over the rounds of nanoseconds
an atom and step, [least, largest], and the median of the ratios round by round. Time is that of the step loop as each program
reports it: Vitrum's last line of a stage, LAMMPS's "Loop time".
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import time

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CUZR = "/usr/share/lammps/potentials/CuZr_mm.eam.fs"
ENV = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_hwloc_base_binding_policy="none",
           OMPI_MCA_btl_vader_single_copy_mechanism="none", OMPI_MCA_btl_base_warn_component_unused="0",
           OMPI_MCA_rmaps_base_oversubscribe="1")

# Samples: how each is made, from a random start.
MAKE = """title: sample for a benchmark
seed: 1
material: {{composition: {composition}, atoms: {atoms}, potential: "{potential}"}}
protocol:
  - melt:   {{temperature: 2000 K, time: 4 ps, pressure: 0 GPa, save: liquid}}
  - quench: {{temperature: 300 K, rate: 1e14 K/s}}
  - hold:   {{time: 2 ps, save: glass}}
output: {{structures: lammps}}
"""
SAMPLES = {
    "cuzr-32k": ("{Cu: 50, Zr: 50}", 32000, CUZR),
    "five-32k": ("{Cu: 44, Zr: 44, Al: 8, Hf: 2, Co: 2}", 32000, "builtin:CuZrAlHfCo"),
    "cuzr-4k": ("{Cu: 50, Zr: 50}", 4000, CUZR),
}
ELEMENTS = {"cuzr": ["Cu", "Zr"], "five": ["Cu", "Zr", "Al", "Hf", "Co"]}

# name: sample, state, copies along the edges, steps, skins to try for LAMMPS, motion, the ratio that is asked for
ONCE = (1, 1, 1)
CASES = {
    "cuzr-300K": ("cuzr-32k", "glass", ONCE, 200, (0.4, 0.6, 1.0), "nve", 5),
    "five-300K": ("five-32k", "glass", ONCE, 200, (0.4, 0.6, 1.0), "nve", 4),
    "cuzr-2000K": ("cuzr-32k", "liquid", ONCE, 200, (0.7, 1.0, 1.5), "nve", 4),
    "cuzr-shear": ("cuzr-32k", "glass", ONCE, 500, (0.5, 0.7, 1.0), "shear", 4),
    "cuzr-4k": ("cuzr-4k", "glass", ONCE, 2000, (0.4, 0.6, 1.0), "nve", 4),
    "cuzr-1M": ("cuzr-32k", "glass", (4, 4, 2), 20, (0.5, 1.0), "nve", 4),
}
# name: ranks and threads of Vitrum, ranks of LAMMPS
LAYOUTS = {"1 core": (1, 1, 1), "2 ranks": (2, 1, 2), "2 threads": (1, 2, 2)}

LAMMPS = """units metal
atom_style atomic
box tilt large
read_data {data}
pair_style {style}
pair_coeff * * {table} {elements}
neighbor {skin} bin
neigh_modify delay 0 every 1 check yes
timestep 0.002
{motion}
thermo 1000000
run {steps}
"""
NVE = "fix 1 all nve"
SHEAR = """change_box all triclinic
velocity all scale 300
comm_modify cutoff 12.0
fix 1 all npt temp 300 300 0.1 x 0 0 0.5 y 0 0 0.5 z 0 0 0.5
fix 2 all deform 1 xy erate 0.01 remap v
compute g all rdf 500 * * cutoff 10.0
fix 3 all ave/time 250 1 250 c_g[*] mode vector"""


def call(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, env=dict(ENV, **more))
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout + done.stderr


def mpirun(ranks):
    return ["mpirun", "-n", str(ranks)] if ranks > 1 else []


class Bench:
    def __init__(self, options):
        self.vitrum, self.work, self.rounds = options.vitrum, options.work, options.rounds
        os.makedirs(self.work, exist_ok=True)

    def sample(self, name):
        """The folder of a sample, made if it is not there."""
        folder = os.path.join(self.work, name)
        if not os.path.exists(os.path.join(folder, "state-glass.data")):
            print(f"making the sample {name} ...", file=sys.stderr)
            composition, atoms, potential = SAMPLES[name]
            protocol = folder + ".yaml"
            with open(protocol, "w") as f:
                f.write(MAKE.format(composition=composition, atoms=atoms, potential=potential))
            call(mpirun(2) + [self.vitrum, "run", protocol, "-o", folder, "--force", "--no-report"], OMP_NUM_THREADS="1")
        return folder

    def table(self, alloy):
        if alloy == "cuzr":
            return CUZR, "eam/fs"
        path = os.path.join(self.work, "five.eam.alloy")
        if not os.path.exists(path):
            call([self.vitrum, "potential", "make", "builtin:CuZrAlHfCo", "-o", path])
        return path, "eam/alloy"

    def data(self, case):
        """The structure that both programs read."""
        sample, state, copies = CASES[case][:3]
        path = os.path.join(self.sample(sample), f"state-{state}.data")
        if copies == ONCE:
            return path
        copied = os.path.join(self.work, f"{case}.data")
        if not os.path.exists(copied):
            replicate(path, copied, copies)
        return copied

    def run_vitrum(self, case, ranks, threads):
        path = self.data(case)
        steps, motion = CASES[case][3], CASES[case][5]
        alloy = CASES[case][0].split("-")[0]
        stage = f"hold: {{time: {steps * 0.002:g} ps, thermostat: none, barostat: none, measure: []}}" if motion == "nve" else (
            f"shear: {{plane: xy, rate: 1e10 /s, strain: {steps * 2e-5:g}, temperature: 300 K, pressure: 0 GPa,"
            " measure: [{pdf: {r_max: 10 A, every: 0.5 ps}}]}")
        protocol = os.path.join(self.work, "vitrum.yaml")
        with open(protocol, "w") as f:
            f.write(f'title: {case}\nmaterial: {{potential: "{self.table(alloy)[0]}"}}\nprotocol:\n'
                    f"  - create: {{file: {path}}}\n  - {stage}\n")
        text = call(mpirun(ranks) + [self.vitrum, "run", protocol, "-o", os.path.join(self.work, "run"), "--force", "--no-report"],
                    OMP_NUM_THREADS=str(threads), OMPI_MCA_mpi_yield_when_idle="0")
        speed = re.search(r"([\d.]+) ns an atom and step: (.*)", text)
        if not speed:
            sys.exit(f"{case}: too short a run to be timed\n{text[-1000:]}")
        return float(speed.group(1)), speed.group(2)

    def run_lammps(self, case, ranks, skin):
        path = self.data(case)
        steps, motion = CASES[case][3], CASES[case][5]
        alloy = CASES[case][0].split("-")[0]
        table, style = self.table(alloy)
        script = os.path.join(self.work, "in.lammps")
        with open(script, "w") as f:
            f.write(LAMMPS.format(data=path, style=style, table=table, elements=" ".join(ELEMENTS[alloy]), skin=skin,
                                  motion=NVE if motion == "nve" else SHEAR, steps=steps))
        text = call(mpirun(ranks) + ["lmp", "-in", script, "-sf", "opt", "-log", "none"], OMP_NUM_THREADS="1",
                    OMPI_MCA_mpi_yield_when_idle="0")
        loop = re.search(r"Loop time of ([\d.]+) on \d+ procs for (\d+) steps with (\d+) atoms", text)
        neighbours = re.search(r"Ave neighs/atom = ([\d.]+)", text)
        return 1e9 * float(loop.group(1)) / int(loop.group(2)) / int(loop.group(3)), float(neighbours.group(1))

    def case(self, case, layouts):
        steps, skins, aim = CASES[case][3], CASES[case][4], CASES[case][6]
        for layout in layouts:
            ranks, threads, peers = LAYOUTS[layout]
            tried = {skin: self.run_lammps(case, peers, skin) for skin in skins}
            skin = min(tried, key=lambda s: tried[s][0])
            ours, theirs, shares = [], [], ""
            for _ in range(self.rounds):
                theirs.append(self.run_lammps(case, peers, skin)[0])
                speed, shares = self.run_vitrum(case, ranks, threads)
                ours.append(speed)
            ratios = [b / a for a, b in zip(ours, theirs)]
            print(f"{case:11s} {layout:10s} LAMMPS {spread(theirs)} (skin {skin:g}, {tried[skin][1]:.1f} neighbours)"
                  f"  Vitrum {spread(ours)}  ratio {statistics.median(ratios):.2f} [{min(ratios):.2f}, {max(ratios):.2f}] of {aim}")
            print(f"{'':22s} Vitrum: {shares}", flush=True)


def spread(values):
    return f"{statistics.median(values):.0f} [{min(values):.0f}, {max(values):.0f}]"


def replicate(source, target, copies):
    """A data file repeated along a, b, c: positions shifted by edges, image flags dropped, velocities repeated."""
    with open(source) as f:
        lines = f.read().split("\n")
    atoms = next(k for k, line in enumerate(lines) if line.startswith("Atoms"))
    velocities = next(k for k, line in enumerate(lines) if line.startswith("Velocities"))
    x = [line.split() for line in lines[atoms + 2:velocities] if line.strip()]
    v = [line.split() for line in lines[velocities + 2:] if line.strip()]
    edge, head = [], []
    for line in lines[:atoms]:
        words = line.split()
        if len(words) == 4 and words[2].endswith("lo"):
            edge.append(float(words[1]) - float(words[0]))
            line = f"{words[0]} {float(words[0]) + edge[-1] * copies[len(edge) - 1]!r} {words[2]} {words[3]}"
        elif len(words) == 6 and words[3:] == ["xy", "xz", "yz"]:
            if any(float(t) != 0 for t in words[:3]):
                sys.exit(f"{source} leans: not repeated here")
        elif line.endswith(" atoms"):
            line = f"{len(x) * copies[0] * copies[1] * copies[2]} atoms"
        head.append(line)
    with open(target + ".part", "w") as f:
        f.write("\n".join(head + lines[atoms:atoms + 2]) + "\n")
        cells = [(a, b, c) for a in range(copies[0]) for b in range(copies[1]) for c in range(copies[2])]
        for k, cell in enumerate(cells):
            shift = [n * e for n, e in zip(cell, edge)]
            for row in x:
                place = " ".join(repr(float(row[2 + d]) + shift[d]) for d in range(3))
                f.write(f"{int(row[0]) + k * len(x)} {row[1]} {place} 0 0 0\n")
        f.write("\nVelocities\n\n")
        for k in range(len(cells)):
            f.write("".join(f"{int(row[0]) + k * len(x)} {' '.join(row[1:])}\n" for row in v))
    os.rename(target + ".part", target)


def machine():
    with open("/proc/cpuinfo") as f:
        return next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "unknown processor")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=os.path.join(HOME, "build", "release", "bin", "vitrum"))
    parser.add_argument("--layout", action="append", choices=LAYOUTS, help="only this one")
    options = parser.parse_args()
    unknown = [c for c in options.cases if c not in CASES]
    if unknown:
        parser.error(f"no case '{unknown[0]}': {', '.join(CASES)}")
    print(f"{machine()}, {os.cpu_count()} cores; {time.strftime('%Y-%m-%d')}; {options.rounds} rounds; ns an atom and step")
    bench = Bench(options)
    for case in options.cases or CASES:
        bench.case(case, options.layout or LAYOUTS)


if __name__ == "__main__":
    main()
