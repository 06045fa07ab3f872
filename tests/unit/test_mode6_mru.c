/* SPDX-License-Identifier: ISC */
#include "asker.h"
#include "guests.h"
#include "unit.h"
#include "view/mode6_parts.h"

#include <stdio.h>
#include <string.h>

static void
setup(void)
{
	asker_init();
	guests_init();
	guests_call(ROLL_BY_LAST, false, ROLL_MOST);
	asker.world.mru = &guests;
	asker.world.mru_at = asker.world.now;
}

/* With a nonce of its own. */
static unsigned
ask(const char *wish)
{
	char data[CTL_DATA + 1];

	snprintf(data, sizeof(data), "%s%s", asker_nonce(), wish);
	return asker_ask(CTL_READ_MRU, 0, data);
}

static unsigned
ask_with(const char *nonce)
{
	char data[CTL_DATA + 1];

	snprintf(data, sizeof(data), "%s, frags=4", nonce);
	return asker_ask(CTL_READ_MRU, 0, data);
}

static bool
is(const char *name, const char *want)
{
	const char *value = asker_value(name);

	return value != NULL && strcmp(value, want) == 0;
}

static void
the_oldest_comes_first(void)
{
	CU_ASSERT_EQUAL_FATAL(ask(", frags=4"), 2);
	CU_ASSERT_TRUE(is("addr.0", "10.0.0.1:0"));
	CU_ASSERT_TRUE(is("addr.1", "10.0.0.2:0"));
	CU_ASSERT_TRUE(is("addr.2", "[2001:db8::4]:0"));
	CU_ASSERT_TRUE(is("addr.3", "10.0.0.3:0"));
	CU_ASSERT_PTR_NULL(asker_value("addr.4"));
}

static void
the_end_is_told_with_the_time_and_the_newest(void)
{
	char newest[64];

	ask(", frags=4");
	CU_ASSERT_TRUE(is("now", "0xebe61680.00000000"));
	snprintf(newest, sizeof(newest), "%s", asker_value("last.3"));
	CU_ASSERT_TRUE(is("last.newest", newest));
}

static void
each_has_what_is_known_of_it(void)
{
	char last[64];
	unsigned high, low;

	ask(", frags=4");
	CU_ASSERT_TRUE(is("ct.0", "10"));
	CU_ASSERT_TRUE(is("ct.1", "1"));
	CU_ASSERT_TRUE(is("ct.3", "500"));
	/* Version 4 and mode 3: 4 * 8 + 3; version 1; a peer of version 3, mode 1. */
	CU_ASSERT_TRUE(is("mv.0", "35"));
	CU_ASSERT_TRUE(is("mv.3", "11"));
	CU_ASSERT_TRUE(is("mv.2", "25"));
	CU_ASSERT_TRUE(is("dr.0", "0"));
	/* 100 s before the present. */
	snprintf(last, sizeof(last), "%s", asker_value("last.0"));
	CU_ASSERT_EQUAL_FATAL(sscanf(last, "0x%8x.%8x", &high, &low), 2);
	CU_ASSERT_DOUBLE_EQUAL(high + low / 4294967296.0, 0xebe61680 - 100.0,
	    0.1);
}

static void
who_was_limited_is_marked(void)
{
	guests.row[0].view.limited = 3;
	guests.row[0].view.kisses = 1;
	guests.row[1].view.limited = 3;
	ask(", frags=4");
	CU_ASSERT_TRUE(is("rs.3", "0x420"));
	CU_ASSERT_TRUE(is("rs.2", "0x20"));
	CU_ASSERT_TRUE(is("rs.0", "0x0"));
}

