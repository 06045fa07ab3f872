/* SPDX-License-Identifier: ISC */
#include "view/roll_print.h"

#include "view/json_put.h"
#include "view/snapshot.h"

#include <string.h>

#define HOST 24 /* columns of an address at a width of 80 */
#define VERSIONS 4
#define MODES 7

char *
roll_count_text(uint64_t n, char buf[ROLL_COUNT])
{
	static const char unit[] = " kMGTPE";
	struct text t = { buf, ROLL_COUNT, 0 };
	double v = (double)n;
	size_t u = 0;

	if (n < 1000000) {
		text_add(&t, "%llu", (unsigned long long)n);
		return buf;
	}
	for (; v >= 999.95 && unit[u + 1] != '\0'; u++)
		v /= 1000;
	text_add(&t, "%.*f%c", v < 99.95 ? 1 : 0, v, unit[u]);
	return buf;
}

char *
roll_rate_text(double per_s, char buf[ROLL_COUNT])
{
	struct text t = { buf, ROLL_COUNT, 0 };
	const char *unit = "s";
	double v = per_s;

	if (v < 0.0995) {
		v *= 60;
		unit = "min";
	}
	if (per_s > 0 && v < 0.0995) {
		v *= 60;
		unit = "h";
	}
	text_add(&t, "%.*f/%s", v < 9.95 ? 1 : 0, v, unit);
	return buf;
}

/* ------------------------------------------------------------ for people */

static void
say_row(const struct page *p, const struct clients_view *v, unsigned host)
{
	const uint64_t n[] = { v->requests, v->answered, v->limited,
		v->denied + v->bad };
	char address[ADDR_TEXT], cell[ROLL_COUNT];

	text_add(p->out, " ");
	page_name(p, addr_print(&v->addr, false, address), host);
	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++)
		text_add(p->out, " %8s", roll_count_text(n[i], cell));
	text_add(p->out, " %9s", roll_rate_text(v->rate_per_s, cell));
	text_add(p->out, " %7s\n", page_span(v->last_s).text);
}

static void
say_words(const struct page *p, const struct diagnosis *d)
{
	static const size_t indent = 4;
	char line[DIAGNOSE_EVIDENCE + 4];

	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++) {
		const char *name = diagnose_name(w);
		struct text t = TEXT(line);

		if (!diagnose_has(d, w))
			continue;
		text_add(p->out, "%*s", (int)indent, "");
		page_colour(p, w < DIAGNOSE_SICK ? PAGE_RED : PAGE_YELLOW, name,
		    (int)strlen(name));
		text_add(&t, ": %s", d->evidence[w]);
		page_wrap(p, indent + strlen(name), indent, line);
	}
}

/* Longest address, as far as the terminal allows. */
static unsigned
host_column(const struct roll *r, const struct table_style *style)
{
	unsigned most = HOST + page_width(style) - PAGE_WIDTH_MIN, want = HOST;
	char address[ADDR_TEXT];

	for (unsigned i = 0; i < r->rows; i++) {
		addr_print(&r->row[i].view.addr, false, address);
		if (strlen(address) > want)
			want = (unsigned)strlen(address);
	}
	return want < most ? want : most;
}

static void
say_totals(const struct page *p, const struct roll *r)
{
	char n[ROLL_COUNT], m[ROLL_COUNT];
	char line[320];
	struct text t = TEXT(line);

	text_add(&t, "%u of %s hosts shown", r->rows,
	    roll_count_text(r->wanted, n));
	if (r->order.flagged)
		text_add(&t, ", of %s that are remembered",
		    roll_count_text(r->hosts, m));
	if (r->sick == 0)
		text_add(&t, "; none of them is sick");
	else if (!r->order.flagged)
		text_add(&t, "; %s sick: see --flagged",
		    roll_count_text(r->sick, m));
	else
		text_add(&t,
		    "; \"ntpgate report HOST\" writes to their owners");
	page_wrap(p, 0, 0, line);
	text_add(p->out,
	    "different hosts: %.0f in the last hour, %.0f in a day, %.0f in "
	    "30 days\n",
	    r->hour, r->day, r->month);
}

void
roll_table(const struct roll *r, const struct table_style *style,
    struct text *out)
{
	unsigned host = host_column(r, style);
	struct page p = { style, out };
	struct diagnosis d;

	if (r->rows > 0)
		text_add(out, " %-*s %8s %8s %8s %8s %9s %7s\n", (int)host,
		    "host", "requests", "answered", "limited", "refused",
		    "rate", "last");
	for (unsigned i = 0; i < r->rows; i++) {
		say_row(&p, &r->row[i].view, host);
		diagnose(&r->row[i].view, &d);
		say_words(&p, &d);
	}
	if (r->rows > 0)
		text_add(out, "\n");
	say_totals(&p, r);
}

/* ---------------------------------------------------------- for programs */

/* The numbers of the bits that are set. */
static json_t *
bits(unsigned set, unsigned most)
{
	json_t *list = json_array();

	for (unsigned i = 0; i <= most; i++)
		if ((set >> i & 1) != 0)
			json_array_append_new(list, json_integer(i));
	return list;
}

