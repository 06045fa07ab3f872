/* SPDX-License-Identifier: ISC */
#include "sys/board.h"
#include "unit.h"

#include <pthread.h>
#include <string.h>

static struct board board;

static void
setup(void)
{
	memset(&board, 0, sizeof(board));
}

static void
an_empty_board_says_so(void)
{
	char notice[16] = "something else";

	CU_ASSERT_FALSE(board_read(&board, notice, sizeof(notice)));
	CU_ASSERT_STRING_EQUAL(notice, "");
}

static void
the_latest_notice_is_read(void)
{
	char notice[8];

	board_write(&board, "before", 7);
	board_write(&board, "after!", 7);
	CU_ASSERT_TRUE(board_read(&board, notice, 7));
	CU_ASSERT_STRING_EQUAL(notice, "after!");
}

static void
the_longest_notice_fits(void)
{
	static uint8_t in[BOARD_MAX], out[BOARD_MAX];

	memset(in, 0x5a, sizeof(in));
	in[BOARD_MAX - 1] = 1;
	board_write(&board, in, sizeof(in));
	CU_ASSERT_TRUE(board_read(&board, out, sizeof(out)));
	CU_ASSERT_EQUAL(memcmp(in, out, sizeof(in)), 0);
}

static void
a_board_in_use_since_ever_is_not_empty(void)
{
	char notice[4];

	atomic_store(&board.sequence, UINT32_MAX - 1); /* the next is 2^32 */
	board_write(&board, "yes", 4);
	CU_ASSERT_TRUE(board_read(&board, notice, 4));
	CU_ASSERT_STRING_EQUAL(notice, "yes");
}

/* 5000 notices whose octets are all the same. */
static void *
write_much(void *arg)
{
	uint8_t notice[BOARD_MAX];

	for (int i = 1; i <= 5000; i++) {
		memset(notice, i % 250 + 1, sizeof(notice));
		board_write(arg, notice, sizeof(notice));
	}
	memset(notice, 255, sizeof(notice));
	board_write(arg, notice, sizeof(notice));
	return NULL;
}

static void
a_reader_never_sees_half_a_notice(void)
{
	uint8_t notice[BOARD_MAX];
	pthread_t writer;
	unsigned torn = 0;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&writer, NULL, write_much, &board),
	    0);
	do {
		board_read(&board, notice, sizeof(notice));
		torn += memcmp(notice, notice + 1, sizeof(notice) - 1) != 0;
	} while (notice[0] != 255);
	pthread_join(writer, NULL);
	CU_ASSERT_EQUAL(torn, 0);
}

static CU_TestInfo tests[] = {
	{ "an empty board says so", an_empty_board_says_so },
	{ "the latest notice is read", the_latest_notice_is_read },
	{ "the longest notice fits", the_longest_notice_fits },
	{ "a board in use since ever is not empty",
	    a_board_in_use_since_ever_is_not_empty },
	{ "a reader never sees half a notice",
	    a_reader_never_sees_half_a_notice },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_board = { "sys/board", NULL, NULL, setup, NULL, tests };
