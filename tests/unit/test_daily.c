/* SPDX-License-Identifier: ISC */
#include "sys/daily.h"

#include "sys/file.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 20454 /* 2026-01-01 */

static char dir[32];
static struct err err;

static const char *
at(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
setup(void)
{
	strcpy(dir, "/tmp/unit-daily.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
}

static unsigned
entries(bool remove_them)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	unsigned n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (remove_them)
			remove(at(e->d_name));
	}
	closedir(d);
	return n;
}

static void
teardown(void)
{
	entries(true);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static int
add(int64_t day, const char *lines)
{
	return daily_add(dir, "x", day, lines, &err);
}

static const char *
text_of(const char *name)
{
	static char kept[4096];
	char *text = file_read(at(name), sizeof(kept) - 1, NULL, &err);

	snprintf(kept, sizeof(kept), "%s", text != NULL ? text : "no file");
	free(text);
	return kept;
}

static bool
there(const char *name)
{
	struct stat st;

	return lstat(at(name), &st) == 0;
}

/* A file of that name, of so many octets that take no room. */
static void
make(const char *name, off_t octets)
{
	int fd = open(at(name), O_WRONLY | O_CREAT, 0640);

	CU_ASSERT_EQUAL_FATAL(ftruncate(fd, octets), 0);
	close(fd);
}

static void
lines_go_to_the_file_of_their_day(void)
{
	CU_ASSERT_EQUAL(add(DAY, "a\n"), 0);
	CU_ASSERT_EQUAL(add(DAY, "b\nc\n"), 0);
	CU_ASSERT_EQUAL(add(DAY + 1, "d\n"), 0);
	CU_ASSERT_STRING_EQUAL(text_of("x.20260101"), "a\nb\nc\n");
	CU_ASSERT_STRING_EQUAL(text_of("x.20260102"), "d\n");
}

static void
the_plain_name_is_the_current_one(void)
{
	add(DAY, "a\n");
	CU_ASSERT_STRING_EQUAL(text_of("x"), "a\n");
	add(DAY + 1, "b\n");
	CU_ASSERT_STRING_EQUAL(text_of("x"), "b\n");
	CU_ASSERT_STRING_EQUAL(text_of("x.20260101"), "a\n");
}

/* A clock that is set back by a little, at midnight. */
static void
a_late_line_goes_to_its_own_day(void)
{
	add(DAY, "a\n");
	add(DAY + 1, "b\n");
	add(DAY, "c\n");
	CU_ASSERT_STRING_EQUAL(text_of("x.20260101"), "a\nc\n");
	CU_ASSERT_STRING_EQUAL(text_of("x"), "b\n");
}

static void
only_its_owner_and_group_read_it(void)
{
	struct stat st;

	add(DAY, "a\n");
	CU_ASSERT_EQUAL(stat(at("x"), &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0137, 0);
}

static void
five_weeks_are_kept(void)
{
	for (int64_t i = 0; i < DAILY_KEEP + 3; i++)
		CU_ASSERT_EQUAL(add(DAY + i, "a\n"), 0);
	CU_ASSERT_EQUAL(entries(false), DAILY_KEEP + 1);
	CU_ASSERT_FALSE(there("x.20260103"));
	CU_ASSERT_TRUE(there("x.20260104"));
}

static void
what_is_not_of_a_day_is_left_alone(void)
{
	const char *const names[] = { "x.2026010", "x.202601011",
		"x.20260101.gz", "x.notes", "xy.20200101", "y.20200101" };

	for (unsigned i = 0; i < 6; i++)
		make(names[i], DAILY_TOTAL);
	for (int64_t i = 0; i < DAILY_KEEP + 3; i++)
		add(DAY + 365 + i, "a\n");
	for (unsigned i = 0; i < 6; i++)
		CU_ASSERT_TRUE(there(names[i]));
}

/* The seven newest and a day that may get as large: all that there is room
 * for. */
static void
all_days_together_have_a_limit(void)
{
	char name[32];

	for (int i = 10; i < 30; i++) {
		snprintf(name, sizeof(name), "x.202512%d", i);
		make(name, DAILY_MAX);
	}
	CU_ASSERT_EQUAL(add(DAY, "a\n"), 0);
	CU_ASSERT_EQUAL(entries(false), 7 + 2);
	CU_ASSERT_TRUE(there("x.20251229"));
	CU_ASSERT_FALSE(there("x.20251222"));
}

/* Whoever served us a wrong date once. */
static void
days_of_the_future_do_not_cost_today(void)
{
	char name[32];

	for (int i = 2100; i < 2100 + DAILY_KEEP + 5; i++) {
		snprintf(name, sizeof(name), "x.%d0101", i);
		make(name, 1);
	}
	add(DAY, "a\n");
	add(DAY, "b\n");
	CU_ASSERT_STRING_EQUAL(text_of("x.20260101"), "a\nb\n");
	CU_ASSERT_EQUAL(entries(false), DAILY_KEEP + 1);
}

static void
a_day_has_a_limit(void)
{
	make("x.20260101", DAILY_MAX - 3);
	CU_ASSERT_EQUAL(add(DAY, "abc\n"), -1);
	CU_ASSERT_EQUAL(errno, EFBIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "x.20260101"));
	CU_ASSERT_EQUAL(add(DAY, "ab\n"), 0);
	CU_ASSERT_EQUAL(add(DAY, "\n"), -1);
	CU_ASSERT_EQUAL(add(DAY + 1, "abc\n"), 0);
}

/* A limit of this process in place of the disk's. */
static void
a_full_disk_leaves_no_half_of_a_line(void)
{
	struct rlimit was, six = { 6, RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	six.rlim_max = was.rlim_max;
	setrlimit(RLIMIT_FSIZE, &six);
	int first = add(DAY, "abc\n"), second = add(DAY, "defg\n");
	setrlimit(RLIMIT_FSIZE, &was);
	signal(SIGXFSZ, SIG_DFL);
	CU_ASSERT_EQUAL(first, 0);
	CU_ASSERT_EQUAL(second, -1);
	CU_ASSERT_STRING_EQUAL(text_of("x.20260101"), "abc\n");
	CU_ASSERT_EQUAL(add(DAY, "defg\n"), 0);
	CU_ASSERT_STRING_EQUAL(text_of("x"), "abc\ndefg\n");
}

static void
a_pipe_or_a_link_in_its_place_is_refused_and_nobody_waits(void)
{
	mkfifo(at("x.20260101"), 0640);
	CU_ASSERT_EQUAL(add(DAY, "a\n"), -1);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(err.text, "/x.20260101 is not a regular file"));
	CU_ASSERT_EQUAL(symlink("/dev/null", at("x.20260102")), 0);
	CU_ASSERT_EQUAL(add(DAY + 1, "a\n"), -1);
}

static void
without_a_directory_a_sentence_names_it(void)
{
	CU_ASSERT_EQUAL(daily_add("/nowhere/at/all", "x", DAY, "a\n", &err),
	    -1);
	CU_ASSERT_STRING_EQUAL(err.text,
	    "/nowhere/at/all/x.20260101: No such file or directory");
}

static CU_TestInfo tests[] = {
	{ "lines go to the file of their day",
	    lines_go_to_the_file_of_their_day },
	{ "the plain name is the current one",
	    the_plain_name_is_the_current_one },
	{ "a late line goes to its own day", a_late_line_goes_to_its_own_day },
	{ "only its owner and group read it",
	    only_its_owner_and_group_read_it },
	{ "five weeks are kept", five_weeks_are_kept },
	{ "what is not of a day is left alone",
	    what_is_not_of_a_day_is_left_alone },
	{ "all days together have a limit", all_days_together_have_a_limit },
	{ "days of the future do not cost today",
	    days_of_the_future_do_not_cost_today },
	{ "a day has a limit", a_day_has_a_limit },
	{ "a full disk leaves no half of a line",
	    a_full_disk_leaves_no_half_of_a_line },
	{ "a pipe or a link in its place is refused, and nobody waits",
	    a_pipe_or_a_link_in_its_place_is_refused_and_nobody_waits },
	{ "without a directory a sentence names it",
	    without_a_directory_a_sentence_names_it },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_daily = { "sys/daily", NULL, NULL, setup, teardown, tests };
