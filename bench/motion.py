#!/usr/bin/env python3
"""Speed of motion: MSD, alpha_2 and F_s beside MDAnalysis and NumPy, and what measuring costs a run.

bench/motion.py [--rounds 5] [--work FOLDER] [--vitrum PROGRAM] [frames] [run]

Builds nothing. Needs build/release/bin/vitrum and, for frames, Debian's python3-mdanalysis. The sample is that of
bench/lammps.py: 32 000 atoms of a Cu-Zr glass.

  frames  A trajectory of FRAMES frames. Ours: `vitrum analyze` with msd and isf_self at one q, all lags and origins, less the same
          with next to nothing measured, on one core and two. Theirs, on one core, positions in memory: MDAnalysis' EinsteinMSD (fft=False
          and, where tidynamics is installed, fft=True), which gives the MSD only, and NumPy for MSD, alpha_2 and F_s. All compare the same
          pairs of frames.
  run     The step loop with msd, isf_self, isf, overlap and strings at their preset rhythms, beside the same without measurements; and
          what the run itself says it spent on them, which a busy machine disturbs less.

A round is one run of each after the other. Printed are medians [least, largest] in seconds, and of ratios round by round.
"""
import argparse
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lammps import HOME, LAYOUTS, call, mpirun  # noqa: E402
from structure import NOTHING, Structure, spread  # noqa: E402

FRAMES, ATOMS = 150, 32000
LAGS = "every: 0.002 ps, t_max: 1 ps, lags: linear"
OURS = {"msd": f"msd: {{{LAGS}}}", "msd and F_s": f"msd: {{{LAGS}}}, isf_self: {{{LAGS}, q: 2.7 /A}}"}
PEER = """import sys, time, warnings
warnings.filterwarnings("ignore")
import h5py, numpy as np
with h5py.File(sys.argv[1]) as f:
    t = f["particles/trajectory"]
    x = np.array([a + b @ h for a, b, h in zip(t["position/value"], t["image/value"], t["box/edges/value"])])[:int(sys.argv[3])]
if sys.argv[2] == "numpy":
    begin = time.perf_counter()
    for k in range(1, len(x)):
        u2 = ((x[k:] - x[:-k]) ** 2).sum(axis=2)
        m2, m4 = u2.mean(), (u2 * u2).mean()
        u = 2.7 * np.sqrt(u2)
        alpha, fs = 3 * m4 / (5 * m2 * m2) - 1, np.sinc(u / np.pi).mean()
else:
    import MDAnalysis
    from MDAnalysis.analysis.msd import EinsteinMSD
    universe = MDAnalysis.Universe.empty(x.shape[1], trajectory=True)
    universe.load_new(x.astype(np.float32))
    msd = EinsteinMSD(universe, select="all", msd_type="xyz", fft=sys.argv[2] == "fft")
    begin = time.perf_counter()
    msd.run()
print("seconds:", time.perf_counter() - begin)
"""
RUN = """title: a run that is measured
material: {{potential: /usr/share/lammps/potentials/CuZr_mm.eam.fs}}
protocol:
  - create: {{file: {data}}}
  - hold: {{time: 1 ps, temperature: 300 K, barostat: none, measure: [{measure}]}}
"""
PRESETS = "msd, isf_self, isf, overlap, strings"


class Motion(Structure):
    def peer(self, trajectory, how):
        script = os.path.join(self.work, "motion_peer.py")
        with open(script, "w") as f:
            f.write(PEER)
        text = call(["/usr/bin/python3", script, trajectory, how, str(FRAMES)], OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
        return float(re.search(r"seconds: (\S+)", text).group(1))

    def frames_of(self):
        return self.frames(os.path.join(self.sample("cuzr-32k"), "state-glass.data"), FRAMES)

    def compare(self):
        trajectory = self.frames_of()
        peers = ["numpy", "direct"]
        try:
            call(["/usr/bin/python3", "-c", "import tidynamics"])
            peers.append("fft")
        except SystemExit:
            print("tidynamics is not installed: MDAnalysis with fft=True is left out")
        for layout in LAYOUTS:
            ours, theirs = {name: [] for name in OURS}, {name: [] for name in peers}
            for _ in range(self.rounds):
                for name, what in OURS.items():
                    ours[name].append(self.measured(trajectory, what, layout, FRAMES) * FRAMES)
                for name in peers:
                    theirs[name].append(self.peer(trajectory, name))
            print(f"{ATOMS} atoms, {FRAMES} frames, {FRAMES * (FRAMES - 1) // 2} pairs, {layout}: " +
                  "; ".join(f"Vitrum {name} {spread(v)} ({FRAMES / sorted(v)[len(v) // 2]:.0f} frames/s)" for name, v in ours.items()))
            for name in peers:
                of = "msd and F_s" if name == "numpy" else "msd"
                ratios = [b / a for a, b in zip(ours[of], theirs[name])]
                title = "NumPy, MSD, alpha_2 and F_s" if name == "numpy" else f"MDAnalysis, MSD, fft={name == 'fft'}"
                print(f"    {title} {spread(theirs[name])}, ratio to {of} {spread(ratios)}", flush=True)

    def loop(self, data, measure, layout):
        ranks, threads, _ = LAYOUTS[layout]
        protocol = os.path.join(self.work, "measured.yaml")
        with open(protocol, "w") as f:
            f.write(RUN.format(data=data, measure=measure))
        text = call(mpirun(ranks) + [self.vitrum, "run", protocol, "-o", os.path.join(self.work, "measured"), "--force", "--no-report"],
                    OMP_NUM_THREADS=str(threads), OMPI_MCA_mpi_yield_when_idle="0")
        looks = float(re.search(r"looks ([\d.]+) %", text).group(1))
        return float(re.search(r"steps in ([\d.]+) s", text).group(1)), 100 * looks / (100 - looks)

    def run(self):
        data = os.path.join(self.sample("cuzr-32k"), "state-glass.data")
        for layout in LAYOUTS:
            plain, measured, own = [], [], []
            for _ in range(self.rounds):
                plain.append(self.loop(data, "", layout)[0])
                seconds, share = self.loop(data, PRESETS, layout)
                measured.append(seconds)
                own.append(share)
            cost = [100 * (b / a - 1) for a, b in zip(plain, measured)]
            print(f"a run of {ATOMS} atoms, 500 steps, {layout}: {spread(plain)} s, with {PRESETS} {spread(measured)} s: {spread(cost)} % more; by "
                  f"the run's own clock {spread(own)} % of the rest", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=os.path.join(HOME, "build/release/bin/vitrum"))
    parser.add_argument("what", nargs="*", choices=["frames", "run", []])
    options = parser.parse_args()
    bench = Motion(options)
    if not options.what or "frames" in options.what:
        bench.compare()
    if not options.what or "run" in options.what:
        bench.run()


if __name__ == "__main__":
    main()
