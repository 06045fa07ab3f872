/* SPDX-License-Identifier: ISC */
/*
 * remote.c - commands that are a question to the daemon's desk, which answers
 * with the text to print and the exit status; and those that change something
 * there, after a person was asked.
 */
#include "cmd.h"

#include "base/addr.h"
#include "base/text.h"
#include "sys/control.h"
#include "view/command.h"
#include "view/month.h"

#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORDS_MAX 5

/* A command line without its options. */
struct words {
	const char *word[WORDS_MAX]; /* the command first */
	int count;
	bool yes;
};

/* False: wrong usage. */
static bool
read_words(struct words *w, int argc, char **argv)
{
	*w = (struct words){ 0 };
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "-y") == 0 || strcmp(argv[i], "--yes") == 0)
			w->yes = true;
		else if (w->count == WORDS_MAX || argv[i][0] == '-' ||
		    argv[i][0] == '\0' || strpbrk(argv[i], " \t\r\n") != NULL)
			return false;
		else
			w->word[w->count++] = argv[i];
	return true;
}

/* The request line of view/command.h; false if it is too long. */
static bool
write_request(const struct cmd *c, const struct words *w, bool question,
    char line[COMMAND_LINE_MAX])
{
	struct text t = { line, COMMAND_LINE_MAX, 0 };

	text_add(&t, "%s%s%swidth=%u", question ? "question " : "",
	    c->json && !question ? "json " : "", c->colour ? "colour " : "",
	    c->width);
	for (int i = 0; i < w->count; i++)
		text_add(&t, " %s", w->word[i]);
	return !text_cut(&t);
}

/*
 * The desk's answer: its status, and *text, to be freed.  On failure that was
 * said, *text is NULL, and the status is the tool's.
 */
static int
ask(const struct cmd *c, const struct words *w, bool question, char **text)
{
	char line[COMMAND_LINE_MAX], *answer, *end;
	struct err e;

	*text = NULL;
	if (!write_request(c, w, question, line))
		return cmd_usage(w->word[0]);
	answer = control_ask(c->socket, line, &e);
	if (answer == NULL)
		return cmd_fail(c, CMD_UNREACHABLE, "%s; %s", e.text,
		    access(c->socket, W_OK) == -1 && errno == EACCES ?
			"it is for root and for its user and group alone" :
			"does it run?  -s names another socket");
	long status = strtol(answer, &end, 10);

	if (end == answer || *end != '\n' || status < 0 || status > 255) {
		free(answer);
		return cmd_fail(c, CMD_UNREACHABLE,
		    "%s: not the answer of an ntpgated", c->socket);
	}
	memmove(answer, end + 1, strlen(end + 1) + 1);
	*text = answer;
	return (int)status;
}

static int
ask_and_print(const struct cmd *c, const struct words *w)
{
	char *text;
	int status = ask(c, w, false, &text);

	if (text != NULL)
		fputs(text, stdout);
	free(text);
	return status;
}

/* On stderr, so that stdout has the answer alone.  Anything but yes is no. */
static bool
says_yes(const char *sentence)
{
	char line[16] = "";

	fprintf(stderr, "%s\nGo on? [y/N] ", sentence);
	return fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y');
}

/* Something is to be changed: a person is asked, knowing what will be. */
static int
ask_and_do(const struct cmd *c, const struct words *w)
{
	char *text;
	int status;
	bool yes;

	if (w->yes)
		return ask_and_print(c, w);
	if (!isatty(STDIN_FILENO))
		return cmd_fail(c, CMD_USAGE,
		    "%s %s asks first, and there is no terminal to ask at; "
		    "--yes goes on without",
		    w->word[0], w->word[1]);
	status = ask(c, w, true, &text);
	if (text == NULL)
		return status;
	text[strcspn(text, "\n")] = '\0';
	if (status != CMD_WELL) {
		cmd_fail(c, CMD_NOT_WELL, "%s", text);
		free(text);
		return status;
	}
	yes = says_yes(text);
	free(text);
	if (!yes)
		return cmd_fail(c, CMD_NOT_WELL, "nothing was changed");
	return ask_and_print(c, w);
}

int
cmd_ask(const struct cmd *c, int argc, char **argv)
{
	struct words w;

	if (!read_words(&w, argc, argv) || w.count != 1 || w.yes)
		return cmd_usage(argv[0]);
	return ask_and_print(c, &w);
}

int
cmd_upstreams(const struct cmd *c, int argc, char **argv)
{
	struct words w;

	if (read_words(&w, argc, argv)) {
		if (w.count == 1 && !w.yes)
			return ask_and_print(c, &w);
		if (w.count == 3 && strcmp(w.word[1], "revive") == 0)
			return ask_and_do(c, &w);
	}
	return cmd_usage(argv[0]);
}

