/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/fnv.h"
#include "base/text.h"
#include "view/month_record.h"

#include "made.h"

#include <stdlib.h>
#include <string.h>

static struct month_record r, other;
static struct snapshot s;
static uint8_t octets[MONTH_RECORD_MAX], again[MONTH_RECORD_MAX];
static struct err e;

/* Noon of 12 November 2026, and a minute before. */
static void
setup(void)
{
	month_init(&r);
	s = made_paired();
	s.started.ns = 77;
	s.at.ns = INT64_C(1794484800) * 1000000000;
	month_feed(&r, &s);
	s.at = wall_add(s.at, 60);
	s.uptime_s += 60;
	s.serve.answered += 100;
	s.upstream[1].sent += 3;
	month_feed(&r, &s);
	month_hosts(&r, 100, 200);
	month_event(&r, EVENT_SOURCE_SILENT, s.at, "host=ntp1.example.net x");
	month_event(&r, EVENT_CLOCK_HOLDOVER, s.at, "");
}

static void
what_is_written_is_read_back(void)
{
	size_t len = month_record_write(&r, octets);

	CU_ASSERT(len > 0 && len < 8192);
	CU_ASSERT_EQUAL_FATAL(month_record_read(&other, octets, len, &e), 0);
	CU_ASSERT_EQUAL(memcmp(&other, &r, sizeof(r)), 0);
	CU_ASSERT_EQUAL(month_record_write(&other, again), len);
	CU_ASSERT_EQUAL(memcmp(again, octets, len), 0);
}

static void
an_empty_record_is_one_too(void)
{
	size_t len;

	month_init(&r);
	len = month_record_write(&r, octets);
	CU_ASSERT_EQUAL(month_record_read(&other, octets, len, &e), 0);
	CU_ASSERT_EQUAL(month_latest(&other), 0);
}

