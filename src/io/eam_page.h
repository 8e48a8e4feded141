/* eam_page.h: EAM tables as pictures: one HTML page, and its figures as SVG files. */
#ifndef VT_EAM_PAGE_H
#define VT_EAM_PAGE_H

#include "core/eam.h"

/* Draw F(rho) of each element, rho(r) of each element, phi(r) of each pair: FOLDER/potential.html, which
 * needs no other file, and FOLDER/F-Cu.svg, rho-Cu.svg, phi-Cu-Zr.svg, ... The folder is made if need be (not
 * those above it). source: what the tables are called on the page. Everything is drawn before anything is
 * written; without gnuplot that is VT_EWORLD. Local. */
enum vt_status vt_eam_page_write(const char *folder, const struct vt_eam *e, const char *source);

/* May the page be put there? VT_EINPUT if the folder holds something, and no page of ours. Local. */
enum vt_status vt_eam_page_check(const char *folder);

#endif
