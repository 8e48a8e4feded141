"""Print temperature, energy and entropy of every stage:  python3 read_results.py results.h5"""
import sys

import h5py

with h5py.File(sys.argv[1]) as results:
    print(results.attrs["title"])
    for name, stage in results["stages"].items():
        if "entropy" in stage:  # stages that measured it
            s = stage["entropy/s_xray"]
            error = s.parent[s.attrs["error"]]  # errors stand beside their values
            temperature, energy = stage["thermo/temperature"][()], stage["thermo/potential_energy"][()]
            print(f"{name:12} {temperature:6.0f} K  {energy:8.4f} eV/atom  S_eq = {s[()]:7.3f} +- {error[()]:.3f} k_B")
