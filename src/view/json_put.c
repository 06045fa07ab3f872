/* SPDX-License-Identifier: ISC */
#include "view/json_put.h"

#include "base/text.h"
#include "view/json.h"
#include "view/why.h"

#include <math.h>
#include <stdlib.h>

#define TEXT_MAX WHY_MAX

json_t *
put_schema(void)
{
	json_t *o = json_object();

	put_count(o, "schema", JSON_SCHEMA);
	return o;
}

void
put_print(json_t *o, struct text *out)
{
	char *s = json_dumps(o,
	    JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));

	if (s != NULL)
		text_add(out, "%s\n", s);
	free(s);
	json_decref(o);
}

/* JSON knows no NaN and no infinity: what is not known is null. */
void
put_number(json_t *o, const char *name, double v)
{
	json_object_set_new(o, name, isfinite(v) ? json_real(v) : json_null());
}

void
put_number_if(json_t *o, const char *name, bool known, double v)
{
	put_number(o, name, known ? v : NAN);
}

void
put_count(json_t *o, const char *name, uint64_t v)
{
	json_object_set_new(o, name, json_integer((json_int_t)v));
}

void
put_count_if(json_t *o, const char *name, bool known, uint64_t v)
{
	if (known)
		put_count(o, name, v);
	else
		json_object_set_new(o, name, json_null());
}

void
put_bool(json_t *o, const char *name, bool v)
{
	json_object_set_new(o, name, json_boolean(v));
}

/* Names come from a file that may hold octets which are no UTF-8. */
json_t *
put_string(const char *text)
{
	json_t *v = json_string(text);
	char plain[TEXT_MAX];

	if (v == NULL) {
		text_copy(plain, sizeof(plain), text);
		for (char *c = plain; *c != '\0'; c++)
			if ((unsigned char)*c >= 0x80)
				*c = '?';
		v = json_string(plain);
	}
	return v;
}

void
put_text(json_t *o, const char *name, const char *text)
{
	json_object_set_new(o, name, put_string(text));
}

void
put_text_if(json_t *o, const char *name, bool known, const char *text)
{
	if (known)
		put_text(o, name, text);
	else
		json_object_set_new(o, name, json_null());
}
