/* SPDX-License-Identifier: ISC */
/*
 * plot.h - the history as drawings: SVG inside a page.
 *
 * A drawing is stretched to whatever place the page has, and only its lines
 * keep their width; numbers stand beside it as text of the page, so that they
 * can be read on a phone and by a screen reader.  Colours are the style
 * sheet's, by class.
 */
#ifndef VIEW_PLOT_H
#define VIEW_PLOT_H

#include "base/text.h"
#include "view/history.h"

/* What is drawn, and until when. */
struct plot {
	const struct history *history;
	enum history_span span;
	struct wall now;
};

/* Our offset in the band of the error bound. */
void plot_offset(const struct plot *p, struct text *out);

/* The offsets of all upstreams of s on one axis, and who is which line.  Who
 * is too far from the others to be drawn with them is said. */
void plot_upstreams(const struct plot *p, const struct snapshot *s,
    struct text *out);

/* Requests of hosts a second. */
void plot_rate(const struct plot *p, struct text *out);

/* part of whole as a bar, whose words stand beside it. */
void plot_bar(double part, double whole, struct text *out);

/* 1, 2 or 5 times a power of ten: the least that is v at least; 1 if v is
 * none above 0. */
double plot_nice(double v);

#endif
