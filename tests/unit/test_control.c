/* SPDX-License-Identifier: ISC */
/* The server runs in this process; clients are plain sockets, but for
 * control_ask(), which blocks and has a thread. */
#include "sys/control.h"
#include "unit.h"
#include "view/command.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct err err;
static struct loop loop;
static struct control *control;
static struct event *enough;
static char dir[32], path[64];

/* What the desk was asked, and by whom. */
static char asked[COMMAND_LINE_MAX + 1];
static unsigned questions;
static struct control_client *asker;
static bool answer_later;
static char reply[COMMAND_ANSWER_MAX];
static size_t reply_len;

static void
question(void *ctx, struct control_client *c, const char *line)
{
	(void)ctx;
	questions++;
	asker = c;
	snprintf(asked, sizeof(asked), "%s", line);
	if (!answer_later)
		control_answer(c, reply, reply_len);
}

static void
end(void *ctx)
{
	loop_end(ctx);
}

static void
setup(void)
{
	strcpy(dir, "/tmp/unit-ctl.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/control", dir);
	questions = 0;
	asked[0] = '\0';
	answer_later = false;
	strcpy(reply, "0\nfine\n");
	reply_len = strlen(reply);
	CU_ASSERT_EQUAL_FATAL(loop_open(&loop, false, &err), 0);
	control = control_new(&loop, dir, question, NULL, &err);
	enough = loop_timer(&loop, end, &loop);
	CU_ASSERT_PTR_NOT_NULL_FATAL(control);
	CU_ASSERT_PTR_NOT_NULL_FATAL(enough);
}

static void
teardown(void)
{
	control_free(control);
	loop_drop(enough);
	loop_close(&loop);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static void
run(double s)
{
	loop_set(enough, s < 0.1 ? unit_moment(s) : s);
	loop_run(&loop);
}

static int
dial(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(at.sun_path, path);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&at, sizeof(at)),
	    0);
	return fd;
}

static void
say(int fd, const char *text)
{
	CU_ASSERT_EQUAL(send(fd, text, strlen(text), MSG_NOSIGNAL),
	    (ssize_t)strlen(text));
}

/* All that the server said until it closed; "open" if it did not. */
static const char *
heard(int fd)
{
	static char text[256];
	size_t have = 0;
	ssize_t n;

	while ((n = recv(fd, text + have, sizeof(text) - 1 - have,
		    MSG_DONTWAIT)) > 0)
		have += (size_t)n;
	text[have] = '\0';
	return n == 0 || have > 0 ? text : "open";
}

static void
a_line_is_asked_and_answered(void)
{
	int fd = dial();

	say(fd, "json status\n");
	run(0.02);
	CU_ASSERT_STRING_EQUAL(asked, "json status");
	CU_ASSERT_STRING_EQUAL(heard(fd), "0\nfine\n");
	close(fd);
}

static void
a_line_may_come_in_pieces(void)
{
	int fd = dial();

	say(fd, "sta");
	run(0.01);
	CU_ASSERT_EQUAL(questions, 0);
	say(fd, "tus\nmore");
	run(0.01);
	CU_ASSERT_STRING_EQUAL(asked, "status");
	CU_ASSERT_EQUAL(questions, 1);
	close(fd);
}

static void
an_answer_may_come_later(void)
{
	int fd = dial();

	answer_later = true;
	say(fd, "status\n");
	run(0.01);
	CU_ASSERT_STRING_EQUAL(heard(fd), "open");
	control_answer(asker, "1\nlate\n", 7);
	run(0.01);
	CU_ASSERT_STRING_EQUAL(heard(fd), "1\nlate\n");
	close(fd);
}

static void
an_answer_to_who_went_away_harms_nobody(void)
{
	int fd = dial(), other;

	answer_later = true;
	say(fd, "status\n");
	run(0.01);
	close(fd);
	other = dial();
	run(0.01);
	control_answer(asker, "1\nlate\n", 7);
	run(0.01);
	CU_ASSERT_STRING_EQUAL(heard(other), "open");
	close(other);
}

