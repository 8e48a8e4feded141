/* dma_tables.c: see dma_tables.h. */
#include "study/dma_tables.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/units.h"
#include "io/table_file.h"
#include "study/lists.h"
#include "study/told.h"

/* Two of the same frequency, as they are written. */
#define SAME       1e-3
#define AT(member) offsetof(struct vt_dma_options, member)

const struct vt_param vt_dma_params[] = {
    {.name = "columns",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(columns),
     .help = "what the names of columns do not tell: temperature=1 [degC], storage=2 [MPa], loss=3 [MPa], "
             "tan_delta='x', "
             "frequency=5 [Hz], angle=6 [deg], complex_modulus=7 [MPa]"},
    {.name = "frequency",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(frequency),
     .help = "of tables without such a column, note or name (x_1Hz.csv): 1 Hz, or one of each table: 0.5 Hz, "
             "1 Hz"},
    {.name = "temperature",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(temperature),
     .help = "of tables without such a column: 300 K, or one of each table"},
    {.name = "tables",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(tables),
     .text = "told|states|frequencies",
     .help = "what several tables are: told: frequencies of one state if each has one frequency and all "
             "differ, else "
             "states"},
    {.name = "quantity",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(quantity),
     .text = "tan_delta|loss",
     .help = "in what peaks are looked for"},
    {.name = "peak",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(peak),
     .help = "temperatures between which a peak is fitted, in K: 280-390, or one range of each state; all if "
             "not given"},
    {.name = "model",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(model),
     .text = "cole-cole|havriliak-negami|gaussian",
     .help = "form of peaks and of spectra (there gaussian is none)"},
    {.name = "base",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(base),
     .preset = 2,
     .text = "none|constant|linear|exponential",
     .help = "what a peak stands on; exponential: a constant and a flank that rises to higher temperatures"},
    {.name = "wing",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(wing),
     .help = "temperatures (K), below the peak, where what it does not account for is fitted by a power law: "
             "200-270"},
    {.name = "energy",
     .unit = "eV",
     .kind = VT_REAL,
     .offset = AT(energy),
     .preset = VT_UNSET,
     .min = 1e-3,
     .max = 100,
     .help = "activation energy for exponents of wings; by the peaks at several frequencies if not given"},
    {.name = "law",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = AT(law),
     .text = "arrhenius|vft",
     .help = "law of peak temperatures against frequency; vft needs four frequencies"},
    {.name = "tg",
     .unit = "",
     .kind = VT_TEXT,
     .offset = AT(tg),
     .help = "glass transition temperature, for E / R T_g and T_p / T_g: 432 K, or one of each state: 432 K, "
             "485 K"},
    {.name = "reference",
     .unit = "1",
     .kind = VT_INT,
     .offset = AT(reference),
     .preset = 1,
     .min = 1,
     .max = VT_DMA_TABLES,
     .help = "number of the table to whose state the others are compared"},
    {.name = "master",
     .unit = "K",
     .kind = VT_REAL,
     .offset = AT(master),
     .preset = VT_UNSET,
     .min = 1,
     .max = 1e4,
     .help =
         "master curves of frequency sweeps, at the measured temperature nearest to this; none if not given"},
    {.name = "overlap",
     .unit = "1",
     .kind = VT_REAL,
     .offset = AT(overlap),
     .preset = 0.3,
     .min = 0.1,
     .max = 0.9,
     .help = "least share of a sweep that must lie on its neighbour in a master curve"},
    {.name = "cole_cole",
     .unit = "",
     .kind = VT_BOOL,
     .offset = AT(cole_cole),
     .help = "fit M*(omega) of frequency sweeps and draw M'' against M'"},
    {0},
};

