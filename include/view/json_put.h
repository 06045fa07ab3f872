/* SPDX-License-Identifier: ISC */
/*
 * json_put.h - members of an object that json.c prints: what is not known is
 * null, and texts are UTF-8 whatever a configuration holds.
 */
#ifndef VIEW_JSON_PUT_H
#define VIEW_JSON_PUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* A new object with the number of the schema in it. */
json_t *put_schema(void);

/* Prints o, which it takes. */
struct text;
void put_print(json_t *o, struct text *out);

/* NaN and infinite numbers, which JSON has not, are null. */
void put_number(json_t *o, const char *name, double v);
void put_count(json_t *o, const char *name, uint64_t v);
void put_bool(json_t *o, const char *name, bool v);
/* Octets that are no UTF-8 become question marks. */
json_t *put_string(const char *text);
void put_text(json_t *o, const char *name, const char *text);

/* null unless it is known. */
void put_number_if(json_t *o, const char *name, bool known, double v);
void put_count_if(json_t *o, const char *name, bool known, uint64_t v);
void put_text_if(json_t *o, const char *name, bool known, const char *text);

#endif
