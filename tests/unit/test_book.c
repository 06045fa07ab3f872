/* SPDX-License-Identifier: ISC */
#include "sys/book.h"

#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char here[64], there[64];
static struct book b;
static struct ledger l;
static unsigned line;
static struct err why;
static bool new_boot;

static struct mono
at(double s)
{
	return (struct mono){ (int64_t)(s * 1e9) };
}

static enum book_how
open_at(double t, bool evidence)
{
	struct addr one = addr_v4((uint8_t[4]){ 8, 8, 8, 8 });
	enum book_how how;

	ledger_init(&l, 640, 64, at(t));
	why.text[0] = '\0';
	how = book_open(&b, here, there, evidence, &l, at(t), &new_boot, &why);
	line = ledger_line(&l, &one);
	return how;
}

static int
spend(double t)
{
	CU_ASSERT_TRUE(ledger_spend(&l, line, at(t)));
	return book_append(&b, &l, at(t), (struct wall){ 0 }, &why);
}

/* Ten packets, and the process is gone. */
static void
setup(void)
{
	strcpy(here, "/tmp/book-here.XXXXXX");
	strcpy(there, "/tmp/book-there.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(here));
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(there));
	CU_ASSERT_EQUAL(open_at(1000, false), BOOK_FIRST);
	for (int n = 1; n <= 10; n++)
		CU_ASSERT_EQUAL(spend(1000 + 100 * n), 0);
	book_close(&b);
}

static void
remove_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *f;

	while (d != NULL && (f = readdir(d)) != NULL)
		unlinkat(dirfd(d), f->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(dir);
}

static void
teardown(void)
{
	book_close(&b);
	remove_all(here);
	remove_all(there);
}

static const char *
in(const char *dir, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static bool
set_aside(void)
{
	DIR *d = opendir(here);
	struct dirent *f;
	bool found = false;

	while ((f = readdir(d)) != NULL)
		found |= strncmp(f->d_name, "ledger.damaged-", 15) == 0;
	closedir(d);
	return found;
}

static void
the_next_life_knows_what_was_sent(void)
{
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_GOOD);
	CU_ASSERT_EQUAL(l.total, 10);
	CU_ASSERT_FALSE(new_boot);
	CU_ASSERT_EQUAL(ledger_when(&l, line, at(2010)).ns, at(2064).ns);
	CU_ASSERT_STRING_EQUAL(why.text, "");
}

static void
the_file_is_whole_from_the_beginning(void)
{
	struct stat st;

	CU_ASSERT_EQUAL(stat(in(here, "ledger"), &st), 0);
	CU_ASSERT_EQUAL(st.st_size, LEDGER_RING * LEDGER_RECORD);
	CU_ASSERT_TRUE(st.st_blocks * 512 >= st.st_size);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
}

static void
more_packets_than_the_ring_has_room_for(void)
{
	open_at(2010, true);
	for (int n = 1; n <= 200; n++)
		CU_ASSERT_EQUAL(spend(3000 + 1000 * n), 0);
	book_close(&b);
	CU_ASSERT_EQUAL(open_at(300000, true), BOOK_GOOD);
	CU_ASSERT_EQUAL(l.total, 210);
}

static void
a_ring_that_is_gone_is_told_by_its_witness(void)
{
	unlink(in(here, "ledger"));
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_MENDED);
	CU_ASSERT_EQUAL(l.total, 10);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "witness"));
}

static void
both_gone_while_other_state_is_there_is_a_loss(void)
{
	unlink(in(here, "ledger"));
	unlink(in(here, "ledger.witness"));
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_LOST);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2010)));
	CU_ASSERT_NOT_EQUAL(why.text[0], '\0');
	/* and with nothing there at all it is a first start */
	book_close(&b);
	unlink(in(here, "ledger"));
	unlink(in(here, "ledger.witness"));
	CU_ASSERT_EQUAL(open_at(2010, false), BOOK_FIRST);
	CU_ASSERT_FALSE(ledger_is_frugal(&l, at(2010)));
}