static void
a_second_answer_is_no_answer(void)
{
	int fd = dial();

	say(fd, "status\n");
	run(0.01);
	control_answer(asker, "1\nagain\n", 8);
	run(0.01);
	CU_ASSERT_STRING_EQUAL(heard(fd), "0\nfine\n");
	close(fd);
}

static void
a_long_line_is_refused(void)
{
	char line[COMMAND_LINE_MAX + 2];
	int fd = dial();

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	say(fd, line);
	run(0.02);
	CU_ASSERT_EQUAL(questions, 0);
	CU_ASSERT_STRING_EQUAL(heard(fd), "2\nthe request is too long\n");
	close(fd);
}

static void
the_longest_line_is_heard(void)
{
	char line[COMMAND_LINE_MAX + 2] = "";
	int fd = dial();

	memset(line, 'x', COMMAND_LINE_MAX);
	line[COMMAND_LINE_MAX] = '\n';
	say(fd, line);
	run(0.02);
	CU_ASSERT_EQUAL(strlen(asked), COMMAND_LINE_MAX);
	close(fd);
}

static void
a_line_with_a_zero_in_it_is_refused(void)
{
	int fd = dial();

	CU_ASSERT_EQUAL(send(fd, "sta\0tus\n", 8, 0), 8);
	run(0.02);
	CU_ASSERT_EQUAL(questions, 0);
	CU_ASSERT_STRING_EQUAL(heard(fd),
	    "2\nthe request has a zero octet in it\n");
	close(fd);
}

static void
half_a_line_and_gone_is_no_question(void)
{
	int fd = dial();

	say(fd, "status");
	close(fd);
	run(0.02);
	CU_ASSERT_EQUAL(questions, 0);
}

static void
the_seventeenth_is_told_to_come_again(void)
{
	int fd[17];

	for (int i = 0; i < 17; i++) {
		fd[i] = dial();
		run(0.002);
	}
	CU_ASSERT_STRING_EQUAL(heard(fd[15]), "open");
	CU_ASSERT_STRING_EQUAL(heard(fd[16]),
	    "1\ntoo many ask at once; try again\n");
	close(fd[0]);
	close(fd[16]);
	run(0.02);
	fd[0] = dial(); /* a place is free again */
	say(fd[0], "status\n");
	run(0.02);
	CU_ASSERT_STRING_EQUAL(heard(fd[0]), "0\nfine\n");
	for (int i = 0; i < 16; i++)
		close(fd[i]);
}

static void
who_does_not_read_does_not_block(void)
{
	int slow = dial(), fd, size = 4096;

	setsockopt(slow, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	memset(reply, 'x', sizeof(reply));
	reply_len = sizeof(reply);
	for (int i = 0; i < 8; i++) {
		say(slow, "status\n");
		run(0.002);
		if (i < 7) {
			close(slow);
			slow = dial();
		}
	}
	strcpy(reply, "0\nfine\n");
	reply_len = 7;
	fd = dial();
	say(fd, "status\n");
	run(0.02);
	CU_ASSERT_STRING_EQUAL(heard(fd), "0\nfine\n");
	close(fd);
	close(slow);
}

static void
who_says_nothing_is_dropped_after_two_seconds(void)
{
	int fd = dial();

	run(0.02);
	CU_ASSERT_STRING_EQUAL(heard(fd), "open");
	run(2.0);
	CU_ASSERT_STRING_EQUAL(heard(fd), "");
	close(fd);
}

static void
the_socket_is_for_user_and_group(void)
{
	struct stat st = { 0 };

	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_TRUE(S_ISSOCK(st.st_mode));
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0660);
}

