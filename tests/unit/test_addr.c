/* SPDX-License-Identifier: ISC */
#include "base/addr.h"
#include "unit.h"

#include <string.h>

static struct addr
addr(const char *text)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	return a;
}

static struct prefix
prefix(const char *text)
{
	struct prefix p;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(prefix_parse(&p, text, &e), 0);
	return p;
}

static bool
is_public(const char *text)
{
	struct addr a = addr(text);

	return addr_is_public(&a);
}

static bool
holds(const char *net, const char *text)
{
	struct prefix p = prefix(net);
	struct addr a = addr(text);

	return prefix_holds(&p, &a);
}

/* The sentence with which a prefix is refused. */
static const char *
refusal(const char *text)
{
	static struct err e;
	struct prefix p;

	e.text[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(prefix_parse(&p, text, &e), -1);
	return e.text;
}

static void
addresses_survive_print_and_parse(void)
{
	static const char *const texts[] = { "192.0.2.1", "0.0.0.0",
		"255.255.255.255", "::", "::1", "2001:db8::1",
		"fe80::1:2:3:4" };
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct addr a = addr(texts[i]);
		CU_ASSERT_STRING_EQUAL(addr_print(&a, false, buf), texts[i]);
	}
}

static void
what_is_no_address_is_refused(void)
{
	static const char *const texts[] = { "", "host", "192.0.2", "1.2.3.4.5",
		"192.0.2.256", "[::1]", "192.0.2.1:123", "::1%lo", " 10.0.0.1",
		"10.0.0.1 ", "0x7f.1" };
	struct addr a;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CU_ASSERT_FALSE(addr_parse(&a, texts[i]));
		CU_ASSERT_EQUAL(a.family, ADDR_NONE);
	}
}

