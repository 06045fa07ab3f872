/* SPDX-License-Identifier: ISC */
#include "conf/catalogue.h"

#include "base/text.h"
#include "conf/catalogue_value.h"
#include "conf/yaml_error.h"
#include "core/packet.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define VALUE_MAX 512 /* of a scalar; the rest is cut off */

struct reader {
	yaml_parser_t yaml;
	yaml_event_t event; /* the latest */
	const char *file;
	const char *text;
	size_t len;
	struct survey *v;
	struct err *err;
};

/* ---- events ---- */

static int fail_at(struct reader *r, yaml_mark_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int
fail_at(struct reader *r, yaml_mark_t at, const char *fmt, ...)
{
	char sentence[400];
	struct text t = TEXT(sentence);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	return err_set(r->err, "%s:%zu:%zu: %s", r->file, at.line + 1,
	    at.column + 1, sentence);
}

static int
next(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return yaml_error(&r->yaml, r->file, r->text, r->len, r->err);
	if (r->event.type == YAML_ALIAS_EVENT)
		return fail_at(r, r->event.start_mark,
		    "aliases are not taken: write the value out");
	return 0;
}

static bool
is(const struct reader *r, yaml_event_type_t type)
{
	return r->event.type == type;
}

/* The whole of what begins here; the event is then its last. */
static int
skip(struct reader *r)
{
	unsigned depth = 0;

	for (;;) {
		if (is(r, YAML_SEQUENCE_START_EVENT) ||
		    is(r, YAML_MAPPING_START_EVENT))
			depth++;
		if (is(r, YAML_SEQUENCE_END_EVENT) ||
		    is(r, YAML_MAPPING_END_EVENT))
			depth--;
		if (depth == 0)
			return 0;
		if (depth > CATALOGUE_DEPTH)
			return fail_at(r, r->event.start_mark,
			    "nested too deeply for a catalogue");
		if (next(r) == -1)
			return -1;
	}
}

/* ---- values ---- */

static void
value_of(const struct reader *r, char value[VALUE_MAX])
{
	const yaml_event_t *ev = &r->event;
	size_t n = ev->data.scalar.length;

	if (n >= VALUE_MAX)
		n = VALUE_MAX - 1;
	memcpy(value, ev->data.scalar.value, n);
	value[n] = '\0';
	catalogue_tidy(value);
}

/* ---- a server ---- */

enum field { HOST, TEXTS, SYSTEMS, STRATUM, VIRTUAL, PORT };

#define AT(member)                            \
	offsetof(struct survey_said, member), \
	    sizeof(((struct survey_said *)0)->member)

static const struct key {
	const char *name;
	enum field field;
	size_t at, size;
} keys[] = {
	{ "hostname", HOST, 0, 0 },
	{ "host", HOST, 0, 0 },
	{ "server", HOST, 0, 0 },
	{ "address", HOST, 0, 0 },
	{ "name", HOST, 0, 0 },
	{ "owner", TEXTS, AT(operator_name) },
	{ "operator", TEXTS, AT(operator_name) },
	{ "organisation", TEXTS, AT(operator_name) },
	{ "organization", TEXTS, AT(operator_name) },
	{ "location", TEXTS, AT(location) },
	{ "region", TEXTS, AT(location) },
	{ "country", TEXTS, AT(location) },
	{ "city", TEXTS, AT(location) },
	{ "notes", TEXTS, AT(notes) },
	{ "note", TEXTS, AT(notes) },
	{ "comment", TEXTS, AT(notes) },
	{ "permission", TEXTS, AT(permission) },
	{ "access", TEXTS, AT(permission) },
	{ "policy", TEXTS, AT(permission) },
	{ "as", SYSTEMS, 0, 0 },
	{ "asn", SYSTEMS, 0, 0 },
	{ "stratum", STRATUM, 0, 0 },
	{ "vm", VIRTUAL, 0, 0 },
	{ "port", PORT, 0, 0 },
};

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcasecmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* Behind what is there already: a city behind its country. */
static void
add_text(char *to, size_t size, const char *value)
{
	struct text t = { to, size, strlen(to) };

	if (value[0] == '\0')
		return;
	text_add(&t, "%s%s", to[0] != '\0' ? ", " : "", value);
	catalogue_mend(to);
}

static int
take_host(struct reader *r, struct survey_said *s, char *value)
{
	char as_written[VALUE_MAX];

	text_copy(as_written, sizeof(as_written), value);
	if (value[0] == '\0')
		return 0; /* said at the end of the server */
	if (s->host[0] != '\0')
		return fail_at(r, r->event.start_mark,
		    "a second host \"%.60s\" for %.60s: one server, one host",
		    as_written, s->host);
	if (!catalogue_host(s, value))
		return fail_at(r, r->event.start_mark,
		    "\"%.100s\" is not a host: a name or an address is",
		    as_written);
	return 0;
}

/* One scalar of a key that we know. */
static int
take(struct reader *r, struct survey_said *s, const struct key *k)
{
	char value[VALUE_MAX];

	value_of(r, value);
	switch (k->field) {
	case HOST:
		return take_host(r, s, value);
	case TEXTS:
		add_text((char *)s + k->at, k->size, value);
		break;
	case SYSTEMS:
		catalogue_as(s, value);
		break;
	case STRATUM:
		s->stratum = catalogue_stratum(value);
		break;
	case VIRTUAL:
		s->virtual_machine = catalogue_true(value);
		break;
	case PORT:
		catalogue_port(value, &s->port);
		break;
	}
	return 0;
}

/* A value, or a list of them; mappings in it say nothing to us. */
static int
read_value(struct reader *r, struct survey_said *s, const struct key *k)
{
	if (k != NULL && is(r, YAML_SCALAR_EVENT))
		return take(r, s, k);
	if (k == NULL || !is(r, YAML_SEQUENCE_START_EVENT))
		return skip(r);
	while (next(r) == 0) {
		int rc = 0;

		if (is(r, YAML_SEQUENCE_END_EVENT))
			return 0;
		rc = is(r, YAML_SCALAR_EVENT) ? take(r, s, k) : skip(r);
		if (rc == -1)
			return -1;
	}
	return -1;
}

static int
key_of(struct reader *r, char name[VALUE_MAX])
{
	if (!is(r, YAML_SCALAR_EVENT))
		return fail_at(r, r->event.start_mark,
		    "a name is expected here, such as hostname");
	value_of(r, name);
	return 0;
}

static int
read_members(struct reader *r, struct survey_said *s)
{
	char name[VALUE_MAX];

	while (next(r) == 0) {
		if (is(r, YAML_MAPPING_END_EVENT))
			return 0;
		if (key_of(r, name) == -1 || next(r) == -1 ||
		    read_value(r, s, find_key(name)) == -1)
			return -1;
	}
	return -1;
}

static int
read_server(struct reader *r)
{
	yaml_mark_t at = r->event.start_mark;
	struct survey_said *s;
	int rc;

	if (r->v->count == SURVEY_SERVERS)
		return fail_at(r, at, "more than %d servers", SURVEY_SERVERS);
	r->v->server[r->v->count] = (struct survey_server){ 0 };
	s = &r->v->server[r->v->count].said;
	s->port = NTP_PORT;
	s->line = (unsigned)at.line + 1;
	if (is(r, YAML_SCALAR_EVENT))
		rc = take(r, s, &keys[0]);
	else if (is(r, YAML_MAPPING_START_EVENT))
		rc = read_members(r, s);
	else
		return fail_at(r, at, "a server is expected here");
	if (rc == -1)
		return -1;
	if (s->host[0] == '\0')
		return fail_at(r, at, "this server has no hostname");
	r->v->count++;
	return 0;
}

/* ---- the document ---- */

static int
read_list(struct reader *r)
{
	while (next(r) == 0) {
		if (is(r, YAML_SEQUENCE_END_EVENT))
			return 0;
		if (read_server(r) == -1)
			return -1;
	}
	return -1;
}

/* A mapping: its list of servers, all else is passed over. */
static int
read_root(struct reader *r)
{
	yaml_mark_t at = r->event.start_mark;
	char name[VALUE_MAX];
	bool found = false;

	while (next(r) == 0) {
		int rc;

		if (is(r, YAML_MAPPING_END_EVENT))
			return found ?
			    0 :
			    fail_at(r, at, "there is no list \"servers\"");
		if (key_of(r, name) == -1 || next(r) == -1)
			return -1;
		if (strcasecmp(name, "servers") == 0 &&
		    is(r, YAML_SEQUENCE_START_EVENT)) {
			found = true;
			rc = read_list(r);
		} else {
			rc = skip(r);
		}
		if (rc == -1)
			return -1;
	}
	return -1;
}

static int
read_document(struct reader *r)
{
	int rc;

	if (next(r) == -1 || next(r) == -1) /* the stream, the document */
		return -1;
	if (is(r, YAML_STREAM_END_EVENT))
		return err_set(r->err, "%s: nothing is in it", r->file);
	if (next(r) == -1)
		return -1;
	if (is(r, YAML_MAPPING_START_EVENT))
		rc = read_root(r);
	else if (is(r, YAML_SEQUENCE_START_EVENT))
		rc = read_list(r);
	else
		rc = fail_at(r, r->event.start_mark,
		    "a list of servers is expected");
	if (rc == -1 || next(r) == -1 || next(r) == -1)
		return -1;
	if (!is(r, YAML_STREAM_END_EVENT))
		return fail_at(r, r->event.start_mark,
		    "a second document: a catalogue has one");
	return 0;
}

int
catalogue_read(struct survey *v, const char *file, const char *text, size_t len,
    struct err *e)
{
	struct reader r = { .file = file,
		.text = text,
		.len = len,
		.v = v,
		.err = e };
	int rc;

	v->count = 0;
	if (len > CATALOGUE_OCTETS)
		return err_set(e, "%s: larger than %d octets", file,
		    CATALOGUE_OCTETS);
	if (!yaml_parser_initialize(&r.yaml))
		return err_set(e, "%s: out of memory", file);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, len);
	rc = read_document(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.yaml);
	if (rc == -1)
		v->count = 0;
	return rc;
}
