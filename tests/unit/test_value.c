/* SPDX-License-Identifier: ISC */
#include "conf/value.h"

#include "unit.h"

#include <string.h>

static struct err err;

static double
seconds(const char *text)
{
	double s = -1;

	return value_time(text, &s, &err) == 0 ? s : -1;
}

static void
each_unit_of_time_is_known(void)
{
	CU_ASSERT_DOUBLE_EQUAL(seconds("64s"), 64, 0);
	CU_ASSERT_DOUBLE_EQUAL(seconds("2m"), 120, 0);
	CU_ASSERT_DOUBLE_EQUAL(seconds("36h"), 129600, 0);
	CU_ASSERT_DOUBLE_EQUAL(seconds("1d"), 86400, 0);
	CU_ASSERT_DOUBLE_EQUAL(seconds("5ms"), 5e-3, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(seconds("250us"), 250e-6, 1e-15);
}

static void
a_time_may_have_a_fraction(void)
{
	CU_ASSERT_DOUBLE_EQUAL(seconds("1.5h"), 5400, 0);
	CU_ASSERT_DOUBLE_EQUAL(seconds("0.25s"), 0.25, 0);
}

static void
a_time_without_unit_is_told_which(void)
{
	CU_ASSERT_EQUAL(seconds("1024"), -1);
	CU_ASSERT_STRING_EQUAL(err.text,
	    "a time needs a unit, such as \"1024s\"");
}

static void
what_is_no_time_is_refused(void)
{
	static const char *const bad[] = { "", "s", "-5s", "+5s", "5 s", "5sec",
		"5S", "1e3s", "infs", "nans", "0x10s", ".5s", "5.s", "5s ",
		"1.2.3s", "5min", "s5" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(seconds(bad[i]), -1);
}

static void
a_time_is_printed_as_its_shortest_word(void)
{
	char buf[VALUE_TEXT];

	CU_ASSERT_STRING_EQUAL(value_time_print(64, buf), "64s");
	CU_ASSERT_STRING_EQUAL(value_time_print(1024, buf), "1024s");
	CU_ASSERT_STRING_EQUAL(value_time_print(5400, buf), "90m");
	CU_ASSERT_STRING_EQUAL(value_time_print(129600, buf), "36h");
	CU_ASSERT_STRING_EQUAL(value_time_print(86400, buf), "1d");
	CU_ASSERT_STRING_EQUAL(value_time_print(1e-3, buf), "1ms");
	CU_ASSERT_STRING_EQUAL(value_time_print(1.5, buf), "1500ms");
}

static uint64_t
octets(const char *text)
{
	uint64_t n = 1;

	return value_size(text, &n, &err) == 0 ? n : 1;
}

static void
sizes_count_in_1024(void)
{
	CU_ASSERT_EQUAL(octets("4kB"), 4096);
	CU_ASSERT_EQUAL(octets("64MB"), 67108864);
	CU_ASSERT_EQUAL(octets("1.5GB"), 1610612736);
}

static void
a_size_needs_a_unit(void)
{
	CU_ASSERT_EQUAL(octets("64"), 1);
	CU_ASSERT_EQUAL(octets("64M"), 1);
	CU_ASSERT_EQUAL(octets("MB"), 1);
	CU_ASSERT_EQUAL(octets("-1MB"), 1);
}

static void
a_size_beyond_all_measure_saturates(void)
{
	/* 2^53 */
	CU_ASSERT_EQUAL(octets("99999999999999999999999GB"), 9007199254740992);
}

static void
a_size_is_printed_as_its_shortest_word(void)
{
	char buf[VALUE_TEXT];

	CU_ASSERT_STRING_EQUAL(value_size_print(67108864, buf), "64MB");
	CU_ASSERT_STRING_EQUAL(value_size_print(1 << 30, buf), "1GB");
	CU_ASSERT_STRING_EQUAL(value_size_print(1536, buf), "1.5kB");
}

static bool
host_ok(const char *text, struct addr *a)
{
	*a = (struct addr){ .port = 123 };
	return value_host(text, a, &err) == 0;
}

static void
a_numeric_host_becomes_an_address(void)
{
	struct addr a;

	CU_ASSERT(host_ok("192.0.2.10", &a));
	CU_ASSERT_EQUAL(a.family, ADDR_V4);
	CU_ASSERT(host_ok("2001:db8::10", &a));
	CU_ASSERT_EQUAL(a.family, ADDR_V6);
	CU_ASSERT_EQUAL(a.port, 123);
}

static void
a_name_waits_for_its_address(void)
{
	struct addr a;

	CU_ASSERT(host_ok("ntp1.example.net", &a));
	CU_ASSERT_EQUAL(a.family, ADDR_NONE);
	CU_ASSERT_EQUAL(a.port, 123);
	CU_ASSERT(host_ok("localhost", &a));
	CU_ASSERT(host_ok("3com.example.", &a));
	CU_ASSERT(host_ok("a-b.xn--bcher-kva.example", &a));
}

static void
what_cannot_be_a_name_is_refused(void)
{
	static const char *const bad[] = { "", ".", "a..b", ".a", "-a.b",
		"a-.b", "a.b-", "a b", "a_b.c", "192.0.2.300", "10.0.0", "1234",
		"a/b", "b\xc3\xbcxyz.example" };
	struct addr a;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(host_ok(bad[i], &a));
}

static void
labels_and_names_have_the_lengths_of_the_dns(void)
{
	char name[300];
	struct addr a;

	memset(name, 'a', sizeof(name));
	name[63] = '\0';
	CU_ASSERT(host_ok(name, &a));
	name[63] = 'a';
	name[64] = '\0';
	CU_ASSERT_FALSE(host_ok(name, &a));
	/* Labels of 49 letters: 5 of them with their dots are 250 long. */
	memset(name, 'a', sizeof(name));
	for (size_t i = 49; i < sizeof(name); i += 50)
		name[i] = '.';
	name[253] = '\0';
	CU_ASSERT(host_ok(name, &a));
	name[253] = 'a';
	name[254] = '\0';
	CU_ASSERT_FALSE(host_ok(name, &a));
}

static void
an_address_that_is_no_host_is_refused(void)
{
	static const char *const bad[] = { "0.0.0.0", "::", "224.0.1.1",
		"255.255.255.255", "ff02::101" };
	struct addr a;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(host_ok(bad[i], &a));
}

static void
a_port_in_the_host_is_shown_its_place(void)
{
	struct addr a;

	CU_ASSERT_FALSE(host_ok("ntp1.example.net:123", &a));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "port = 123"));
	CU_ASSERT_FALSE(host_ok("[2001:db8::1]:123", &a));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "port = 123"));
}

