/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void
text_vadd(struct text *t, const char *fmt, va_list ap)
{
	size_t at = t->len < t->size ? t->len : t->size - 1;
	int n = vsnprintf(t->buf + at, t->size - at, fmt, ap);

	if (n > 0)
		t->len += (size_t)n;
}

void
text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vadd(t, fmt, ap);
	va_end(ap);
}

void
text_quote(struct text *t, const char *value)
{
	text_add(t, "\"");
	for (; *value != '\0'; value++)
		text_add(t, "%s%c", *value == '"' || *value == '\\' ? "\\" : "",
		    *value);
	text_add(t, "\"");
}

bool
text_cut(const struct text *t)
{
	return t->len >= t->size;
}

bool
text_copy(char *to, size_t size, const char *from)
{
	struct text t = { to, size, 0 };

	text_add(&t, "%s", from);
	return !text_cut(&t);
}

/* Below a second three digits count, above a minute two. */
static int
decimals(double v, double unit)
{
	if (unit == 1e-9 || (unit >= 1 && v == floor(v)))
		return 0;
	if (unit > 1)
		return v < 9.95 ? 1 : 0;
	return v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

char *
text_seconds(char *buf, size_t size, double s, bool with_sign)
{
	/* Minutes begin at 100 s and hours at 100 min: 64 s is a word here. */
	static const struct {
		double from, unit;
		const char *name;
	} scale[] = { { 144000, 86400, "d" }, { 6000, 3600, "h" },
		{ 100, 60, "min" }, { 1, 1, "s" }, { 1e-3, 1e-3, "ms" },
		{ 1e-6, 1e-6, "us" }, { 0, 1e-9, "ns" } };
	struct text t = { buf, size, 0 };
	double a = fabs(s);
	size_t i = 0;

	if (!(a < INFINITY)) {
		text_add(&t, "-");
		return buf;
	}
	if (a < 0.5e-9) /* no sign before nothing */
		a = s = 0;
	while (a < scale[i].from)
		i++;
	double v = a / scale[i].unit;

	if (s < 0 || (with_sign && s > 0))
		text_add(&t, "%s", s < 0 ? "-" : "+");
	text_add(&t, "%.*f %s", decimals(v, scale[i].unit), v, scale[i].name);
	return buf;
}