enum { TEMPERATURE, FREQUENCY, STORAGE, LOSS, TAN_DELTA, ANGLE, COMPLEX, N_WANTS };
static const struct vt_table_want wants[N_WANTS] = {
    {"temperature",
     "T|temp|temperature|sample temperature|temperature sample|Ts|Tsample|Temperatur|Probentemperatur", "K",
     false},
    {"frequency",
     "f|freq|frequency|nu|angular frequency|ang frequency|omega|osc frequency|oscillation frequency|"
     "test frequency|test freq|frequenz|messfrequenz|kreisfrequenz|*",
     "Hz", false},
    {"storage",
     "E'|G'|M'|storage modulus|storage|storage modulus E'|storage modulus G'|E' storage "
     "modulus|Speichermodul|Speichermodul E'",
     "GPa", false},
    {"loss",
     "E''|G''|M''|loss modulus|loss|loss modulus E''|loss modulus G''|E'' loss "
     "modulus|Verlustmodul|Verlustmodul E''",
     "GPa", false},
    {"tan_delta",
     "tan delta|tan d|loss tangent|loss factor|Verlustfaktor|Verlustfaktor tan delta|internal friction|Q^-1",
     "1", false},
    {"angle", "phase angle|phase angle delta|loss angle|phase|delta|phase shift|phase lag|phase difference|?",
     "deg", false},
    {"complex_modulus", "E*|G*|M*|complex modulus|complex shear modulus|dynamic modulus|?", "GPa", false},
};

/* ------------------------------------------------------------------------------------------ lists */

static int cut(char *text, char **item, int max)
{
    int n = 0;
    for (char *at = text; at; n++) {
        char *comma = strchr(at, ',');
        if (comma) *comma++ = '\0';
        if (n < max) item[n] = at + strspn(at, " \t");
        at = comma;
    }
    return n;
}

static enum vt_status count_items(const char *what, const char *text, int found, int n)
{
    if (found == 1 || found == n) return VT_OK;
    return VT_RAISE(VT_EINPUT, "dma: %s '%.60s': %d values: one for all, or one of each, %d, are due", what,
                    text, found, n);
}

enum vt_status vt_dma_each(const char *what, const char *text, const char *unit, int n, double *value)
{
    char copy[VT_TEXT_SIZE], *item[VT_DMA_TABLES];
    snprintf(copy, sizeof copy, "%s", text);
    int found = cut(copy, item, VT_DMA_TABLES);
    VT_TRY(count_items(what, text, found, n));
    for (int k = 0; k < n; k++) {
        VT_TRY(vt_prefix(vt_units_parse(item[found == 1 ? 0 : k], unit, &value[k]), "dma: %s", what));
        value[k] /= vt_units_factor(unit);
        if (!(value[k] > 0))
            return VT_RAISE(VT_EINPUT, "dma: %s '%.60s': values above 0 are due", what, text);
    }
    return VT_OK;
}

