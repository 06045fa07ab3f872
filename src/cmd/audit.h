/* SPDX-License-Identifier: ISC */
/*
 * audit.h - what is to be said of a configuration that the daemon would take:
 * against BCP 223 (RFC 8633), row by row, and what else asks for manners.
 *
 * Looks at the files that the configuration names (keys, leap seconds) with
 * the rights of whoever asks; asks no server.
 */
#ifndef CMD_AUDIT_H
#define CMD_AUDIT_H

#include "conf/conf.h"

#define AUDIT_ROWS_MAX 96

enum audit_verdict { AUDIT_PASS, AUDIT_NOTE, AUDIT_FAIL };

struct audit_row {
	enum audit_verdict verdict;
	const char *rule; /* static: where it is written */
	char text[320];
};

struct audit {
	struct conf conf; /* filled by the caller, by conf_read() */
	struct auth_keys keys;
	struct audit_row row[AUDIT_ROWS_MAX];
	unsigned rows;
};

/* Fills the rows. */
void audit_run(struct audit *a);

#endif
