/* dsc_options.c: see dsc_options.h. */
#include "study/dsc_options.h"

#include <stddef.h>

#define AT(member) offsetof(struct vt_dsc_options, member)
#define TEXT(word, help_)                                                                                    \
    {                                                                                                        \
        .name = #word, .unit = "", .kind = VT_TEXT, .offset = AT(word), .help = help_                        \
    }

const struct vt_param vt_dsc_params[] = {
    TEXT(glass, "window of the glass below T_g, in K: 450-550; with several scans one for all, or one for "
                "each: 450-550, "
                "460-560"),
    TEXT(liquid, "window of the supercooled liquid above T_g, in K: 690-720; one for all, or one for each"),
    {.name = "baseline",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(baseline),
     .preset = 0,
     .text = "line|parabola",
     .help = "what is fitted in both windows; to H(T), V(T) and S_eq(T) too"},
    {.name = "up",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(up),
     .preset = 0,
     .text = "told|endo|exo",
     .help = "what a positive heat flow is; `told` in the table: by the heading of its column or a line "
             "above, `^exo`, `Exotherm: up`, `endo down`, `#EXO:1`"},
    {.name = "rate",
     .unit = "K/s",
     .kind = VT_REAL,
     .offset = AT(rate),
     .preset = VT_UNSET,
     .min = 1e-6,
     .max = 1e16,
     .help = "heating or cooling rate of all tables; else of each from `heating rate: 20 K/min` (`cooling "
             "rate` where it cools) above its columns, from its name (x_20Kmin.txt, x_200K_s.txt), or from a "
             "column of times"},
    {.name = "mass",
     .unit = "mg",
     .kind = VT_REAL,
     .offset = AT(mass),
     .preset = VT_UNSET,
     .min = 1e-9,
     .max = 1e6,
     .help = "mass of the sample, where the heat flow is in mW; else from `sample mass: 10.5 mg` above the "
             "columns"},
    TEXT(columns, "what the names of columns do not tell: temperature=3 [degC], heat_flow=5 [W/g]; further: "
                  "power [mW], cp "
                  "[J/(g K)], time [s]"),
    {.name = "segment",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(segment),
     .preset = 0,
     .min = 0,
     .max = 32,
     .help =
         "of tables that heat and cool: which of these segments is judged, from 1, isotherms not counted; "
         "0: the only one"},
    {.name = "smooth",
     .unit = "K",
     .kind = VT_REAL,
     .offset = AT(smooth),
     .preset = VT_UNSET,
     .min = 1e-6,
     .max = 1e4,
     .help = "width of the local parabolas, of which tangents, half height and peak are taken, not T_f; if "
             "not given a tenth of "
             "what is between the windows, a third of it for runs"},
    {.name = "resamples",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(resamples),
     .preset = 200,
     .min = 20,
     .max = 1e5,
     .help = "resamples of the residuals, for errors"},
    {.name = "seed",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(seed),
     .preset = 1,
     .min = 0,
     .max = 1e15,
     .help = "seed of the resamples"},
    {.name = "temperature_error",
     .unit = "K",
     .kind = VT_REAL,
     .offset = AT(temperature_error),
     .preset = 0,
     .min = 0,
     .max = 100,
     .help = "scatter from sample to sample and of the calibration: added to the errors of temperatures in "
             "activation "
             "energies"},
    {.name = "tg",
     .unit = "K",
     .kind = VT_REAL,
     .offset = AT(tg),
     .preset = VT_UNSET,
     .min = 1,
     .max = 1e4,
     .help = "T_g of R T_g and of the fragility; the onset at the lowest rate if not given"},
    TEXT(reference, "a table: the second scan, against which each scan's recovery enthalpy is taken"),
    {.name = "reference_segment",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(reference_segment),
     .preset = 0,
     .min = 0,
     .max = 32,
     .help = "which segment of the reference; it may be the table of the scan itself"},
    TEXT(entropy, "results.h5 of `vitrum entropy`: T dS_eq/dT is drawn beside the heat capacities"),
    TEXT(composition, "of the sample, for T dS_eq/dT of a gram: Cu44Zr44Al8Hf2Co2; not needed where `vitrum "
                      "entropy` had it"),
    {.name = "entropy_tg",
     .unit = "K",
     .kind = VT_REAL,
     .offset = AT(entropy_tg),
     .preset = VT_UNSET,
     .min = 1,
     .max = 1e4,
     .help = "T_g by which its temperatures are divided; its last break of slope if not given"},
    {.name = "axis",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(axis),
     .preset = 0,
     .text = "auto|reduced|kelvin",
     .help = "of figures: T/T_g of each curve, or K; auto: K where all rates are the same within 10 %"},
    {0},
};
