/* SPDX-License-Identifier: ISC */
/* With resolvers of our own: nobody outside is asked. */
#include "sys/dns.h"
#include "unit.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct err err;
static struct loop loop;
static struct dns *dns;
static struct event *enough;

/* What the desk was told. */
static unsigned told;
static struct addr at[DNS_NAMES];

static void
found(void *ctx, unsigned i, const struct addr *a)
{
	told++;
	at[i] = *a;
	loop_end(ctx);
}

static void
end(void *ctx)
{
	loop_end(ctx);
}

static void
setup(void)
{
	told = 0;
	memset(at, 0, sizeof(at));
	CU_ASSERT_EQUAL_FATAL(loop_open(&loop, false, &err), 0);
	dns = dns_new(&loop, found, &loop);
	enough = loop_timer(&loop, end, &loop);
	CU_ASSERT_PTR_NOT_NULL_FATAL(dns);
	CU_ASSERT_PTR_NOT_NULL_FATAL(enough);
}

static void
teardown(void)
{
	loop_drop(enough);
	dns_free(dns);
	loop_close(&loop);
}

/* Until something is found, or for so long. */
static void
run(double s)
{
	loop_set(enough, s < 0.1 ? unit_moment(s) : s);
	loop_run(&loop);
}

static struct addr
host(const char *text)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	return a;
}

static _Atomic unsigned asked;

static unsigned
two_answers(const char *name, struct addr *a, unsigned max)
{
	(void)name;
	(void)max;
	asked++;
	addr_parse(&a[0], "192.0.2.1");
	addr_parse(&a[1], "2001:db8::1");
	return 2;
}

static unsigned
no_answer(const char *name, struct addr *a, unsigned max)
{
	(void)name;
	(void)a;
	(void)max;
	asked++;
	return 0;
}

static unsigned
nonsense_first(const char *name, struct addr *a, unsigned max)
{
	const char *const texts[] = { "127.0.0.1", "224.0.1.1", "0.0.0.0",
		"::1", "192.0.2.7" };

	(void)name;
	(void)max;
	for (unsigned i = 0; i < 5; i++)
		addr_parse(&a[i], texts[i]);
	return 5;
}

/* Hangs until it is let go; says when it began. */
static sem_t began, go, over;

static unsigned
hanging(const char *name, struct addr *a, unsigned max)
{
	(void)name;
	(void)max;
	sem_post(&began);
	sem_wait(&go);
	addr_parse(&a[0], "192.0.2.9");
	sem_post(&over);
	return 1;
}

/* The last resolver's word is late; the others' come at once. */
static unsigned
old_hangs(const char *name, struct addr *a, unsigned max)
{
	if (strcmp(name, "old.example") == 0)
		return hanging(name, a, max);
	addr_parse(&a[0], "192.0.2.1");
	return 1;
}

static void
hang_ready(void)
{
	sem_init(&began, 0, 0);
	sem_init(&go, 0, 0);
	sem_init(&over, 0, 0);
}

static void
a_name_is_found_with_its_port(void)
{
	struct addr want = host("192.0.2.1");

	dns_ask_by(dns, two_answers);
	CU_ASSERT_EQUAL(dns_add(dns, 3, "ntp.example", 1123), 0);
	run(2);
	CU_ASSERT_EQUAL(told, 1);
	CU_ASSERT_TRUE(addr_same_host(&at[3], &want));
	CU_ASSERT_EQUAL(at[3].port, 1123);
}

static void
answers_that_no_upstream_has_are_passed_over(void)
{
	struct addr want = host("192.0.2.7");

	dns_ask_by(dns, nonsense_first);
	dns_add(dns, 0, "ntp.example", 123);
	run(2);
	CU_ASSERT_TRUE(addr_same_host(&at[0], &want));
}

static void
a_name_without_answer_is_silent(void)
{
	asked = 0;
	dns_ask_by(dns, no_answer);
	dns_add(dns, 0, "nowhere.example", 123);
	run(0.05);
	CU_ASSERT_EQUAL(told, 0);
	CU_ASSERT_EQUAL(asked, 1); /* and is not asked again at once */
}

