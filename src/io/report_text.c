/* report_text.c: numbers, units, escaping, headings and figures for the report.
 *
 * Numbers are rounded as core/uncertain.h does. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/uncertain.h"
#include "io/report_parts.h"

static const char minus_sign[] = "\u2212";

/* With a true minus sign. */
static void put_signed(char *text, size_t size, const char *digits)
{
    bool negative = *digits == '-';
    snprintf(text, size, "%s%s", negative ? minus_sign : "", digits + negative);
}

struct vt_report_text vt_report_format(double value, double error)
{
    struct vt_report_text t;
    const struct vt_digits d = vt_digits(value, error);
    char signed_value[88], exponent[48] = "";
    put_signed(signed_value, sizeof signed_value, d.value);
    if (d.power)
        snprintf(exponent, sizeof exponent, " × 10<sup>%s%d</sup>", d.power < 0 ? minus_sign : "",
                 abs(d.power));
    if (!*d.value)
        snprintf(t.text, sizeof t.text, "–");
    else if (!*d.error)
        snprintf(t.text, sizeof t.text, "%s%s", signed_value, exponent);
    else
        snprintf(t.text, sizeof t.text, d.power ? "(%s ± %s)%s" : "%s ± %s%s", signed_value, d.error,
                 exponent);
    return t;
}

struct vt_report_text vt_report_brief(double value, int digits)
{
    if (!isfinite(value)) return vt_report_format(value, NAN);
    char text[40];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    return vt_report_format(atof(text), NAN);
}

struct vt_report_text vt_report_fixed(double value, int decimals)
{
    if (!isfinite(value)) return vt_report_format(value, NAN);
    struct vt_report_text t;
    char digits[64];
    vt_fixed(digits, sizeof digits, value, decimals);
    put_signed(t.text, sizeof t.text, digits);
    return t;
}

/* Append, cutting at the end of the buffer. */
static void append(struct vt_report_text *t, const char *piece)
{
    size_t used = strlen(t->text);
    if (used + strlen(piece) < sizeof t->text) strcpy(t->text + used, piece);
}