static void
what_fits_comes_and_the_rest_on_demand(void)
{
	char more[256], addr[80], last[80];

	CU_ASSERT_EQUAL_FATAL(ask(", limit=2"), 1);
	CU_ASSERT_TRUE(is("addr.1", "10.0.0.2:0"));
	CU_ASSERT_PTR_NULL(asker_value("addr.2"));
	CU_ASSERT_PTR_NULL(asker_value("now")); /* not all */
	snprintf(addr, sizeof(addr), "%s", asker_value("addr.1"));
	snprintf(last, sizeof(last), "%s", asker_value("last.1"));
	snprintf(more, sizeof(more), ", frags=4, addr.0=%s, last.0=%s", addr,
	    last);
	CU_ASSERT_TRUE_FATAL(ask(more) >= 1);
	CU_ASSERT_TRUE(is("addr.older", addr));
	CU_ASSERT_TRUE(is("last.older", last));
	CU_ASSERT_TRUE(is("addr.0", "[2001:db8::4]:0"));
	CU_ASSERT_TRUE(is("addr.1", "10.0.0.3:0"));
	CU_ASSERT_PTR_NOT_NULL(asker_value("now"));
}

static void
a_second_host_that_is_known_will_do(void)
{
	char last[80], more[300];

	ask(", frags=4");
	snprintf(last, sizeof(last), "%s", asker_value("last.2"));
	snprintf(more, sizeof(more),
	    ", frags=4, addr.0=10.0.0.77:0, last.0=0xebe61680.00000000"
	    ", addr.1=[2001:db8::4]:0, last.1=%s",
	    last);
	CU_ASSERT_EQUAL_FATAL(ask(more), 1);
	CU_ASSERT_TRUE(is("addr.0", "10.0.0.3:0"));
}

static void
who_asked_again_since_is_no_place_to_go_on(void)
{
	CU_ASSERT_EQUAL_FATAL(ask(", frags=4, addr.0=10.0.0.1:0, last.0="
				  "0xebe61000.00000000"),
	    1);
	CU_ASSERT_TRUE(asker.head.error);
	CU_ASSERT_EQUAL(asker.head.status, CTL_UNKNOWN_VARIABLE << 8);
}

static void
the_most_recent_can_be_asked_for(void)
{
	CU_ASSERT_EQUAL_FATAL(ask(", frags=4, recent=2"), 1);
	CU_ASSERT_TRUE(is("addr.0", "[2001:db8::4]:0"));
	CU_ASSERT_TRUE(is("addr.1", "10.0.0.3:0"));
}

static void
counts_and_ages_can_be_asked_for(void)
{
	ask(", frags=4, mincount=10");
	CU_ASSERT_TRUE(is("addr.0", "10.0.0.1:0"));
	CU_ASSERT_TRUE(is("addr.1", "10.0.0.3:0"));
	ask(", frags=4, maxlstint=30");
	CU_ASSERT_TRUE(is("addr.0", "[2001:db8::4]:0"));
	ask(", frags=4, minlstint=70");
	CU_ASSERT_TRUE(is("addr.0", "10.0.0.1:0"));
	CU_ASSERT_PTR_NULL(asker_value("addr.1"));
	CU_ASSERT_PTR_NOT_NULL(asker_value("now"));
}

static void
a_filter_that_we_do_not_have_is_an_error(void)
{
	CU_ASSERT_EQUAL(ask(", frags=4, laddr=192.0.2.1"), 1);
	CU_ASSERT_EQUAL(asker.head.status, CTL_BAD_FORMAT << 8);
}

static void
no_measure_or_no_number_is_an_error(void)
{
	ask("");
	CU_ASSERT_EQUAL(asker.head.status, CTL_BAD_VALUE << 8);
	ask(", frags=-1");
	CU_ASSERT_EQUAL(asker.head.status, CTL_BAD_VALUE << 8);
	ask(", frags=4, mincount=x");
	CU_ASSERT_EQUAL(asker.head.status, CTL_BAD_VALUE << 8);
}

static void
nobody_is_a_list_that_ends(void)
{
	asker.world.mru = NULL;
	CU_ASSERT_EQUAL_FATAL(ask(", frags=4"), 1);
	CU_ASSERT_FALSE(asker.head.error);
	CU_ASSERT_PTR_NULL(asker_value("addr.0"));
	CU_ASSERT_PTR_NOT_NULL(asker_value("now"));
}

