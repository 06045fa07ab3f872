/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/rng.h"
#include "view/mib_parts.h"

#include "made.h"
#include "peek.h"

#include <string.h>

static struct snapshot s;
static struct mib_world w;
static struct mib_host host[MIB_HOSTS];

static void
setup(void)
{
	s = made_paired();
	w = peek_world(&s);
	w.hosts = 2;
	w.host = host;
}

/* ---- names */

static void
names_are_compared_id_by_id_and_the_shorter_comes_first(void)
{
	struct mib_oid a = { 2, { 1, 3 } }, b = { 3, { 1, 3, 0 } },
		       c = { 2, { 1, 4 } };

	CU_ASSERT_EQUAL(mib_compare(&a, &a), 0);
	CU_ASSERT(mib_compare(&a, &b) < 0);
	CU_ASSERT(mib_compare(&b, &a) > 0);
	CU_ASSERT(mib_compare(&b, &c) < 0);
	CU_ASSERT(mib_compare(&c, &b) > 0);
}

static void
a_large_id_is_no_negative_one(void)
{
	struct mib_oid a = { 1, { 1 } }, b = { 1, { UINT32_MAX } };

	CU_ASSERT(mib_compare(&a, &b) < 0);
}

/* mib-2 is 1.3.6.1.2.1; net-snmp's playpen 1.3.6.1.4.1.8072.9999.9999 */
static void
the_roots_are_where_the_documents_say(void)
{
	char text[PEEK_TEXT];

	CU_ASSERT_STRING_EQUAL(peek_print(mib_root(0), text),
	    "1.3.6.1.2.1.197");
	CU_ASSERT_STRING_EQUAL(peek_print(mib_root(1), text),
	    "1.3.6.1.4.1.8072.9999.9999.123");
}

/* ---- a walk */

/* "ntp.1.1.1-7.0": an object a number, the instance last. */
static const struct {
	const char *group;
	unsigned first, last;
	const char *rows;
} all[] = {
	{ "ntp.1.1", 1, 7, "0" },
	{ "ntp.1.2", 1, 16, "0" },
	{ "ntp.1.2.17.1", 2, 3, "123456" },
	{ "ntp.1.3.1.1", 2, 10, "123459" },
	{ "ntp.1.3.2.1", 1, 3, "123459" },
	{ "ntp.1.4", 1, 2, "0" },
	{ "own.1.1", 1, 14, "0" },
	{ "own.1.2", 1, 8, "0" },
	{ "own.1.3.1.1", 2, 19, "12345" },
	{ "own.1.4", 1, 6, "0" },
	{ "own.1.5", 1, 9, "0" },
	{ "own.1.6", 1, 2, "0" },
	{ "own.1.6.3.1", 2, 7, "12" },
};

#define ALL (sizeof(all) / sizeof(all[0]))

/* The k-th instance of the list; false: there are no more. */
static bool
listed(unsigned k, struct mib_oid *o)
{
	for (size_t i = 0; i < ALL; i++) {
		unsigned rows = (unsigned)strlen(all[i].rows);
		unsigned n = (all[i].last - all[i].first + 1) * rows;

		if (k < n) {
			*o = peek_name(all[i].group);
			o->id[o->len++] = all[i].first + k / rows;
			o->id[o->len++] =
			    (uint32_t)(all[i].rows[k % rows] - '0');
			return true;
		}
		k -= n;
	}
	return false;
}

static void
a_walk_sees_every_instance_in_order(void)
{
	struct mib_oid at = { 1, { 1 } }, wanted;
	struct mib_value v;
	char is[PEEK_TEXT], should[PEEK_TEXT];
	unsigned k = 0;

	for (; mib_next(&w, &at, &at, &v); k++) {
		CU_ASSERT_TRUE_FATAL(listed(k, &wanted));
		CU_ASSERT_STRING_EQUAL(peek_print(&at, is),
		    peek_print(&wanted, should));
	}
	CU_ASSERT_FALSE(listed(k, &wanted));
}

static void
get_says_what_the_walk_said(void)
{
	struct mib_oid at = { 1, { 1 } };
	struct mib_value v, again;

	while (mib_next(&w, &at, &at, &v)) {
		CU_ASSERT_TRUE_FATAL(mib_get(&w, &at, &again));
		CU_ASSERT_EQUAL(v.type, again.type);
		CU_ASSERT_EQUAL(v.number, again.number);
		CU_ASSERT_EQUAL(v.len, again.len);
		CU_ASSERT_EQUAL(memcmp(v.octets, again.octets, v.len), 0);
	}
}

static unsigned
below(struct rng *r, unsigned n)
{
	return (unsigned)(rng_u64(r) % n);
}