static void
the_next_desk_goes_on_counting(void)
{
	size_t len = month_record_write(&r, octets);
	const struct month *m;

	CU_ASSERT_EQUAL_FATAL(month_record_read(&r, octets, len, &e), 0);
	m = month_find(&r, month_parse("2026-11"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	s.serve.answered += 7;
	s.uptime_s += 10;
	month_feed(&r, &s);
	CU_ASSERT_EQUAL(m->count[MONTH_ANSWERED], 107);
	CU_ASSERT_EQUAL(m->count[MONTH_SENT], 3);
	CU_ASSERT_DOUBLE_EQUAL(m->covered_s, 70, 1e-6);
}

/* Every place has the longest name, in every month. */
static void
the_fullest_record_has_room(void)
{
	static const char digits[] = "0123456789abcdefghij";
	size_t len;

	for (unsigned i = 0; i < MONTH_KEPT; i++) {
		struct month *m = &r.month[i];

		m->number = (int32_t)(MONTH_KEPT * 2000 + i);
		for (unsigned k = 0; k < MONTH_UPSTREAMS; k++) {
			memset(m->upstream[k].host, 'x', SOURCE_HOST_MAX - 1);
			m->upstream[k].host[0] = digits[k];
		}
		for (unsigned k = 0; k < MONTH_KINDS; k++) {
			m->incident[k].count = 9;
			for (unsigned n = 0; n < MONTH_SUBJECTS; n++)
				memset(m->incident[k].subject[n].name, 'y',
				    MONTH_SUBJECT - 1);
		}
	}
	for (unsigned i = 0; i < ENGINE_SOURCES; i++)
		memset(r.upstream[i].host, 'z', SOURCE_HOST_MAX - 1);
	len = month_record_write(&r, octets);
	CU_ASSERT(len > 0);
	CU_ASSERT_EQUAL(month_record_read(&other, octets, len, &e), 0);
	CU_ASSERT_EQUAL(memcmp(&other, &r, sizeof(r)), 0);
}

static void
damage_is_found_wherever_it_is(void)
{
	size_t len = month_record_write(&r, octets);

	for (size_t at = 0; at < len; at++) {
		octets[at] ^= 0x10;
		CU_ASSERT_EQUAL(month_record_read(&other, octets, len, &e), -1);
		CU_ASSERT_EQUAL(month_latest(&other), 0);
		octets[at] ^= 0x10;
	}
	CU_ASSERT_STRING_EQUAL(e.text,
	    "cut short or damaged: its checksum is wrong");
}

static void
what_is_cut_is_refused_wherever_it_is(void)
{
	size_t len = month_record_write(&r, octets);

	for (size_t n = 0; n < len; n++)
		CU_ASSERT_EQUAL(month_record_read(&other, octets, n, &e), -1);
}

/* The checksum is made right again, as no accident does. */
static int
forged(size_t len)
{
	uint64_t sum = fnv(FNV_BEGIN, octets, len - 8);

	for (unsigned i = 0; i < 8; i++)
		octets[len - 8 + i] = (uint8_t)(sum >> (56 - 8 * i));
	return month_record_read(&other, octets, len, &e);
}

static void
another_kind_of_file_and_another_version_are_named(void)
{
	size_t len = month_record_write(&r, octets);

	octets[0] ^= 1;
	CU_ASSERT_EQUAL(forged(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "not a record of months");
	octets[0] ^= 1;
	octets[11] = 9;
	CU_ASSERT_EQUAL(forged(len), -1);
	CU_ASSERT_STRING_EQUAL(e.text, "of version 9, this program reads 1");
}

/* Whatever stands in it: it is refused, or it is a record that can be fed and
 * written again.  The sanitizers look on. */
static void
any_octets_under_a_good_checksum_do_no_harm(void)
{
	size_t len = month_record_write(&r, octets), back;
	unsigned good = 0;

	srand(7);
	for (unsigned i = 0; i < 20000; i++) {
		size_t n = (size_t)rand() % (len - 20);

		month_record_write(&r, octets);
		octets[12 + n] = (uint8_t)rand();
		if (i % 3 == 0)
			octets[12 + (size_t)rand() % (len - 20)] ^= 0xff;
		if (forged(len) == -1) {
			CU_ASSERT_EQUAL(month_latest(&other), 0);
			continue;
		}
		good++;
		back = month_record_write(&other, again);
		CU_ASSERT(back > 0 && back <= len); /* a name may end early */
	}
	CU_ASSERT(good > 1000);
}

/* What has ever been written stays readable: a change of these octets needs
 * another version. */
static void
the_octets_are_those_of_version_1(void)
{
	struct month *m = &r.month[24322 % MONTH_KEPT];
	size_t len;

	month_init(&r);
	r.began.ns = 1;
	r.engine.ns = 77;
	r.uptime_s = 1000.5;
	r.upstream[0] = (struct month_base){ "ntp1.example.net", 3, 2, 1, 0.5 };
	m->number = 24322;
	m->count[0] = 4;
	m->spell[1] = (struct month_spell){ 60, 50, { 6 } };
	m->upstream[2] = (struct month_upstream){ "a", 7, 6, 5, 4, 3, 2, 1 };
	m->day[30] = (struct month_day){ 86400, 300, 100, 9, 5000 };
	m->incident[1] =
	    (struct month_incident){ 2, { 3 }, { 4 }, { { "b", 2, { 4 } } } };
	len = month_record_write(&r, octets);
	CU_ASSERT_EQUAL(len, 1979);
	CU_ASSERT_EQUAL(fnv(FNV_BEGIN, octets, len),
	    UINT64_C(0x96c4aadec44ee4a6));
}

static CU_TestInfo tests[] = {
	{ "what is written is read back", what_is_written_is_read_back },
	{ "an empty record is one, too", an_empty_record_is_one_too },
	{ "the next desk goes on counting", the_next_desk_goes_on_counting },
	{ "the fullest record has room", the_fullest_record_has_room },
	{ "damage is found wherever it is", damage_is_found_wherever_it_is },
	{ "what is cut is refused wherever it is",
	    what_is_cut_is_refused_wherever_it_is },
	{ "another kind of file and another version are named",
	    another_kind_of_file_and_another_version_are_named },
	{ "any octets under a good checksum do no harm",
	    any_octets_under_a_good_checksum_do_no_harm },
	{ "the octets are those of version 1",
	    the_octets_are_those_of_version_1 },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_month_record = { "view/month record", NULL, NULL, setup,
	NULL, tests };