int
cmd_accept(const struct cmd *c, int argc, char **argv)
{
	struct words w;

	if (!read_words(&w, argc, argv) || w.count != 2)
		return cmd_usage(argv[0]);
	if (strcmp(w.word[1], "step") != 0 &&
	    strcmp(w.word[1], "ledger") != 0 &&
	    strcmp(w.word[1], "sibling") != 0) {
		cmd_wrong("accept", w.word[1], "step, ledger or sibling");
		return cmd_usage(argv[0]);
	}
	return ask_and_do(c, &w);
}

/* ---- who asks us ---- */

static bool
is_count(const char *text)
{
	return text[0] != '\0' && strlen(text) <= 9 &&
	    text[strspn(text, "0123456789")] == '\0';
}

/* The words of view/command.h for the options; false: wrong usage. */
static bool
read_clients(struct words *w, char buf[2][32], int argc, char **argv)
{
	static const struct option options[] = {
		{ "sort", required_argument, NULL, 's' },
		{ "flagged", no_argument, NULL, 'f' },
		{ "limit", required_argument, NULL, 'n' },
		{ "csv", no_argument, NULL, 'c' },
		{ 0 },
	};
	const char *sort = NULL, *limit = NULL;
	bool flagged = false, csv = false;

	optind = 1;
	for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (o == 's')
			sort = optarg;
		else if (o == 'n')
			limit = optarg;
		else if (o == 'f')
			flagged = true;
		else if (o == 'c')
			csv = true;
		else
			return false;
	}
	*w = (struct words){ .word = { argv[0] }, .count = 1 };
	if (sort != NULL) {
		if (strcmp(sort, "rate") != 0 &&
		    strcmp(sort, "requests") != 0 && strcmp(sort, "last") != 0)
			return cmd_wrong("clients --sort", sort,
			    "rate, requests or last");
		snprintf(buf[0], sizeof(buf[0]), "sort=%s", sort);
		w->word[w->count++] = buf[0];
	}
	if (limit != NULL) {
		if (!is_count(limit))
			return cmd_wrong("clients --limit", limit,
			    "a number of lines, 0 for all");
		snprintf(buf[1], sizeof(buf[1]), "limit=%s", limit);
		w->word[w->count++] = buf[1];
	}
	if (flagged)
		w->word[w->count++] = "flagged";
	if (csv)
		w->word[w->count++] = "csv";
	return optind == argc;
}

int
cmd_clients(const struct cmd *c, int argc, char **argv)
{
	char buf[2][32];
	struct words w;

	if (!read_clients(&w, buf, argc, argv))
		return cmd_usage(argv[0]);
	if (c->json && strcmp(w.word[w.count - 1], "csv") == 0) {
		cmd_wrong("clients", "--csv", "given without -j");
		return cmd_usage(argv[0]);
	}
	return ask_and_print(c, &w);
}

/* The first address of a name that the daemon has heard of, else the last. */
static int
report_name(const struct cmd *c, const char *name)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list;
	int rc = getaddrinfo(name, NULL, &hints, &list);
	int status = CMD_NOT_WELL;
	char *text = NULL;

	if (rc != 0)
		return cmd_fail(c, CMD_NOT_WELL, "%s: %s", name,
		    gai_strerror(rc));
	for (struct addrinfo *a = list; a != NULL && status == CMD_NOT_WELL;
	     a = a->ai_next) {
		char address[NI_MAXHOST];
		const struct words w = { .word = { "report", address },
			.count = 2 };

		if (getnameinfo(a->ai_addr, a->ai_addrlen, address,
			sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		free(text);
		status = ask(c, &w, false, &text);
	}
	freeaddrinfo(list);
	if (text != NULL)
		fputs(text, stdout);
	free(text);
	return status;
}

/* report --month [2026-10] */
static int
report_month(const struct cmd *c, int argc, char **argv)
{
	struct words w;

	if (!read_words(&w, argc - 2, argv + 2) || w.count > 1 || w.yes)
		return cmd_usage(argv[0]);
	if (w.count == 1 && month_parse(w.word[0]) == 0) {
		cmd_wrong("report --month", w.word[0],
		    "a year and two digits, such as 2026-10");
		return cmd_usage(argv[0]);
	}
	w = (struct words){ .word = { argv[0], "month", w.word[0] },
		.count = w.count + 2 };
	return ask_and_print(c, &w);
}

int
cmd_report(const struct cmd *c, int argc, char **argv)
{
	char month[] = "--month";
	struct words w;
	struct addr a;

	if (argc > 1 && strcmp(argv[1], month) == 0)
		return report_month(c, argc, argv);
	if (argc == 2 && strncmp(argv[1], "--month=", sizeof(month)) == 0)
		return report_month(c, 3,
		    (char *[]){ argv[0], month, argv[1] + sizeof(month) });
	if (!read_words(&w, argc, argv) || w.count != 2 || w.yes)
		return cmd_usage(argv[0]);
	if (addr_is_torn(w.word[1])) {
		cmd_wrong("report", w.word[1],
		    "a whole address, such as 10.0.0.9, or a name");
		return cmd_usage(argv[0]);
	}
	if (!addr_parse(&a, w.word[1]))
		return report_name(c, w.word[1]);
	return ask_and_print(c, &w);
}
