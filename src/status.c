/* SPDX-License-Identifier: ISC */
#include "status.h"

#include "base/text.h"
#include "sys/notify.h"
#include "sys/role.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define EACH_S 9.0 /* a snapshot comes each 10 s, or a little earlier */

static char last[BRIEF_MAX];

int
status_open(struct setup *s, struct err *e)
{
	int fd[2];

	if (role_pair(fd, e) == -1)
		return -1;
	s->status_out = fd[0];
	s->status_in = fd[1];
	if (fcntl(fd[1], F_SETOWN, getpid()) == -1 ||
	    fcntl(fd[1], F_SETFL, O_NONBLOCK | O_ASYNC) == -1)
		return err_sys(e, "wire of the status");
	return 0;
}

void
status_told(struct status *t, const struct setup *s, const struct snapshot *now)
{
	char line[BRIEF_MAX] = "";
	struct text text = TEXT(line);
	bool first = t->said[0] == '\0' || t->state != now->state;

	brief_print(now, &text);
	if (strcmp(line, t->said) == 0 ||
	    (!first && now->uptime_s - t->said_s < EACH_S))
		return;
	/* One that main does not take is followed by others. */
	if (role_send(s->status_out, MESSAGE_STATUS, line, sizeof(line)) == -1)
		return;
	memcpy(t->said, line, sizeof(t->said));
	t->state = now->state;
	t->said_s = now->uptime_s;
}

/* A second line would be a second assignment. */
static void
clean(char line[BRIEF_MAX])
{
	line[BRIEF_MAX - 1] = '\0';
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
}

void
status_pass(const struct setup *s)
{
	char line[BRIEF_MAX];
	uint32_t kind;
	size_t len;

	/* A desk that never ends to talk is not listened to for ever. */
	for (int i = 0; i < 8 &&
	     role_receive(s->status_in, &kind, line, sizeof(line), &len) == 1;
	     i++) {
		if (kind != MESSAGE_STATUS || len != sizeof(line))
			continue;
		clean(line);
		memcpy(last, line, sizeof(last));
		notify_status(last);
	}
}

void
status_again(void)
{
	if (last[0] != '\0')
		notify_status(last);
}
