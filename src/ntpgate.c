/* SPDX-License-Identifier: ISC */
/*
 * ntpgate.c - the tool: finds the command in cmd/commands.c, or explains it.
 */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "base/text.h"
#include "config.h"
#include "view/json.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SOCKET_DEFAULT "/run/ntpgate/control"
#define ARGUMENTS 12 /* columns for them in the list */
#define LISTS "\"ntpgate help\" lists options and commands"

static const char *const task_name[TASKS] = {
	[TASK_LOOK] = "How are we?",
	[TASK_ASK] = "What do others say?",
	[TASK_BEGIN] = "Before it runs",
	[TASK_RESCUE] = "When something is wrong",
	[TASK_TOOL] = "This tool",
};

static bool
asks_daemon(const struct command *k)
{
	return k->run == cmd_ask || k->run == cmd_upstreams ||
	    k->run == cmd_clients || k->run == cmd_report ||
	    k->run == cmd_accept;
}

static void
print_synopsis(const struct command *k, FILE *to)
{
	fprintf(to, "usage: ntpgate %s[-j] %s%s%s\n",
	    asks_daemon(k) ? "[-s SOCKET] " : "", k->name,
	    k->arguments[0] != '\0' ? " " : "", k->arguments);
}

/* With -j there is one object: cmd_wrong() leaves its sentence to cmd_usage(),
 * which comes after it. */
static struct {
	const struct cmd *cmd; /* that runs */
	char sentence[512];
} wrong;

int
cmd_usage(const char *name)
{
	if (wrong.cmd->json && wrong.sentence[0] != '\0')
		return cmd_fail(wrong.cmd, CMD_USAGE, "%s", wrong.sentence);
	if (wrong.cmd->json)
		return cmd_fail(wrong.cmd, CMD_USAGE,
		    "wrong usage; \"ntpgate %s --help\" explains it", name);
	print_synopsis(commands_find(name), stderr);
	fprintf(stderr, "\"ntpgate %s --help\" explains it\n", name);
	return CMD_USAGE;
}

bool
cmd_wrong(const char *where, const char *word, const char *right)
{
	struct text t = TEXT(wrong.sentence);

	text_add(&t, "%s %s: must be %s", where, word, right);
	if (!wrong.cmd->json)
		fprintf(stderr, "ntpgate: %s\n", wrong.sentence);
	return false;
}

int
cmd_fail(const struct cmd *c, enum cmd_status status, const char *fmt, ...)
{
	char sentence[1024], json[8192] = ""; /* all of it may be escaped */
	struct text t = TEXT(sentence), out = TEXT(json);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	if (c->json) {
		json_error(sentence, &out);
		fputs(json, stdout);
	} else {
		fprintf(stderr, "ntpgate: %s\n", sentence);
	}
	return (int)status;
}

/* Where they are many, --help has them, and the list the last word. */
static const char *
short_arguments(const struct command *k)
{
	if (strlen(k->arguments) <= ARGUMENTS)
		return k->arguments;
	const char *last = strrchr(k->arguments, ' ') + 1;
	bool fits = strchr(last, ']') == NULL && strlen(last) <= ARGUMENTS;

	return fits ? last : "[...]";
}

static void
print_commands(FILE *to)
{
	fprintf(to, "usage: ntpgate [-s SOCKET] [-j] COMMAND [ARGUMENT...]\n");
	for (int task = 0; task < TASKS; task++) {
		fprintf(to, "\n%s\n", task_name[task]);
		for (const struct command *k = commands; k->name != NULL; k++)
			if ((int)k->task == task)
				fprintf(to, "  %-9s %-*s  %s\n", k->name,
				    ARGUMENTS, short_arguments(k), k->does);
	}
	fprintf(to,
	    "\n  -s SOCKET  of the daemon, if not " SOCKET_DEFAULT "\n"
	    "  -j         print one JSON object\n"
	    "\n\"ntpgate COMMAND --help\" explains a command, with an "
	    "example; ntpgate(8) all.\n");
}

static void
print_help(const struct command *k)
{
	print_synopsis(k, stdout);
	printf("\n%s\nExample:\n  %s", k->help, k->example);
}

int
cmd_help(const struct cmd *c, int argc, char **argv)
{
	if (argc > 2)
		return cmd_usage(argv[0]);
	if (argc < 2) {
		print_commands(stdout);
		return CMD_WELL;
	}
	if (commands_find(argv[1]) == NULL)
		return cmd_fail(c, CMD_USAGE,
		    "there is no command \"%s\"; \"ntpgate help\" lists them",
		    argv[1]);
	print_help(commands_find(argv[1]));
	return CMD_WELL;
}

int
cmd_version(const struct cmd *c, int argc, char **argv)
{
	if (argc > 1)
		return cmd_usage(argv[0]);
	if (c->json)
		printf("{\n  \"schema\": %d,\n  \"version\": \"%s\"\n}\n",
		    JSON_SCHEMA, PACKAGE_VERSION);
	else
		printf("ntpgate %s\n", PACKAGE_VERSION);
	return CMD_WELL;
}

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int
run(struct cmd *c, int argc, char **argv)
{
	const struct command *k = commands_find(argv[0]);

	if (k == NULL)
		return cmd_fail(c, CMD_USAGE,
		    "there is no command \"%s\"; \"ntpgate help\" lists them",
		    argv[0]);
	if (asks_for_help(argc, argv)) {
		print_help(k);
		return CMD_WELL;
	}
	/* "status -j", "report --month -j" are what fingers type. */
	while (argc > 1 && strcmp(argv[1], "-j") == 0) {
		c->json = true;
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	while (argc > 1 && strcmp(argv[argc - 1], "-j") == 0) {
		c->json = true;
		argv[--argc] = NULL;
	}
	wrong.cmd = c;
	return k->run(c, argc, argv);
}

static void
look_at_terminal(struct cmd *c)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		c->width = size.ws_col < 1000 ? size.ws_col : 1000;
	c->colour = (no == NULL || *no == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

/* Options that are commands, and those that are nothing. */
static int
run_option(const struct cmd *c, int opt)
{
	if (opt == 'h')
		return cmd_help(c, 1, NULL);
	if (opt == 'V')
		return cmd_version(c, 1, NULL);
	if (c->json)
		return cmd_fail(c, CMD_USAGE,
		    "there is no such option; " LISTS);
	fprintf(stderr, LISTS "\n");
	return CMD_USAGE;
}

static int
run_nothing(const struct cmd *c)
{
	if (c->json)
		return cmd_fail(c, CMD_USAGE, "a command is missing; " LISTS);
	print_commands(stderr);
	return CMD_USAGE;
}

int
main(int argc, char **argv)
{
	struct cmd c = { .socket = SOCKET_DEFAULT, .width = 80 };
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int opt, option = 0, status;

	look_at_terminal(&c);
	/* + ends at the command: what follows is its own. */
	while ((opt = getopt_long(argc, argv, "+hjs:V", options, NULL)) != -1) {
		if (opt == 'j')
			c.json = true;
		else if (opt == 's')
			c.socket = optarg;
		else if (option == 0) /* a -j may follow it */
			option = opt;
	}
	if (option != 0)
		return run_option(&c, option);
	if (optind == argc)
		return run_nothing(&c);
	argv += optind;
	argc -= optind;
	optind = 0; /* for the command's own getopt: glibc begins anew */
	status = run(&c, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		return CMD_NOT_WELL;
	return status;
}
