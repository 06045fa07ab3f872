/* SPDX-License-Identifier: ISC */
/*
 * survey.c - vets the servers of a catalogue and proposes a diverse set.
 */
#include "survey.h"

#include "conf/catalogue.h"
#include "core/server.h"
#include "sys/file.h"
#include "sys/udp.h"

#include <errno.h>
#include <getopt.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WANT_DEFAULT 5
#define BUDGET_DEFAULT 100
#define BUDGET_MAX 400

enum format { FORMAT_TEXT, FORMAT_SITE, FORMAT_CONF, FORMATS };

static const char *const format_name[FORMATS] = { "text", "site", "conf" };
static void (*const print[FORMATS])(
    const struct survey_run *) = { survey_print_text, survey_print_site,
	survey_print_conf };

/* ---- the command line ---- */

static bool
read_count(const char *text, unsigned low, unsigned high, unsigned *v)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	*v = (unsigned)n;
	return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 &&
	    n >= low && n <= high;
}

static bool
read_format(const char *text, enum format *f)
{
	for (unsigned i = 0; i < FORMATS; i++) {
		if (strcmp(text, format_name[i]) == 0) {
			*f = (enum format)i;
			return true;
		}
	}
	return false;
}

/* Words between commas and spaces; more come behind those that are there. */
static bool
read_region(struct survey_wish *w, const char *text)
{
	unsigned n = 0;

	while (n < SURVEY_WORDS && w->region[n][0] != '\0')
		n++;
	for (text += strspn(text, ", "); *text != '\0';
	     text += strspn(text, ", ")) {
		size_t len = strcspn(text, ", ");

		if (n == SURVEY_WORDS || len >= SURVEY_WORD_MAX)
			return false;
		memcpy(w->region[n], text, len);
		w->region[n++][len] = '\0';
		text += len;
	}
	return n > 0;
}

static bool
read_option(struct survey_run *r, int opt, enum format *f)
{
	switch (opt) {
	case '4':
	case '6':
		r->family = opt == '4' ? AF_INET : AF_INET6;
		return true;
	case 'o':
		r->offline = true;
		return true;
	case 'w':
		return read_count(optarg, SURVEY_WANT_MIN, SURVEY_WANT_MAX,
			   &r->wish.want) ||
		    cmd_wrong("survey --want", optarg, "4 to 7 servers");
	case 'b':
		return read_count(optarg, 1, BUDGET_MAX, &r->budget) ||
		    cmd_wrong("survey --budget", optarg, "1 to 400 packets");
	case 'r':
		return read_region(&r->wish, optarg);
	case 'f':
		return read_format(optarg, f) ||
		    cmd_wrong("survey --format", optarg, "text, site or conf");
	default:
		return false;
	}
}

static bool
read_arguments(struct survey_run *r, int argc, char **argv, enum format *f)
{
	static const struct option options[] = {
		{ "budget", required_argument, NULL, 'b' },
		{ "format", required_argument, NULL, 'f' },
		{ "offline", no_argument, NULL, 'o' },
		{ "region", required_argument, NULL, 'r' },
		{ "want", required_argument, NULL, 'w' },
		{ NULL, 0, NULL, 0 },
	};
	bool right = true;
	int opt;

	while ((opt = getopt_long(argc, argv, "46", options, NULL)) != -1)
		right = right && read_option(r, opt, f);
	if (!right || argc - optind != 1)
		return false;
	r->file = argv[optind];
	return true;
}

/* ---- the work ---- */

/* Who we are: a server that follows us is no source of time for us. */
static void
find_own(struct survey_run *r)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) == -1)
		return;
	for (struct ifaddrs *i = list; i != NULL && r->own_count < SURVEY_OWN;
	     i = i->ifa_next) {
		if (i->ifa_addr == NULL ||
		    (i->ifa_addr->sa_family != AF_INET &&
			i->ifa_addr->sa_family != AF_INET6))
			continue;
		struct addr a = udp_addr(i->ifa_addr);

		r->own[r->own_count] = a;
		r->own_refid[r->own_count++] = server_refid(&a);
	}
	freeifaddrs(list);
	r->wish.own = r->own_refid;
	r->wish.own_count = r->own_count;
}

static int
read_catalogue(struct survey_run *r, struct err *e)
{
	size_t len;
	char *text = file_read_any(r->file, CATALOGUE_OCTETS, &len, e);
	int rc;

	if (text == NULL)
		return -1;
	rc = catalogue_read(r->v, r->file, text, len, e);
	free(text);
	return rc;
}

static void
run(struct survey_run *r)
{
	static unsigned order[SURVEY_SERVERS];

	survey_filter(r->v, &r->wish);
	r->candidates = survey_order(r->v, order);
	if (!r->offline) {
		find_own(r);
		survey_ask(r, order, r->candidates);
		survey_judge(r->v, &r->wish);
	}
	r->chosen = survey_choose(r->v, &r->wish, !r->offline);
}

int
cmd_survey(const struct cmd *c, int argc, char **argv)
{
	static struct survey_run r;
	static struct survey v; /* both are too large for the stack */
	enum format f = FORMAT_TEXT;
	struct err e;

	r = (struct survey_run){ .cmd = c,
		.family = AF_UNSPEC,
		.budget = BUDGET_DEFAULT,
		.wish = { .want = WANT_DEFAULT },
		.v = &v };
	if (!read_arguments(&r, argc, argv, &f))
		return cmd_usage(argv[0]);
	if (read_catalogue(&r, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	run(&r);
	if (c->json)
		survey_print_json(&r);
	else
		print[f](&r);
	return r.chosen == r.wish.want ? CMD_WELL : CMD_NOT_WELL;
}
