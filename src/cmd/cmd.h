/* SPDX-License-Identifier: ISC */
/*
 * cmd.h - what the commands of the tool share.
 *
 * A command gets what stood before its name, and its own argv (argv[0] is
 * its name; "--help" has been dealt with), and returns the exit status.
 */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>

struct cmd {
	const char *socket; /* of the daemon */
	bool json;
	bool colour;	/* stdout is a terminal, and wants it */
	unsigned width; /* its columns; 80 if it is none */
};

enum cmd_status {
	CMD_WELL,
	CMD_NOT_WELL,	/* what was asked about is not well */
	CMD_USAGE,	/* wrong usage or configuration */
	CMD_UNREACHABLE /* the daemon */
};

int cmd_accept(const struct cmd *c, int argc, char **argv);
int cmd_ask(const struct cmd *c, int argc, char **argv); /* the desk */
int cmd_clients(const struct cmd *c, int argc, char **argv);
int cmd_check(const struct cmd *c, int argc, char **argv);
int cmd_keys(const struct cmd *c, int argc, char **argv);
int cmd_demo(const struct cmd *c, int argc, char **argv);
int cmd_explain(const struct cmd *c, int argc, char **argv);
int cmd_help(const struct cmd *c, int argc, char **argv);
int cmd_init(const struct cmd *c, int argc, char **argv);
int cmd_firewall(const struct cmd *c, int argc, char **argv);
int cmd_query(const struct cmd *c, int argc, char **argv);
int cmd_render(const struct cmd *c, int argc, char **argv);
int cmd_report(const struct cmd *c, int argc, char **argv);
int cmd_survey(const struct cmd *c, int argc, char **argv);
int cmd_upstreams(const struct cmd *c, int argc, char **argv);
int cmd_verify(const struct cmd *c, int argc, char **argv);
int cmd_version(const struct cmd *c, int argc, char **argv);

/* Says on stderr how the command is called; with -j, as cmd_fail() does, what
 * cmd_wrong() was told, or where help is.  Returns CMD_USAGE. */
int cmd_usage(const char *name);

/* Says on stderr what a word of the command line must be, before that:
 * "ntpgate: query -p 0: must be a port"; with -j cmd_usage() says it.
 * False. */
bool cmd_wrong(const char *where, const char *word, const char *right);

/* One sentence on stderr, "ntpgate: ..."; with -j an object with "error" on
 * stdout.  Returns status. */
int cmd_fail(const struct cmd *c, enum cmd_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