static void append_character(struct vt_report_text *t, const char *c, int bytes, bool html)
{
    char piece[16];
    if (html && bytes == 1 && strchr("<>&\"'", *c))
        snprintf(piece, sizeof piece, "&#%d;", *c);
    else if (!html && bytes == 1 && strchr("{}^_@&~\\", *c))
        snprintf(piece, sizeof piece, "\\%c", *c);
    else
        snprintf(piece, sizeof piece, "%.*s", bytes, c);
    append(t, piece);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct vt_report_text vt_report_unit(const char *unit, bool html)
{
    struct vt_report_text t = {""};
    if (!strcmp(unit, "1")) return t;
    for (const char *c = unit; *c;) {
        bool fresh = c == unit || !is_letter(c[-1]);
        if (fresh && !strncmp(c, "angstrom", 8)) {
            append(&t, "Å");
            c += 8;
        } else if (fresh && *c == 'A' && !is_letter(c[1])) {
            append(&t, "Å");
            c++;
        } else if (fresh && !strncmp(c, "k_B", 3)) {
            append(&t, html ? "<i>k</i><sub>B</sub>" : "k_{B}");
            c += 3;
        } else if (*c == '^') {
            size_t digits = strspn(c + 1, "+-0123456789");
            append(&t, html ? "<sup>" : "^{");
            for (c++; digits; digits--, c++)
                if (*c == '-')
                    append(&t, minus_sign);
                else
                    append_character(&t, c, 1, html);
            append(&t, html ? "</sup>" : "}");
        } else {
            int bytes = vt_utf8_bytes(c);
            if (bytes) append_character(&t, c, bytes, html);
            c += bytes ? bytes : 1;
        }
    }
    return t;
}

struct vt_report_text vt_report_axis(const char *title, const char *unit)
{
    struct vt_report_text t = {""}, u = vt_report_unit(unit, false);
    append(&t, title);
    if (*u.text) {
        append(&t, " [");
        append(&t, u.text);
        append(&t, "]");
    }
    return t;
}

struct vt_report_text vt_report_quantity(const char *text)
{
    char *end;
    double value = strtod(text, &end);
    struct vt_report_text t = {""};
    if (end != text) {
        t = vt_report_format(value, NAN);
        end += strspn(end, " ");
        if (*end) append(&t, "\u00a0");
    } else
        end = (char *)text;
    struct vt_report_text u = vt_report_unit(end, true);
    append(&t, u.text);
    return t;
}

void vt_report_escape(FILE *out, const char *text)
{
    while (*text) {
        int n = vt_utf8_bytes(text);
        if (!n)
            fputs("\ufffd", out);
        else if (n == 1 && strchr("<>&\"'", *text))
            fprintf(out, "&#%d;", *text);
        else if (n > 1 || (unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
            fwrite(text, 1, (size_t)n, out);
        text += n ? n : 1;
    }
}

void vt_report_put_plain(FILE *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool number = c[0] == '-' && isdigit((unsigned char)c[1]) && (c == text || strchr(" (", c[-1]));
        bool unit = c[0] == 'A' && (c == text || strchr(" /,", c[-1])) && !isalpha((unsigned char)c[1]);
        int bytes = vt_utf8_bytes(c);
        char one[8] = "";
        memcpy(one, c, (size_t)(bytes ? bytes : 1));
        if (!strncmp(c, "+-", 2))
            fputs("±", out), c++;
        else if (!strncmp(c, ">=", 2))
            fputs("≥", out), c++;
        else if (!strncmp(c, "<=", 2))
            fputs("≤", out), c++;
        else if (!strncmp(c, " ..", 3))
            fputs(" to", out), c += 2;
        else if (!strncmp(c, "^3", 2))
            fputs("³", out), c++;
        else if (!strncmp(c, "1e-6/K", 6))
            fputs("10<sup>−6</sup>/K", out), c += 5;
        else if (number)
            fputs("−", out);
        else if (unit)
            fputs("Å", out);
        else
            vt_report_escape(out, one), c += bytes ? bytes - 1 : 0;
    }
}

/* "value ± error" as value and error apart; the error is "" if there is none. */
void vt_report_split(const struct vt_report_value *v, double scale, struct vt_report_text *value,
                     struct vt_report_text *error)
{
    *value = vt_report_format(scale * v->value, scale * v->error);
    *error = (struct vt_report_text){""};
    char *sign = value->text[0] == '(' ? NULL : strstr(value->text, " ± ");
    if (!sign) return;
    strcpy(error->text, sign + 1);
    *sign = '\0';
}

void vt_report_put_value(FILE *out, const struct vt_report_value *v)
{
    fprintf(out, "<td>%s</td>", vt_report_format(v->value, v->error).text);
}

void vt_report_put_stacked(FILE *out, const struct vt_report_value *v)
{
    struct vt_report_text value, error;
    vt_report_split(v, 1, &value, &error);
    fprintf(out, "<td>%s<small>%s</small></td>", value.text, error.text);
}

void vt_report_put_state_name(FILE *out, const struct vt_report *r, int stage)
{
    fprintf(out, "<span class=\"dot c%d\"></span><b>", vt_report_color(r, stage));
    vt_report_escape(out, vt_report_line_name(r, stage));
    fprintf(out, "</b>");
}

void vt_report_heading(FILE *out, const char *id, const char *title)
{
    fprintf(out, "<h2 id=\"%s\">%s</h2>\n", id, title);
}

enum vt_status vt_report_draw(FILE *out, struct vt_plot *figure, const char *shape)
{
    char *svg;
    enum vt_status st = vt_plot_svg(figure, &svg);
    vt_plot_release(figure);
    if (st) return st;
    fprintf(out, "<div class=\"figure %s\">%s</div>\n", shape, svg);
    free(svg);
    return VT_OK;
}
