/* SPDX-License-Identifier: ISC */
#include "sys/file.h"
#include "sys/log.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

static char dir[32], path[64], old[64];
static struct err err;

/* Each test has a new log file, level notice. */
static void
setup(void)
{
	strcpy(dir, "/tmp/unit-log.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	snprintf(old, sizeof(old), "%s/log.1", dir);
	CU_ASSERT_EQUAL_FATAL(
	    log_open(LOG_TO_FILE, path, LOG_NOTICE, "unit", &err), 0);
}

static void
teardown(void)
{
	log_close();
	unlink(path);
	unlink(old);
	rmdir(dir);
}

/* What is in the file now. */
static const char *
logged(const char *file)
{
	static char kept[8192];
	char *text = file_read(file, sizeof(kept) - 1, NULL, &err);

	snprintf(kept, sizeof(kept), "%s", text != NULL ? text : "no file");
	free(text);
	return kept;
}

static unsigned
lines(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static bool
ends(const char *text, const char *with)
{
	size_t n = strlen(text), m = strlen(with);

	return n >= m && strcmp(text + n - m, with) == 0;
}

static void
a_line_names_time_program_component_and_text(void)
{
	char want[64];

	log_event(EVENT_CLOCK_SYNCED, "state=%s", "synced");
	snprintf(want, sizeof(want), "Z unit[%d]: clock.synced: state=synced\n",
	    (int)getpid());
	CU_ASSERT_TRUE(ends(logged(path), want));
	/* 2026-01-02T03:04:05 */
	CU_ASSERT_EQUAL(strspn(logged(path), "0123456789-T:"), 19);
}

static void
lines_above_the_level_are_dropped(void)
{
	log_event(EVENT_CLOCK_PANIC, "err");
	log_event(EVENT_CLOCK_HOLDOVER, "warning");
	log_event(EVENT_CLOCK_STEP, "notice");
	log_event(EVENT_STATE_COLD, "info");
	log_debug("unit", "debug");
	CU_ASSERT_EQUAL(lines(logged(path)), 3);
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: notice\n"));
}

static void
control_characters_become_question_marks(void)
{
	log_event(EVENT_CLOCK_STEP, "a\nb\033[2Jc\177d\te");
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: a?b?[2Jc?d?e\n"));
}

static void
c1_controls_in_utf8_become_question_marks_and_letters_stay(void)
{
	/* U+009B is a terminal's CSI; U+00E9 is an accented e. */
	log_event(EVENT_CLOCK_STEP,
	    "a\xc2\x9b"
	    "b\xc3\xa9");
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: a??b\xc3\xa9\n"));
}

static void
a_long_text_is_cut_and_stays_one_line(void)
{
	char text[5000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_event(EVENT_CLOCK_STEP, "%s", text);
	log_event(EVENT_CLOCK_STEP, "after");
	CU_ASSERT_EQUAL(lines(logged(path)), 2);
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: after\n"));
}

static void
strangers_get_one_line_a_minute(void)
{
	struct log_gate gate = { 0 };

	for (int i = 0; i < 5; i++)
		log_limited(&gate, EVENT_CLOCK_STEP, "stranger %d", i);
	CU_ASSERT_EQUAL(lines(logged(path)), 1);
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: stranger 0\n"));
	CU_ASSERT_EQUAL(gate.held, 4);
}

static void
the_next_line_counts_those_held_back(void)
{
	struct log_gate gate = { 0 };

	for (int i = 0; i < 5; i++)
		log_limited(&gate, EVENT_CLOCK_STEP, "stranger %d", i);
	gate.opens_ns = 0; /* as if the minute were over */
	log_limited(&gate, EVENT_CLOCK_STEP, "stranger 5");
	CU_ASSERT_TRUE(ends(logged(path),
	    "clock.step: stranger 5 (4 more like it were held back)\n"));
	CU_ASSERT_EQUAL(gate.held, 0);
}

static void
a_gate_below_the_level_stays_open(void)
{
	struct log_gate gate = { 0 };

	log_limited(&gate, EVENT_STATE_COLD, "detail");
	log_limited(&gate, EVENT_CLOCK_STEP, "news");
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: news\n"));
}

static void
opening_again_follows_a_rotated_file(void)
{
	log_event(EVENT_CLOCK_STEP, "before");
	CU_ASSERT_EQUAL(rename(path, old), 0);
	log_open(LOG_TO_FILE, path, LOG_NOTICE, "unit", &err);
	log_event(EVENT_CLOCK_STEP, "after");
	CU_ASSERT_TRUE(ends(logged(old), "clock.step: before\n"));
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: after\n"));
}

static void
a_log_that_cannot_be_opened_leaves_the_old_one(void)
{
	CU_ASSERT_EQUAL(
	    log_open(LOG_TO_FILE, "/nowhere/log", LOG_ERR, "unit", &err), -1);
	CU_ASSERT_STRING_EQUAL(err.text,
	    "log: /nowhere/log: No such file or directory");
	log_event(EVENT_CLOCK_STEP, "still here");
	CU_ASSERT_TRUE(ends(logged(path), "clock.step: still here\n"));
}

static void
a_new_file_is_not_for_everybody(void)
{
	struct stat st = { 0 };

	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0027, 0);
}

static void
errno_survives_a_line(void)
{
	errno = ERANGE;
	log_event(EVENT_CLOCK_STEP, "x");
	CU_ASSERT_EQUAL(errno, ERANGE);
}

static void
stderr_gets_component_and_text_alone(void)
{
	int was = dup(STDERR_FILENO);
	int fd = open(old, O_RDWR | O_CREAT, 0600);

	log_open(LOG_TO_STDERR, NULL, LOG_NOTICE, "unit", &err);
	dup2(fd, STDERR_FILENO);
	log_event(EVENT_ENGINE_LOST, "hello");
	dup2(was, STDERR_FILENO);
	close(was);
	close(fd);
	CU_ASSERT_STRING_EQUAL(logged(old), "engine.lost: hello\n");
}

/* syslog(3) and the journal get the same words behind what they add. */
static void
a_line_begins_with_its_event_whichever_it_is(void)
{
	for (unsigned i = 0; i < EVENTS; i++) {
		char want[128];

		CU_ASSERT_EQUAL(
		    log_open(LOG_TO_FILE, path, LOG_INFO, "unit", &err), 0);
		log_event((enum event_id)i, "host=x");
		snprintf(want, sizeof(want), "]: %s: host=x\n",
		    event_name((enum event_id)i));
		CU_ASSERT_TRUE(ends(logged(path), want));
		CU_ASSERT_EQUAL(truncate(path, 0), 0);
	}
}

static CU_TestInfo tests[] = {
	{ "a line names time, program, component and text",
	    a_line_names_time_program_component_and_text },
	{ "lines above the level are dropped",
	    lines_above_the_level_are_dropped },
	{ "control characters become question marks",
	    control_characters_become_question_marks },
	{ "C1 controls in UTF-8 become question marks, letters stay",
	    c1_controls_in_utf8_become_question_marks_and_letters_stay },
	{ "a long text is cut and stays one line",
	    a_long_text_is_cut_and_stays_one_line },
	{ "strangers get one line a minute", strangers_get_one_line_a_minute },
	{ "the next line counts those held back",
	    the_next_line_counts_those_held_back },
	{ "a gate below the level stays open",
	    a_gate_below_the_level_stays_open },
	{ "opening again follows a rotated file",
	    opening_again_follows_a_rotated_file },
	{ "a log that cannot be opened leaves the old one",
	    a_log_that_cannot_be_opened_leaves_the_old_one },
	{ "a new file is not for everybody", a_new_file_is_not_for_everybody },
	{ "errno survives a line", errno_survives_a_line },
	{ "stderr gets component and text alone",
	    stderr_gets_component_and_text_alone },
	{ "a line begins with its event, whichever it is",
	    a_line_begins_with_its_event_whichever_it_is },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_log = { "sys/log", NULL, NULL, setup, teardown, tests };
