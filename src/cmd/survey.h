/* SPDX-License-Identifier: ISC */
/*
 * survey.h - the parts of the survey command: asking, and printing.
 */
#ifndef CMD_SURVEY_H
#define CMD_SURVEY_H

#include "cmd.h"

#include "core/survey.h"

#define SURVEY_OWN 64 /* addresses of this machine */

struct survey_run {
	const struct cmd *cmd;
	const char *file;
	bool offline;
	int family;	 /* AF_UNSPEC, AF_INET, AF_INET6 */
	unsigned budget; /* packets */
	struct survey_wish wish;
	struct survey *v;
	unsigned candidates; /* after the catalogue's own words */
	unsigned asked, packets;
	unsigned chosen;
	struct addr own[SURVEY_OWN];
	uint32_t own_refid[SURVEY_OWN];
	unsigned own_count;
};

/*
 * Asks the candidates in this order: at most SURVEY_PACKETS each, budget in
 * all, a few servers at a time, and shows on stderr how far it is.
 */
void survey_ask(struct survey_run *r, const unsigned *order, unsigned n);

/* The result. */
void survey_print_text(const struct survey_run *r);
void survey_print_site(const struct survey_run *r);
void survey_print_conf(const struct survey_run *r);
void survey_print_json(const struct survey_run *r);

#endif