enum vt_status vt_dma_ranges(const char *what, const char *text, int n, double (*range)[2])
{
    int found;
    VT_TRY(vt_prefix(vt_list_ranges(what, text, "K", VT_DMA_TABLES, range, &found), "dma"));
    VT_TRY(count_items(what, text, found, n));
    for (int k = 1; k < n && found == 1; k++) range[k][0] = range[0][0], range[k][1] = range[0][1];
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ one table */

struct row {
    double t, f, storage, loss, tan_delta; /* NAN: not there */
    int64_t line;
};

struct rows {
    const char *path;
    int n;
    struct row *row;
};

/* Of lines above the columns [Hz]; NAN if there is none of such a key. One that cannot be read is not passed
 * over. */
static enum vt_status frequency_by_note(const struct vt_table *table, double *frequency)
{
    static const char *const keys[] = {"frequency",  "freq",     "freq.",       "test frequency",
                                       "test freq.", "Frequenz", "Messfrequenz"};
    *frequency = NAN;
    for (int k = 0; k < table->n_notes; k++)
        for (size_t q = 0; q < sizeof keys / sizeof *keys; q++) {
            bool mine;
            const double one = vt_told_value(table, &table->note[k], keys[q], "Hz", &mine);
            if (!mine) continue;
            if (!(one > 0))
                return VT_RAISE(VT_EINPUT,
                                "no frequency can be read of '%.40s: %.60s': say --frequency '1 Hz'",
                                table->note[k].key, table->note[k].text);
            if (isnan(*frequency)) *frequency = one;
            if (fabs(one / *frequency - 1) > SAME)
                return VT_RAISE(VT_EINPUT,
                                "lines above its columns tell two frequencies, %g and %g Hz: say --frequency "
                                "'1 Hz'",
                                *frequency, one);
        }
    return VT_OK;
}

/* Of Netzsch's headings of the columns that were read, `tan d(10.000 Hz)` [Hz]; NAN if none tells. */
static enum vt_status frequency_by_heading(const struct vt_table *table, double *frequency)
{
    *frequency = NAN;
    for (int w = 0; w < table->n_wants; w++) {
        const char *end, *open = table->name && table->column[w] ? table->name[table->column[w] - 1] : "";
        for (; (open = strchr(open, '(')); open++) {
            double factor, offset;
            char unit[16];
            const double number = vt_told_number(table, open + 1, &end);
            if (!(number > 0)) continue;
            end += strspn(end, " ");
            snprintf(unit, sizeof unit, "%.*s", (int)strcspn(end, ")"), end);
            if (!vt_units_scale(unit, "Hz", &factor, &offset)) continue;
            if (isnan(*frequency)) *frequency = number * factor;
            if (fabs(number * factor / *frequency - 1) > SAME)
                return VT_RAISE(VT_EINPUT,
                                "its headings tell two frequencies, %g and %g Hz: say --columns with the "
                                "columns of one, or --frequency '1 Hz'",
                                *frequency, number * factor);
        }
    }
    return VT_OK;
}

/* What tells the frequency of a table without such a column: its notes, its headings, its name. */
static enum vt_status find_frequency(const struct vt_table *table, const char *path, double *frequency)
{
    VT_TRY(frequency_by_note(table, frequency));
    if (isnan(*frequency)) VT_TRY(frequency_by_heading(table, frequency));
    if (isnan(*frequency)) VT_TRY(vt_told_frequency_in_name(path, frequency));
    return VT_OK;
}

/* A cell of row k, NAN where the table has no such column. */
static double cell(const struct vt_table *t, int want, int k)
{
    return t->value[want] ? t->value[want][k] : NAN;
}

/* What a row holds of M', M'' = M' tan(delta), |M*| = M' sqrt(1 + tan^2(delta)) tells the rest. */
static enum vt_status make_row(const struct vt_table *t, int k, const char *path, struct row *row)
{
    const double angle = cell(t, ANGLE, k), modulus = cell(t, COMPLEX, k);
    if (!(row->t > 0))
        return VT_RAISE(VT_EINPUT, "%s:%lld: a temperature of %g K", path, (long long)row->line, row->t);
    if (row->f <= 0)
        return VT_RAISE(VT_EINPUT, "%s:%lld: a frequency of %g Hz", path, (long long)row->line, row->f);
    if (row->storage <= 0 || modulus <= 0)
        return VT_RAISE(VT_EINPUT, "%s:%lld: a %s modulus of %g GPa: it must be positive", path,
                        (long long)row->line, row->storage <= 0 ? "storage" : "complex",
                        row->storage <= 0 ? row->storage : modulus);
    if (fabs(angle) >= 90)
        return VT_RAISE(VT_EINPUT, "%s:%lld: a loss angle of %g degrees: it must be below 90", path,
                        (long long)row->line, angle);
    if (isnan(row->tan_delta)) row->tan_delta = row->loss / row->storage;
    if (isnan(row->tan_delta)) row->tan_delta = tan(angle * M_PI / 180);
    if (isnan(row->storage)) row->storage = modulus / sqrt(1 + row->tan_delta * row->tan_delta);
    if (isnan(row->loss)) row->loss = row->tan_delta * row->storage;
    return VT_OK;
}

static enum vt_status make_rows(const struct vt_table *t, double frequency, double temperature,
                                struct rows *r)
{
    bool moduli = t->value[STORAGE] && t->value[LOSS];
    if (!t->value[TAN_DELTA] && !t->value[ANGLE] && !moduli)
        return VT_RAISE(VT_EINPUT,
                        "%s: neither tan(delta) nor both moduli nor the loss angle were found among the %d "
                        "columns: say "
                        "which they are, as in --columns 'storage=2 [MPa], loss=3 [MPa]'",
                        r->path, t->columns);
    if (!t->value[TEMPERATURE] && isnan(temperature))
        return VT_RAISE(VT_EINPUT,
                        "%s: no column of temperatures was found: --columns 'temperature=1 [degC]', or "
                        "--temperature '300 "
                        "K' of an isotherm",
                        r->path);
    VT_TRY(vt_alloc(&r->row, t->n));
    for (r->n = 0; r->n < t->n; r->n++) {
        int k = r->n;
        struct row *row = &r->row[k];
        *row = (struct row){cell(t, TEMPERATURE, k), cell(t, FREQUENCY, k), cell(t, STORAGE, k),
                            cell(t, LOSS, k),        cell(t, TAN_DELTA, k), t->line[k]};
        if (isnan(row->t)) row->t = temperature;
        if (isnan(row->f)) row->f = frequency;
        VT_TRY(make_row(t, k, r->path, row));
    }
    return VT_OK;
}

static int by_line(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* A scan goes one way in temperature: back by a tenth of its range at most. */
static enum vt_status check_one_way(const char *path, struct row *row, int n)
{
    double low = INFINITY, high = -INFINITY, up = 0, down = 0;
    int64_t line[2] = {0, 0};
    qsort(row, (size_t)n, sizeof *row, by_line);
    for (int k = 0; k < n; k++) low = fmin(low, row[k].t), high = fmax(high, row[k].t);
    double least = high, most = low;
    for (int k = 0; k < n; k++) {
        most = fmax(most, row[k].t), least = fmin(least, row[k].t);
        if (most - row[k].t > down) down = most - row[k].t, line[0] = row[k].line;
        if (row[k].t - least > up) up = row[k].t - least, line[1] = row[k].line;
    }
    if (fmin(up, down) <= 0.1 * (high - low) + 2) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "%s:%lld: the temperature goes up by %.4g K and down by %.4g K: cut heating and cooling into two "
        "tables%s",
        path, (long long)line[down > up], up, down,
        isnan(row->f) ? ", or if these are several frequencies, say --columns 'frequency=2 [Hz]'" : "");
}

static int by_temperature(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    return (x->t > y->t) - (x->t < y->t);
}

/* The columns that no want has taken. */
static void list_unused(const struct vt_table *t, char *list, size_t size)
{
    snprintf(list, size, "none");
    for (int k = 0, n = 0; t->name && k < t->columns; k++) {
        bool used = false;
        for (int w = 0; w < t->n_wants; w++) used = used || t->column[w] == k + 1;
        size_t length = n ? strlen(list) : 0;
        if (used || length + 60 > size) continue;
        snprintf(list + length, size - length, "%s%.40s", n++ ? ", " : "", t->name[k]);
    }
}

/* Without frequencies all rows would be one scan: where temperatures come again and again, rows of several
 * frequencies are likelier than one that nobody tells. */
static enum vt_status check_frequency(const struct vt_table *t, struct rows *r)
{
    int most = 0, again = 0, at = 0;
    char list[300];
    VT_TRY(check_one_way(r->path, r->row, r->n));
    qsort(r->row, (size_t)r->n, sizeof *r->row, by_temperature);
    for (int k = 0, last; k < r->n; k = last) {
        for (last = k + 1; last < r->n && r->row[last].t <= r->row[k].t; last++) {
        }
        again += last - k - 1;
        if (last - k > most) most = last - k, at = k;
    }
    if (10 * again <= r->n) return VT_OK;
    list_unused(t, list, sizeof list);
    return VT_RAISE(VT_EINPUT,
                    "%s: %d rows at %.6g K, and no frequency is known; columns not used: %s; say --columns "
                    "'frequency=2 [Hz]', or --frequency '1 Hz' if all rows are of one",
                    r->path, most, r->row[at].t, list);
}

static enum vt_status read_rows(const char *path, const struct vt_dma_options *o, double frequency,
                                double temperature, struct rows *r)
{
    struct vt_table table;
    *r = (struct rows){.path = path};
    enum vt_status st = vt_table_read(path, o->columns, N_WANTS, wants, &table);
    if (st == VT_OK && isnan(frequency) && !table.value[FREQUENCY])
        st = vt_prefix(find_frequency(&table, path, &frequency), "%s", path);
    if (st == VT_OK) st = make_rows(&table, frequency, temperature, r);
    if (st == VT_OK && isnan(frequency) && !table.value[FREQUENCY]) st = check_frequency(&table, r);
    vt_table_release(&table);
    return st;
}

/* ------------------------------------------------------------------------------------------ scans */

/* By frequency, then temperature. Without frequencies, which are NAN then, all are alike. */
static int by_f(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->f < y->f || x->f > y->f) return x->f < y->f ? -1 : 1;
    return x->t < y->t ? -1 : x->t > y->t;
}

