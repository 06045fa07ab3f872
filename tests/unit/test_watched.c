/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/fnv.h"
#include "core/diagnose.h"
#include "view/watched.h"

#include <stdlib.h>
#include <string.h>

#define FLOOD (1u << DIAGNOSE_FLOOD)
#define CRON (1u << DIAGNOSE_CRON)
#define ROGUE (1u << DIAGNOSE_HARD_CODED)
#define HEAD 36	 /* octets before the sick: frame, boot and two instants */
#define ENTRY 28 /* octets of a host */
#define DAY 86400.0

static struct watched w, other;
static uint8_t octets[WATCHED_OCTETS_MAX], again[WATCHED_OCTETS_MAX];
static struct watched_moment at;
static struct addr sick, healed, rogue;
static struct err e;

static struct addr
v4(uint8_t c, uint8_t d)
{
	return addr_v4((uint8_t[4]){ 10, 0, c, d });
}

static struct watched_host *
add(enum watched_kind k, const struct addr *a, unsigned words, double age_s)
{
	struct watched_host *h =
	    watched_place(&w.of[k], a, mono_add(at.now, -age_s));

	h->words = words;
	h->named = true;
	return h;
}

/* Two sick hosts, one of them well at the last two looks, and a rogue that
 * was sick before. */
static void
setup(void)
{
	memset(&w, 0, sizeof(w));
	memset(&other, 0, sizeof(other));
	at = (struct watched_moment){ 7, { INT64_C(5000000000000) },
		{ INT64_C(1794484800000000000) } };
	sick = v4(0, 1);
	healed = v4(0, 2);
	addr_parse(&rogue, "2001:db8::3");
	add(WATCHED_SICK, &sick, FLOOD | CRON, 100);
	add(WATCHED_SICK, &healed, CRON, 2000)->well = 2;
	add(WATCHED_ROGUES, &rogue, ROGUE, 50);
	e.text[0] = '\0';
}

static size_t
written(void)
{
	return watched_write(&w, &at, octets);
}

/* By who comes so many seconds later. */
static int
read_later(size_t len, double s, bool same_boot)
{
	struct watched_moment m = { same_boot ? at.boot : 8,
		same_boot ? mono_add(at.now, s) : (struct mono){ 90000000000 },
		wall_add(at.wall, s) };
	int rc = watched_read(&other, &m, octets, len, &e);

	at.now = m.now;
	return rc;
}

static bool
empty(const struct watched *l)
{
	return l->of[WATCHED_SICK].count == 0 &&
	    l->of[WATCHED_ROGUES].count == 0;
}

/* How long the sick host of the setup has been so for who read. */
static double
sick_for(void)
{
	const struct watched_host *h =
	    watched_find(&other.of[WATCHED_SICK], &sick);

	CU_ASSERT_PTR_NOT_NULL_FATAL(h);
	return mono_sub(at.now, h->since);
}

/* ---- who is in it */

static void
a_host_has_one_place(void)
{
	struct watched_list *l = &w.of[WATCHED_SICK];

	CU_ASSERT_PTR_EQUAL(watched_place(l, &sick, at.now),
	    watched_find(l, &sick));
	CU_ASSERT_EQUAL(l->count, 2);
	CU_ASSERT_DOUBLE_EQUAL(mono_sub(at.now, watched_find(l, &sick)->since),
	    100, 1e-9);
}

static void
a_new_host_is_of_now_and_was_told_nothing(void)
{
	struct addr a = v4(0, 9);
	const struct watched_host *h =
	    watched_place(&w.of[WATCHED_SICK], &a, at.now);

	CU_ASSERT_EQUAL(h->words, 0);
	CU_ASSERT_FALSE(h->named);
	CU_ASSERT_EQUAL(h->since.ns, at.now.ns);
}

static void
the_kinds_have_lists_of_their_own(void)
{
	CU_ASSERT_PTR_NULL(watched_find(&w.of[WATCHED_SICK], &rogue));
	CU_ASSERT_PTR_NOT_NULL(watched_find(&w.of[WATCHED_ROGUES], &rogue));
	CU_ASSERT_EQUAL(watched_words(WATCHED_ROGUES), ROGUE);
	CU_ASSERT_EQUAL(watched_words(WATCHED_SICK) & ROGUE, 0);
	CU_ASSERT_EQUAL(watched_words(WATCHED_SICK) & FLOOD, FLOOD);
}

