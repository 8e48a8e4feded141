"""Energy, virial and forces are those of LAMMPS on the same tables and configurations, for any layout of ranks and threads.

lammps_static.py BUILD_DIR. Configurations: a crystal with small displacements, orthogonal and with tilts near half an edge; a
liquid-like one in which atoms come to half their distance; one squeezed to 55 % of its volume, so that the density leaves the
embedding table of eam.fs at its upper end. Coordinates lie on the binary grid, so both programs see the same numbers. The tables
come from Debian's lammps-data, are read from there, and are written anew by `vitrum potential make`.

Tolerance 1e-9 of the rms force and of the largest virial, 1e-10 of the energy: both add some 1e5 terms in double (1e-16 each),
and Vitrum rounds pair terms to a fixed quantum (docs/theory/exactness.md) and interpolates slopes over r
(docs/theory/performance.md). LAMMPS prints its pressure in bar with nktv2p = 1.6021765e6.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np

BUILD = os.path.abspath(sys.argv.pop(1))
TOOL = os.path.join(BUILD, "tests", "tool_static_point")
VITRUM = os.path.join(BUILD, "bin", "vitrum")
CU_ZR = "/usr/share/lammps/potentials/CuZr_mm.eam.fs"
FUNCFL = [f"/usr/share/lammps/potentials/{name}.eam" for name in ("Cu_u3", "Pd_u3", "Ni_smf7")]
NKTV2P = 1.6021765e6
TOLERANCE = {"energy": 1e-10, "virial": 1e-9, "force": 1e-9, "atom_energy": 1e-9, "atom_virial": 1e-9}
MASS = {"Cu": 63.546, "Zr": 91.224, "Al": 26.982, "Hf": 178.49, "Co": 58.933, "Ni": 58.693, "Pd": 106.42,
        "Ti": 47.867, "Be": 9.0122}
LAYOUTS = [(1, 1), (1, 2), (2, 1), (4, 1)]  # ranks, threads

# name: atoms per edge, displacement [A], volume factor, tilts (fractions of edges) xy xz yz
CASES = {
    "crystal": (5, 0.08, 1.0, (0, 0, 0)),
    "triclinic": (5, 0.15, 1.0, (0.49, -0.48, 0.47)),
    "liquid": (5, 0.55, 1.05, (0, 0, 0)),
    "liquid-triclinic": (4, 0.6, 1.1, (-0.45, 0.3, -0.4)),
    "compressed": (5, 0.25, 0.55, (0.2, 0.1, -0.3)),
}


def grid(x):
    return np.rint(np.asarray(x) * 2.0**40) / 2.0**40


def write_case(path, elements, edge_cells, displacement, volume, tilts, seed):
    """A disordered fcc solution of the elements, with random displacements, as a LAMMPS data file."""
    rng = np.random.default_rng(seed)
    edge = grid(4.1 * edge_cells * volume ** (1 / 3))
    xy, xz, yz = grid(np.array(tilts) * edge)
    h = np.array([[edge, 0, 0], [xy, edge, 0], [xz, yz, edge]])
    basis = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    corners = np.array([[i, j, k] for i in range(edge_cells) for j in range(edge_cells) for k in range(edge_cells)])
    s = ((corners[:, None, :] + basis) / edge_cells).reshape(-1, 3)
    x = grid(s @ h + displacement * rng.uniform(-1, 1, s.shape) + 0.3)
    types = rng.permutation(np.arange(len(x)) % len(elements)) + 1
    with open(path, "w") as f:
        f.write(f"made\n\n{len(x)} atoms\n{len(elements)} atom types\n\n")
        f.write("".join(f"0 {edge:.17g} {a}lo {a}hi\n" for a in "xyz"))
        f.write(f"{xy:.17g} {xz:.17g} {yz:.17g} xy xz yz\n\nMasses\n\n")
        f.write("".join(f"{k + 1} {MASS[e]} # {e}\n" for k, e in enumerate(elements)))
        f.write("\nAtoms # atomic\n\n")
        f.write("".join(f"{i + 1} {t} {p[0]:.17g} {p[1]:.17g} {p[2]:.17g}\n" for i, (t, p) in enumerate(zip(types, x))))
    return edge**3


def by_lammps(style, potential, elements, names):
    """All cases in one run of LAMMPS."""
    text = ""
    for name in names:
        text += f"""clear