static int by_t(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->t < y->t || x->t > y->t) return x->t < y->t ? -1 : 1;
    return x->f < y->f ? -1 : x->f > y->f;
}

/* Rows of one scan, in any order, as a scan; rows with the same x are averaged. */
static enum vt_status add_scan(struct vt_dma *dma, int state, struct row *row, int n, bool sweep)
{
    VT_TRY(vt_grow(&dma->scan, &dma->capacity, dma->n + 1));
    struct vt_dma_scan *s = &dma->scan[dma->n];
    *s = (struct vt_dma_scan){.state = state, .sweep = sweep, .frequency = NAN, .temperature = NAN};
    dma->n++;
    double mean = 0;
    for (int k = 0; k < n; k++) mean += row[k].t / n;
    if (sweep)
        s->temperature = mean;
    else
        s->frequency = row[n / 2].f;
    qsort(row, (size_t)n, sizeof *row, sweep ? by_f : by_t);
    VT_TRY(vt_alloc(&s->x, n));
    VT_TRY(vt_alloc(&s->tan_delta, n));
    if (!isnan(row[0].storage)) {
        VT_TRY(vt_alloc(&s->storage, n));
        VT_TRY(vt_alloc(&s->loss, n));
    } else if (!isnan(row[0].loss)) {
        VT_TRY(vt_alloc(&s->loss, n));
    }
    for (int k = 0, last; k < n; k = last) {
        double x = sweep ? row[k].f : row[k].t, near = sweep ? x * (1 + 1e-3) : x;
        for (last = k; last < n && (sweep ? row[last].f : row[last].t) <= near; last++) {
        }
        s->x[s->n] = x;
        for (int i = k; i < last; i++) {
            s->tan_delta[s->n] += row[i].tan_delta / (last - k);
            if (s->storage) s->storage[s->n] += row[i].storage / (last - k);
            if (s->loss) s->loss[s->n] += row[i].loss / (last - k);
        }
        s->n++;
    }
    return VT_OK;
}