static void
the_same_name_again_is_not_asked_again(void)
{
	asked = 0;
	dns_ask_by(dns, two_answers);
	dns_add(dns, 0, "ntp.example", 123);
	run(2);
	CU_ASSERT_EQUAL(dns_add(dns, 0, "ntp.example", 123), 0);
	run(0.05);
	CU_ASSERT_EQUAL(asked, 1);
	CU_ASSERT_EQUAL(told, 1);
}

static void
a_name_under_way_is_not_asked_twice(void)
{
	hang_ready();
	dns_ask_by(dns, hanging);
	dns_add(dns, 0, "slow.example", 123);
	sem_wait(&began);
	dns_add(dns, 0, "slow.example", 123);
	run(0.02);
	CU_ASSERT_NOT_EQUAL(sem_trywait(&began), 0);
	sem_post(&go);
	run(2);
	CU_ASSERT_EQUAL(told, 1);
}

static void
a_name_that_hangs_holds_up_no_other(void)
{
	struct addr want = host("192.0.2.1");

	hang_ready();
	dns_ask_by(dns, old_hangs);
	dns_add(dns, 0, "old.example", 123);
	dns_add(dns, 1, "new.example", 123);
	run(2);
	CU_ASSERT_TRUE(addr_same_host(&at[1], &want));
	CU_ASSERT_EQUAL(at[0].family, ADDR_NONE);
	sem_post(&go);
	run(2);
	CU_ASSERT_EQUAL(at[0].family, ADDR_V4);
}

static void
a_late_answer_to_an_old_name_is_not_believed(void)
{
	struct addr want = host("192.0.2.1");

	hang_ready();
	dns_ask_by(dns, old_hangs);
	dns_add(dns, 0, "old.example", 123);
	sem_wait(&began);
	dns_add(dns, 0, "new.example", 123);
	run(2);
	sem_post(&go);
	run(0.05);
	CU_ASSERT_EQUAL(told, 1);
	CU_ASSERT_TRUE(addr_same_host(&at[0], &want));
}

static void
a_dropped_name_is_silent(void)
{
	hang_ready();
	dns_ask_by(dns, hanging);
	dns_add(dns, 0, "gone.example", 123);
	sem_wait(&began);
	dns_drop(dns, 0);
	sem_post(&go);
	run(0.05);
	CU_ASSERT_EQUAL(told, 0);
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
freeing_does_not_wait_for_what_hangs(void)
{
	struct timespec a_moment = { .tv_nsec = 20000000 };
	double before = now_s();

	hang_ready();
	dns_ask_by(dns, hanging);
	dns_add(dns, 0, "slow.example", 123);
	sem_wait(&began);
	dns_free(dns);
	dns = NULL;
	CU_ASSERT_TRUE(now_s() - before < 1);
	/* The late answer harms nobody. */
	sem_post(&go);
	sem_wait(&over);
	nanosleep(&a_moment, NULL);
}

static void
names_that_do_not_fit_are_refused(void)
{
	char name[300];

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	CU_ASSERT_EQUAL(dns_add(dns, DNS_NAMES, "ntp.example", 123), -1);
	CU_ASSERT_EQUAL(dns_add(dns, 0, name, 123), -1);
	CU_ASSERT_EQUAL(dns_add(dns, 0, "", 123), -1);
}

static void
an_address_is_its_own_name(void)
{
	struct addr want = host("192.0.2.3");

	/* getaddrinfo() asks nobody about it. */
	dns_add(dns, 0, "192.0.2.3", 123);
	run(2);
	CU_ASSERT_TRUE(addr_same_host(&at[0], &want));
}

static void
where_it_was_before_it_stays_while_it_may(void)
{
	struct addr second = host("2001:db8::1"), gone = host("192.0.2.200");
	struct addr first = host("192.0.2.1");

	dns_ask_by(dns, two_answers);
	dns_add(dns, 0, "ntp.example", 123);
	dns_pin(dns, 0, &second);
	run(0.1);
	CU_ASSERT_EQUAL(told, 0); /* nothing new */
	dns_add(dns, 1, "ntp.example", 123);
	dns_pin(dns, 1, &gone);
	run(2);
	CU_ASSERT_EQUAL(told, 1);
	CU_ASSERT_TRUE(addr_same_host(&at[1], &first));
}

static void
loopback_is_believed_of_loopback_alone(void)
{
	struct addr v4 = host("127.0.0.1"), v6 = host("::1");

	CU_ASSERT_FALSE(dns_usable("ntp.example", &v4));
	CU_ASSERT_FALSE(dns_usable("ntp.example", &v6));
	CU_ASSERT_FALSE(dns_usable("192.0.2.1", &v4));
	CU_ASSERT_TRUE(dns_usable("localhost", &v4));
	CU_ASSERT_TRUE(dns_usable("127.0.0.2", &v4));
	CU_ASSERT_TRUE(dns_usable("::1", &v6));
}

static void
groups_and_nobody_are_never_believed(void)
{
	const char *const texts[] = { "224.0.1.1", "255.255.255.255", "0.0.0.0",
		"::", "ff02::101" };
	struct addr a = { 0 };

	CU_ASSERT_FALSE(dns_usable("localhost", &a));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		a = host(texts[i]);
		CU_ASSERT_FALSE(dns_usable(texts[i], &a));
	}
}

