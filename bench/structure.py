#!/usr/bin/env python3
"""Speed of structure: g(r) beside LAMMPS and MDAnalysis, and S(q) by Fourier transforms beside sums over waves.

bench/structure.py [--rounds 5] [--work FOLDER] [--vitrum PROGRAM] [pdf] [sq] [growth]

Builds nothing. Needs build/release/bin/vitrum and, for pdf, Debian's lammps and python3-mdanalysis. Samples are those of
bench/lammps.py, repeated along the edges.

  pdf     100 000 atoms of a Cu-Zr glass, 750 bins to 15 angstrom. Of Vitrum and LAMMPS, the time of a run that measures
          FRAMES frames, less that of one that reads or steps through them for next to nothing: one frame's cost, message passing and lists
          included. Vitrum finds all partials and the parts for errors, LAMMPS (compute rdf, one pair) and MDAnalysis (InterRDF,
          one core, in the process) the total only.
  sq      256 000 atoms to 12 / angstrom: all waves by sq_fft; by sq_direct 300 waves of a shell, and what all would take.
  growth  sq_fft and sq_direct at 4000 to 256 000 atoms, on one core and two.

A round is one run of each after the other. Printed are medians in seconds [least, largest] and of ratios round by round.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lammps import HOME, LAYOUTS, Bench, call, machine, mpirun, replicate  # noqa: E402

FRAMES = 10
NOTHING = "sq_direct: {q_max: 0.2 /A, dq: 0.1 /A, waves: 1, every: 0.002 ps}"  # costs next to nothing
RUN = """title: frames to measure
material: {{potential: /usr/share/lammps/potentials/CuZr_mm.eam.fs}}
protocol:
  - create: {{file: {data}}}
  - hold: {{time: {time:g} ps, thermostat: none, barostat: none}}