/* At random, half of them near our roots. */
static struct mib_oid
any_name(struct rng *r)
{
	struct mib_oid o = { 0 };

	if (below(r, 2) == 0)
		o = *mib_root(below(r, 2));
	for (unsigned n = below(r, 9); n > 0; n--)
		o.id[o.len++] = below(r, below(r, 16) == 0 ? UINT32_MAX : 20);
	return o;
}

static void
next_is_always_behind_and_there(void)
{
	struct rng r;
	unsigned found = 0;

	rng_init(&r, unit_seed);
	for (unsigned i = 0; i < 20000; i++) {
		struct mib_oid o = any_name(&r), next;
		struct mib_value v;

		if (!mib_next(&w, &o, &next, &v))
			continue;
		found++;
		CU_ASSERT_TRUE_FATAL(mib_compare(&next, &o) > 0);
		CU_ASSERT_TRUE_FATAL(mib_get(&w, &next, &v));
	}
	CU_ASSERT(found > 1000);
}

static void
the_last_instance_has_none_behind_it(void)
{
	struct mib_oid o = peek_name("own.1.6.3.1.7.2"), next;
	struct mib_value v;

	CU_ASSERT_TRUE(mib_get(&w, &o, &v));
	CU_ASSERT_FALSE(mib_next(&w, &o, &next, &v));
}

static void
an_object_without_its_instance_is_none(void)
{
	CU_ASSERT_TRUE(peek_has(&w, "ntp.1.2.1.0"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.2.1"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.2.1.1"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.2.1.0.0"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.3.1.1.2.0"));
}

static void
an_index_cannot_be_read(void)
{
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.2.17.1.1.3"));
	CU_ASSERT_FALSE(peek_has(&w, "ntp.1.3.1.1.1.1"));
	CU_ASSERT_FALSE(peek_has(&w, "own.1.3.1.1.1.1"));
	CU_ASSERT_FALSE(peek_has(&w, "own.1.6.3.1.1.1"));
}

/* A counter that is not known is no 0: a graph would have a cliff. */
static void
without_a_snapshot_little_is_there(void)
{
	static const char *const there[] = { "ntp.1.1.1.0", "ntp.1.1.2.0",
		"ntp.1.1.3.0", "ntp.1.1.4.0", "ntp.1.1.5.0", "ntp.1.2.1.0",
		"ntp.1.2.2.0", "ntp.1.2.3.0", "ntp.1.2.4.0", "ntp.1.2.9.0",
		"ntp.1.2.16.0", "ntp.1.4.1.0", "ntp.1.4.2.0" };
	struct mib_oid at = { 1, { 1 } }, wanted;
	struct mib_value v;
	unsigned k = 0;

	w.s = NULL;
	for (; mib_next(&w, &at, &at, &v); k++) {
		CU_ASSERT_FATAL(k < sizeof(there) / sizeof(there[0]));
		wanted = peek_name(there[k]);
		CU_ASSERT_EQUAL(mib_compare(&at, &wanted), 0);
	}
	CU_ASSERT_EQUAL(k, sizeof(there) / sizeof(there[0]));
}

static void
each_leaf_is_listed_once_and_with_the_type_of_its_values(void)
{
	struct mib_oid name, next;
	enum mib_type type;
	struct mib_value v;
	unsigned n = 0;

	for (; mib_leaf(n, &name, &type); n++) {
		CU_ASSERT_TRUE_FATAL(mib_next(&w, &name, &next, &v));
		CU_ASSERT_EQUAL(type, v.type);
		next.len = name.len;
		CU_ASSERT_EQUAL(mib_compare(&name, &next), 0);
	}
	CU_ASSERT_EQUAL(n,
	    7 + 16 + 2 + 9 + 3 + 2 + 14 + 8 + 18 + 6 + 9 + 2 + 6);
}

/* ---- SET */

static enum mib_refusal
set(const char *name, struct mib_value v)
{
	struct mib_oid o = peek_name(name);

	return mib_set(&peek_kept, &o, &v);
}

static struct mib_value
octets(const char *text, size_t len)
{
	struct mib_value v = { .type = MIB_OCTETS, .len = len };

	memcpy(v.octets, text, len);
	return v;
}

#define UNSIGNED(n) ((struct mib_value){ .type = MIB_UNSIGNED, .number = (n) })

static void
at_first_all_are_wanted_but_the_heartbeat(void)
{
	CU_ASSERT_EQUAL(peek_kept.heartbeat_s, 60);
	CU_ASSERT_EQUAL(peek_kept.notifications, 0);
	/* bits 1 to 7 of 0 to 8, bit 0 first */
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.4.2.0"), "7f:00");
}