static void
a_socket_that_is_alive_is_not_replaced(void)
{
	char want[128];

	CU_ASSERT_PTR_NULL(control_new(&loop, dir, question, NULL, &err));
	snprintf(want, sizeof(want), "%s: another ntpgated answers there",
	    path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

static void
a_socket_that_the_dead_left_is_replaced(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	control_free(control);
	strcpy(at.sun_path, path);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	control = control_new(&loop, dir, question, NULL, &err);
	CU_ASSERT_PTR_NOT_NULL(control);
}

static void
a_file_in_the_way_is_left_alone(void)
{
	char want[128];
	int fd;

	control_free(control);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	close(fd);
	control = control_new(&loop, dir, question, NULL, &err);
	CU_ASSERT_PTR_NULL(control);
	snprintf(want, sizeof(want), "%s: is in the way, and no socket", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

static void
no_socket_is_left_behind(void)
{
	control_free(control);
	control = NULL;
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
}

static void
a_name_that_no_socket_can_have_is_refused(void)
{
	char much[200];

	memset(much, 'x', sizeof(much));
	much[0] = '/';
	much[sizeof(much) - 1] = '\0';
	CU_ASSERT_PTR_NULL(control_new(&loop, much, question, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "longer than"));
	CU_ASSERT_PTR_NULL(control_ask(much, "status", &err));
}

static struct err tool_err;

static void *
tool(void *arg)
{
	return control_ask(path, arg, &tool_err);
}

/* What the tool gets; the loop runs meanwhile. */
static char *
ask_by_tool(const char *line)
{
	pthread_t thread;
	void *text = NULL;

	pthread_create(&thread, NULL, tool, (void *)(uintptr_t)line);
	run(0.05);
	pthread_join(thread, &text);
	return text;
}

static void
the_tool_gets_the_whole_answer(void)
{
	memset(reply, 'y', sizeof(reply));
	reply_len = sizeof(reply);
	char *text = ask_by_tool("upstreams");

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(asked, "upstreams");
	CU_ASSERT_EQUAL(strlen(text), COMMAND_ANSWER_MAX);
	free(text);
}

static void
the_tool_hears_why_it_was_refused(void)
{
	char line[COMMAND_LINE_MAX * 2];

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	char *text = ask_by_tool(line);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "2\nthe request is too long\n");
	free(text);
}

static void
the_tool_says_that_nobody_is_there(void)
{
	char want[160];

	control_free(control);
	control = NULL;
	CU_ASSERT_PTR_NULL(control_ask(path, "status", &err));
	snprintf(want, sizeof(want),
	    "cannot reach ntpgated at %s: No such file or directory", path);
	CU_ASSERT_STRING_EQUAL(err.text, want);
}

static CU_TestInfo tests[] = {
	{ "a line is asked and answered", a_line_is_asked_and_answered },
	{ "a line may come in pieces", a_line_may_come_in_pieces },
	{ "an answer may come later", an_answer_may_come_later },
	{ "an answer to who went away harms nobody",
	    an_answer_to_who_went_away_harms_nobody },
	{ "a second answer is no answer", a_second_answer_is_no_answer },
	{ "a long line is refused", a_long_line_is_refused },
	{ "the longest line is heard", the_longest_line_is_heard },
	{ "a line with a zero in it is refused",
	    a_line_with_a_zero_in_it_is_refused },
	{ "half a line and gone is no question",
	    half_a_line_and_gone_is_no_question },
	{ "the seventeenth is told to come again",
	    the_seventeenth_is_told_to_come_again },
	{ "who does not read does not block",
	    who_does_not_read_does_not_block },
	{ "who says nothing is dropped after two seconds",
	    who_says_nothing_is_dropped_after_two_seconds },
	{ "the socket is for user and group",
	    the_socket_is_for_user_and_group },
	{ "a socket that is alive is not replaced",
	    a_socket_that_is_alive_is_not_replaced },
	{ "a socket that the dead left is replaced",
	    a_socket_that_the_dead_left_is_replaced },
	{ "a file in the way is left alone", a_file_in_the_way_is_left_alone },
	{ "no socket is left behind", no_socket_is_left_behind },
	{ "a name that no socket can have is refused",
	    a_name_that_no_socket_can_have_is_refused },
	{ "the tool gets the whole answer", the_tool_gets_the_whole_answer },
	{ "the tool hears why it was refused",
	    the_tool_hears_why_it_was_refused },
	{ "the tool says that nobody is there",
	    the_tool_says_that_nobody_is_there },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_control = { "sys/control", NULL, NULL, setup, teardown,
	tests };