/* A full table: 1000 hosts. */
static void
fill_table(void)
{
	guests.rows = ROLL_MOST;
	for (unsigned i = 0; i < ROLL_MOST; i++) {
		struct clients_view *v = &guests.row[i].view;

		*v = guests.row[0].view;
		v->addr.ip[2] = (uint8_t)(i >> 8);
		v->addr.ip[3] = (uint8_t)i;
		v->last_s = i;
	}
}

static void
datagrams_are_as_many_as_are_wanted(void)
{
	fill_table();
	CU_ASSERT_EQUAL(ask(", frags=1"), 1);
	CU_ASSERT_PTR_NOT_NULL(asker_value("addr.0"));
	CU_ASSERT_EQUAL(ask(", frags=5"), 5);
	CU_ASSERT_EQUAL(ask(", frags=32"), 32);
	CU_ASSERT_EQUAL(ask(", frags=10000"), 32);
	CU_ASSERT_EQUAL(ask(", limit=100000"), 32);
}

static void
one_datagram_goes_on_with_a_host_at_least(void)
{
	char more[256], addr[80], last[80];

	fill_table();
	ask(", frags=1");
	snprintf(addr, sizeof(addr), "%s", asker_value("addr.0"));
	snprintf(last, sizeof(last), "%s", asker_value("last.0"));
	snprintf(more, sizeof(more), ", frags=1, addr.0=%s, last.0=%s", addr,
	    last);
	CU_ASSERT_EQUAL_FATAL(ask(more), 1);
	CU_ASSERT_PTR_NOT_NULL(asker_value("addr.0"));
}

static void
all_of_a_full_table_is_told_in_the_end(void)
{
	char more[256] = ", frags=32", name[32], addr[80], last[80];
	unsigned told = 0, rounds = 0;

	fill_table();
	do {
		unsigned n = 0;

		asker.at = mono_add(asker.at, 1);
		CU_ASSERT_TRUE_FATAL(ask(more) > 0 && !asker.head.error);
		snprintf(name, sizeof(name), "addr.%u", n);
		while (asker_value(name) != NULL) {
			snprintf(addr, sizeof(addr), "%s", asker_value(name));
			snprintf(name, sizeof(name), "last.%u", n);
			snprintf(last, sizeof(last), "%s", asker_value(name));
			snprintf(name, sizeof(name), "addr.%u", ++n);
		}
		CU_ASSERT_FATAL(n > 0);
		told += n;
		snprintf(more, sizeof(more), ", frags=32, addr.0=%s, last.0=%s",
		    addr, last);
	} while (asker_value("now") == NULL && ++rounds < 100);
	CU_ASSERT_EQUAL(told, ROLL_MOST);
}

static void
a_small_purse_makes_a_short_answer(void)
{
	fill_table();
	asker.mode6.proven.octets = 3 * CTL_MAX + 1;
	CU_ASSERT_EQUAL(ask(", frags=32"), 3);
	CU_ASSERT_EQUAL(ask(", frags=32"), 0);
	CU_ASSERT_TRUE(asker.mode6.proven.octets >= 0);
}

/* The number is the asker's: no place of ours is so far away. */
static void
of_the_hosts_that_it_names_sixteen_are_looked_at(void)
{
	CU_ASSERT_EQUAL(ask(", frags=4, addr.16=10.0.0.1:0, "
			    "addr.4611686018427387904=10.0.0.2:0, "
			    "last.2147483648=0xebe61680.00000000"),
	    2);
	CU_ASSERT_FALSE(asker.head.error);
	CU_ASSERT_TRUE(is("addr.0", "10.0.0.1:0"));
}

static void
a_stamp_or_a_name_of_another_shape_is_refused(void)
{
	CU_ASSERT_EQUAL(ask(", frags=4, last.0=0xebe61680.000000000"), 1);
	CU_ASSERT_TRUE(asker.head.error);
	CU_ASSERT_EQUAL(ask(", frags=4, nope.0=0xebe61680.00000000"), 1);
	CU_ASSERT_TRUE(asker.head.error);
}

/* ---- nonces */

