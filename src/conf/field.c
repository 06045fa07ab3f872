/* SPDX-License-Identifier: ISC */
#include "conf/field.h"

#include "base/text.h"
#include "conf/value.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define SHOWN_MAX 60 /* characters of a value that a sentence repeats */

static void *
member(const struct field_reader *r, const struct field_key *k)
{
	return (char *)r->base + k->at;
}

/* Puts "file:line: path = value" in front; value may be "". */
static int
where(const struct field_reader *r, const config_setting_t *s,
    const char *value)
{
	return err_at(r->err, "%s:%u: %s%s%s", r->file,
	    config_setting_source_line(s), r->path,
	    value[0] != '\0' ? " = " : "", value);
}

int
field_fail(const struct field_reader *r, const config_setting_t *s,
    const char *fmt, ...)
{
	struct text t = TEXT(r->err->text);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	return where(r, s, "");
}

/* A terminal shall not obey what a file says. */
static void
show_text(struct text *t, const char *text)
{
	size_t n = strlen(text);

	text_add(t, "\"");
	for (size_t i = 0; i < n && i < SHOWN_MAX; i++) {
		unsigned char c = (unsigned char)text[i];

		text_add(t, "%c", c < ' ' || c == 0x7f ? '?' : c);
	}
	text_add(t, n > SHOWN_MAX ? "...\"" : "\"");
}

/* As it stands in the file; nothing for sections and lists. */
static void
show(struct text *t, const config_setting_t *s)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		show_text(t, config_setting_get_string(s));
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		text_add(t, "%lld", config_setting_get_int64(s));
		break;
	case CONFIG_TYPE_FLOAT:
		text_add(t, "%.9g", config_setting_get_float(s));
		break;
	case CONFIG_TYPE_BOOL:
		text_add(t, config_setting_get_bool(s) ? "true" : "false");
		break;
	default:
		text_add(t, "%s", "");
	}
}

int
field_fail_err(const struct field_reader *r, const config_setting_t *s)
{
	return where(r, s, "");
}

int
field_refuse_err(const struct field_reader *r, const config_setting_t *s)
{
	char value[SHOWN_MAX + 8];
	struct text t = TEXT(value);

	show(&t, s);
	return where(r, s, value);
}

int
field_refuse(const struct field_reader *r, const config_setting_t *s,
    const char *fmt, ...)
{
	struct text t = TEXT(r->err->text);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	return field_refuse_err(r, s);
}

const char *
field_is_text(const struct field_reader *r, const config_setting_t *s,
    const char *such_as)
{
	const char *text = config_setting_get_string(s);

	if (text == NULL) {
		field_refuse(r, s, "must be text in quotes, such as \"%s\"",
		    such_as);
		return NULL;
	}
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			field_refuse(r, s,
			    "control characters have no "
			    "business here");
			return NULL;
		}
	return text;
}

int
field_text(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const char *now = member(r, k); /* the default, as an example */
	const char *text = field_is_text(r, s, now[0] != '\0' ? now : "...");

	if (text == NULL)
		return -1;
	if (strlen(text) < (size_t)k->min)
		return field_refuse(r, s, "must not be empty");
	if (!text_copy(member(r, k), k->size, text))
		return field_refuse(r, s,
		    "%zu characters are too long; at most %zu", strlen(text),
		    k->size - 1);
	return 0;
}

int
field_word(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const char *text = config_setting_get_string(s);
	struct text t = TEXT(r->err->text);
	const struct field_word *w;

	for (w = k->words; text != NULL && w->word != NULL; w++)
		if (strcmp(w->word, text) == 0) {
			assert(k->size == sizeof(w->value));
			memcpy(member(r, k), &w->value, k->size);
			return 0;
		}
	text_add(&t, "must be ");
	for (w = k->words; w->word != NULL; w++)
		text_add(&t, "%s\"%s\"",
		    w == k->words	  ? "" :
			w[1].word == NULL ? " or " :
					    ", ",
		    w->word);
	return field_refuse_err(r, s);
}