units metal
atom_style atomic
boundary p p p
box tilt large
read_data {name}.data
pair_style {style}
pair_coeff * * {potential} {" ".join(elements) if style != "eam" else ""}
compute virial all pressure NULL virial
compute e all pe/atom
compute w all stress/atom NULL virial
thermo_style custom pe c_virial[1] c_virial[2] c_virial[3] c_virial[4] c_virial[5] c_virial[6]
dump 1 all custom 1 {name}.dump id fx fy fz c_e c_w[1] c_w[2] c_w[3] c_w[4] c_w[5] c_w[6]
dump_modify 1 sort id format float %.17g
run 0 post no
print "{name} $(pe:%.17g) {" ".join(f"$(c_virial[{k}]:%.17g)" for k in range(1, 7))}" append lammps.out
"""
    with open("in.lammps", "w") as f:
        f.write(text)
    if os.path.exists("lammps.out"):
        os.remove("lammps.out")
    done = subprocess.run(["lmp", "-in", "in.lammps", "-log", "none"], stdout=subprocess.PIPE, text=True, timeout=100)
    assert done.returncode == 0, done.stdout
    result = {}
    with open("lammps.out") as f:
        lines = f.readlines()
    for line in lines:
        name, *numbers = line.split()
        energy, *pressure = map(float, numbers)
        table = np.loadtxt(f"{name}.dump", skiprows=9)
        result[name] = {"energy": energy, "pressure": np.array(pressure), "force": table[:, 1:4].ravel(),
                        "atom_energy": table[:, 4], "atom_virial": -table[:, 5:11].ravel() / NKTV2P}
    return result


def by_vitrum(potential, names, ranks, threads, instruction_set="auto"):
    command = ["mpirun", "--oversubscribe", "--allow-run-as-root", "--bind-to", "none", "-x", "OMP_NUM_THREADS", "-n", str(ranks),
               TOOL, potential, instruction_set, *(f"{n}.data" for n in names)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=100,
                          env={**os.environ, "OMP_NUM_THREADS": str(threads)})
    assert done.returncode == 0, command
    points = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(p["ranks"] == ranks and p["threads"] == threads for p in points)
    return dict(zip(names, points))


def make(*words):
    subprocess.run([VITRUM, "potential", "make", *words], check=True, timeout=60, stdout=subprocess.DEVNULL)


def needs(*paths):
    return unittest.skipUnless(all(map(os.path.exists, paths)), f"needs {', '.join(paths)} (Debian: lammps-data)")


class Static(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)

    def tearDown(self):
        os.chdir("/")
        self.folder.cleanup()

    def compare_one_layout(self, style, theirs_reads, ours_reads, elements):
        """They read one file, we another (or a built-in potential) with the same functions in it."""
        volume = {}
        for seed, (name, case) in enumerate(CASES.items()):
            volume[name] = write_case(f"{name}.data", elements, *case, seed)
        theirs = by_lammps(style, theirs_reads, elements, CASES)
        ours = by_vitrum(ours_reads, CASES, 1, 1)
        worst = {}
        for name in CASES:
            a, b = ours[name], theirs[name]
            b["virial"] = b["pressure"] * volume[name] / NKTV2P
            for key in ("energy", "virial", "force", "atom_energy", "atom_virial"):
                size = np.sqrt(np.mean(b[key] ** 2)) if key == "force" else np.max(np.abs(b[key]))
                difference = np.max(np.abs(np.array(a[key]) - b[key])) / size
                worst[key] = max(worst.get(key, 0), difference)
                self.assertLess(difference, TOLERANCE[key], f"{key} of {name}")
            self.assertGreater(np.max(np.abs(b["force"])), 0.05, name)
        print(style, os.path.basename(theirs_reads), "largest differences, of the rms force and the largest other:", {k: f"{v:.1e}" for k, v in worst.items()})
        return ours

    def compare(self, style, source, elements):
        ours = self.compare_one_layout(style, source, source, elements)
        for ranks, threads in LAYOUTS[1:]:
            again = by_vitrum(source, CASES, ranks, threads)
            for name in CASES:
                for key in ("energy", "virial", "force", "atom_energy", "atom_virial"):
                    self.assertEqual(again[name][key], ours[name][key], f"{key} of {name} on {ranks} ranks, {threads} threads")
        portable = by_vitrum(source, CASES, 1, 1, "portable")
        for name in CASES:
            self.assertEqual(portable[name]["force"], ours[name]["force"], f"{name} with portable code")

    @needs(CU_ZR)
    def test_finnis_sinclair(self):
        self.compare("eam/fs", CU_ZR, ["Cu", "Zr"])

    def test_setfl_of_five_elements(self):
        make("builtin:CuZrAlHfCo", "-o", "five.setfl")
        self.compare("eam/alloy", "five.setfl", ["Zr", "Cu", "Co", "Al", "Hf"])

    def test_setfl_of_vit4(self):
        make("builtin:ZrTiCuNiBe", "-o", "vit4.setfl")
        self.compare_one_layout("eam/alloy", "vit4.setfl", "vit4.setfl", ["Zr", "Ti", "Cu", "Ni", "Be"])

    def test_alloy_written_as_eam_fs(self):
        make("--elements", "Cu,Zr,Al,Hf,Co", "-o", "five.eam.fs")
        self.compare_one_layout("eam/fs", "five.eam.fs", "builtin:CuZrAlHfCo", ["Zr", "Cu", "Co", "Al", "Hf"])

    @needs(CU_ZR)
    def test_finnis_sinclair_written_anew_in_another_order(self):
        make(CU_ZR, "--elements", "Zr,Cu", "-o", "swapped.eam.fs")
        self.compare_one_layout("eam/fs", "swapped.eam.fs", CU_ZR, ["Cu", "Zr"])

    @needs(*FUNCFL)
    def test_funcfl_and_what_is_made_of_it(self):
        """LAMMPS resamples funcfl without the last knot: seen where a density or the cut-off (Ni_smf7) lies there."""
        for path in FUNCFL:
            element = os.path.basename(path)[:2]
            if element != "Ni":
                self.compare_one_layout("eam", path, path, [element])
            make(path, "-o", "made.eam.alloy", "--force")
            self.compare_one_layout("eam/alloy", "made.eam.alloy", path, [element])
        make("made.eam.alloy", "-o", "made.eam.fs")
        self.compare_one_layout("eam/fs", "made.eam.fs", path, [element])


if __name__ == "__main__":
    unittest.main()
