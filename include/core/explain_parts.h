/* SPDX-License-Identifier: ISC */
/*
 * explain_parts.h - what the files of core/explain share.
 */
#ifndef CORE_EXPLAIN_PARTS_H
#define CORE_EXPLAIN_PARTS_H

#include "core/explain.h"

/* Of any mode; as many as a number holds. */
uint32_t explain_questions(const struct talk_way *w);

/* Answers whose question is not in the file, forgiven or not. */
uint32_t explain_unseen(const struct talk_way *w);

/* Between its first packet and its last, in seconds. */
double explain_span(const struct talk_host *h);

/* "s", but not after 1 */
const char *explain_plural(uint32_t n);

/* "1 packet", "2 packets"; "1 address", "2 addresses" */
void explain_count(struct text *out, uint32_t n, const char *what);
void explain_addresses(struct text *out, uint32_t n);

/* "12 ms" */
void explain_seconds(struct text *out, double s);

/* n in s: "12 questions a second", "a question in 64 s"; nothing of one. */
void explain_pace(struct text *out, uint32_t n, double s, const char *what);

#endif
