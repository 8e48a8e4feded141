#!/usr/bin/python3
"""Speed of relaxation: F(q, t) and speckles beside NumPy.

bench/relaxation.py [--rounds 5] [--work FOLDER] [--vitrum PROGRAM] [isf] [speckles]

Builds nothing. Needs build/release/bin/vitrum and Debian's python3-numpy. Samples are walkers that know nothing of each other, written as extended
XYZ. One core each.

  isf       32 000 atoms of two species, 400 waves at 2.7 / angstrom, FRAMES frames: partial F(q, t) at log times. Of Vitrum the time of
            `analyze` less that of one that reads the same frames and measures next to nothing; of NumPy exp(i q r), summed by species, and
            the products of all lags, without reading.
  speckles  400 waves, 1000 frames of 500 atoms: intensities, C(t1, t2), g2 by both averages. Vitrum also leaves out 27 parts for errors, finds
            stretches, and fits; NumPy makes the matrix by BLAS and one average.

A round is one run of each after the other. Printed are medians in seconds [least, largest] and of ratios round by round.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
import numpy as np  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lammps import HOME, machine  # noqa: E402

FRAMES = 20
NOTHING = "sq_direct: {q_max: 0.2 /A, dq: 0.1 /A, waves: 1, every: 0.1 ps}"  # costs next to nothing


def spread(values):
    return f"{statistics.median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def walkers(path, atoms, edge, frames):
    """Positions (frames, atoms, 3) and species; written to path if it is not there."""
    random = np.random.default_rng(1)
    x = random.uniform(0, edge, (atoms, 3))
    steps = random.normal(0, 0.1, (frames - 1, atoms, 3))
    x = np.concatenate([x[None], x + np.cumsum(steps, axis=0)])
    species = np.arange(atoms) % 3 == 0
    if not os.path.exists(path):
        names = np.where(species, "Zr", "Cu")
        with open(path + ".part", "w") as f:
            for t in range(frames):
                f.write(f'{atoms}\nLattice="{edge} 0 0 0 {edge} 0 0 0 {edge}" Properties=species:S:1:pos:R:3 pbc="T T T" '
                        f"time={t * 0.1:.17g}\n")
                f.writelines(f"{name} {a:.10f} {b:.10f} {c:.10f}\n" for name, (a, b, c) in zip(names, x[t]))
        os.rename(path + ".part", path)
    return x, species


def waves(edge, n):
    """n waves at 2.7 / angstrom, one of q and -q."""
    most = int(2.75 * edge / (2 * np.pi))
    index = np.stack(np.meshgrid(*[np.arange(-most, most + 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
    q = 2 * np.pi / edge * index[len(index) // 2 + 1:]
    length = np.linalg.norm(q, axis=1)
    q = q[(length >= 2.65) & (length < 2.75)]
    return q[np.random.default_rng(2).permutation(len(q))[:n]]


def amplitudes(x, species, q):
    """(species, waves) of one frame."""
    out = np.empty((2, len(q)), complex)
    for s in range(2):
        out[s] = sum(np.exp(1j * (part @ q.T)).sum(axis=0) for part in np.array_split(x[species == s], len(x) // 2000 + 1))
    return out


def numpy_isf(x, species, q):
    begin = time.perf_counter()
    rho = np.stack([amplitudes(frame, species, q) for frame in x])
    for lag in range(len(x)):
        now, then = rho[lag:], rho[:len(rho) - lag]
        for a in range(2):
            for b in range(a, 2):
                (now[:, a] * then[:, b].conj()).real.sum()
    return time.perf_counter() - begin


def numpy_speckles(x, species, q):
    begin = time.perf_counter()
    rho = np.stack([amplitudes(frame, species, q) for frame in x])
    intensity = np.abs(rho[:, 0] * 20 + rho[:, 1] * 30) ** 2
    mean = intensity.mean(axis=1)
    c = intensity @ intensity.T / len(q) / np.outer(mean, mean)
    np.array([np.diagonal(c, lag).mean() for lag in range(len(c))])
    return time.perf_counter() - begin


class Relaxation:
    def __init__(self, options):
        self.vitrum, self.work, self.rounds = options.vitrum, options.work, options.rounds
        os.makedirs(self.work, exist_ok=True)

    def analyze(self, trajectory, what):
        begin = time.perf_counter()
        subprocess.run([self.vitrum, "analyze", trajectory, "--with", what, "--force", "-o", os.path.join(self.work, "out.h5")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - begin

    def compare(self, name, atoms, edge, frames, kernel, reference):
        path = os.path.join(self.work, f"walkers-{atoms}-{frames}.xyz")
        x, species = walkers(path, atoms, edge, frames)
        q = waves(edge, 400)
        ours, theirs = [], []
        for _ in range(self.rounds):
            theirs.append(reference(x, species, q))
            ours.append(self.analyze(path, kernel) - self.analyze(path, NOTHING))
        ratios = [b / a for a, b in zip(ours, theirs)]
        print(f"{name}, {atoms} atoms, {len(q)} waves, {frames} frames: Vitrum {spread(ours)} ({1e3 * statistics.median(ours) / frames:.3g} ms a "
              f"frame)  NumPy {spread(theirs)}  ratio {spread(ratios)}", flush=True)

    def isf(self):
        self.compare("F(q, t)", 32000, 82.0, FRAMES, "isf: {q: 2.7 /A, waves: 400, every: 0.1 ps}", numpy_isf)

    def speckles(self):
        self.compare("speckles", 500, 60.0, 1000, "xpcs: {q: 2.7 /A, waves: 400, every: 0.1 ps}", numpy_speckles)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", choices=[[], "isf", "speckles"], help="all if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=os.path.join(HOME, "build", "release", "bin", "vitrum"))
    options = parser.parse_args()
    print(f"{machine()}, {os.cpu_count()} cores; {time.strftime('%Y-%m-%d')}; {options.rounds} rounds; seconds")
    bench = Relaxation(options)
    for case in options.cases or ("isf", "speckles"):
        getattr(bench, case)()


if __name__ == "__main__":
    main()
