/* SPDX-License-Identifier: ISC */
#include "conf/value.h"

#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define LABEL_MAX 63 /* RFC 1035 2.3.4 */
#define NAME_MAX_DNS 253
#define DISTANCE_MAX 31

/* Largest first: the first that divides a number is the shortest word. */
struct unit {
	const char *name;
	double worth;
};

static const struct unit times[] = {
	{ "d", 86400 },
	{ "h", 3600 },
	{ "m", 60 },
	{ "s", 1 },
	{ "ms", 1e-3 },
	{ "us", 1e-6 },
};

static const struct unit sizes[] = {
	{ "GB", 1024.0 * 1024 * 1024 },
	{ "MB", 1024.0 * 1024 },
	{ "kB", 1024 },
};

/* Digits with at most one point: no sign, no exponent, no "inf". */
static size_t
number_length(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	size_t part = 0;

	if (whole == 0)
		return 0;
	if (text[whole] == '.')
		part = strspn(text + whole + 1, "0123456789");
	return part > 0 ? whole + 1 + part : whole;
}

static const struct unit *
unit_find(const struct unit *u, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(u[i].name, name) == 0)
			return &u[i];
	return NULL;
}

int
value_time(const char *text, double *s, struct err *e)
{
	size_t n = number_length(text);
	const struct unit *u = unit_find(times, LENGTH(times), text + n);

	if (n > 0 && text[n] == '\0')
		return err_set(e, "a time needs a unit, such as \"%.40ss\"",
		    text);
	if (n == 0 || u == NULL)
		return err_set(e,
		    "a time is a number and one of the units s, m, h, d, ms "
		    "or us, such as \"1024s\"");
	*s = strtod(text, NULL) * u->worth;
	return 0;
}

int
value_size(const char *text, uint64_t *octets, struct err *e)
{
	size_t n = number_length(text);
	const struct unit *u = unit_find(sizes, LENGTH(sizes), text + n);

	if (n == 0 || u == NULL)
		return err_set(e,
		    "a size is a number and one of the units kB, MB or GB, "
		    "such as \"64MB\"");
	double wanted = strtod(text, NULL) * u->worth;

	/* Beyond 2^53 a double is no count; no table of ours is so large. */
	*octets = (uint64_t)fmin(wanted, 9007199254740992.0);
	return 0;
}

/* Is v a whole number of units, to what a double can tell? */
static bool
divides(double unit, double v)
{
	double n = v / unit;

	return n >= 1 && fabs(n - round(n)) < 1e-9 * n;
}

static char *
print(const struct unit *u, size_t n, double v, char buf[VALUE_TEXT])
{
	struct text t = { buf, VALUE_TEXT, 0 };
	size_t best = n - 1;
	double least = INFINITY;

	/* 90 minutes are "90m", but 1024 s are "1024s" and 36 hours "36h". */
	for (size_t i = 0; i < n; i++)
		if (divides(u[i].worth, v) && v / u[i].worth < least) {
			best = i;
			least = v / u[i].worth;
		}
	text_add(&t, "%.12g%s", v / u[best].worth, u[best].name);
	return buf;
}

char *
value_time_print(double s, char buf[VALUE_TEXT])
{
	return print(times, LENGTH(times), s, buf);
}

char *
value_size_print(uint64_t octets, char buf[VALUE_TEXT])
{
	return print(sizes, LENGTH(sizes), (double)octets, buf);
}

/* RFC 1123 2.1: labels of letters, digits and inner hyphens. */
static bool
is_name(const char *text)
{
	size_t len = strlen(text), label = 0;
	bool letter = false; /* in the last label: else it is an address */

	if (len > NAME_MAX_DNS)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		bool end = text[i + 1] == '\0' || text[i + 1] == '.';

		if (c == '.' && label > 0) {
			label = 0;
			letter = letter && text[i + 1] == '\0';
			continue;
		}
		if (c > 127 || (!isalnum(c) && c != '-') ||
		    (c == '-' && (label == 0 || end)) || ++label > LABEL_MAX)
			return false;
		letter = letter || isalpha(c);
	}
	return letter;
}

int
value_host(const char *text, struct addr *a, struct err *e)
{
	uint16_t port = a->port;
	bool numeric = addr_parse(a, text);

	a->port = port;
	if (numeric && addr_is_multicast(a))
		return err_set(e,
		    "a multicast or broadcast address is not "
		    "one server");
	if (numeric && addr_is_any(a))
		return err_set(e, "this address means \"any\", not a server");
	if (numeric || is_name(text))
		return 0;
	if (strchr(text, ':') != NULL || text[0] == '[')
		return err_set(e,
		    "neither an address nor a name; a port has "
		    "a key of its own: port = 123");
	return err_set(e,
	    "neither an address nor a name, such as 192.0.2.10, "
	    "2001:db8::10 or ntp1.example.net");
}

/* "8123"; 0 if it is no port */
static unsigned
read_port(const char *text)
{
	unsigned n = 0;

	if (*text == '\0' || strlen(text) > 5)
		return 0;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return 0;
		n = n * 10 + (unsigned)(*text - '0');
	}
	return n <= UINT16_MAX ? n : 0;
}

int
value_endpoint(const char *text, struct addr *a, struct err *e)
{
	const char *colon = strrchr(text, ':');
	unsigned port = colon != NULL ? read_port(colon + 1) : 0;
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;
	bool brackets = n > 2 && text[0] == '[' && text[n - 1] == ']';
	char host[ADDR_TEXT];

	if (port == 0 || n >= sizeof(host))
		goto fail;
	memcpy(host, text, n);
	host[brackets ? n - 1 : n] = '\0';
	if (!addr_parse(a, host + brackets) ||
	    (strchr(host, ':') != NULL) != brackets)
		goto fail;
	a->port = (uint16_t)port;
	return 0;
fail:
	return err_set(e,
	    "must be an address and a port, such as \"127.0.0.1:8123\" "
	    "or \"[::1]:8123\"");
}

static unsigned
least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

unsigned
value_distance(const char *a, const char *b)
{
	size_t na = strnlen(a, DISTANCE_MAX), nb = strnlen(b, DISTANCE_MAX);
	unsigned row[DISTANCE_MAX + 1]; /* Levenshtein, a row at a time */

	for (unsigned j = 0; j <= nb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= na; i++) {
		unsigned corner = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			unsigned above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			    corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[nb];
}