static void
who_is_dropped_is_not_watched_and_the_others_are(void)
{
	struct watched_list *l = &w.of[WATCHED_SICK];

	watched_drop(l, 0);
	CU_ASSERT_EQUAL(l->count, 1);
	CU_ASSERT_PTR_NULL(watched_find(l, &sick));
	CU_ASSERT_PTR_NOT_NULL(watched_find(l, &healed));
	watched_drop(l, 0);
	CU_ASSERT_EQUAL(l->count, 0);
}

static void
fill(enum watched_kind k)
{
	for (unsigned i = w.of[k].count; i < WATCHED_HOSTS; i++) {
		struct addr a = v4((uint8_t)(1 + i / 250), (uint8_t)(i % 250));

		add(k, &a, watched_words(k), 1);
	}
}

static void
more_than_there_is_room_for_are_not_watched(void)
{
	struct watched_list *l = &w.of[WATCHED_SICK];
	struct addr a = v4(9, 9);

	fill(WATCHED_SICK);
	CU_ASSERT_EQUAL(l->count, WATCHED_HOSTS);
	CU_ASSERT_PTR_NULL(watched_place(l, &a, at.now));
	CU_ASSERT_PTR_NOT_NULL(watched_place(l, &sick, at.now));
}

/* ---- written and read */

/* The desk tells only words that are not there yet. */
static void
who_was_named_is_known_to_the_next_desk(void)
{
	const struct watched_host *h;

	CU_ASSERT_EQUAL_FATAL(read_later(written(), 1, true), 0);
	h = watched_find(&other.of[WATCHED_SICK], &sick);
	CU_ASSERT_PTR_NOT_NULL_FATAL(h);
	CU_ASSERT_EQUAL((FLOOD | CRON) & ~h->words, 0);
	CU_ASSERT_TRUE(h->named);
	CU_ASSERT_FALSE(h->found);
	h = watched_find(&other.of[WATCHED_ROGUES], &rogue);
	CU_ASSERT_PTR_NOT_NULL_FATAL(h);
	CU_ASSERT_EQUAL(h->words, ROGUE);
}

/* A reload each minute does not keep a host sick. */
static void
looks_that_found_it_well_are_not_lost(void)
{
	CU_ASSERT_EQUAL_FATAL(read_later(written(), 1, true), 0);
	CU_ASSERT_EQUAL(watched_find(&other.of[WATCHED_SICK], &healed)->well,
	    2);
	CU_ASSERT_EQUAL(watched_find(&other.of[WATCHED_SICK], &sick)->well, 0);
}

static void
who_was_not_told_yet_is_known_as_that(void)
{
	watched_find(&w.of[WATCHED_SICK], &sick)->named = false;
	CU_ASSERT_EQUAL_FATAL(read_later(written(), 1, true), 0);
	CU_ASSERT_FALSE(watched_find(&other.of[WATCHED_SICK], &sick)->named);
}

static void
who_has_no_word_is_not_kept(void)
{
	watched_find(&w.of[WATCHED_SICK], &sick)->words = 0;
	CU_ASSERT_EQUAL_FATAL(read_later(written(), 1, true), 0);
	CU_ASSERT_EQUAL(other.of[WATCHED_SICK].count, 1);
	CU_ASSERT_PTR_NULL(watched_find(&other.of[WATCHED_SICK], &sick));
}

static void
lists_without_hosts_are_lists_too(void)
{
	memset(&w, 0, sizeof(w));
	other.of[WATCHED_SICK].count = 1;
	CU_ASSERT_EQUAL(read_later(written(), 1, true), 0);
	CU_ASSERT_TRUE(empty(&other));
}

/* A day that the clock was wrong meanwhile does not count. */
static void
in_the_same_boot_the_raw_clock_says_how_long_it_is(void)
{
	size_t len = written();

	at.wall = wall_add(at.wall, 365 * DAY);
	CU_ASSERT_EQUAL_FATAL(read_later(len, 20, true), 0);
	CU_ASSERT_DOUBLE_EQUAL(sick_for(), 120, 1e-6);
}

static void
after_a_boot_the_time_does(void)
{
	CU_ASSERT_EQUAL_FATAL(read_later(written(), DAY, false), 0);
	CU_ASSERT_DOUBLE_EQUAL(sick_for(), DAY + 100, 1e-3);
}