int
field_host(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	struct addr *addr = (struct addr *)((char *)r->base + k->beside);
	const char *text = field_is_text(r, s, "ntp1.example.net");

	if (text == NULL)
		return -1;
	if (value_host(text, addr, r->err) == -1)
		return field_refuse_err(r, s);
	return field_text(r, k, s);
}

int
field_endpoint(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const char *text = field_is_text(r, s, "127.0.0.1:8123");

	if (text == NULL)
		return -1;
	if (value_endpoint(text, member(r, k), r->err) == -1)
		return field_refuse_err(r, s);
	return 0;
}

static void
store(void *to, size_t size, uint64_t v)
{
	uint8_t v8 = (uint8_t)v;
	uint16_t v16 = (uint16_t)v;
	uint32_t v32 = (uint32_t)v;

	memcpy(to,
	    size == 1	  ? (void *)&v8 :
		size == 2 ? (void *)&v16 :
		size == 4 ? (void *)&v32 :
			    (void *)&v,
	    size);
}

int
field_count(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	int type = config_setting_type(s);
	long long v = config_setting_get_int64(s);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		return field_refuse(r, s,
		    "must be a whole number without quotes, %.0f to %.0f",
		    k->min, k->max);
	if ((double)v < k->min || (double)v > k->max)
		return field_refuse(r, s, "must be %.0f to %.0f", k->min,
		    k->max);
	store(member(r, k), k->size, (uint64_t)v);
	return 0;
}

int
field_number(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	double v;

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_FLOAT:
		v = config_setting_get_float(s);
		break;
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		v = (double)config_setting_get_int64(s);
		break;
	default:
		return field_refuse(r, s,
		    "must be a number without quotes, %.9g to %.9g", k->min,
		    k->max);
	}
	if (!(v >= k->min && v <= k->max))
		return field_refuse(r, s, "must be %.9g to %.9g", k->min,
		    k->max);
	v *= k->unit != 0 ? k->unit : 1;
	memcpy(member(r, k), &v, sizeof(v));
	return 0;
}

int
field_time(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	char min[VALUE_TEXT], max[VALUE_TEXT];
	const char *text = config_setting_get_string(s);
	int type = config_setting_type(s);
	double v;

	if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64)
		return field_refuse(r, s,
		    "a time needs a unit, such as \"%llds\"",
		    config_setting_get_int64(s));
	if (text == NULL)
		return field_refuse(r, s,
		    "must be a time in quotes, such as \"1024s\"");
	if (value_time(text, &v, r->err) == -1)
		return field_refuse_err(r, s);
	if (v < k->min || v > k->max)
		return field_refuse(r, s, "must be %s to %s",
		    value_time_print(k->min, min),
		    value_time_print(k->max, max));
	memcpy(member(r, k), &v, sizeof(v));
	return 0;
}

int
field_size(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	char min[VALUE_TEXT], max[VALUE_TEXT];
	const char *text = field_is_text(r, s, "64MB");
	uint64_t v;

	if (text == NULL)
		return -1;
	if (value_size(text, &v, r->err) == -1)
		return field_refuse_err(r, s);
	if ((double)v < k->min || (double)v > k->max)
		return field_refuse(r, s, "must be %s to %s",
		    value_size_print((uint64_t)k->min, min),
		    value_size_print((uint64_t)k->max, max));
	store(member(r, k), k->size, v);
	return 0;
}

int
field_flag(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		return field_refuse(r, s,
		    "must be true or false, without quotes");
	*(bool *)member(r, k) = config_setting_get_bool(s) != 0;
	return 0;
}

