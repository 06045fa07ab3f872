/* SPDX-License-Identifier: ISC */
#include "view/mode6_parts.h"

#include <string.h>

#define LINE 72 /* columns, as ntpd has it */

void
mode6_put(struct mode6_list *l, const char *fmt, ...)
{
	char item[2 * SOURCE_HOST_MAX];
	struct text t = TEXT(item);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	if (l->column > 0 && l->column + 2 + strlen(item) > LINE) {
		text_add(l->out, ",\r\n");
		l->column = 0;
	} else if (l->column > 0) {
		text_add(l->out, ", ");
		l->column += 2;
	}
	text_add(l->out, "%s", item);
	l->column += strlen(item);
}

char *
mode6_stamp(struct wall t, char buf[MODE6_STAMP])
{
	struct text out = { buf, MODE6_STAMP, 0 };
	uint64_t v = ntp64_from_wall(t).v;

	text_add(&out, "0x%08x.%08x", (unsigned)(v >> 32), (unsigned)v);
	return buf;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* The octets from to end without blanks around them, as text; false: they do
 * not fit. */
static bool
cut(const char *from, const char *end, char out[MODE6_ITEM])
{
	while (from < end && is_blank(*from))
		from++;
	while (from < end && is_blank(end[-1]))
		end--;
	if (end - from >= MODE6_ITEM)
		return false;
	memcpy(out, from, (size_t)(end - from));
	out[end - from] = '\0';
	return true;
}

bool
mode6_item(struct mode6_items *i, char name[MODE6_ITEM], char value[MODE6_ITEM])
{
	name[0] = value[0] = '\0';
	while (i->left > 0 && name[0] == '\0' && !i->bad) {
		const char *end = memchr(i->at, ',', i->left);
		const char *stop = end != NULL ? end : i->at + i->left;
		const char *is = memchr(i->at, '=', (size_t)(stop - i->at));
		const char *from = i->at;

		i->left -= (size_t)(stop - from) + (end != NULL);
		i->at = end != NULL ? end + 1 : stop;
		i->bad = !cut(from, is != NULL ? is : stop, name) ||
		    (is != NULL && !cut(is + 1, stop, value));
	}
	return !i->bad && name[0] != '\0';
}
