#!/usr/bin/env python3
"""Relaxation times of a sweep over temperature, and what it costs to relax from one to the next:

    E = d ln tau / d (1/kT)

python3 docs/tutorial/apparent_energy.py moved/results.h5
"""
import sys

import h5py
import numpy as np

KB = 8.617333262e-5  # eV/K


def with_error(file, path):
    d = file[path]
    return np.ravel(d[()]), np.ravel(d.parent[d.attrs["error"]][()])


with h5py.File(sys.argv[1]) as f:
    stage = f"stages/{list(f['stages'])[-1]}"
    T = f[f"{stage}/isf/tau"].dims[0][0][()]
    tau, error = with_error(f, f"{stage}/isf/tau")
    beta, beta_error = with_error(f, f"{stage}/isf/beta")
    strings = f[f"{stage}/strings/longest_mean_length"]
    length = np.reshape(strings[()], (len(T), -1))[:, -1]
    length_error = np.reshape(strings.parent[strings.attrs["error"]][()], (len(T), -1))[:, -1]
    for k in range(len(T)):
        print(f"{T[k]:6.0f} K  tau {tau[k]:7.2f} +- {error[k]:.2f} ps  beta {beta[k]:.2f} +- {beta_error[k]:.2f}  "
              f"longest mean string {length[k]:.2f} +- {length_error[k]:.2f}")
    for k in range(len(T) - 1):
        step = 1 / (KB * T[k]) - 1 / (KB * T[k + 1])
        slope = np.log(tau[k] / tau[k + 1]) / step
        spread = np.hypot(error[k] / tau[k], error[k + 1] / tau[k + 1]) / step
        print(f"{T[k]:.0f} to {T[k + 1]:.0f} K: E = {slope:.2f} +- {spread:.2f} eV")
