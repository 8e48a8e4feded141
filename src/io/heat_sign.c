/* heat_sign.c: see heat_sign.h. */
#include "io/heat_sign.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define UP   "\xe2\x86\x91"
#define DOWN "\xe2\x86\x93"

struct word {
    const char *text;
    int sign;
};
static const struct word effects[] = {{"exothermic", -1}, {"exotherm", -1}, {"exo", -1},
                                      {"endothermic", 1}, {"endotherm", 1}, {"endo", 1}},
                         ways[] = {{"^", 1}, {UP, 1}, {DOWN, -1}, {"up", 1}, {"down", -1}},
                         arrows[] = {{"^", 1}, {UP, 1}, {DOWN, -1}}, noes[] = {{"no", -1}, {"false", -1}};

#define ONE_OF(at, words, sign) one_of(at, words, sizeof(words) / sizeof *(words), sign)

/* How long the word is that begins here; of letters the whole one. */
static size_t one_of(const char *at, const struct word *words, size_t n, int *sign)
{
    for (size_t k = 0; k < n; k++) {
        const size_t length = strlen(words[k].text);
        if (strncasecmp(at, words[k].text, length) != 0) continue;
        if (isalpha((unsigned char)*at) && isalpha((unsigned char)at[length])) continue;
        *sign = words[k].sign;
        return length;
    }
    return 0;
}

/* `exo up`, `exo: up` or `^exo` from here; 0: nothing of the kind. `exo up: no` is the contrary. */
static size_t phrase(const char *at, int *sign)
{
    int effect, way, no;
    size_t length, begin = ONE_OF(at, arrows, &way), gap = begin + strspn(at + begin, begin ? " " : "");
    if (!(length = ONE_OF(at + gap, effects, &effect))) return 0;
    size_t end = gap + length;
    if (!begin) {
        end += strspn(at + end, " \t_-:=.");
        if (!(length = ONE_OF(at + end, ways, &way))) return 0;
        end += length;
        gap = end + strspn(at + end, " ");
        if (at[gap] && strchr(":=\t", at[gap])) {
            gap += strspn(at + gap, " \t:=");
            if ((length = ONE_OF(at + gap, noes, &no))) way *= no, end = gap + length;
        }
    }
    *sign = effect * way;
    return end;
}

const char *vt_heat_sign_find(const char *text, size_t *length, int *sign)
{
    bool inside = false; /* of a word */
    for (const char *at = text; *at; inside = isalpha((unsigned char)*at++)) {
        if ((inside && isalpha((unsigned char)*at)) || !(*length = phrase(at, sign))) continue;
        const char *before = at, *behind = at + *length;
        while (before > text && before[-1] == ' ') before--;
        behind += strspn(behind, " ");
        if (before > text && *behind && strchr("([", before[-1]) && strchr(")]", *behind))
            *length = (size_t)(behind - before) + 2, at = before - 1;
        return at;
    }
    return NULL;
}

int vt_heat_sign_strip(char *text)
{
    size_t length;
    int sign, found = 0;
    for (char *at; (at = (char *)vt_heat_sign_find(text, &length, &sign)); found++)
        memmove(at, at + length, strlen(at + length) + 1);
    for (size_t n = strlen(text); found && n && strchr(" \t", text[n - 1]);) text[--n] = '\0';
    return found;
}
