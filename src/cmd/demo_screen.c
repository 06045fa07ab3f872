/* SPDX-License-Identifier: ISC */
#include "demo.h"

#include "base/text.h"
#include "sys/control.h"
#include "view/command.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Asks a gateway; its text without the status line, or NULL. */
static char *
ask(const struct demo_gateway *g, const char *style, unsigned width,
    const char *command)
{
	char line[COMMAND_LINE_MAX];
	struct err e;
	char *answer, *text;

	snprintf(line, sizeof(line), "%s width=%u %s", style, width, command);
	answer = control_ask(g->socket, line + (*line == ' '), &e);
	text = answer != NULL ? strchr(answer, '\n') : NULL;
	if (text != NULL)
		memmove(answer, text + 1, strlen(text + 1) + 1);
	else
		free(answer);
	return text != NULL ? answer : NULL;
}

static json_t *
ask_json(const struct demo_gateway *g, const char *command)
{
	char *text = ask(g, "json", 80, command);
	json_t *root = text != NULL ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return root;
}

/* Takes over a word, if there is one; true if it is another than before. */
static bool
renew(char *word, size_t size, const json_t *from, const char *key)
{
	const char *now = json_string_value(json_object_get(from, key));
	bool changed = now != NULL && strcmp(now, word) != 0;

	if (changed)
		text_copy(word, size, now);
	return changed;
}

bool
demo_look(struct demo_gateway *g)
{
	json_t *status = ask_json(g, "status");
	json_t *sibling = ask_json(g, "sibling");
	const json_t *sent = json_object_get(sibling, "sent_day");
	bool changed = renew(g->state, sizeof(g->state), status, "state");

	changed = renew(g->pair, sizeof(g->pair),
		      json_object_get(sibling, "sibling"), "state") ||
	    changed;
	if (sent != NULL)
		g->sent = (unsigned)json_integer_value(sent);
	json_decref(status);
	json_decref(sibling);
	return changed;
}

void
demo_print(const struct demo_gateway *g, const struct cmd *c, const char *style,
    const char *command)
{
	char *text = ask(g, style, c->width, command);

	fputs(text != NULL ? text : "The gateway does not answer yet.\n",
	    stdout);
	free(text);
}

void
demo_turns_print(const struct demo_site *s)
{
	const struct demo_gateway *g = s->gateway;

	printf("Packets to the servers: %u, of gw1 %u, of gw2 %u\n",
	    g[0].sent + g[1].sent, g[0].sent, g[1].sent);
}

void
demo_log_print(const struct demo_gateway *g)
{
	char path[DEMO_PATH + 16], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/log", g->dir);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		fputs(line, stderr);
	fclose(f);
}
