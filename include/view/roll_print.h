/* SPDX-License-Identifier: ISC */
/*
 * roll_print.h - a roll of clients for people, for programs, and as a table.
 */
#ifndef VIEW_ROLL_PRINT_H
#define VIEW_ROLL_PRINT_H

#include "base/text.h"
#include "view/page.h"
#include "view/roll.h"

#include <jansson.h>

void roll_table(const struct roll *r, const struct table_style *style,
    struct text *out);

/* At most as many rows as out has room for; "shown" says how many. */
void roll_json(const struct roll *r, struct text *out);

/* RFC 4180, with a line of names; likewise. */
void roll_csv(const struct roll *r, struct text *out);

/* "12345", "1.2 M": in six columns at most. */
#define ROLL_COUNT 24
char *roll_count_text(uint64_t n, char buf[ROLL_COUNT]);

/* "51/s", "3.1/min", "0.5/h" */
char *roll_rate_text(double per_s, char buf[ROLL_COUNT]);

/* The members of a host, to o. */
void roll_put(json_t *o, const struct clients_view *v,
    const struct diagnosis *d);

#endif
