/* SPDX-License-Identifier: ISC */
#include "conf/site_parts.h"

#include "base/text.h"
#include "conf/yaml_error.h"

#include <stdarg.h>
#include <string.h>

int
site_fail_at(struct err *e, const char *file, struct site_at at,
    const char *fmt, ...)
{
	char sentence[420];
	struct text t = TEXT(sentence);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	if (at.line == 0)
		return err_set(e, "%s: %s", file, sentence);
	return err_set(e, "%s:%u:%u: %s", file, at.line, at.column, sentence);
}

static struct site_at
at_mark(yaml_mark_t m)
{
	return (struct site_at){ (uint32_t)m.line + 1, (uint32_t)m.column + 1 };
}

struct site_at
site_here(const struct site_reader *r)
{
	return at_mark(r->event.start_mark);
}

int
site_fail(struct site_reader *r, const char *fmt, ...)
{
	char sentence[400];
	struct text t = TEXT(sentence);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	return site_fail_at(r->err, r->file, site_here(r), "%s%s%s", r->path,
	    r->path[0] != '\0' ? ": " : "", sentence);
}

bool
site_is(const struct site_reader *r, yaml_event_type_t type)
{
	return r->event.type == type;
}

/* What is under the anchor or tag of an event, if it has one. */
static bool
is_decorated(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return e->data.scalar.anchor != NULL ||
		    e->data.scalar.tag != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.anchor != NULL ||
		    e->data.sequence_start.tag != NULL;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.anchor != NULL ||
		    e->data.mapping_start.tag != NULL;
	default:
		return e->type == YAML_ALIAS_EVENT;
	}
}

int
site_next(struct site_reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return yaml_error(&r->yaml, r->file, r->text, r->len, r->err);
	/* A bomb and a cycle need an alias; we need none. */
	if (is_decorated(&r->event))
		return site_fail(r,
		    "anchors (&), aliases (*) and tags (!) are not taken: "
		    "write the value out, in quotes if it begins so");
	return 0;
}

int
site_scalar(struct site_reader *r, char value[SITE_SCALAR_MAX])
{
	const char *from = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;

	if (!site_is(r, YAML_SCALAR_EVENT))
		return site_fail(r, "a single value is expected here");
	if (n >= SITE_SCALAR_MAX)
		return site_fail(r, "longer than %d octets",
		    SITE_SCALAR_MAX - 1);
	memcpy(value, from, n);
	value[n] = '\0';
	if (strlen(value) != n || !site_is_text(value))
		return site_fail(r,
		    "line ends, control characters and characters that change "
		    "how others are shown are not taken: write one plain line");
	return 0;
}