static void
a_nonce_is_for_a_while(void)
{
	char nonce[100];

	snprintf(nonce, sizeof(nonce), "%s", asker_nonce());
	asker.at = mono_add(asker.at, MODE6_NONCE_S);
	CU_ASSERT_TRUE(ask_with(nonce) > 0);
	asker.at = mono_add(asker.at, 1);
	CU_ASSERT_EQUAL(ask_with(nonce), 0);
}

static void
a_nonce_of_the_future_is_none(void)
{
	char nonce[100];

	asker.at = mono_add(asker.at, 2);
	snprintf(nonce, sizeof(nonce), "%s", asker_nonce());
	asker.at = mono_add(asker.at, -2);
	CU_ASSERT_EQUAL(ask_with(nonce), 0);
}

static void
a_nonce_is_for_one_host(void)
{
	char nonce[100];

	snprintf(nonce, sizeof(nonce), "%s", asker_nonce());
	asker.from.ip[3]++;
	CU_ASSERT_EQUAL(ask_with(nonce), 0);
	asker.from.ip[3]--;
	asker.from.port = 4711; /* its ports are its own affair */
	CU_ASSERT_TRUE(ask_with(nonce) > 0);
}

static void
a_nonce_is_of_one_secret(void)
{
	char nonce[100];

	snprintf(nonce, sizeof(nonce), "%s", asker_nonce());
	asker.mode6.secret[0] ^= 1;
	CU_ASSERT_EQUAL(ask_with(nonce), 0);
}

static void
every_digit_of_a_nonce_counts(void)
{
	char nonce[100];
	size_t len;

	snprintf(nonce, sizeof(nonce), "%s", asker_nonce());
	len = strlen(nonce);
	CU_ASSERT_EQUAL_FATAL(len, strlen("nonce=") + 8 + 32);
	for (size_t i = strlen("nonce="); i < len; i++) {
		char was = nonce[i];

		nonce[i] = was == '0' ? '1' : '0';
		CU_ASSERT_EQUAL(ask_with(nonce), 0);
		nonce[i] = was;
	}
	nonce[len - 1] = '\0';
	CU_ASSERT_EQUAL(ask_with(nonce), 0);
	CU_ASSERT_EQUAL(ask_with("nonce="), 0);
	CU_ASSERT_EQUAL(ask_with("nonsense=1"), 0);
}

/* Is the table to be walked for this, after that walk? */
static bool
walks(const struct mode6_walk *last, uint8_t op, const char *nonce,
    const char *wish)
{
	uint8_t pkt[CTL_MAX] = { 0 };
	char data[CTL_DATA + 1];
	struct mode6_request q = { .pkt = pkt,
		.len = sizeof(pkt),
		.from = asker.from,
		.at = asker.at };
	struct ctl head = { .version = 4, .op = op };

	snprintf(data, sizeof(data), "%s%s", nonce, wish);
	head.count = (uint16_t)strlen(data);
	ctl_write(&head, pkt);
	memcpy(pkt + CTL_HEADER, data, strlen(data));
	return mode6_must_walk(&asker.mode6, &q, last);
}

static const char begin[] = ", frags=2";
static const char go_on[] = ", frags=2, addr.0=10.0.0.1:0, "
			    "last.0=0xebe61000.00000000";

static void
a_table_is_walked_for_who_has_a_nonce(void)
{
	const struct mode6_walk none = { .done = false };
	const char *nonce = asker_nonce();

	CU_ASSERT_TRUE(walks(&none, CTL_READ_MRU, nonce, begin));
	CU_ASSERT_TRUE(walks(&none, CTL_READ_MRU, nonce, go_on));
	CU_ASSERT_FALSE(walks(&none, CTL_READ_MRU, "nonce=1", begin));
	CU_ASSERT_FALSE(walks(&none, CTL_READ_MRU, nonce, ""));
	CU_ASSERT_FALSE(walks(&none, CTL_READVAR, "", ""));
	CU_ASSERT_FALSE(walks(&none, CTL_READVAR, nonce, begin));
}

/* A walk of so many seconds, that ended so long before the question. */
static struct mode6_walk
walked(double took_s, double ago_s)
{
	struct mono ended = mono_add(asker.at, -ago_s);

	return (struct mode6_walk){ true, mono_add(ended, -took_s), ended };
}