static void
the_interval_is_set_and_read(void)
{
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", UNSIGNED(300)), MIB_SET);
	CU_ASSERT_EQUAL(peek_kept.heartbeat_s, 300);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.4.1.0"), 300);
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", UNSIGNED(UINT32_MAX)), MIB_SET);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.4.1.0"), UINT32_MAX);
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", UNSIGNED(0)), MIB_SET);
	CU_ASSERT_EQUAL(peek_kept.heartbeat_s, 0);
}

static void
an_interval_of_another_type_is_refused(void)
{
	struct mib_value v = UNSIGNED(300);

	v.type = MIB_INTEGER;
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", v), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", octets("x", 1)), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", UNSIGNED(-1)), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("ntp.1.4.1.0", UNSIGNED(INT64_C(1) << 32)),
	    MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(peek_kept.heartbeat_s, 60);
}

/* 0x40: bit 1, mode; 0x80 of the second octet: bit 8, heartbeat */
static void
the_bits_are_set_and_read(void)
{
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", octets("\x40\x80", 2)), MIB_SET);
	CU_ASSERT_EQUAL(peek_kept.bits,
	    1u << MIB_MODE_CHANGE | 1u << MIB_HEARTBEAT);
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.4.2.0"), "40:80");
}

static void
bits_may_be_shorter_or_longer(void)
{
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", octets("\x20", 1)), MIB_SET);
	CU_ASSERT_EQUAL(peek_kept.bits, 1u << MIB_STRATUM_CHANGE);
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", octets("\x10\0\0", 3)), MIB_SET);
	CU_ASSERT_EQUAL(peek_kept.bits, 1u << MIB_SYSPEER_CHANGED);
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", octets("", 0)), MIB_SET);
	CU_ASSERT_EQUAL(peek_kept.bits, 0);
}

static void
bits_that_mean_nothing_are_refused(void)
{
	uint16_t before = peek_kept.bits;
	struct mib_value v = octets("", 0);

	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", octets("\x40\x40", 2)),
	    MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", octets("\x40\0\x01", 3)),
	    MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", UNSIGNED(1)), MIB_WRONG_TYPE);
	v.len = MIB_OCTETS_MAX + 1;
	CU_ASSERT_EQUAL(set("ntp.1.4.2.0", v), MIB_WRONG_LENGTH);
	CU_ASSERT_EQUAL(peek_kept.bits, before);
}

static void
nothing_else_can_be_written(void)
{
	struct mib_oid at = { 1, { 1 } };
	struct mib_value v;
	unsigned writable = 0;

	while (mib_next(&w, &at, &at, &v))
		writable += mib_set(&peek_kept, &at, &v) != MIB_NOT_WRITABLE;
	CU_ASSERT_EQUAL(writable, 2);
	CU_ASSERT_EQUAL(set("ntp.1.4.1", UNSIGNED(1)), MIB_NOT_WRITABLE);
	CU_ASSERT_EQUAL(set("ntp.1.4.3.0", UNSIGNED(1)), MIB_NOT_WRITABLE);
}

static CU_TestInfo tests[] = {
	{ "names are compared id by id and the shorter comes first",
	    names_are_compared_id_by_id_and_the_shorter_comes_first },
	{ "a large id is no negative one", a_large_id_is_no_negative_one },
	{ "the roots are where the documents say",
	    the_roots_are_where_the_documents_say },
	{ "a walk sees every instance in order",
	    a_walk_sees_every_instance_in_order },
	{ "get says what the walk said", get_says_what_the_walk_said },
	{ "next is always behind and there", next_is_always_behind_and_there },
	{ "the last instance has none behind it",
	    the_last_instance_has_none_behind_it },
	{ "an object without its instance is none",
	    an_object_without_its_instance_is_none },
	{ "an index cannot be read", an_index_cannot_be_read },
	{ "without a snapshot little is there",
	    without_a_snapshot_little_is_there },
	{ "each leaf is listed once and with the type of its values",
	    each_leaf_is_listed_once_and_with_the_type_of_its_values },
	{ "at first all are wanted but the heartbeat",
	    at_first_all_are_wanted_but_the_heartbeat },
	{ "the interval is set and read", the_interval_is_set_and_read },
	{ "an interval of another type is refused",
	    an_interval_of_another_type_is_refused },
	{ "the bits are set and read", the_bits_are_set_and_read },
	{ "bits may be shorter or longer", bits_may_be_shorter_or_longer },
	{ "bits that mean nothing are refused",
	    bits_that_mean_nothing_are_refused },
	{ "nothing else can be written", nothing_else_can_be_written },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib = { "view/mib", NULL, NULL, setup, NULL, tests };
