/* SPDX-License-Identifier: ISC */
/*
 * rules_parts.h - a listing that was read; rules.c and rules_read.c only.
 */
#ifndef VIEW_RULES_PARTS_H
#define VIEW_RULES_PARTS_H

#include "view/rules.h"

/* A name of a section, and its part of the lines. */
struct rules_section {
	const char *table, *name;
	size_t first, count; /* lines in their order */
	size_t element, elements;
	bool dynamic;
};

struct rules {
	char *text;
	const char **line; /* of all sections, pointers into text */
	size_t lines;
	struct rules_section *section;
	size_t sections;
	const char *table; /* while it is read */
};

#endif