static void
where_nobody_knows_the_boot_the_time_does(void)
{
	at.boot = 0;
	CU_ASSERT_EQUAL_FATAL(read_later(written(), DAY, true), 0);
	CU_ASSERT_DOUBLE_EQUAL(sick_for(), DAY + 100, 1e-3);
}

static void
a_clock_that_went_back_takes_nothing_away(void)
{
	CU_ASSERT_EQUAL_FATAL(read_later(written(), -DAY, false), 0);
	CU_ASSERT_DOUBLE_EQUAL(sick_for(), 100, 1e-6);
}

/* 36 before the lists, 2 x (2 + 256 x 28) of them, 8 behind. */
static void
the_fullest_lists_have_room(void)
{
	size_t len;

	fill(WATCHED_SICK);
	fill(WATCHED_ROGUES);
	len = written();
	CU_ASSERT_EQUAL(len, 14384);
	CU_ASSERT_EQUAL_FATAL(read_later(len, 0, true), 0);
	CU_ASSERT_EQUAL(other.of[WATCHED_SICK].count, WATCHED_HOSTS);
	CU_ASSERT_EQUAL(other.of[WATCHED_ROGUES].count, WATCHED_HOSTS);
	CU_ASSERT_EQUAL(watched_write(&other, &at, again), len);
	CU_ASSERT_EQUAL(memcmp(again, octets, len), 0);
}

/* ---- what is not to be believed */

static void
damage_is_found_wherever_it_is(void)
{
	size_t len = written();

	for (size_t i = 0; i < len; i++) {
		octets[i] ^= 0x10;
		CU_ASSERT_EQUAL(read_later(len, 0, true), -1);
		CU_ASSERT_TRUE(empty(&other));
		octets[i] ^= 0x10;
	}
}

static void
what_is_cut_is_refused_wherever_it_is(void)
{
	size_t len = written();

	for (size_t n = 0; n < len; n++)
		CU_ASSERT_EQUAL(read_later(n, 0, true), -1);
}

/* The checksum is made right again, as no accident does. */
static int
forged(size_t len)
{
	uint64_t sum = fnv(FNV_BEGIN, octets, len - 8);

	for (unsigned i = 0; i < 8; i++)
		octets[len - 8 + i] = (uint8_t)(sum >> (56 - 8 * i));
	return read_later(len, 0, true);
}

