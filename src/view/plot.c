/* SPDX-License-Identifier: ISC */
#include "view/plot.h"

#include "view/html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Units of a drawing; the page stretches it. */
#define WIDTH 720
#define HEIGHT 200
#define POINTS_MAX HISTORY_HOUR_POINTS
#define MINUS "&minus;"

double
plot_nice(double v)
{
	double power;

	if (!(v > 0) || !isfinite(v))
		return 1;
	power = pow(10, floor(log10(v)));
	for (int i = 0; i < 4; i++) {
		static const double step[] = { 1, 2, 5, 10 };

		/* 2 * 10^-4 is not quite 0.0002 */
		if (v <= step[i] * power * (1 + 1e-9))
			return step[i] * power;
	}
	return 10 * power;
}

/* ---- numbers of the history */

static const struct history_point *
point(const struct plot *p, unsigned i)
{
	return history_at(p->history, p->span, p->now, i);
}

typedef double value_fn(const struct history_point *p, unsigned which);

static double
bound_of(const struct history_point *p, unsigned which)
{
	(void)which;
	return p->bound_s;
}

static double
offset_of(const struct history_point *p, unsigned which)
{
	(void)which;
	return p->offset_s;
}

static double
upstream_of(const struct history_point *p, unsigned which)
{
	return p->upstream_s[which];
}