void
roll_put(json_t *o, const struct clients_view *v, const struct diagnosis *d)
{
	char text[DIAGNOSE_WORDS * (DIAGNOSE_EVIDENCE + 2)];
	json_t *flags = json_array();

	put_text(o, "address", addr_print(&v->addr, false, text));
	put_count(o, "requests", v->requests);
	put_count(o, "answered", v->answered);
	put_count(o, "limited", v->limited);
	put_count(o, "denied", v->denied);
	put_count(o, "bad", v->bad);
	put_count(o, "redirected", v->redirected);
	put_count(o, "kisses", v->kisses);
	put_number(o, "rate_per_s", v->rate_per_s);
	put_number(o, "first_s", v->first_s);
	put_number(o, "last_s", v->last_s);
	json_object_set_new(o, "versions", bits(v->versions, VERSIONS));
	json_object_set_new(o, "modes", bits(v->modes, MODES));
	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++)
		if (diagnose_has(d, w))
			json_array_append_new(flags,
			    json_string(diagnose_name(w)));
	json_object_set_new(o, "flags", flags);
	put_bool(o, "sick", diagnose_sick(d));
	put_count_if(o, "clients", d->clients > 0, d->clients);
	put_text(o, "evidence", diagnose_print(d, text, sizeof(text)));
}

static void
put_roll(json_t *o, const struct roll *r, unsigned rows)
{
	json_t *unique = json_object(), *list = json_array();
	struct diagnosis d;

	put_count(o, "hosts", r->hosts);
	put_count(o, "sick", r->sick);
	put_count(o, "wanted", r->wanted);
	put_count(o, "shown", rows);
	put_number(unique, "hour", r->hour);
	put_number(unique, "day", r->day);
	put_number(unique, "month", r->month);
	json_object_set_new(o, "unique", unique);
	for (unsigned i = 0; i < rows; i++) {
		json_t *c = json_object();

		diagnose(&r->row[i].view, &d);
		roll_put(c, &r->row[i].view, &d);
		json_array_append_new(list, c);
	}
	json_object_set_new(o, "clients", list);
}

/* Prints with fewer rows until it fits. */
static void
fit(const struct roll *r, struct text *out,
    void (*print)(const struct roll *r, unsigned rows, struct text *out))
{
	const size_t began = out->len;
	unsigned rows = r->rows;

	for (;;) {
		print(r, rows, out);
		if (!text_cut(out) || rows == 0)
			return;
		rows = (unsigned)((double)rows * 0.9 * (double)out->size /
		    (double)out->len);
		out->len = began;
	}
}

static void
print_json(const struct roll *r, unsigned rows, struct text *out)
{
	json_t *o = put_schema();

	put_roll(o, r, rows);
	put_print(o, out);
}

void
roll_json(const struct roll *r, struct text *out)
{
	fit(r, out, print_json);
}

/* --------------------------------------------------------------- a table */

/* "3 4" */
static void
add_bits(struct text *out, unsigned set, unsigned most)
{
	const char *space = "";

	for (unsigned i = 0; i <= most; i++)
		if ((set >> i & 1) != 0) {
			text_add(out, "%s%u", space, i);
			space = " ";
		}
	text_add(out, ",");
}

static void
add_flags(struct text *out, const struct diagnosis *d)
{
	const char *space = "";

	for (unsigned w = 0; w < DIAGNOSE_WORDS; w++)
		if (diagnose_has(d, w)) {
			text_add(out, "%s%s", space, diagnose_name(w));
			space = " ";
		}
}

static void
add_line(struct text *out, const struct clients_view *v)
{
	char text[DIAGNOSE_WORDS * (DIAGNOSE_EVIDENCE + 2)];
	const uint64_t n[] = { v->requests, v->answered, v->limited, v->denied,
		v->bad, v->redirected, v->kisses };
	struct diagnosis d;

	diagnose(v, &d);
	text_add(out, "%s,", addr_print(&v->addr, false, text));
	for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++)
		text_add(out, "%llu,", (unsigned long long)n[i]);
	text_add(out, "%.6g,%.0f,%.3f,", v->rate_per_s, v->first_s, v->last_s);
	add_bits(out, v->versions, VERSIONS);
	add_bits(out, v->modes, MODES);
	add_flags(out, &d);
	/* The sentences are ours: there is no quotation mark in them. */
	text_add(out, ",\"%s\"\r\n", diagnose_print(&d, text, sizeof(text)));
}

static void
print_csv(const struct roll *r, unsigned rows, struct text *out)
{
	text_add(out,
	    "address,requests,answered,limited,denied,bad,redirected,kisses,"
	    "rate_per_s,first_s,last_s,versions,modes,flags,evidence\r\n");
	for (unsigned i = 0; i < rows; i++)
		add_line(out, &r->row[i].view);
}

void
roll_csv(const struct roll *r, struct text *out)
{
	fit(r, out, print_csv);
}
