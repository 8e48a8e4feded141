#!/usr/bin/env python3
"""make_series.py FOLDER [twisted]: 390 G(r) of a glass that does not exist, heated from 93.15 K in steps of 2 K, as xPDFsuite writes them.

g(r) has four shells whose height is chosen so that S_eq(T) is a line with breaks at 220, 450 and 709 K and noise of 0.005 k_B. Below
2 angstrom G(r) has ripples, as measured ones do. Twisted: a state with more entropy up to 729 K, all of it -0.13 k_B off, as measured series are.
"""
import os
import sys

import numpy as np

RHO = 0.0538345  # atoms per cubic angstrom
R = np.arange(0.01, 15.005, 0.01)
BREAKS = ((220, 4e-4), (450, 5e-4), (709, 3e-3))  # K, k_B/K


def shells(height):
    g = np.ones_like(R)
    for place, width, part in ((2.75, 0.22, 2.0), (4.8, 0.5, 0.5), (7.2, 0.7, 0.25), (9.6, 0.9, 0.1)):
        g += height * part * np.exp(-((R - place) ** 2) / (2 * width**2))
    return np.where(R < 2.2, 0.0, g)


def entropy(g, r_max=12.0):
    """S_eq by its definition, trapezoid rule."""
    inside = R <= r_max + 1e-9
    f = np.where(g > 0, g * np.log(np.where(g > 0, g, 1)) - g + 1, 1)[inside] * R[inside] ** 2
    return -2 * np.pi * RHO * (R[0] ** 3 / 3 + np.sum(0.5 * (f[1:] + f[:-1]) * np.diff(R[inside])))


def planted(t):
    s = -4.5 + 1.5e-3 * (t - 93.15)
    for at, change in BREAKS:
        s += change * np.maximum(0, t - at)
    return s


def difference(t):
    """What a twisted glass has more: 0.2 k_B, of which relaxation takes 0.08 between 450 and 709 K and the glass transition the rest."""
    return np.interp(t, [450, 709, 729], [0.2, 0.12, 0])


def make(folder, n=390, noise=0.005, twisted=False, shift=0.0, seed=5):
    """Write the files; returns temperatures and S_eq."""
    t = 93.15 + 2 * np.arange(n)
    random = np.random.default_rng(seed)
    s = planted(t) + noise * random.standard_normal(n) + twisted * difference(t) + shift
    heights = np.linspace(0.1, 2.5, 800)
    height = np.interp(-s, [-entropy(shells(h)) for h in heights], heights)  # S_eq falls with the height
    os.makedirs(folder)
    for k in range(n):
        reduced = 4 * np.pi * RHO * R * (shells(height[k]) - 1)
        reduced[R < 2] += 0.05 * random.standard_normal(np.sum(R < 2))
        # Half of the files have the temperature in their name only.
        name, head = (f"a_{t[k]:.2f}K.gr", "") if k % 2 else (f"a_{k:04d}.gr", f"temperature = {t[k]:.2f}\n")
        with open(os.path.join(folder, name), "w") as file:
            file.write(f"# xPDFsuite Configuration #\n[PDF]\n{head}\n#### start data\n#S 1\n#L r($\\AA$)  G($\\AA^{{-2}}$)\n")
            np.savetxt(file, np.column_stack([R, reduced]), fmt="%.10g")
    return t, s


if __name__ == "__main__":
    if sys.argv[2:] == ["twisted"]:
        make(sys.argv[1], twisted=True, shift=-0.13, seed=6)
    else:
        make(sys.argv[1])
