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
		if (unlinkat(dirfd(d), f->d_name, 0) != 0)
			unlinkat(dirfd(d), f->d_name, AT_REMOVEDIR);
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

/* All that this boot knows: of the ring, its witness, the witness's copy. */
static void
lose_all(void)
{
	unlink(in(here, "ledger"));
	unlink(in(here, "ledger.witness"));
	unlink(in(there, "ledger.witness"));
}

static void
the_copy_outlives_both(void)
{
	unlink(in(here, "ledger"));
	unlink(in(here, "ledger.witness"));
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_MENDED);
	CU_ASSERT_EQUAL(l.total, 10);
	CU_ASSERT_STRING_EQUAL(b.dir, here);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "older than its copy"));
}

static void
copy_file(const char *from, const char *to)
{
	static uint8_t octets[LEDGER_RING * LEDGER_RECORD];
	int in_fd = open(from, O_RDONLY), out_fd;
	ssize_t n = read(in_fd, octets, sizeof(octets));

	close(in_fd);
	out_fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0640);
	CU_ASSERT_EQUAL(write(out_fd, octets, (size_t)n), n);
	close(out_fd);
}

static void
an_old_copy_in_its_place_is_seen(void)
{
	char old[128], old_witness[128];

	snprintf(old, sizeof(old), "%s/old", there);
	snprintf(old_witness, sizeof(old_witness), "%s/old.witness", there);
	copy_file(in(here, "ledger"), old);
	copy_file(in(here, "ledger.witness"), old_witness);
	open_at(3000, true);
	CU_ASSERT_EQUAL(spend(3000), 0);
	book_close(&b);
	copy_file(old, in(here, "ledger"));
	copy_file(old_witness, in(here, "ledger.witness"));
	CU_ASSERT_EQUAL(open_at(3010, true), BOOK_MENDED);
	CU_ASSERT_EQUAL(l.total, 11);
	CU_ASSERT_EQUAL(ledger_when(&l, line, at(3010)).ns, at(3064).ns);
	/* and from then on all is well */
	CU_ASSERT_EQUAL(spend(3064), 0);
	book_close(&b);
	CU_ASSERT_EQUAL(open_at(3070, true), BOOK_GOOD);
	CU_ASSERT_EQUAL(l.total, 12);
}

static void
a_link_in_its_place_is_put_out_of_the_way(void)
{
	char target[128];

	snprintf(target, sizeof(target), "%s/target", there);
	copy_file(in(here, "ledger"), target);
	unlink(in(here, "ledger"));
	CU_ASSERT_EQUAL(symlink(target, in(here, "ledger")), 0);
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_MENDED);
	CU_ASSERT_PTR_NOT_NULL(strstr(why.text, "set aside"));
	CU_ASSERT_EQUAL(l.total, 10);
	CU_ASSERT_STRING_EQUAL(b.dir, here);
	CU_ASSERT_TRUE(set_aside());
	CU_ASSERT_FALSE(ledger_is_frugal(&l, at(2010)));
}

static void
both_gone_while_other_state_is_there_is_a_loss(void)
{
	lose_all();
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_LOST);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2010)));
	CU_ASSERT_NOT_EQUAL(why.text[0], '\0');
	/* and with nothing there at all it is a first start */
	book_close(&b);
	lose_all();
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
	unlink(in(there, "ledger.witness"));
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
	CU_ASSERT_EQUAL(truncate(in(there, "ledger.witness"), 0), 0);
	CU_ASSERT_EQUAL(open_at(2010, false), BOOK_LOST);
}

/* Nobody can write in a directory that is none, whoever he is. */
static void
a_place_that_cannot_be_written_has_a_second(void)
{
	char was[64];

	strcpy(was, here);
	strcat(here, "/none");
	unlink(in(there, "ledger.witness"));
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_ELSEWHERE);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2010)));
	CU_ASSERT_STRING_EQUAL(b.dir, there);
	CU_ASSERT_EQUAL(spend(2010), 0);
	book_close(&b);
	/* a crash loop there is remembered, too */
	open_at(2020, true);
	CU_ASSERT_EQUAL(l.total, 1);
	CU_ASSERT_FALSE(ledger_spend(&l, line, at(2020)));
	strcpy(here, was);
}

/* make() makes something else in the place of the ledger and its witness. */
static void
put_out_of_the_way(int (*make)(const char *path, mode_t mode))
{
	lose_all();
	CU_ASSERT_EQUAL(make(in(here, "ledger"), 0700), 0);
	CU_ASSERT_EQUAL(make(in(here, "ledger.witness"), 0700), 0);
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_LOST);
	CU_ASSERT_TRUE(ledger_is_frugal(&l, at(2010)));
	CU_ASSERT_STRING_EQUAL(b.dir, here);
	CU_ASSERT_TRUE(set_aside());
	CU_ASSERT_EQUAL(spend(2010), 0);
}

static void
a_directory_in_its_place_is_put_out_of_the_way(void)
{
	put_out_of_the_way(mkdir);
}

static void
a_pipe_in_its_place_is_put_out_of_the_way(void)
{
	put_out_of_the_way(mkfifo);
}

static void
a_pipe_beside_a_witness_that_is_well_is_put_out_of_the_way(void)
{
	unlink(in(here, "ledger"));
	CU_ASSERT_EQUAL(mkfifo(in(here, "ledger"), 0600), 0);
	CU_ASSERT_EQUAL(open_at(2010, true), BOOK_MENDED);
	CU_ASSERT_EQUAL(l.total, 10);
	CU_ASSERT_STRING_EQUAL(b.dir, here);
	CU_ASSERT_TRUE(set_aside());
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
	{ "the copy outlives both", the_copy_outlives_both },
	{ "an old copy in its place is seen",
	    an_old_copy_in_its_place_is_seen },
	{ "a link in its place is put out of the way",
	    a_link_in_its_place_is_put_out_of_the_way },
	{ "both gone, while other state is there, is a loss",
	    both_gone_while_other_state_is_there_is_a_loss },
	{ "damage is set aside, and a frugal day begins",
	    damage_is_set_aside_and_a_frugal_day_begins },
	{ "an empty file is damage", an_empty_file_is_damage },
	{ "a place that cannot be written has a second",
	    a_place_that_cannot_be_written_has_a_second },
	{ "a directory in its place is put out of the way",
	    a_directory_in_its_place_is_put_out_of_the_way },
	{ "a pipe in its place is put out of the way",
	    a_pipe_in_its_place_is_put_out_of_the_way },
	{ "a pipe beside a witness that is well is put out of the way",
	    a_pipe_beside_a_witness_that_is_well_is_put_out_of_the_way },
	{ "nowhere to write is nowhere", nowhere_to_write_is_nowhere },
	{ "this boot has a name", this_boot_has_a_name },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_book = { "sys/book", NULL, NULL, setup, teardown, tests };
