/* SPDX-License-Identifier: ISC */
#include "conf/yaml_error.h"

#include <stdbool.h>

/* Octets that are no text have an offset, but neither line nor column. */
static yaml_mark_t
mark_of(const char *text, size_t len, size_t offset)
{
	yaml_mark_t at = { 0 };

	for (size_t i = 0; i < offset && i < len; i++) {
		at.column++;
		if (text[i] == '\n') {
			at.line++;
			at.column = 0;
		}
	}
	return at;
}

int
yaml_error(const yaml_parser_t *y, const char *file, const char *text,
    size_t len, struct err *e)
{
	bool octets = y->error == YAML_READER_ERROR;
	yaml_mark_t at =
	    octets ? mark_of(text, len, y->problem_offset) : y->problem_mark;
	const char *context = octets ? NULL : y->context;

	if (y->problem == NULL)
		return err_set(e, "%s: out of memory", file);
	return err_set(e, "%s:%zu:%zu: this is not YAML: %s%s%s", file,
	    at.line + 1, at.column + 1, y->problem, context != NULL ? " " : "",
	    context != NULL ? context : "");
}