static void
failures_are_tried_again_ever_more_seldom(void)
{
	CU_ASSERT_EQUAL(dns_wait_s(1), 16);
	CU_ASSERT_EQUAL(dns_wait_s(2), 32);
	CU_ASSERT_EQUAL(dns_wait_s(8), 2048);
	CU_ASSERT_EQUAL(dns_wait_s(9), 3600);
	CU_ASSERT_EQUAL(dns_wait_s(4000000000u), 3600);
	CU_ASSERT_EQUAL(dns_wait_s(0), 3600); /* after a success */
}

static void
all_addresses_of_a_name_may_be_wanted(void)
{
	struct addr second = host("2001:db8::1");

	dns_ask_by(dns, two_answers);
	CU_ASSERT_EQUAL(dns_add(dns, DNS_NAMES - 1, "gw2.example", 123), 0);
	dns_all(dns, DNS_NAMES - 1);
	run(1);
	CU_ASSERT_EQUAL(told, 2);
	CU_ASSERT_TRUE(addr_same_host(&at[DNS_NAMES - 1], &second));
	CU_ASSERT_EQUAL(at[DNS_NAMES - 1].port, 123);
}

static CU_TestInfo tests[] = {
	{ "all addresses of a name may be wanted",
	    all_addresses_of_a_name_may_be_wanted },
	{ "where it was before it stays, while it may",
	    where_it_was_before_it_stays_while_it_may },
	{ "a name is found with its port", a_name_is_found_with_its_port },
	{ "answers that no upstream has are passed over",
	    answers_that_no_upstream_has_are_passed_over },
	{ "a name without answer is silent", a_name_without_answer_is_silent },
	{ "the same name again is not asked again",
	    the_same_name_again_is_not_asked_again },
	{ "a name under way is not asked twice",
	    a_name_under_way_is_not_asked_twice },
	{ "a name that hangs holds up no other",
	    a_name_that_hangs_holds_up_no_other },
	{ "a late answer to an old name is not believed",
	    a_late_answer_to_an_old_name_is_not_believed },
	{ "a dropped name is silent", a_dropped_name_is_silent },
	{ "freeing does not wait for what hangs",
	    freeing_does_not_wait_for_what_hangs },
	{ "names that do not fit are refused",
	    names_that_do_not_fit_are_refused },
	{ "an address is its own name", an_address_is_its_own_name },
	{ "loopback is believed of loopback alone",
	    loopback_is_believed_of_loopback_alone },
	{ "groups and nobody are never believed",
	    groups_and_nobody_are_never_believed },
	{ "failures are tried again ever more seldom",
	    failures_are_tried_again_ever_more_seldom },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_dns = { "sys/dns", NULL, NULL, setup, teardown, tests };