static double
rate_of(const struct history_point *p, unsigned which)
{
	(void)which;
	return p->covered_s > 0 ? p->asked / p->covered_s : NAN;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The size that a part of the values, 0 to 1, does not exceed; 0 if there are
 * none. */
static double
quantile(const struct plot *p, value_fn *of, unsigned which, double part)
{
	double v[POINTS_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < history_count(p->span); i++)
		if (point(p, i) != NULL && isfinite(of(point(p, i), which)))
			v[n++] = fabs(of(point(p, i), which));
	if (n == 0)
		return 0;
	qsort(v, n, sizeof(v[0]), compare);
	return v[(unsigned)((n - 1) * part)];
}

/* ---- drawing */

static int
x_of(const struct plot *p, unsigned i)
{
	return (int)((2 * i + 1) * WIDTH / (2 * history_count(p->span)));
}

/* v between low, at the bottom, and high; what is outside, at the edge. */
static int
y_of(double v, double low, double high)
{
	double part = (high - v) / (high - low);

	return (int)lround(fmin(fmax(part, 0), 1) * HEIGHT);
}

static void
open_drawing(const char *what, struct text *out)
{
	text_add(out,
	    "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\">",
	    what, WIDTH, HEIGHT);
	/* Lines at the quarters, without a frame. */
	text_add(out, "<path class=\"grid\" d=\"");
	for (int i = 0; i <= 4; i++)
		text_add(out, "M0 %dh%d", i * HEIGHT / 4, WIDTH);
	for (int i = 1; i < 4; i++)
		text_add(out, "M%d 0v%d", i * WIDTH / 4, HEIGHT);
	text_add(out, "\"/>");
}

/* A line through the values, broken where there are none; a value alone is a
 * dot, which a line of no length with round ends is.  Coordinates are
 * relative: they are shorter. */
static void
add_line(const struct plot *p, value_fn *of, unsigned which, double low,
    double high, struct text *out)
{
	bool on = false;
	int x0 = 0, y0 = 0;

	for (unsigned i = 0; i < history_count(p->span); i++) {
		const struct history_point *q = point(p, i);
		double v = q != NULL ? of(q, which) : NAN;
		int x = x_of(p, i), y;

		if (!isfinite(v)) {
			on = false;
			continue;
		}
		y = y_of(v, low, high);
		if (!on)
			text_add(out, "M%d %dh0", x, y);
		else if (y == y0)
			text_add(out, "h%d", x - x0);
		else
			text_add(out, "l%d %d", x - x0, y - y0);
		on = true;
		x0 = x;
		y0 = y;
	}
}

/* Both edges of the points from i to before end, as one closed line. */
static void
add_strip(const struct plot *p, unsigned i, unsigned end, double limit,
    struct text *out)
{
	unsigned first = i;

	text_add(out, "M%d %d", x_of(p, i),
	    y_of(point(p, i)->bound_s, -limit, limit));
	while (++i < end)
		text_add(out, "L%d %d", x_of(p, i),
		    y_of(point(p, i)->bound_s, -limit, limit));
	while (i-- > first)
		text_add(out, "L%d %d", x_of(p, i),
		    y_of(-point(p, i)->bound_s, -limit, limit));
	text_add(out, "z");
}

static void
add_band(const struct plot *p, double limit, struct text *out)
{
	unsigned count = history_count(p->span), end;

	text_add(out, "<path class=\"band\" d=\"");
	for (unsigned i = 0; i < count; i = end + 1) {
		end = i;
		while (end < count && point(p, end) != NULL)
			end++;
		if (end > i)
			add_strip(p, i, end, limit, out);
	}
	text_add(out, "\"/>");
}

/* ---- what stands around a drawing */

static void
begin_plot(const char *id, const char *title, struct text *out)
{
	text_add(out,
	    "<figure id=\"%s\" data-live><figcaption>%s</figcaption>"
	    "<div class=\"plot\">",
	    id, title);
}

static void
add_axis(const struct plot *p, struct text *out)
{
	static const char *const tick[HISTORY_SPANS][5] = {
		{ MINUS "60 min", MINUS "45", MINUS "30", MINUS "15", "now" },
		{ MINUS "24 h", MINUS "18", MINUS "12", MINUS "6", "now" },
		{ MINUS "7 d", "", MINUS "3.5", "", "now" },
	};

	text_add(out, "<ol class=\"x\" aria-hidden=\"true\">");
	for (unsigned i = 0; i < 5; i++)
		text_add(out, "<li>%s</li>", tick[p->span][i]);
	text_add(out, "</ol></div>");
}

static void
add_seconds_axis(double limit, struct text *out)
{
	text_add(out,
	    "<ol class=\"y\" aria-hidden=\"true\"><li>%s</li><li>%s</li><li>0"
	    "</li><li>%s</li><li>%s</li></ol>",
	    html_seconds(limit, true).text, html_seconds(limit / 2, true).text,
	    html_seconds(-limit / 2, true).text,
	    html_seconds(-limit, true).text);
}

static bool
is_empty(const struct plot *p)
{
	for (unsigned i = 0; i < history_count(p->span); i++)
		if (point(p, i) != NULL)
			return false;
	return true;
}

/* True, and the figure is complete, if there is nothing to draw. */
static bool
say_empty(const struct plot *p, struct text *out)
{
	if (!is_empty(p))
		return false;
	text_add(out,
	    "<p class=\"none\">Nothing is known of this %s yet.</p></div>"
	    "</figure>",
	    history_span_name(p->span));
	return true;
}

void
plot_offset(const struct plot *p, struct text *out)
{
	/* A start, when the bound falls from far, would flatten the rest. */
	double usual = 3 * quantile(p, bound_of, 0, 0.5),
	       most = quantile(p, bound_of, 0, 1), limit;

	limit = plot_nice(fmax(fmin(usual, most) * 1.05,
	    quantile(p, offset_of, 0, 1) * 1.05));
	begin_plot("plot-offset",
	    "Our clock: offset, in the band that holds the truth (95 %)", out);
	if (say_empty(p, out))
		return;
	add_seconds_axis(limit, out);
	open_drawing("Offset of our clock over time, and its error bound", out);
	add_band(p, limit, out);
	text_add(out, "<path class=\"ours\" d=\"");
	add_line(p, offset_of, 0, -limit, limit, out);
	text_add(out, "\"/></svg>");
	add_axis(p, out);
	text_add(out, "</figure>");
}

/* So that those who are believed can be told apart, whatever others say. */
static double
upstreams_limit(const struct plot *p, const struct snapshot *s)
{
	double believed = 0, any = 0;

	for (unsigned k = 0; k < s->upstreams; k++) {
		int i = history_find(p->history,
		    snapshot_name(&s->upstream[k]).text);
		double most =
		    i < 0 ? 0 : quantile(p, upstream_of, (unsigned)i, 0.95);

		any = fmax(any, most);
		if (s->upstream[k].truechimer)
			believed = fmax(believed, most);
	}
	return plot_nice(1.2 * (believed > 0 ? believed : any));
}

static void
add_key(const struct plot *p, const struct snapshot *s, double limit,
    struct text *out)
{
	text_add(out, "<ul class=\"key\">");
	for (unsigned k = 0; k < s->upstreams; k++) {
		const struct snapshot_upstream *u = &s->upstream[k];

		text_add(out,
		    "<li><svg class=\"swatch\" viewBox=\"0 0 30 8\" "
		    "aria-hidden=\"true\"><path class=\"u%u\" d=\"M1 4h28\"/>"
		    "</svg> ",
		    k);
		html_add(out, snapshot_name(u).text);
		if (u->sampled && fabs(u->offset_s) > limit)
			text_add(out, ": <strong>%s, off the scale</strong>",
			    html_seconds(u->offset_s, true).text);
		else if (history_find(p->history, snapshot_name(u).text) < 0)
			text_add(out, ": not heard");
		text_add(out, "</li>");
	}
	text_add(out, "</ul>");
}

void
plot_upstreams(const struct plot *p, const struct snapshot *s, struct text *out)
{
	double limit = upstreams_limit(p, s);

	begin_plot("plot-servers", "Each server: its time minus ours", out);
	if (say_empty(p, out))
		return;
	add_seconds_axis(limit, out);
	open_drawing("Offset of each server over time", out);
	for (unsigned k = 0; k < s->upstreams; k++) {
		int i = history_find(p->history,
		    snapshot_name(&s->upstream[k]).text);

		if (i < 0)
			continue;
		text_add(out, "<path class=\"u%u\" d=\"", k);
		add_line(p, upstream_of, (unsigned)i, -limit, limit, out);
		text_add(out, "\"/>");
	}
	text_add(out, "</svg>");
	add_axis(p, out);
	add_key(p, s, limit, out);
	text_add(out, "</figure>");
}

void
plot_rate(const struct plot *p, struct text *out)
{
	double limit = plot_nice(quantile(p, rate_of, 0, 1));

	begin_plot("plot-rate", "Requests of our hosts, a second", out);
	if (say_empty(p, out))
		return;
	text_add(out,
	    "<ol class=\"y\" aria-hidden=\"true\"><li>%.5g</li><li>%.5g</li>"
	    "<li>%.5g</li><li>%.5g</li><li>0</li></ol>",
	    limit, limit * 3 / 4, limit / 2, limit / 4);
	open_drawing("Requests a second over time", out);
	text_add(out, "<path class=\"ours\" d=\"");
	add_line(p, rate_of, 0, 0, limit, out);
	text_add(out, "\"/></svg>");
	add_axis(p, out);
	text_add(out, "</figure>");
}

void
plot_bar(double part, double whole, struct text *out)
{
	double full = whole > 0 ? fmin(part / whole, 1) : 1;
	const char *level = full >= 1 ? "bad" : full >= 0.8 ? "warn" : "good";

	text_add(out,
	    "<svg class=\"bar %s\" viewBox=\"0 0 100 4\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
	    "class=\"rest\" width=\"100\" height=\"4\"/><rect width=\"%.1f\" "
	    "height=\"4\"/></svg>",
	    level, 100 * full);
}