static void
another_version_is_named(void)
{
	size_t len = written();

	octets[11] = 2;
	CU_ASSERT_EQUAL(forged(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "of version 2, this program reads 1");
}

static void
refused(size_t len)
{
	CU_ASSERT_EQUAL(forged(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "damaged: no hosts that were watched");
	CU_ASSERT_TRUE(empty(&other));
}

static void
who_can_be_no_host_is_refused(void)
{
	static const char *const no_host[] = { "0.0.0.0", "224.0.1.1",
		"255.255.255.255", "::", "ff02::101" };
	size_t len = written();

	for (unsigned i = 0; i < 5; i++) {
		struct addr a;

		CU_ASSERT_TRUE_FATAL(addr_parse(&a, no_host[i]));
		addr_octets(&a, octets + HEAD + 2);
		refused(len);
	}
}

static void
a_host_that_is_there_twice_is_refused(void)
{
	size_t len = written();

	memcpy(octets + HEAD + 2 + ENTRY, octets + HEAD + 2, 16);
	refused(len);
}

/* Bits 0 to 5 are the sick's; 9 is the rogues'. */
static void
words_that_are_not_of_the_kind_are_refused(void)
{
	static const uint16_t words[] = { 0, 1u << 6, 1u << 9, 1u << 15 };
	size_t len = written();

	for (unsigned i = 0; i < 4; i++) {
		octets[HEAD + 2 + 16] = (uint8_t)(words[i] >> 8);
		octets[HEAD + 2 + 17] = (uint8_t)words[i];
		refused(len);
	}
}

static void
a_host_that_was_sick_after_the_writing_is_refused(void)
{
	size_t len = written();

	octets[HEAD + 2 + 20] = 0x7f;
	refused(len);
}

static void
more_hosts_than_there_is_room_for_are_refused(void)
{
	size_t len;

	fill(WATCHED_SICK);
	len = written();
	octets[HEAD] = 1;
	octets[HEAD + 1] = 1; /* 257 */
	refused(len);
}

static void
octets_behind_the_last_host_are_refused(void)
{
	refused(written() + 1);
}

/* Whatever stands in it: it is refused, or it is what can be written again.
 * The sanitizers look on. */
static void
any_octets_under_a_good_checksum_do_no_harm(void)
{
	unsigned good = 0;

	srand(7);
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = written();

		octets[12 + (size_t)rand() % (len - 20)] = (uint8_t)rand();
		if (forged(len) == -1) {
			CU_ASSERT_TRUE(empty(&other));
			continue;
		}
		good++;
		CU_ASSERT_EQUAL(watched_write(&other, &at, again), len);
	}
	CU_ASSERT(good > 1000);
}

/* What has ever been written stays readable: a change of these octets needs
 * another version. */
static void
the_octets_are_those_of_version_1(void)
{
	/* frame; boot, raw clock, time; one sick host, one rogue */
	static const uint8_t want[] = { 'n', 't', 'p', 'w', 'a', 't', 'c', 'h',
		'e', 'd', 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1, 0,
		0x18, 0xe7, 0x3a, 0xd7, 0x4b, 0x3d, 0, 0, 0, 1, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1, 0, 0x35, 3, 1, 0, 0, 0,
		0, 0, 0, 0, 9, 0, 1, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8 };
	struct watched_host *h;
	size_t len;

	memset(&w, 0, sizeof(w));
	at.now.ns = 256;
	at.wall.ns = 0x18e73ad74b3d0000;
	h = watched_place(&w.of[WATCHED_SICK], &sick, (struct mono){ 9 });
	h->words = 1u << DIAGNOSE_FLOOD | 1u << DIAGNOSE_CRON |
	    1u << DIAGNOSE_BAD_ORIGIN | 1u << DIAGNOSE_VERSION_1;
	h->well = 3;
	h->named = true;
	h = watched_place(&w.of[WATCHED_ROGUES], &rogue, (struct mono){ 8 });
	h->words = 1u << DIAGNOSE_HARD_CODED;
	len = written();
	CU_ASSERT_EQUAL_FATAL(len, sizeof(want) + 8);
	CU_ASSERT_EQUAL(memcmp(octets, want, sizeof(want)), 0);
}

static CU_TestInfo tests[] = {
	{ "a host has one place", a_host_has_one_place },
	{ "a new host is of now, and was told nothing",
	    a_new_host_is_of_now_and_was_told_nothing },
	{ "the kinds have lists of their own",
	    the_kinds_have_lists_of_their_own },
	{ "who is dropped is not watched, and the others are",
	    who_is_dropped_is_not_watched_and_the_others_are },
	{ "more than there is room for are not watched",
	    more_than_there_is_room_for_are_not_watched },
	{ "who was named is known to the next desk",
	    who_was_named_is_known_to_the_next_desk },
	{ "looks that found it well are not lost",
	    looks_that_found_it_well_are_not_lost },
	{ "who was not told yet is known as that",
	    who_was_not_told_yet_is_known_as_that },
	{ "who has no word is not kept", who_has_no_word_is_not_kept },
	{ "lists without hosts are lists, too",
	    lists_without_hosts_are_lists_too },
	{ "in the same boot the raw clock says how long it is",
	    in_the_same_boot_the_raw_clock_says_how_long_it_is },
	{ "after a boot the time does", after_a_boot_the_time_does },
	{ "where nobody knows the boot the time does",
	    where_nobody_knows_the_boot_the_time_does },
	{ "a clock that went back takes nothing away",
	    a_clock_that_went_back_takes_nothing_away },
	{ "the fullest lists have room", the_fullest_lists_have_room },
	{ "damage is found wherever it is", damage_is_found_wherever_it_is },
	{ "what is cut is refused wherever it is",
	    what_is_cut_is_refused_wherever_it_is },
	{ "another version is named", another_version_is_named },
	{ "who can be no host is refused", who_can_be_no_host_is_refused },
	{ "a host that is there twice is refused",
	    a_host_that_is_there_twice_is_refused },
	{ "words that are not of the kind are refused",
	    words_that_are_not_of_the_kind_are_refused },
	{ "a host that was sick after the writing is refused",
	    a_host_that_was_sick_after_the_writing_is_refused },
	{ "more hosts than there is room for are refused",
	    more_hosts_than_there_is_room_for_are_refused },
	{ "octets behind the last host are refused",
	    octets_behind_the_last_host_are_refused },
	{ "any octets under a good checksum do no harm",
	    any_octets_under_a_good_checksum_do_no_harm },
	{ "the octets are those of version 1",
	    the_octets_are_those_of_version_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_watched = { "view/watched", NULL, NULL, setup, NULL, tests };
