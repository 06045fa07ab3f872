/* SPDX-License-Identifier: ISC */
/*
 * site_parts.h - what the reader of site.yaml is made of; no one else
 * includes it.
 *
 *	site_yaml.c	events of libyaml, and sentences with a place
 *	site_field.c	kinds of values, by tables
 *	site_keys.c	mappings, and lists of them
 *	site_read.c	the keys of the file, as tables
 *	site_policy.c	upstreams and exemptions, looked at as a whole
 *	site_check.c	what no single key can tell
 */
#ifndef CONF_SITE_PARTS_H
#define CONF_SITE_PARTS_H

#include "conf/site.h"

#include <yaml.h>

#define SITE_SCALAR_MAX 512

struct site_reader {
	yaml_parser_t yaml;
	yaml_event_t event; /* the latest */
	const char *file;
	const char *text;
	size_t len;
	struct site *site;
	struct err *err;
	void *base;	/* what the keys in hand fill */
	char path[128]; /* "routers[2].inside" */
	/* Names of networks that DHCP servers serve, until all are read. */
	struct site_wanted *wanted;
	size_t wanted_count, wanted_room;
};

struct site_wanted {
	struct site_at at;
	unsigned dhcp;
	char name[SITE_NAME_MAX];
};

struct site_word {
	int value;
	const char *word;
};

struct site_key {
	const char *name;
	int (*read)(struct site_reader *r, const struct site_key *k);
	size_t at, size; /* of the member in base */
	bool required;
	const struct site_key *keys;   /* of a mapping; ended by a null name */
	const struct site_word *words; /* ended by a null word */
	double min, max;
	size_t beside;		  /* of a list: its count */
	size_t stride, mark;	  /* of its element: octets, place of its at */
	bool (*takes)(int value); /* of a word: may it stand here? */
};

/* ---- events ---- */

int site_next(struct site_reader *r);
bool site_is(const struct site_reader *r, yaml_event_type_t type);
struct site_at site_here(const struct site_reader *r);

/* -1, and "file:line:column: " and the sentence. */
int site_fail_at(struct err *e, const char *file, struct site_at at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
int site_fail(struct site_reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The scalar that is here, as it was written. */
int site_scalar(struct site_reader *r, char value[SITE_SCALAR_MAX]);

/* ---- kinds ---- */

int site_field_name(struct site_reader *r, const struct site_key *k);
int site_field_domain(struct site_reader *r, const struct site_key *k);
int site_field_text(struct site_reader *r, const struct site_key *k);
int site_field_path(struct site_reader *r, const struct site_key *k);
int site_field_word(struct site_reader *r, const struct site_key *k);
int site_field_count(struct site_reader *r, const struct site_key *k);
int site_field_time(struct site_reader *r, const struct site_key *k);
int site_field_host(struct site_reader *r, const struct site_key *k);
int site_field_port(struct site_reader *r, const struct site_key *k);
int site_field_addr(struct site_reader *r, const struct site_key *k);
int site_field_addrs(struct site_reader *r, const struct site_key *k);
int site_field_interface(struct site_reader *r, const struct site_key *k);
int site_field_interfaces(struct site_reader *r, const struct site_key *k);
int site_field_prefixes(struct site_reader *r, const struct site_key *k);
int site_field_pools(struct site_reader *r, const struct site_key *k);
int site_field_serves(struct site_reader *r, const struct site_key *k);
int site_field_map(struct site_reader *r, const struct site_key *k);
int site_field_list(struct site_reader *r, const struct site_key *k);

extern const struct site_word site_policies[], site_dialects[];

/* The mapping that begins here, into r->base. */
int site_keys(struct site_reader *r, const struct site_key *keys);

/* ---- checks ---- */

struct site_checking {
	struct site *s;
	const char *file;
	struct err *e;
};

void site_note(struct site *s, struct site_at at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same of what is wrong. */
void site_note_failure(struct site *s, struct site_at at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int site_check_upstreams(struct site_checking *c);
int site_check_exempt(struct site_checking *c);

#endif