output: {{trajectory_every: 0.002 ps}}
"""
LAMMPS = """units metal
atom_style atomic
read_data {data}
pair_style zero 15.0
pair_coeff * *
neighbor 0.3 bin
{measure}
thermo 1000000
run {frames}
"""
MDANALYSIS = """import sys, time, warnings
warnings.filterwarnings("ignore")
import MDAnalysis
from MDAnalysis.analysis.rdf import InterRDF
u = MDAnalysis.Universe(sys.argv[1], format="DATA", atom_style="id type x y z")
begin = time.perf_counter()
InterRDF(u.atoms, u.atoms, nbins=750, range=(0, 15), exclusion_block=(1, 1)).run()
print("seconds:", time.perf_counter() - begin)
"""


def spread(values):
    return f"{statistics.median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def wall(command, **more):
    begin = time.perf_counter()
    call(command, **more)
    return time.perf_counter() - begin


class Structure(Bench):
    def copied(self, sample, copies):
        path = os.path.join(self.work, f"{sample}-{'x'.join(map(str, copies))}.data")
        if not os.path.exists(path):
            replicate(os.path.join(self.sample(sample), "state-glass.data"), path, copies)
        return path

    def frames(self, data, n):
        """A trajectory of the sample: n frames or one more."""
        folder = data.removesuffix(".data") + f"-{n}"
        if not os.path.exists(os.path.join(folder, "trajectory.h5")):
            protocol = folder + ".yaml"
            with open(protocol, "w") as f:
                f.write(RUN.format(data=data, time=0.002 * n))
            call(mpirun(2) + [self.vitrum, "run", protocol, "-o", folder, "--force", "--no-report"], OMP_NUM_THREADS="1")
        return os.path.join(folder, "trajectory.h5")

    def analyze(self, trajectory, what, layout, frames):
        ranks, threads, _ = LAYOUTS[layout]
        return wall(mpirun(ranks) + [self.vitrum, "analyze", trajectory, "--with", what, "--frames", f":{frames - 1}", "--force", "-o",
                                     os.path.join(self.work, "out.h5")], OMP_NUM_THREADS=str(threads), OMPI_MCA_mpi_yield_when_idle="0")

    def measured(self, trajectory, what, layout, frames=FRAMES):
        """Seconds a frame."""
        both = [self.analyze(trajectory, w, layout, frames) for w in (what, NOTHING)]
        return (both[0] - both[1]) / frames

    def lammps_rdf(self, data, ranks):
        """Seconds a frame."""
        loops = []
        for measure in ("compute g all rdf 750 cutoff 15.0\nfix g all ave/time 1 1 1 c_g[*] mode vector", ""):
            script = os.path.join(self.work, "in.rdf")
            with open(script, "w") as f:
                f.write(LAMMPS.format(data=data, measure=measure, frames=FRAMES))
            text = call(mpirun(ranks) + ["lmp", "-in", script, "-log", "none"], OMP_NUM_THREADS="1", OMPI_MCA_mpi_yield_when_idle="0")
            loops.append(float(re.search(r"Loop time of ([\d.e+-]+)", text).group(1)))
        return (loops[0] - loops[1]) / FRAMES

    def pdf(self):
        data = self.copied("cuzr-4k", (5, 5, 1))
        trajectory = self.frames(data, FRAMES)
        script = os.path.join(self.work, "rdf.py")
        with open(script, "w") as f:
            f.write(MDANALYSIS)
        kernel = "pdf: {r_max: 15 A, dr: 0.02 A, every: 0.002 ps}"
        mda = [float(re.search(r"seconds: (\S+)", call(["/usr/bin/python3", script, data])).group(1)) for _ in range(min(self.rounds, 3))]
        print(f"g(r), 100 000 atoms to 15 angstrom: MDAnalysis {spread(mda)}")
        for layout, (_, _, peers) in LAYOUTS.items():
            ours, theirs = [], []
            for _ in range(self.rounds):
                theirs.append(self.lammps_rdf(data, peers))
                ours.append(self.measured(trajectory, kernel, layout))
            ratios = [b / a for a, b in zip(ours, theirs)]
            print(f"  {layout:10s} Vitrum {spread(ours)}  LAMMPS {spread(theirs)}  ratio {spread(ratios)}; MDAnalysis on one core "
                  f"{statistics.median(mda) / statistics.median(ours):.0f} times Vitrum's", flush=True)

    def waves(self, trajectory):
        """How many waves there are below 12 / angstrom."""
        import h5py
        with h5py.File(trajectory, "r") as f:
            box = f["particles/trajectory/box/edges/value"][-1]
        volume = abs(box[0][0] * box[1][1] * box[2][2])
        return volume * 12**3 / (12 * 3.141592653589793**2)

    def sq(self, atoms=((4, 2, 1),), layouts=LAYOUTS):
        for copies in atoms:
            sample = "cuzr-32k" if copies[0] > 0 else "cuzr-4k"
            copies = tuple(map(abs, copies))
            trajectory = self.frames(self.copied(sample, copies), 1)
            n = (32000 if sample == "cuzr-32k" else 4000) * copies[0] * copies[1] * copies[2]
            for layout in layouts:
                times = {"sq_fft": [], "sq_direct": []}
                for _ in range(self.rounds):
                    for kernel in times:
                        times[kernel].append(self.measured(trajectory, f"{kernel}: {{q_max: 12 /A, every: 0.002 ps}}", layout, 1))
                share = self.waves(trajectory) / (300 * 240)
                print(f"S(q) to 12 /angstrom, {n:7d} atoms, {layout:10s} sq_fft, all waves: {spread(times['sq_fft'])}  sq_direct, 300 of "
                      f"a shell: {spread(times['sq_direct'])}; all would take {share * statistics.median(times['sq_direct']):.3g}", flush=True)

    def growth(self):
        self.sq(atoms=((-1, 1, 1), (-2, 2, 1), (1, 1, 1), (2, 2, 1), (4, 2, 1)), layouts=("1 core", "2 ranks"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], "pdf", "sq", "growth"], help="all if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=os.path.join(HOME, "build", "release", "bin", "vitrum"))
    options = parser.parse_args()
    print(f"{machine()}, {os.cpu_count()} cores; {time.strftime('%Y-%m-%d')}; {options.rounds} rounds; seconds")
    bench = Structure(options)
    for case in options.cases or ("pdf", "sq", "growth"):
        getattr(bench, case)()


if __name__ == "__main__":
    main()
