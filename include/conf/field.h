/* SPDX-License-Identifier: ISC */
/*
 * field.h - kinds of settings: how a libconfig setting becomes a member of a
 * struct.
 *
 * A configuration is a table of keys.  A row says the key's name, its kind
 * (one of the functions below), where the value goes and what it may be:
 *
 *	{ "min", field_time, AT(engine.poll_min_s), .min = 1, .max = 129600 },
 *
 * Every failure is one sentence: file, line, key, what is there and what
 * would be right.
 */
#ifndef CONF_FIELD_H
#define CONF_FIELD_H

#include "base/err.h"
#include "conf/conf.h"

#include <libconfig.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_PATH_MAX 128

/* Who reads, where, and into what. */
struct field_reader {
	struct conf *conf;
	const char *file; /* borrowed: for the sentence */
	struct err *err;
	void *base; /* what the keys in hand fill: conf, or a list's element */
	char path[FIELD_PATH_MAX]; /* "upstream.poll.min" */
};

struct field_word {
	int value;
	const char *word;
};

struct field_key {
	const char *name;
	int (*read)(struct field_reader *r, const struct field_key *k,
	    const config_setting_t *s);
	size_t at, size; /* offset and size of the member in base */
	double min, max; /* smallest and largest, in the unit of the file */
	double unit;	 /* of field_number: what 1 in the file is; 0: 1 */
	bool required;	 /* its section is senseless without it */
	const struct field_key *keys;	/* of a section, ended by a null name */
	const struct field_word *words; /* ended by a null word */
	size_t beside; /* field_host: the struct addr; field_list: the count */
	size_t stride; /* of field_list: octets of an element */
	/* of field_texts: takes one of them */
	int (*each)(struct field_reader *r, const struct field_key *k,
	    const config_setting_t *s, const char *text);
};

/* Fails with "file:line: path: ..." */
int field_fail(const struct field_reader *r, const config_setting_t *s,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Fails with "file:line: path = value: ..." */
int field_refuse(const struct field_reader *r, const config_setting_t *s,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same two with the sentence that is already in r->err. */
int field_fail_err(const struct field_reader *r, const config_setting_t *s);
int field_refuse_err(const struct field_reader *r, const config_setting_t *s);

/* The setting's text, or NULL and the sentence. */
const char *field_is_text(const struct field_reader *r,
    const config_setting_t *s, const char *such_as);

/* All settings of group s, by the table; unknown ones are refused. */
int field_keys(struct field_reader *r, const struct field_key *keys,
    const config_setting_t *s);

/*
 * The kinds.  Member types: text char[], word an enum or int, host char[] and
 * a struct addr beside it, count and port any unsigned type, number and time
 * double, size uint64_t, flag bool.  A section sets the bool at its row's
 * member if it has one; a list fills an array and counts beside.
 */
int field_text(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_word(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_host(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_endpoint(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_count(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_number(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_time(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_size(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_flag(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_section(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_list(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);
int field_texts(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s);

#endif