static void
octets_make_the_same_address_again(void)
{
	static const uint8_t mapped[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
	struct addr v4 = addr("192.0.2.1"), v6 = addr("2001:db8::1"), back;
	uint8_t ip[16];

	addr_octets(&v4, ip);
	CU_ASSERT_EQUAL(memcmp(ip, mapped, 16), 0);
	back = addr_v6(ip);
	CU_ASSERT_TRUE(addr_equal(&back, &v4));
	addr_octets(&v6, ip);
	back = addr_v6(ip);
	CU_ASSERT_TRUE(addr_equal(&back, &v6));
}

static void
mapped_addresses_are_the_ipv4_ones_that_they_carry(void)
{
	struct addr mapped = addr("::ffff:192.0.2.1"),
		    plain = addr("192.0.2.1");

	CU_ASSERT_EQUAL(mapped.family, ADDR_V4);
	CU_ASSERT_TRUE(addr_equal(&mapped, &plain));
}

static void
ports_print_behind_brackets_for_ipv6_alone(void)
{
	char buf[ADDR_TEXT];
	struct addr a = addr("192.0.2.1"), b = addr("2001:db8::1");

	a.port = b.port = 123;
	CU_ASSERT_STRING_EQUAL(addr_print(&a, true, buf), "192.0.2.1:123");
	CU_ASSERT_STRING_EQUAL(addr_print(&b, true, buf), "[2001:db8::1]:123");
}

static void
the_longest_address_fits_its_buffer(void)
{
	char buf[ADDR_TEXT];
	struct addr a = addr("fe80:1111:2222:3333:4444:5555:6666:7777");

	a.scope = UINT32_MAX;
	a.port = UINT16_MAX;
	CU_ASSERT_STRING_EQUAL(addr_print(&a, true, buf),
	    "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535");
}

static void
no_address_prints_as_a_dash(void)
{
	char buf[ADDR_TEXT];
	struct addr a = { .family = ADDR_NONE };

	CU_ASSERT_STRING_EQUAL(addr_print(&a, false, buf), "-");
}

static void
hosts_are_the_same_whatever_the_port(void)
{
	struct addr a = addr("192.0.2.1"), b = a;

	b.port = 123;
	CU_ASSERT_TRUE(addr_same_host(&a, &b));
	CU_ASSERT_FALSE(addr_equal(&a, &b));
}

static void
link_local_hosts_differ_by_their_interface(void)
{
	struct addr a = addr("fe80::1"), b = a;

	a.scope = 1;
	b.scope = 2;
	CU_ASSERT_FALSE(addr_same_host(&a, &b));
}

static void
an_ipv4_address_is_not_the_ipv6_one_with_the_same_octets(void)
{
	struct addr a = addr("32.1.13.184"), b = addr("2001:db8::");

	CU_ASSERT_FALSE(addr_same_host(&a, &b));
}

static void
loopback_multicast_and_any_are_known(void)
{
	struct addr a = addr("127.255.0.1"), b = addr("::1");
	struct addr c = addr("224.0.1.1"), d = addr("ff02::101");
	struct addr broadcast = addr("255.255.255.255");
	struct addr any4 = addr("0.0.0.0"), any6 = addr("::");
	struct addr host = addr("240.0.0.1"), none = { .family = ADDR_NONE };

	CU_ASSERT_TRUE(addr_is_loopback(&a) && addr_is_loopback(&b));
	CU_ASSERT_FALSE(addr_is_loopback(&c) || addr_is_loopback(&any6));
	CU_ASSERT_TRUE(addr_is_multicast(&c) && addr_is_multicast(&d));
	CU_ASSERT_TRUE(addr_is_multicast(&broadcast));
	CU_ASSERT_FALSE(addr_is_multicast(&host) || addr_is_multicast(&a));
	CU_ASSERT_TRUE(addr_is_any(&any4) && addr_is_any(&any6));
	CU_ASSERT_FALSE(addr_is_any(&b) || addr_is_any(&none));
}

static void
strangers_are_public(void)
{
	static const char *const texts[] = { "8.8.8.8", "9.255.255.255",
		"11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
		"192.169.0.0", "100.63.255.255", "100.128.0.0",
		"198.17.255.255", "198.20.0.0", "192.0.3.0", "2606:4700::1",
		"2001:db9::1", "2001:db7:ffff::1", "fbff::1", "fec0::1",
		"3fff:1000::1", "2001:2:1::1" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT_TRUE(is_public(texts[i]));
}

static void
a_lab_is_not_public(void)
{
	static const char *const texts[] = { "127.0.0.1", "10.255.255.255",
		"172.16.0.0", "172.31.255.255", "192.168.0.1", "169.254.1.1",
		"100.64.0.0", "100.127.255.255", "192.0.2.255", "198.51.100.1",
		"203.0.113.1", "198.18.0.0", "198.19.255.255", "::1", "fc00::1",
		"fdff::1", "fe80::1", "febf::1", "2001:db8::1", "3fff::1",
		"2001:2::1" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT_FALSE(is_public(texts[i]));
}

static void
no_address_is_nobody_s(void)
{
	struct addr none = { .family = ADDR_NONE };

	CU_ASSERT_FALSE(addr_is_public(&none));
}

static void
ipv6_that_carries_ipv4_is_as_public_as_that(void)
{
	CU_ASSERT_TRUE(is_public("64:ff9b::8.8.8.8"));
	CU_ASSERT_FALSE(is_public("64:ff9b::10.0.0.1"));
	CU_ASSERT_TRUE(is_public("2002:808:808::1"));
	CU_ASSERT_FALSE(is_public("2002:a00:1::1"));
	CU_ASSERT_FALSE(is_public("2002:7f00:1::1"));
	CU_ASSERT_TRUE(is_public("::ffff:8.8.8.8"));
	CU_ASSERT_FALSE(is_public("::ffff:192.168.0.1"));
	CU_ASSERT_FALSE(is_public("::192.168.0.1"));
}

static void
the_network_for_local_nat64_tells_nothing_and_counts_as_public(void)
{
	CU_ASSERT_TRUE(is_public("64:ff9b:1::10.0.0.1"));
}

static void
the_inner_address_keeps_the_port(void)
{
	struct addr a = addr("64:ff9b::192.0.2.33"), b = addr("2001:db8::1");
	struct addr in, same = addr("192.0.2.33");

	a.port = b.port = 123;
	in = addr_inner(&a);
	same.port = 123;
	CU_ASSERT_TRUE(addr_equal(&in, &same));
	in = addr_inner(&b);
	CU_ASSERT_TRUE(addr_equal(&in, &b));
}

static void
prefixes_survive_print_and_parse(void)
{
	static const char *const texts[] = { "10.0.0.0/8", "0.0.0.0/0", "::/0",
		"2001:db8::/32", "192.0.2.1/32", "172.16.0.0/12",
		"2001:db8::1/128", "10.128.0.0/9" };
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct prefix p = prefix(texts[i]);
		CU_ASSERT_STRING_EQUAL(prefix_print(&p, buf), texts[i]);
	}
}

static void
an_address_alone_is_a_prefix_of_full_length(void)
{
	CU_ASSERT_EQUAL(prefix("192.0.2.1").len, 32);
	CU_ASSERT_EQUAL(prefix("2001:db8::1").len, 128);
}

static void
host_bits_are_refused_and_the_prefix_meant_is_named(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("10.1.2.3/8"), "10.0.0.0/8"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("10.1.2.3/31"), "10.1.2.2/31"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(refusal("2001:db8:1::/32"), "2001:db8::/32"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("128.0.0.0/0"), "0.0.0.0/0"));
}

static void
bad_lengths_are_refused_and_the_range_is_named(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("10.0.0.0/33"), "0 to 32"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("10.0.0.0/"), "0 to 32"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("10.0.0.0/-1"), "0 to 32"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("10.0.0.0/8 "), "0 to 32"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("::/129"), "0 to 128"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(refusal("10.0.0.0/4294967304"), "0 to 32"));
}

