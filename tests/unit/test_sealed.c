/* SPDX-License-Identifier: ISC */
#include "base/sealed.h"

#include "unit.h"

#include <string.h>

static const struct sealed kind = { "a letter", "let\0", 4, 3 };
static uint8_t octets[64];
static size_t len;
static struct err e;

/* A letter that says 0x2a. */
static void
setup(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };

	sealed_begin(&w, &kind);
	wire_put_u8(&w, 0x2a);
	sealed_end(&w, octets);
	len = (size_t)(w.at - octets);
}

/* What is in it, or -1. */
static int
open_first(size_t n)
{
	struct wire w = { .at = octets, .left = n };

	e.text[0] = '\0';
	if (sealed_open(&w, &kind, &e) == -1)
		return -1;
	CU_ASSERT_EQUAL(w.left, n - 4 - 1 - SEALED_SUM);
	return wire_u8(&w);
}

/* FNV-1a of 6c 65 74 00 03 2a, worked with another program. */
static void
it_is_a_name_a_version_and_a_checksum_at_the_end(void)
{
	static const uint8_t want[] = { 'l', 'e', 't', 0, 3, 0x2a, 0x46, 0x3e,
		0x9b, 0x18, 0x7d, 0x5c, 0xd7, 0xe7 };

	CU_ASSERT_EQUAL_FATAL(len, sizeof(want));
	CU_ASSERT_EQUAL(memcmp(octets, want, len), 0);
}

static void
what_was_put_in_comes_out(void)
{
	CU_ASSERT_EQUAL(open_first(len), 0x2a);
}

static void
nothing_can_be_in_it(void)
{
	struct wire_out w = { .at = octets, .left = sizeof(octets) };
	struct wire in = { .at = octets, .left = 4 + 1 + SEALED_SUM };

	sealed_begin(&w, &kind);
	sealed_end(&w, octets);
	CU_ASSERT_EQUAL(sealed_open(&in, &kind, &e), 0);
	CU_ASSERT_EQUAL(in.left, 0);
	CU_ASSERT_FALSE(in.bad);
}

static void
what_has_no_room_is_bad(void)
{
	for (size_t room = 0; room < 4 + 1 + SEALED_SUM; room++) {
		struct wire_out w = { .at = octets, .left = room };

		sealed_begin(&w, &kind);
		sealed_end(&w, octets);
		CU_ASSERT_TRUE(w.bad);
	}
}

static void
a_bit_anywhere_is_noticed(void)
{
	for (size_t bit = 0; bit < 8 * len; bit++) {
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_EQUAL(open_first(len), -1);
		CU_ASSERT_NOT_EQUAL(e.text[0], '\0');
		octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void
a_cut_anywhere_is_noticed_and_so_is_what_goes_on(void)
{
	for (size_t n = 0; n < len; n++) {
		CU_ASSERT_EQUAL(open_first(n), -1);
		CU_ASSERT_PTR_NOT_NULL(strstr(e.text, "cut short"));
	}
	CU_ASSERT_EQUAL(open_first(len + 1), -1);
}

static void
what_cannot_be_opened_stays_as_it_was(void)
{
	struct wire w = { .at = octets, .left = len };

	octets[5] = 0x2b;
	CU_ASSERT_EQUAL(sealed_open(&w, &kind, &e), -1);
	CU_ASSERT_PTR_EQUAL(w.at, octets);
	CU_ASSERT_EQUAL(w.left, len);
}

static void
something_else_is_called_so(void)
{
	octets[3] = 'x';
	CU_ASSERT_EQUAL(open_first(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "not a letter");
}

/* Before its checksum is: that may be another, too. */
static void
another_version_is_named(void)
{
	octets[4] = 7;
	CU_ASSERT_EQUAL(open_first(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "of version 7, this program reads 3");
}

static void
damage_is_called_so(void)
{
	octets[5] = 0x2b;
	CU_ASSERT_EQUAL(open_first(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text,
	    "cut short or damaged: its checksum is wrong");
}

static CU_TestInfo tests[] = {
	{ "it is a name, a version, and a checksum at the end",
	    it_is_a_name_a_version_and_a_checksum_at_the_end },
	{ "what was put in comes out", what_was_put_in_comes_out },
	{ "nothing can be in it", nothing_can_be_in_it },
	{ "what has no room is bad", what_has_no_room_is_bad },
	{ "a bit anywhere is noticed", a_bit_anywhere_is_noticed },
	{ "a cut anywhere is noticed, and so is what goes on",
	    a_cut_anywhere_is_noticed_and_so_is_what_goes_on },
	{ "what cannot be opened stays as it was",
	    what_cannot_be_opened_stays_as_it_was },
	{ "something else is called so", something_else_is_called_so },
	{ "another version is named", another_version_is_named },
	{ "damage is called so", damage_is_called_so },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_sealed = { "base/sealed", NULL, NULL, setup, NULL, tests };
