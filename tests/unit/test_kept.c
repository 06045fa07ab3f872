/* SPDX-License-Identifier: ISC */
#include "sys/file.h"
#include "sys/kept.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[32], path[64];
static struct err err;
static const struct mib_kept some = { .heartbeat_s = 3600,
	.bits = 0x1a2,
	.notifications = 4000000000u };

static void
setup(void)
{
	strcpy(dir, "/tmp/unit-kept.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/snmp", dir);
}

static void
teardown(void)
{
	unlink(path);
	rmdir(dir);
}

static bool
same(const struct mib_kept *a, const struct mib_kept *b)
{
	return a->heartbeat_s == b->heartbeat_s && a->bits == b->bits &&
	    a->notifications == b->notifications;
}

static void
what_was_written_is_read(void)
{
	struct mib_kept k;

	CU_ASSERT_EQUAL(kept_write(dir, &some, &err), 0);
	CU_ASSERT_EQUAL(kept_read(dir, &k, &err), 0);
	CU_ASSERT_TRUE(same(&k, &some));
}

static void
the_last_one_counts(void)
{
	struct mib_kept k = { .heartbeat_s = 1 };

	kept_write(dir, &k, &err);
	kept_write(dir, &some, &err);
	CU_ASSERT_EQUAL(kept_read(dir, &k, &err), 0);
	CU_ASSERT_TRUE(same(&k, &some));
}

static void
without_a_file_there_are_defaults(void)
{
	struct mib_kept k = some, first;

	mib_kept_init(&first);
	errno = 0;
	CU_ASSERT_EQUAL(kept_read(dir, &k, &err), -1);
	CU_ASSERT_EQUAL(errno, ENOENT);
	CU_ASSERT_TRUE(same(&k, &first));
}

/* Whatever single bit is wrong, and wherever it is cut. */
static void
damage_is_found_and_defaults_are_used(void)
{
	struct mib_kept k, first;
	struct err e;
	size_t len = 0;
	char *good;

	mib_kept_init(&first);
	kept_write(dir, &some, &err);
	good = file_read(path, 4096, &len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(good);
	for (size_t bit = 0; bit < 8 * len; bit++) {
		good[bit / 8] = (char)(good[bit / 8] ^ 1 << bit % 8);
		file_replace(dir, "snmp", good, len, &e);
		errno = 0;
		CU_ASSERT_EQUAL(kept_read(dir, &k, &err), -1);
		CU_ASSERT_EQUAL(errno, EBADMSG);
		CU_ASSERT_TRUE(same(&k, &first));
		good[bit / 8] = (char)(good[bit / 8] ^ 1 << bit % 8);
	}
	for (size_t n = 0; n < len; n++) {
		file_replace(dir, "snmp", good, n, &e);
		CU_ASSERT_EQUAL(kept_read(dir, &k, &err), -1);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/snmp: cut short"));
	free(good);
}

static void
a_file_that_goes_on_is_damaged(void)
{
	struct mib_kept k;
	char more[64] = "";
	size_t len = 0;
	char *good;

	kept_write(dir, &some, &err);
	good = file_read(path, 32, &len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(good);
	memcpy(more, good, len);
	free(good);
	file_replace(dir, "snmp", more, len + 1, &err);
	CU_ASSERT_EQUAL(kept_read(dir, &k, &err), -1);
}

static void
what_cannot_be_written_is_said_and_leaves_the_old_one(void)
{
	struct mib_kept k;

	kept_write(dir, &some, &err);
	CU_ASSERT_EQUAL(kept_write("/tmp/there/is/no/such", &k, &err), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/no/such/snmp"));
	CU_ASSERT_EQUAL(kept_read(dir, &k, &err), 0);
}

static void
the_octets_are_those_of_version_1(void)
{
	static const uint8_t octets[] = { 'n', 'g', 's', 'n', 0, 1, 0x01, 0xa2,
		0x00, 0x00, 0x0e, 0x10, 0xee, 0x6b, 0x28, 0x00, 0x1d, 0xbc,
		0xd2, 0x3f, 0xbf, 0xa5, 0x38, 0x0a };
	size_t len = 0;
	char *written;

	kept_write(dir, &some, &err);
	written = file_read(path, 4096, &len, &err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(written);
	CU_ASSERT_EQUAL_FATAL(len, sizeof(octets));
	CU_ASSERT_EQUAL(memcmp(written, octets, len), 0);
	free(written);
}

static CU_TestInfo tests[] = {
	{ "what was written is read", what_was_written_is_read },
	{ "the last one counts", the_last_one_counts },
	{ "without a file there are defaults",
	    without_a_file_there_are_defaults },
	{ "damage is found and defaults are used",
	    damage_is_found_and_defaults_are_used },
	{ "a file that goes on is damaged", a_file_that_goes_on_is_damaged },
	{ "what cannot be written is said and leaves the old one",
	    what_cannot_be_written_is_said_and_leaves_the_old_one },
	{ "the octets are those of version 1",
	    the_octets_are_those_of_version_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_kept = { "sys/kept", NULL, NULL, setup, teardown, tests };
