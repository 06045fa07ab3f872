/* SPDX-License-Identifier: ISC */
#include "look.h"

#include "unit.h"

#include <string.h>

json_t *
load(void (*print)(const struct snapshot *, struct text *), struct snapshot s)
{
	char buf[32768];
	struct text t = TEXT(buf);
	json_t *v;

	print(&s, &t);
	CU_ASSERT_FALSE(text_cut(&t));
	v = json_loads(buf, JSON_REJECT_DUPLICATES, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	return v;
}

/* "upstream.sent_day" */
json_t *
get(json_t *v, const char *path)
{
	const char *dot = strchr(path, '.');
	char name[64];
	struct text t = TEXT(name);

	if (dot == NULL)
		return json_object_get(v, path);
	text_add(&t, "%.*s", (int)(dot - path), path);
	return get(json_object_get(v, name), dot + 1);
}

double
number(json_t *v, const char *path)
{
	CU_ASSERT(json_is_number(get(v, path)));
	return json_number_value(get(v, path));
}

const char *
text(json_t *v, const char *path)
{
	const char *s = json_string_value(get(v, path));

	CU_ASSERT_PTR_NOT_NULL(s);
	return s != NULL ? s : "";
}

/* The i-th of the list. */
json_t *
upstream(json_t *v, unsigned i)
{
	return json_array_get(json_object_get(v, "upstreams"), i);
}