static void drop_last(struct vt_dma *dma)
{
    struct vt_dma_scan *s = &dma->scan[--dma->n];
    free(s->x), free(s->storage), free(s->loss), free(s->tan_delta);
}

/* Rows at one frequency (within 1 %) with ten points or more; at one temperature (within 1 K of the one
 * before) with six frequencies or more. */
static enum vt_status make_scans(struct rows *r, int state, struct vt_dma *dma, int *n_frequencies)
{
    int before = dma->n;
    *n_frequencies = 0;
    qsort(r->row, (size_t)r->n, sizeof *r->row, by_f);
    for (int k = 0, last; k < r->n; k = last) {
        for (last = k + 1; last < r->n && !(r->row[last].f > 1.01 * r->row[k].f); last++) {
        }
        ++*n_frequencies;
        if (last - k < 10) continue;
        struct row *copy;
        VT_TRY(vt_alloc(&copy, last - k));
        memcpy(copy, r->row + k, (size_t)(last - k) * sizeof *copy);
        enum vt_status st = check_one_way(r->path, copy, last - k);
        if (st == VT_OK) st = add_scan(dma, state, copy, last - k, false);
        free(copy);
        VT_TRY(st);
        if (dma->scan[dma->n - 1].n < 10) drop_last(dma);
    }
    if (*n_frequencies >= 6) {
        qsort(r->row, (size_t)r->n, sizeof *r->row, by_t);
        for (int k = 0, last; k < r->n; k = last) {
            for (last = k + 1; last < r->n && r->row[last].t - r->row[last - 1].t <= 1; last++) {
            }
            if (last - k < 6 || r->row[last - 1].t - r->row[k].t > 3) continue;
            VT_TRY(add_scan(dma, state, r->row + k, last - k, true));
            if (dma->scan[dma->n - 1].n < 6) drop_last(dma);
        }
    }
    if (dma->n == before)
        return VT_RAISE(
            VT_EINPUT,
            "%s: %d rows make no scan: ten temperatures at one frequency are due, or six frequencies at one "
            "temperature",
            r->path, r->n);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------ names */

static void name_state(struct vt_dma *dma, const char *path)
{
    char *name = dma->state[dma->n_states];
    vt_name_after(path, name);
    vt_name_apart(name, dma->state, dma->n_states++, VT_NAME);
}

/* All tables are one state: each has one frequency, and they differ. */
static bool are_frequencies(const struct vt_dma *dma, const int *n_frequencies, int n)
{
    for (int k = 0; k < n; k++)
        if (n_frequencies[k] != 1) return false;
    for (int a = 0; a < dma->n; a++) {
        if (dma->scan[a].sweep || isnan(dma->scan[a].frequency)) return false;
        for (int b = 0; b < a; b++)
            if (fabs(dma->scan[a].frequency / dma->scan[b].frequency - 1) < 0.01) return false;
    }
    return n > 1;
}

static int by_frequency(const void *a, const void *b)
{
    const struct vt_dma_scan *x = a, *y = b;
    return (x->frequency > y->frequency) - (x->frequency < y->frequency);
}

/* As in one table with all of them: ascending in frequency. */
static void join_states(struct vt_dma *dma)
{
    bool scans = true;
    for (int k = 0; k < dma->n; k++) scans = scans && !dma->scan[k].sweep && !isnan(dma->scan[k].frequency);
    if (scans) qsort(dma->scan, (size_t)dma->n, sizeof *dma->scan, by_frequency);
    for (int k = 0; k < dma->n; k++) dma->scan[k].state = 0;
    dma->n_states = 1;
}

static void name_scans(struct vt_dma *dma)
{
    for (int k = 0; k < dma->n; k++) {
        struct vt_dma_scan *s = &dma->scan[k];
        char at[40] = "";
        if (s->sweep)
            snprintf(at, sizeof at, "%.5g K", s->temperature);
        else if (!isnan(s->frequency))
            snprintf(at, sizeof at, "%.4g Hz", s->frequency);
        snprintf(s->name, sizeof s->name, "%s%s%s", dma->n_states > 1 || !*at ? dma->state[s->state] : "",
                 dma->n_states > 1 && *at ? ", " : "", at);
    }
}

enum vt_status vt_dma_read(int n, char *const *paths, const struct vt_dma_options *o, struct vt_dma *dma)
{
    double frequency[VT_DMA_TABLES], temperature[VT_DMA_TABLES];
    int n_frequencies[VT_DMA_TABLES];
    *dma = (struct vt_dma){0};
    if (n > VT_DMA_TABLES)
        return VT_RAISE(VT_EINPUT, "dma: %d tables, at most %d are read", n, VT_DMA_TABLES);
    for (int k = 0; k < n; k++) frequency[k] = temperature[k] = NAN;
    if (*o->frequency) VT_TRY(vt_dma_each("frequency", o->frequency, "Hz", n, frequency));
    if (*o->temperature) VT_TRY(vt_dma_each("temperature", o->temperature, "K", n, temperature));
    for (int k = 0; k < n; k++) {
        struct rows rows;
        enum vt_status st = read_rows(paths[k], o, frequency[k], temperature[k], &rows);
        if (st == VT_OK) st = make_scans(&rows, k, dma, &n_frequencies[k]);
        free(rows.row);
        VT_TRY(vt_prefix(st, "dma"));
        name_state(dma, paths[k]);
    }
    if (o->tables == VT_DMA_TABLES_FREQUENCIES ||
        (o->tables == VT_DMA_TABLES_TOLD && are_frequencies(dma, n_frequencies, n)))
        join_states(dma);
    name_scans(dma);
    if (o->reference > dma->n_states)
        return VT_RAISE(VT_EINPUT, "dma: reference %lld: there are %d states", (long long)o->reference,
                        dma->n_states);
    return VT_OK;
}

void vt_dma_release(struct vt_dma *dma)
{
    while (dma->n) drop_last(dma);
    free(dma->scan);
    *dma = (struct vt_dma){0};
}