static void
an_endpoint_is_address_and_port(void)
{
	char buf[ADDR_TEXT];
	struct addr a;

	CU_ASSERT_EQUAL(value_endpoint("127.0.0.1:8123", &a, &err), 0);
	CU_ASSERT_STRING_EQUAL(addr_print(&a, true, buf), "127.0.0.1:8123");
	CU_ASSERT_EQUAL(value_endpoint("[::1]:65535", &a, &err), 0);
	CU_ASSERT_STRING_EQUAL(addr_print(&a, true, buf), "[::1]:65535");
}

static void
what_is_no_endpoint_is_refused(void)
{
	static const char *const bad[] = { "", ":", "127.0.0.1",
		"127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
		"127.0.0.1:99999999999", "127.0.0.1:+80", "::1:8123", "[::1]",
		"[::1]8123", "[]:80", "[127.0.0.1]:80", "localhost:80",
		"[::1:80", ":8123" };
	struct addr a;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(value_endpoint(bad[i], &a, &err), -1);
}

static void
distance_counts_letters_to_change(void)
{
	CU_ASSERT_EQUAL(value_distance("accuracy", "accuracy"), 0);
	CU_ASSERT_EQUAL(value_distance("accurasy", "accuracy"), 1);
	CU_ASSERT_EQUAL(value_distance("host", "hots"), 2);
	CU_ASSERT_EQUAL(value_distance("serve", "servers"), 2);
	CU_ASSERT_EQUAL(value_distance("", "poll"), 4);
	CU_ASSERT_EQUAL(value_distance("kitten", "sitting"), 3);
}

static void
distance_of_endless_words_ends(void)
{
	char a[1000];

	memset(a, 'a', sizeof(a) - 1);
	a[sizeof(a) - 1] = '\0';
	CU_ASSERT_EQUAL(value_distance(a, ""), 31);
	CU_ASSERT_EQUAL(value_distance(a, a), 0);
}

static CU_TestInfo tests[] = {
	{ "each unit of time is known", each_unit_of_time_is_known },
	{ "a time may have a fraction", a_time_may_have_a_fraction },
	{ "a time without unit is told which",
	    a_time_without_unit_is_told_which },
	{ "what is no time is refused", what_is_no_time_is_refused },
	{ "a time is printed as its shortest word",
	    a_time_is_printed_as_its_shortest_word },
	{ "sizes count in 1024", sizes_count_in_1024 },
	{ "a size needs a unit", a_size_needs_a_unit },
	{ "a size beyond all measure saturates",
	    a_size_beyond_all_measure_saturates },
	{ "a size is printed as its shortest word",
	    a_size_is_printed_as_its_shortest_word },
	{ "a numeric host becomes an address",
	    a_numeric_host_becomes_an_address },
	{ "a name waits for its address", a_name_waits_for_its_address },
	{ "what cannot be a name is refused",
	    what_cannot_be_a_name_is_refused },
	{ "labels and names have the lengths of the DNS",
	    labels_and_names_have_the_lengths_of_the_dns },
	{ "an address that is no host is refused",
	    an_address_that_is_no_host_is_refused },
	{ "a port in the host is shown its place",
	    a_port_in_the_host_is_shown_its_place },
	{ "an endpoint is address and port", an_endpoint_is_address_and_port },
	{ "what is no endpoint is refused", what_is_no_endpoint_is_refused },
	{ "distance counts letters to change",
	    distance_counts_letters_to_change },
	{ "distance of endless words ends", distance_of_endless_words_ends },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_value = { "conf/value", NULL, NULL, NULL, NULL, tests };