static void
who_goes_on_is_content_with_an_older_table(void)
{
	const struct mode6_walk fresh = walked(0.1, 0.9),
				stale = walked(0.1, 1.1), old = walked(0.1, 61);
	const char *nonce = asker_nonce();

	CU_ASSERT_FALSE(walks(&fresh, CTL_READ_MRU, nonce, begin));
	CU_ASSERT_TRUE(walks(&stale, CTL_READ_MRU, nonce, begin));
	CU_ASSERT_FALSE(walks(&stale, CTL_READ_MRU, nonce, go_on));
	CU_ASSERT_TRUE(walks(&old, CTL_READ_MRU, nonce, go_on));
}

/* The question came 20 s before the end: it is not walked for ever. */
static void
a_long_walk_is_good_for_all_who_waited(void)
{
	const struct mode6_walk w = walked(25, -20);

	CU_ASSERT_FALSE(walks(&w, CTL_READ_MRU, asker_nonce(), begin));
}

static void
after_a_long_walk_there_is_a_rest(void)
{
	const struct mode6_walk resting = walked(25, 99),
				rested = walked(25, 101);
	const char *nonce = asker_nonce();

	CU_ASSERT_FALSE(walks(&resting, CTL_READ_MRU, nonce, begin));
	CU_ASSERT_TRUE(walks(&rested, CTL_READ_MRU, nonce, begin));
}

static CU_TestInfo tests[] = {
	{ "the oldest comes first", the_oldest_comes_first },
	{ "the end is told with the time and the newest",
	    the_end_is_told_with_the_time_and_the_newest },
	{ "each has what is known of it", each_has_what_is_known_of_it },
	{ "who was limited is marked", who_was_limited_is_marked },
	{ "what fits comes, and the rest on demand",
	    what_fits_comes_and_the_rest_on_demand },
	{ "a second host that is known will do",
	    a_second_host_that_is_known_will_do },
	{ "who asked again since is no place to go on",
	    who_asked_again_since_is_no_place_to_go_on },
	{ "the most recent can be asked for",
	    the_most_recent_can_be_asked_for },
	{ "counts and ages can be asked for",
	    counts_and_ages_can_be_asked_for },
	{ "a filter that we do not have is an error",
	    a_filter_that_we_do_not_have_is_an_error },
	{ "no measure, or no number, is an error",
	    no_measure_or_no_number_is_an_error },
	{ "nobody is a list that ends", nobody_is_a_list_that_ends },
	{ "datagrams are as many as are wanted",
	    datagrams_are_as_many_as_are_wanted },
	{ "one datagram goes on with a host at least",
	    one_datagram_goes_on_with_a_host_at_least },
	{ "all of a full table is told in the end",
	    all_of_a_full_table_is_told_in_the_end },
	{ "a small purse makes a short answer",
	    a_small_purse_makes_a_short_answer },
	{ "of the hosts that it names sixteen are looked at",
	    of_the_hosts_that_it_names_sixteen_are_looked_at },
	{ "a stamp or a name of another shape is refused",
	    a_stamp_or_a_name_of_another_shape_is_refused },
	{ "a nonce is for a while", a_nonce_is_for_a_while },
	{ "a nonce of the future is none", a_nonce_of_the_future_is_none },
	{ "a nonce is for one host", a_nonce_is_for_one_host },
	{ "a nonce is of one secret", a_nonce_is_of_one_secret },
	{ "every digit of a nonce counts", every_digit_of_a_nonce_counts },
	{ "a table is walked for who has a nonce",
	    a_table_is_walked_for_who_has_a_nonce },
	{ "who goes on is content with an older table",
	    who_goes_on_is_content_with_an_older_table },
	{ "a long walk is good for all who waited",
	    a_long_walk_is_good_for_all_who_waited },
	{ "after a long walk there is a rest",
	    after_a_long_walk_there_is_a_rest },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mode6_mru = { "view/mode6_mru", NULL, NULL, setup, NULL,
	tests };
