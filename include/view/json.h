/* SPDX-License-Identifier: ISC */
/*
 * json.h - the snapshot for programs: one object, "schema": 1, names and
 * units as ntpgate(8) lists them.  Unknown numbers are null.
 */
#ifndef VIEW_JSON_H
#define VIEW_JSON_H

#include "base/text.h"
#include "view/snapshot.h"

#define JSON_SCHEMA 1

void json_status(const struct snapshot *s, struct text *out);
void json_upstreams(const struct snapshot *s, struct text *out);

void json_budget(const struct snapshot *s, struct text *out);
void json_sibling(const struct snapshot *s, struct text *out);

/* The answer to "accept step": { "schema": 1, "accepted": "step",
 * "offset_s": by how much the clock is set }. */
void json_accepted(const struct snapshot *s, struct text *out);

/* Any other thing that was done: { "schema": 1, what: to what }. */
void json_done(const char *what, const char *to, struct text *out);

/* Why there is nothing to show: { "schema": 1, "error": sentence }. */
void json_error(const char *sentence, struct text *out);

#endif
