#!/usr/bin/env python3
"""Speed of `strings` beside the same in NumPy and SciPy: milliseconds a pair of frames.

bench/strings.py [--rounds 5] [--work FOLDER] [--vitrum PROGRAM]

Builds nothing. Needs build/release/bin/vitrum, and SciPy for trees of points (without it, all distances are computed, which takes
longer). The sample, 32 000 atoms of Cu64Zr36 at 1500 K, is made on the first call (some minutes) and kept in the work folder with a
trajectory of FRAMES frames. Ours is `vitrum analyze` with strings, all lags to LAGS frames, on one core, less the same with next to
nothing measured; theirs starts with positions in memory. Both take the time the processor was busy, which tells more on a machine
that others use too. A round is one run of each; printed are medians [least, largest], also of the ratios round by round. What both
find must be the same.

reference() is also what tests/python/strings.py compares with.
"""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

import h5py
import numpy as np

try:
    from scipy.spatial import cKDTree
except ImportError:
    cKDTree = None

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ATOMS, FRAMES, LAGS, EVERY = 32000, 40, 20, 0.05
PROTOCOL = f"""title: sample for a benchmark
seed: 1
material: {{composition: {{Cu: 64, Zr: 36}}, atoms: {ATOMS}, potential: "builtin:CuZrAlHfCo"}}
protocol:
  - melt: {{temperature: 1500 K, time: 0.4 ps, pressure: 0 GPa, measure: []}}
  - hold: {{time: {FRAMES * EVERY} ps, temperature: 1500 K, barostat: none, measure: []}}
output: {{trajectory_every: {EVERY} ps}}
measure: []
"""
CHAIN, BRANCHED, LOOP = range(3)


class Trajectory:
    """Unwrapped positions, edges, masses, numbers of the elements; first <= frame < last."""

    def __init__(self, path, first=0, last=None):
        with h5py.File(path, "r") as f:
            t = f["particles/trajectory"]
            self.time = t["position/time"][first:last]
            self.edges = t["box/edges/value"][first:last]
            wrapped, image = t["position/value"][first:last], t["image/value"][first:last]
            self.x = [a + b @ h for a, b, h in zip(wrapped, image, self.edges)]
            self.mass, self.z = t["mass"][()], t["species"][()]
        self.centre = [self.mass @ x / self.mass.sum() for x in self.x]


def components(n, i, j):
    """A number for each of n nodes, the same if links join them."""
    if cKDTree:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components
        return connected_components(coo_matrix((np.ones(len(i), bool), (i, j)), (n, n)), directed=False)[1]
    label = np.arange(n)
    while True:
        lower = label.copy()
        np.minimum.at(lower, i, label[j])
        np.minimum.at(lower, j, label[i])
        if (lower == label).all():
            return np.unique(label, return_inverse=True)[1]
        label = lower


def near(q, p, edges, radius):
    """Directed pairs (i, j), i != j, with q[i] nearer than radius to an image of p[j]."""
    if cKDTree and np.count_nonzero(edges) == 3:
        box = np.diag(edges)
        found = cKDTree(q % box, boxsize=box).sparse_distance_matrix(cKDTree(p % box, boxsize=box), radius, output_type="coo_matrix")
        i, j = found.row, found.col
    else:
        d = (p[None, :, :] - q[:, None, :]) @ np.linalg.inv(edges)
        d -= np.rint(d)
        least = np.full(d.shape[:2], np.inf)
        for image in np.ndindex(3, 3, 3):
            least = np.minimum(least, (((d + np.array(image) - 1) @ edges)**2).sum(axis=2))
        i, j = np.nonzero(least < radius * radius)
    other = i != j
    return i[other], j[other]


def reference(t, then, now, fraction, delta_r1=0.6, cutoff_r1=1.3, n_max=20):
    """What a pair of frames tells: who is mobile, their threshold, numbers of strings of each kind and length, moments of clusters."""
    n = len(t.mass)
    # edges are those of the same lattice vectors: no flips in between
    f = np.linalg.inv(t.edges[then]) @ t.edges[now]
    carried = t.x[then] @ f + (t.centre[now] - t.centre[then] @ f)
    square = ((t.x[now] - carried)**2).sum(axis=1)
    wanted = int(np.rint(fraction * n))
    mobile = np.sort(np.argpartition(square, n - wanted)[n - wanted:])
    r1 = (np.sqrt(2) * abs(np.linalg.det(t.edges[now])) / n)**(1 / 3)
    i, j = near(t.x[now][mobile], carried[mobile], t.edges[now], delta_r1 * r1)
    label = components(wanted, i, j)
    size = np.bincount(label)
    into, out = np.bincount(j, minlength=wanted), np.bincount(i, minlength=wanted)
    kind = np.where(np.bincount(label, weights=out) == size, LOOP, CHAIN)
    kind[label[(into > 1) | (out > 1)]] = BRANCHED
    counts = np.array([np.bincount(size[kind == k], minlength=wanted + 1) for k in range(3)])
    i, j = near(t.x[then][mobile], t.x[then][mobile], t.edges[then], cutoff_r1 * r1)
    cluster = np.bincount(components(wanted, i, j)).astype(float)
    return {"mobile": mobile, "threshold": np.sqrt(square[mobile].min()), "counts": counts,
            "clusters": np.array([(cluster**k).sum() for k in range(4)])}


