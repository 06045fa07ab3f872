/* SPDX-License-Identifier: ISC */
/*
 * remote.c - commands that are a question to the daemon's desk, which answers
 * with the text to print and the exit status; and those that change something
 * there, after a person was asked.
 */
#include "cmd.h"

#include "base/text.h"
#include "sys/control.h"
#include "view/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 3

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
		return cmd_fail(c, CMD_UNREACHABLE,
		    "%s; does it run?  -s names another socket", e.text);
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

	if (!read_words(&w, argc, argv) || w.count != 2 ||
	    (strcmp(w.word[1], "step") != 0 &&
		strcmp(w.word[1], "ledger") != 0 &&
		strcmp(w.word[1], "sibling") != 0))
		return cmd_usage(argv[0]);
	return ask_and_do(c, &w);
}
