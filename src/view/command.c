/* SPDX-License-Identifier: ISC */
#include "view/command.h"

#include "view/json.h"
#include "view/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 8
#define WIDTH_MAX 1000

/* Exit statuses of the tool. */
enum { WELL, NOT_WELL, WRONG_USAGE };

struct request {
	bool json;
	struct table_style style;
	unsigned count;
	const char *word[WORDS_MAX]; /* command and arguments */
	char line[COMMAND_LINE_MAX];
};

static void
begin(int status, struct text *out)
{
	text_add(out, "%d\n", status);
}

/* A sentence instead of an answer. */
static enum command_want
refuse(const struct request *r, int status, const char *sentence,
    struct text *out)
{
	begin(status, out);
	if (r->json)
		json_error(sentence, out);
	else
		text_add(out, "%s\n", sentence);
	return COMMAND_ANSWER;
}

static bool
read_width(const char *text, unsigned *width)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || v > WIDTH_MAX)
		return false;
	*width = (unsigned)v;
	return true;
}

/* True if the word was an option before the command. */
static bool
read_option(struct request *r, const char *word)
{
	if (strcmp(word, "json") == 0)
		r->json = true;
	else if (strcmp(word, "colour") == 0)
		r->style.colour = true;
	else
		return strncmp(word, "width=", 6) == 0 &&
		    read_width(word + 6, &r->style.width);
	return true;
}

/* False: too long, or too many words. */
static bool
read_request(struct request *r, const char *line)
{
	char *save = NULL;

	*r = (struct request){ .style = { .width = 80 } };
	if (!text_copy(r->line, sizeof(r->line), line))
		return false;
	for (char *w = strtok_r(r->line, " \t\r\n", &save); w != NULL;
	     w = strtok_r(NULL, " \t\r\n", &save)) {
		if (r->count == 0 && read_option(r, w))
			continue;
		if (r->count == WORDS_MAX)
			return false;
		r->word[r->count++] = w;
	}
	return true;
}

static enum command_want
answer_status(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	begin(s->state == ENGINE_SYNCED ? WELL : NOT_WELL, out);
	if (r->json)
		json_status(s, out);
	else
		table_status(s, &r->style, out);
	return COMMAND_ANSWER;
}

static enum command_want
answer_upstreams(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	begin(WELL, out);
	if (r->json)
		json_upstreams(s, out);
	else
		table_upstreams(s, &r->style, out);
	return COMMAND_ANSWER;
}

static enum command_want
answer_accept(const struct request *r, const struct snapshot *s,
    struct text *out)
{
	char sentence[160];
	struct text t = TEXT(sentence);

	if (strcmp(r->word[1], "step") != 0)
		return refuse(r, WRONG_USAGE, "accept what?  \"accept step\"",
		    out);
	if (s->state != ENGINE_PANIC) {
		text_add(&t, "there is no step to accept: the state is %s",
		    snapshot_state_name(s->state));
		return refuse(r, NOT_WELL, sentence, out);
	}
	begin(WELL, out);
	if (r->json)
		json_accepted(s, out);
	else
		text_add(out,
		    "accepted: the clock is set by %+.6f s now; see "
		    "\"ntpgate status\"\n",
		    s->offset_s);
	return COMMAND_ACCEPT_STEP;
}

static const struct {
	const char *name;
	unsigned arguments;
	enum command_want (*answer)(const struct request *r,
	    const struct snapshot *s, struct text *out);
} command[] = {
	{ "accept", 1, answer_accept },
	{ "status", 0, answer_status },
	{ "upstreams", 0, answer_upstreams },
};

static enum command_want
answer(const struct request *r, const struct snapshot *s, struct text *out)
{
	const char *name = r->count > 0 ? r->word[0] : "";
	char sentence[160];
	struct text t = TEXT(sentence);

	for (size_t i = 0; i < sizeof(command) / sizeof(command[0]); i++) {
		if (strcmp(command[i].name, name) != 0)
			continue;
		if (r->count - 1 != command[i].arguments) {
			text_add(&t, "%s takes %u argument%s", name,
			    command[i].arguments,
			    command[i].arguments == 1 ? "" : "s");
			return refuse(r, WRONG_USAGE, sentence, out);
		}
		if (s == NULL)
			return refuse(r, NOT_WELL,
			    "the engine has not said anything yet; ask again "
			    "in a second",
			    out);
		return command[i].answer(r, s, out);
	}
	text_add(&t, "ntpgated knows no command \"%.40s\"", name);
	return refuse(r, WRONG_USAGE, sentence, out);
}

enum command_want
command_answer(const char *line, const struct snapshot *s, struct text *out)
{
	struct request r;

	if (!read_request(&r, line))
		return refuse(&r, WRONG_USAGE, "the request is too long", out);
	return answer(&r, s, out);
}
