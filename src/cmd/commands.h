/* SPDX-License-Identifier: ISC */
/*
 * commands.h - the commands of the tool, and what --help says of each.
 *
 * A new one is a row here, a function in a file of its own (cmd.h), and an
 * entry in ntpgate(8).
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "cmd.h"

/* What somebody wants who needs it; in the order of the list. */
enum task { TASK_LOOK, TASK_ASK, TASK_BEGIN, TASK_RESCUE, TASK_TOOL, TASKS };

struct command {
	const char *name;
	enum task task;
	const char *arguments;
	const char *does;    /* a line */
	const char *help;    /* a paragraph or two */
	const char *example; /* and what it is for */
	int (*run)(const struct cmd *c, int argc, char **argv);
};

/* Ended by a null name. */
extern const struct command commands[];

/* NULL: there is none of that name. */
const struct command *commands_find(const char *name);

#endif
