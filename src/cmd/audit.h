/* SPDX-License-Identifier: ISC */
/*
 * audit.h - what is to be said of a configuration that the daemon would take:
 * against BCP 223 (RFC 8633), question by question, and what else asks for
 * manners.
 *
 * Looks at the files that the configuration names (keys, leap seconds) with
 * the rights of whoever asks; asks no server.
 */
#ifndef CMD_AUDIT_H
#define CMD_AUDIT_H

#include "conf/conf.h"

#define AUDIT_ROWS_MAX 160

enum audit_verdict { AUDIT_PASS, AUDIT_NOTE, AUDIT_FAIL };

/* How strongly it is written.  RECOMMENDED is SHOULD (RFC 2119), and the NOT
 * of either is in the question.  Against advice nothing fails. */
enum audit_level { AUDIT_ADVICE, AUDIT_SHOULD, AUDIT_MUST };

struct audit;

/*
 * A question, and who answers it: judge adds a row, or several, or none if
 * there is nothing to ask.  Or it is how the program is made that answers it,
 * whatever the configuration says.
 */
struct audit_rule {
	const char *where; /* it is written */
	enum audit_level level;
	const char *question;
	void (*judge)(struct audit *a); /* or NULL, and then */
	const char *built_in;		/* the text of its PASS */
};

struct audit_row {
	enum audit_verdict verdict;
	const struct audit_rule *rule;
	char text[320];
};

struct audit {
	struct conf conf; /* filled by the caller, by conf_read() */
	struct auth_keys keys;
	bool keys_known;	       /* and can be looked at */
	const struct audit_rule *rule; /* that is being judged */
	struct audit_row row[AUDIT_ROWS_MAX];
	unsigned rows;
};

/* Fills the rows. */
void audit_run(struct audit *a);

/* Prints them, as text or as JSON; the exit status. */
struct cmd;
int audit_print(const struct cmd *c, const struct audit *a, const char *file);

/* "MUST", "SHOULD", or "" for advice. */
const char *audit_level_name(enum audit_level l);

#endif