def summed(t, pairs, fraction):
    """The pairs' results together, as the datasets name them."""
    found = [reference(t, then, now, fraction) for then, now in pairs]
    counts, clusters = sum(f["counts"] for f in found), sum(f["clusters"] for f in found)
    strings = counts[CHAIN] + counts[BRANCHED]
    n, members = np.arange(len(strings)), len(found) * len(found[0]["mobile"])
    return {"probability": strings[1:20] / strings.sum(), "loops": counts[LOOP][1:20] / strings.sum(),
            "mean_length": (n * strings).sum() / strings.sum(), "weight_length": (n * n * strings).sum() / (n * strings).sum(),
            "in_strings": 1 - counts[CHAIN][1] / members, "in_branched": (n * counts[BRANCHED]).sum() / members,
            "threshold": np.mean([f["threshold"] for f in found]), "cluster_mean": clusters[1] / clusters[0],
            "cluster_weight_mean": clusters[2] / clusters[1], "cluster_z_mean": clusters[3] / clusters[2]}


def differs(ours, k, theirs):
    """The first dataset of the group `strings` that is not as the reference has it at time k; None if all are."""
    for name, value in theirs.items():
        mine = ours[name][-1, k]
        if name in ("probability", "loops"):
            mine = mine[:19]
        if not np.allclose(mine, value, rtol=1e-11, atol=1e-14):
            return f"{name}: {mine}, not {value}"
    return None


def call(command):
    """Seconds the processor was busy."""
    env = dict(os.environ, OMP_NUM_THREADS="1", OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def spread(values):
    return f"{statistics.median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", default="/tmp/vitrum-bench")
    parser.add_argument("--vitrum", default=f"{HOME}/build/release/bin/vitrum")
    a = parser.parse_args()
    os.makedirs(a.work, exist_ok=True)
    run, out = f"{a.work}/strings-32k", f"{a.work}/strings.h5"
    if not os.path.exists(f"{run}/results.h5"):
        with open(f"{run}.yaml", "w") as file:
            file.write(PROTOCOL)
        call([a.vitrum, "run", f"{run}.yaml", "-o", run, "--no-report", "--force"])
    with h5py.File(f"{run}/trajectory.h5md", "r") as f:
        last = len(f["particles/trajectory/position/time"])
    first = last - FRAMES
    trajectory = Trajectory(f"{run}/trajectory.h5md", first, last)

    def analyze(what):
        return call([a.vitrum, "analyze", f"{run}/trajectory.h5md", "--frames", f"{first}:{last - 1}", "--with", what, "-o", out, "--force"])

    strings = f"strings: {{every: {EVERY} ps, lags: linear, t_max: {LAGS * EVERY} ps}}"
    pairs = sum(FRAMES - lag for lag in range(1, LAGS + 1))
    some = [(then, then + LAGS) for then in range(FRAMES - LAGS)]
    ours, theirs = [], []
    for _ in range(a.rounds):
        begin = time.process_time()
        expected = summed(trajectory, some, 0.05)
        theirs.append((time.process_time() - begin) / len(some) * 1e3)
        nothing = analyze(f"sq_direct: {{q_max: 0.2 /A, dq: 0.1 /A, waves: 1, every: {EVERY} ps}}")
        ours.append((analyze(strings) - nothing) / pairs * 1e3)
        with h5py.File(out, "r") as f:
            group = [g for g in f["stages"].values() if "strings" in g][-1]["strings"]
            wrong = differs({name: group[name][()] for name in expected}, LAGS - 1, expected)
        if wrong:
            sys.exit(f"the results differ: {wrong}")
    print(f"{ATOMS} atoms, 5 % mobile, {time.strftime('%Y-%m-%d')}; ms a pair of frames, one core, {a.rounds} rounds; the results agree")
    print(f"  Vitrum {spread(ours)}   NumPy{' and SciPy' if cKDTree else ', no SciPy,'} {spread(theirs)}   "
          f"ratio {spread([b / a for a, b in zip(ours, theirs)])}")


if __name__ == "__main__":
    main()
