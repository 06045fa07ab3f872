/* SPDX-License-Identifier: ISC */
/*
 * command.h - the control protocol: a request line in, an answer out.
 *
 * Request, one line:	[question] [json] [colour] [width=N] COMMAND
 *			[ARGUMENT...]
 * Answer:		exit status in decimal, a line end, then the text.
 * The tool prints the text and exits with the status: 0, 1 (what was asked
 * about is not well: "status" in any state but "synced", "sibling" while one
 * is configured and not in use; or there is nothing to answer), 2 (no such
 * command, wrong arguments).
 * Words stand apart by white space; the first that is no option is the
 * command.  With "question" a command that does something does nothing: the
 * answer says what would happen, for a person to be asked.
 */
#ifndef VIEW_COMMAND_H
#define VIEW_COMMAND_H

#include "base/text.h"
#include "view/snapshot.h"

#define COMMAND_LINE_MAX 512
#define COMMAND_ANSWER_MAX 65536

/*
 * What the desk must do beside answering.  Most commands only read.
 */
enum command_want {
	COMMAND_ANSWER, /* the answer is complete */
	/* tell the engine; the answer says so */
	COMMAND_ACCEPT_STEP,
	COMMAND_ACCEPT_LEDGER,
	COMMAND_ACCEPT_SIBLING,
	COMMAND_REVIVE
};

/* s may be NULL: the engine has not yet spoken.  host is that of
 * COMMAND_REVIVE, else "". */
enum command_want command_answer(const char *line, const struct snapshot *s,
    char host[SOURCE_HOST_MAX], struct text *out);

#endif
