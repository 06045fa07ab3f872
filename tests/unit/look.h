/* SPDX-License-Identifier: ISC */
/*
 * look.h - into the objects that view/json.h prints.  What is missing or of
 * another type fails the test.
 */
#ifndef LOOK_H
#define LOOK_H

#include "base/text.h"
#include "view/snapshot.h"

#include <jansson.h>

/* What print() says, parsed; for json_decref(). */
json_t *load(void (*print)(const struct snapshot *, struct text *),
    struct snapshot s);

/* By a path such as "upstream.sent_day"; NULL if there is none. */
json_t *get(json_t *v, const char *path);
double number(json_t *v, const char *path);
const char *text(json_t *v, const char *path);

/* The i-th of the list. */
json_t *upstream(json_t *v, unsigned i);

#endif