static void
what_is_no_prefix_is_refused_with_an_example(void)
{
	char longest[2000];

	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal("office/8"), "10.0.0.0/8"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal(""), "10.0.0.0/8"));
	CU_ASSERT_PTR_NOT_NULL(strstr(refusal(longest), "not a prefix"));
}

static void
a_prefix_holds_its_first_and_last_address_and_no_other(void)
{
	CU_ASSERT_TRUE(holds("10.64.0.0/10", "10.64.0.0"));
	CU_ASSERT_TRUE(holds("10.64.0.0/10", "10.127.255.255"));
	CU_ASSERT_FALSE(holds("10.64.0.0/10", "10.63.255.255"));
	CU_ASSERT_FALSE(holds("10.64.0.0/10", "10.128.0.0"));
	CU_ASSERT_TRUE(holds("192.0.2.1/32", "192.0.2.1"));
	CU_ASSERT_FALSE(holds("192.0.2.1/32", "192.0.2.0"));
	CU_ASSERT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
	CU_ASSERT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

static void
the_whole_of_one_family_holds_nothing_of_the_other(void)
{
	CU_ASSERT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
	CU_ASSERT_TRUE(holds("::/0", "2001:db8::9"));
	CU_ASSERT_FALSE(holds("0.0.0.0/0", "2001:db8::9"));
	CU_ASSERT_FALSE(holds("::/0", "203.0.113.9"));
}

static void
a_mapped_address_does_not_walk_round_an_ipv4_prefix(void)
{
	CU_ASSERT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
	CU_ASSERT_FALSE(holds("::/0", "::ffff:10.1.2.3"));
}

static void
digits_and_dots_that_are_no_address_are_torn(void)
{
	static const char *const torn[] = { "10.0.0", "10", "10.0.0.",
		"10.0.0.256", "10.0.0.1.2", "010.0.0.1", "." };
	static const char *const whole[] = { "10.0.0.1", "0.0.0.0", "::1",
		"fe80::1%eth0.100", "ntp1", "a.10", "10.0.0.x", "0x7f.1", "" };

	for (size_t i = 0; i < sizeof(torn) / sizeof(torn[0]); i++)
		CU_ASSERT(addr_is_torn(torn[i]));
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		CU_ASSERT(!addr_is_torn(whole[i]));
}

static CU_TestInfo tests[] = {
	{ "addresses survive print and parse",
	    addresses_survive_print_and_parse },
	{ "what is no address is refused", what_is_no_address_is_refused },
	{ "octets make the same address again",
	    octets_make_the_same_address_again },
	{ "mapped addresses are the IPv4 ones that they carry",
	    mapped_addresses_are_the_ipv4_ones_that_they_carry },
	{ "ports print behind brackets for IPv6 alone",
	    ports_print_behind_brackets_for_ipv6_alone },
	{ "the longest address fits its buffer",
	    the_longest_address_fits_its_buffer },
	{ "no address prints as a dash", no_address_prints_as_a_dash },
	{ "hosts are the same whatever the port",
	    hosts_are_the_same_whatever_the_port },
	{ "link-local hosts differ by their interface",
	    link_local_hosts_differ_by_their_interface },
	{ "an IPv4 address is not the IPv6 one with the same octets",
	    an_ipv4_address_is_not_the_ipv6_one_with_the_same_octets },
	{ "loopback, multicast and any are known",
	    loopback_multicast_and_any_are_known },
	{ "strangers are public", strangers_are_public },
	{ "a lab is not public", a_lab_is_not_public },
	{ "no address is nobody's", no_address_is_nobody_s },
	{ "IPv6 that carries IPv4 is as public as that",
	    ipv6_that_carries_ipv4_is_as_public_as_that },
	{ "the network for local NAT64 tells nothing and counts as public",
	    the_network_for_local_nat64_tells_nothing_and_counts_as_public },
	{ "the inner address keeps the port",
	    the_inner_address_keeps_the_port },
	{ "digits and dots that are no address are torn",
	    digits_and_dots_that_are_no_address_are_torn },
	{ "prefixes survive print and parse",
	    prefixes_survive_print_and_parse },
	{ "an address alone is a prefix of full length",
	    an_address_alone_is_a_prefix_of_full_length },
	{ "host bits are refused and the prefix meant is named",
	    host_bits_are_refused_and_the_prefix_meant_is_named },
	{ "bad lengths are refused and the range is named",
	    bad_lengths_are_refused_and_the_range_is_named },
	{ "what is no prefix is refused with an example",
	    what_is_no_prefix_is_refused_with_an_example },
	{ "a prefix holds its first and last address and no other",
	    a_prefix_holds_its_first_and_last_address_and_no_other },
	{ "the whole of one family holds nothing of the other",
	    the_whole_of_one_family_holds_nothing_of_the_other },
	{ "a mapped address does not walk round an IPv4 prefix",
	    a_mapped_address_does_not_walk_round_an_ipv4_prefix },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_addr = { "base/addr", NULL, NULL, NULL, NULL, tests };