static void
damage_is_set_aside_and_a_frugal_day_begins(void)
{
	int fd = open(in(here, "ledger"), O_WRONLY | O_TRUNC);

	CU_ASSERT_EQUAL(write(fd, "nonsense", 8), 8);
	close(fd);
	unlink(in(here, "ledger.witness"));
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_LOST);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2010)));
	CU_ASSERT_TRUE(set_aside());
	/* the loss is remembered: it is not made good by a restart */
	CU_ASSERT_EQUAL(spend(2010), 0);
	book_close(&b);
	CU_ASSERT_EQUAL(open_at(2020, true), BOOK_GOOD);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2020)));
}

static void
an_empty_file_is_damage(void)
{
	CU_ASSERT_EQUAL(truncate(in(here, "ledger"), 0), 0);
	CU_ASSERT_EQUAL(truncate(in(here, "ledger.witness"), 0), 0);
	CU_ASSERT_EQUAL(open_at(2010, false), BOOK_LOST);
}

static void
a_place_that_cannot_be_written_has_a_second(void)
{
	/* a directory where the ring should be: nobody can write that */
	unlink(in(here, "ledger"));
	CU_ASSERT_EQUAL(mkdir(in(here, "ledger"), 0700), 0);
	CU_ASSERT_EQUAL(mkdir(in(here, "ledger/x"), 0700), 0);
	unlink(in(here, "ledger.witness"));
	CU_ASSERT_EQUAL(mkdir(in(here, "ledger.witness"), 0700), 0);
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_ELSEWHERE);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2010)));
	CU_ASSERT_STRING_EQUAL(b.dir, there);
	CU_ASSERT_EQUAL(spend(2010), 0);
	book_close(&b);
	/* a crash loop there is remembered, too */
	open_at(2020, true);
	CU_ASSERT_EQUAL(l.total, 1);
	CU_ASSERT_FALSE(ledger_spend(&l, line, at(2020)));
	book_close(&b);
	rmdir(in(here, "ledger.witness"));
	DIR *d = opendir(here);
	struct dirent *f;
	while ((f = readdir(d)) != NULL)
		if (strncmp(f->d_name, "ledger", 6) == 0) {
			char sub[400];

			snprintf(sub, sizeof(sub), "%s/%s/x", here, f->d_name);
			rmdir(sub);
			snprintf(sub, sizeof(sub), "%s/%s", here, f->d_name);
			rmdir(sub);
		}
	closedir(d);
}

static void
nowhere_to_write_is_nowhere(void)
{
	ledger_init(&l, 640, 64, at(0));
	CU_ASSERT_EQUAL(book_open(&b, "/proc/nowhere", "/proc/nowhere-else",
			    true, &l, at(0), &new_boot, &why),
	    BOOK_NOWHERE);
	CU_ASSERT_EQUAL(book_append(&b, &l, at(0), (struct wall){ 0 }, &why),
	    -1);
}

static void
this_boot_has_a_name(void)
{
	CU_ASSERT_NOT_EQUAL(book_boot(), 0);
	CU_ASSERT_EQUAL(book_boot(), book_boot());
}

static CU_TestInfo tests[] = {
	{ "the next life knows what was sent",
	    the_next_life_knows_what_was_sent },
	{ "the file is whole from the beginning",
	    the_file_is_whole_from_the_beginning },
	{ "more packets than the ring has room for",
	    more_packets_than_the_ring_has_room_for },
	{ "a ring that is gone is told by its witness",
	    a_ring_that_is_gone_is_told_by_its_witness },
	{ "both gone, while other state is there, is a loss",
	    both_gone_while_other_state_is_there_is_a_loss },
	{ "damage is set aside, and a frugal day begins",
	    damage_is_set_aside_and_a_frugal_day_begins },
	{ "an empty file is damage", an_empty_file_is_damage },
	{ "a place that cannot be written has a second",
	    a_place_that_cannot_be_written_has_a_second },
	{ "nowhere to write is nowhere", nowhere_to_write_is_nowhere },
	{ "this boot has a name", this_boot_has_a_name },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_book = { "sys/book", NULL, NULL, setup, teardown, tests };