static int
unknown(struct field_reader *r, const struct field_key *keys,
    const config_setting_t *s)
{
	const char *name = config_setting_name(s);
	struct text t = TEXT(r->err->text);
	const struct field_key *nearest = keys;

	for (const struct field_key *k = keys; k->name != NULL; k++)
		if (value_distance(name, k->name) <
		    value_distance(name, nearest->name))
			nearest = k;
	text_add(&t, "unknown key; ");
	if (value_distance(name, nearest->name) <= 1 + strlen(name) / 3) {
		text_add(&t, "did you mean \"%s\"?", nearest->name);
		return where(r, s, "");
	}
	text_add(&t, "what may stand here is");
	for (const struct field_key *k = keys; k->name != NULL; k++)
		text_add(&t, "%s %s", k == keys ? "" : ",", k->name);
	return where(r, s, "");
}

/* One member of a group: r->path names it meanwhile. */
static int
read_one(struct field_reader *r, const struct field_key *keys,
    const config_setting_t *s)
{
	size_t n = strlen(r->path);
	struct text t = { r->path + n, sizeof(r->path) - n, 0 };
	const struct field_key *k = keys;

	text_add(&t, "%s%.40s", n > 0 ? "." : "", config_setting_name(s));
	while (k->name != NULL && strcmp(k->name, config_setting_name(s)) != 0)
		k++;
	if (k->name == NULL)
		return unknown(r, keys, s);
	if (k->read(r, k, s) == -1)
		return -1;
	r->path[n] = '\0';
	return 0;
}

int
field_keys(struct field_reader *r, const struct field_key *keys,
    const config_setting_t *s)
{
	int n = config_setting_length(s);

	for (int i = 0; i < n; i++)
		if (read_one(r, keys,
			config_setting_get_elem(s, (unsigned)i)) == -1)
			return -1;
	for (const struct field_key *k = keys; k->name != NULL; k++)
		if (k->required &&
		    config_setting_get_member(s, k->name) == NULL)
			return field_fail(r, s, "%s is missing", k->name);
	return 0;
}

int
field_section(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	if (!config_setting_is_group(s))
		return field_refuse(r, s,
		    "must be a section, such as { %s = ...; }",
		    k->keys[0].name);
	if (field_keys(r, k->keys, s) == -1)
		return -1;
	if (k->size != 0)
		*(bool *)member(r, k) = true;
	return 0;
}

int
field_list(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	const struct field_reader outer = *r;
	unsigned n = (unsigned)config_setting_length(s);

	if (config_setting_type(s) != CONFIG_TYPE_LIST)
		return field_refuse(r, s,
		    "must be a list, such as ( { %s = ...; } )",
		    k->keys[0].name);
	if (n > k->max)
		return field_fail(r, s, "%u %s: name %.0f to %.0f", n,
		    config_setting_name(s), k->min, k->max);
	for (unsigned i = 0; i < n; i++) {
		const struct field_key one = { .keys = k->keys };

		r->base = (char *)member(&outer, k) + i * k->stride;
		if (field_section(r, &one, config_setting_get_elem(s, i)) == -1)
			return -1;
	}
	r->base = outer.base;
	memcpy((char *)r->base + k->beside, &n, sizeof(n));
	return 0;
}

int
field_texts(struct field_reader *r, const struct field_key *k,
    const config_setting_t *s)
{
	int n = config_setting_length(s);

	if (config_setting_type(s) != CONFIG_TYPE_LIST &&
	    config_setting_type(s) != CONFIG_TYPE_ARRAY)
		return field_refuse(r, s,
		    "must be a list, such as ( \"192.0.2.1\" )");
	if (n > k->max)
		return field_fail(r, s, "%d of them; at most %.0f", n, k->max);
	for (int i = 0; i < n; i++) {
		const config_setting_t *one =
		    config_setting_get_elem(s, (unsigned)i);
		const char *text = field_is_text(r, one, "192.0.2.1");

		if (text == NULL || k->each(r, k, one, text) == -1)
			return -1;
	}
	return 0;
}
