/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "core/dhcp.h"

#include <string.h>

static const struct dhcp_question asked = { 0x01020304,
	{ 0x02, 0x00, 0x5e, 0x10, 0x20, 0x30 } };
static uint8_t pkt[DHCP_PACKET];
static size_t len;
static struct dhcp_answer a;
static char text[ADDR_TEXT];

/* An OFFER of 10.1.0.99 without options, as RFC 2131 figure 1 has it. */
static void
setup(void)
{
	static const uint8_t cookie[] = { 0x63, 0x82, 0x53, 0x63 };

	memset(pkt, 0, sizeof(pkt));
	pkt[0] = 2;
	pkt[1] = 1;
	pkt[2] = 6;
	memcpy(pkt + 4, "\1\2\3\4", 4);
	memcpy(pkt + 16, "\12\1\0\143", 4);
	memcpy(pkt + 28, asked.mac, 6);
	memcpy(pkt + 236, cookie, 4);
	len = 240;
}

static void
put(const char *octets, size_t n)
{
	memcpy(pkt + len, octets, n);
	len += n;
}

#define PUT(octets) put(octets, sizeof(octets) - 1)
#define OFFER "\65\1\2"	      /* 53 */
#define FROM "\66\4\12\1\0\1" /* 54, 10.1.0.1 */
#define END "\377"

static bool
read4(void)
{
	return dhcp4_offer(&asked, pkt, len, &a);
}

static const char *
server(unsigned i)
{
	return addr_print(&a.server_at[i], false, text);
}

/* ---- IPv4 ---- */

static void
a_discover_is_as_long_as_relays_want_it(void)
{
	uint8_t q[DHCP4_QUESTION];

	CU_ASSERT_EQUAL(dhcp4_discover(&asked, q), 300);
	CU_ASSERT_EQUAL(memcmp(q, "\1\1\6\0\1\2\3\4\0\0\200\0", 12), 0);
	CU_ASSERT_EQUAL(memcmp(q + 28, asked.mac, 6), 0);
	CU_ASSERT_EQUAL(memcmp(q + 236, "\x63\x82\x53\x63\65\1\1", 7), 0);
}

/* Option 61: type 0, our name, the MAC: 14 octets. */
static void
its_client_identifier_is_not_the_hosts(void)
{
	uint8_t q[DHCP4_QUESTION];

	dhcp4_discover(&asked, q);
	CU_ASSERT_EQUAL(memcmp(q + 243, "\75\16\0ntpgate\2\0\x5e\20\40\60", 16),
	    0);
	CU_ASSERT_EQUAL(memcmp(q + 259, "\67\4\1\3\6\52\377", 7), 0);
}

static void
an_offer_names_the_servers(void)
{
	PUT(OFFER FROM "\52\10\12\0\0\13\12\0\0\14" END);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_TRUE(a.listed);
	CU_ASSERT_FALSE(a.bad);
	CU_ASSERT_EQUAL(a.servers, 2);
	CU_ASSERT_STRING_EQUAL(server(0), "10.0.0.11");
	CU_ASSERT_STRING_EQUAL(server(1), "10.0.0.12");
	CU_ASSERT_STRING_EQUAL(addr_print(&a.server, false, text), "10.1.0.1");
	CU_ASSERT_STRING_EQUAL(addr_print(&a.offered, false, text),
	    "10.1.0.99");
}

static void
an_offer_may_name_none(void)
{
	PUT(OFFER FROM END);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_FALSE(a.listed);
	CU_ASSERT_EQUAL(a.servers, 0);
	CU_ASSERT_FALSE(a.bad);
}

/* RFC 3396: 42 in two parts, torn within an address. */
static void
a_long_option_in_two_parts_is_one(void)
{
	PUT(OFFER "\52\6\12\0\0\13\12\0"
		  "\52\2\0\14" END);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_EQUAL(a.servers, 2);
	CU_ASSERT_STRING_EQUAL(server(1), "10.0.0.12");
	CU_ASSERT_FALSE(a.bad);
}

/* RFC 2131 4.1: 52 = 3; 42 stands in sname (44), 53 in file (108). */
static void
options_may_stand_in_the_names(void)
{
	PUT("\64\1\3" END);
	memcpy(pkt + 44, "\52\4\12\0\0\13\377", 7);
	memcpy(pkt + 108, "\65\1\2\377", 4);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_EQUAL(a.servers, 1);
	CU_ASSERT_STRING_EQUAL(server(0), "10.0.0.11");
}

static void
but_not_if_they_are_names(void)
{
	PUT(OFFER END);
	memcpy(pkt + 44, "\52\4\12\0\0\13\377", 7);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_FALSE(a.listed);
}

static void
half_an_address_is_wrong(void)
{
	PUT(OFFER "\52\6\12\0\0\13\12\0" END);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_TRUE(a.bad);
	CU_ASSERT_EQUAL(a.servers, 1);
}

static void
an_option_of_no_length_is_wrong(void)
{
	PUT(OFFER "\52\0" END);
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_TRUE(a.listed);
	CU_ASSERT_TRUE(a.bad);
}

static void
an_option_beyond_the_end_is_wrong(void)
{
	PUT(OFFER "\52\100\12\0");
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_TRUE(a.bad);
	CU_ASSERT_EQUAL(a.servers, 0);
}

/* 17 addresses, and room for 16. */
static void
too_many_servers_are_cut(void)
{
	PUT(OFFER "\52\104");
	for (int i = 0; i < 17; i++)
		PUT("\12\0\0\13");
	CU_ASSERT_TRUE(read4());
	CU_ASSERT_EQUAL(a.servers, 16);
	CU_ASSERT_FALSE(a.bad);
}

static void
what_is_no_offer_to_us_is_none(void)
{
	PUT(OFFER END);
	CU_ASSERT_TRUE(read4());
	pkt[242] = 5; /* an acknowledgement */
	CU_ASSERT_FALSE(read4());
	pkt[242] = 2;
	pkt[7] ^= 1; /* another question's */
	CU_ASSERT_FALSE(read4());
	pkt[7] ^= 1;
	pkt[33] ^= 1; /* another host's */
	CU_ASSERT_FALSE(read4());
	pkt[33] ^= 1;
	pkt[0] = 1; /* a question */
	CU_ASSERT_FALSE(read4());
	pkt[0] = 2;
	pkt[239] = 0; /* BOOTP */
	CU_ASSERT_FALSE(read4());
}

static void
an_offer_cut_anywhere_is_none_or_whole(void)
{
	PUT(OFFER FROM "\52\4\12\0\0\13" END);
	for (size_t whole = len, n = 0; n < whole; n++) {
		len = n;
		CU_ASSERT_EQUAL(read4(), n >= 243);
	}
}

/* ---- IPv6 ---- */

#define HEAD6 "\7\2\3\4"
#define ONE6 "\40\1\15\270\0\0\0\1\0\0\0\0\0\0\0\21" /* 2001:db8:0:1::11 */
#define TWO6 "\40\1\15\270\0\0\0\1\0\0\0\0\0\0\0\22"

static bool
read6(void)
{
	return dhcp6_reply(&asked, pkt, len, &a);
}

static void
begin6(void)
{
	len = 0;
	PUT(HEAD6);
}

/* RFC 8415 8 and 21: type 11, three options. */
static void
an_information_request_takes_no_address(void)
{
	uint8_t q[DHCP6_QUESTION];
	static const char wanted[] =
	    "\13\2\3\4\0\1\0\12\0\3\0\1\2\0\x5e\20\40\60"
	    "\0\6\0\4\0\37\0\70\0\10\0\2\0\0";

	CU_ASSERT_EQUAL(dhcp6_inform(&asked, q), sizeof(wanted) - 1);
	CU_ASSERT_EQUAL(memcmp(q, wanted, sizeof(wanted) - 1), 0);
}

static void
a_reply_names_servers_of_both_options(void)
{
	begin6();
	PUT("\0\37\0\40" ONE6 TWO6 "\0\70\0\24\0\1\0\20" ONE6);
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_EQUAL(a.servers, 2);
	CU_ASSERT_STRING_EQUAL(server(1), "2001:db8:0:1::12");
	CU_ASSERT_EQUAL(a.sources, 1);
	CU_ASSERT_EQUAL(a.source_addrs, 1);
	CU_ASSERT_STRING_EQUAL(addr_print(&a.source[0], false, text),
	    "2001:db8:0:1::11");
	CU_ASSERT_FALSE(a.bad || a.crowded);
}

/* RFC 5908 4: one option, one source. */
static void
two_sources_in_one_option_are_a_crowd(void)
{
	begin6();
	PUT("\0\70\0\50\0\1\0\20" ONE6 "\0\1\0\20" TWO6);
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_TRUE(a.crowded);
	CU_ASSERT_EQUAL(a.source_addrs, 2);
	CU_ASSERT_FALSE(a.bad);
}

static void
a_source_may_be_a_name(void)
{
	begin6();
	PUT("\0\70\0\16\0\3\0\12\3ntp\4site\0");
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_EQUAL(a.source_names, 1);
	CU_ASSERT_STRING_EQUAL(a.source_name[0], "ntp.site");
}

static void
a_name_that_a_terminal_cannot_bear_is_none(void)
{
	begin6();
	PUT("\0\70\0\11\0\3\0\5\3a\033b\0");
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_EQUAL(a.source_names, 0);
	CU_ASSERT_TRUE(a.bad);
}

/* 0xc00c points back into the message; there is no compression here. */
static void
a_compressed_name_is_none(void)
{
	begin6();
	PUT("\0\70\0\6\0\3\0\2\300\14");
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_TRUE(a.bad);
}

static void
an_option_without_a_source_is_wrong(void)
{
	begin6();
	PUT("\0\70\0\0");
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_EQUAL(a.sources, 1);
	CU_ASSERT_TRUE(a.bad);
}

static void
half_an_ipv6_address_is_wrong(void)
{
	begin6();
	PUT("\0\37\0\10\40\1\15\270\0\0\0\1");
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_TRUE(a.listed);
	CU_ASSERT_EQUAL(a.servers, 0);
	CU_ASSERT_TRUE(a.bad);
}

static void
a_reply_that_is_cut_is_wrong(void)
{
	begin6();
	PUT("\0\37\0\40" ONE6);
	CU_ASSERT_TRUE(read6());
	CU_ASSERT_TRUE(a.bad);
}

static void
what_is_no_reply_to_us_is_none(void)
{
	begin6();
	CU_ASSERT_TRUE(read6());
	pkt[3] ^= 1;
	CU_ASSERT_FALSE(read6());
	pkt[3] ^= 1;
	pkt[0] = 2; /* an Advertise */
	CU_ASSERT_FALSE(read6());
	pkt[0] = 7;
	len = 3;
	CU_ASSERT_FALSE(read6());
}

static CU_TestInfo tests[] = {
	{ "a DISCOVER is as long as relays want it",
	    a_discover_is_as_long_as_relays_want_it },
	{ "its client identifier is not the host's",
	    its_client_identifier_is_not_the_hosts },
	{ "an OFFER names the servers", an_offer_names_the_servers },
	{ "an OFFER may name none", an_offer_may_name_none },
	{ "a long option in two parts is one",
	    a_long_option_in_two_parts_is_one },
	{ "options may stand in the names", options_may_stand_in_the_names },
	{ "but not if they are names", but_not_if_they_are_names },
	{ "half an address is wrong", half_an_address_is_wrong },
	{ "an option of no length is wrong", an_option_of_no_length_is_wrong },
	{ "an option beyond the end is wrong",
	    an_option_beyond_the_end_is_wrong },
	{ "too many servers are cut", too_many_servers_are_cut },
	{ "what is no OFFER to us is none", what_is_no_offer_to_us_is_none },
	{ "an OFFER cut anywhere is none or whole",
	    an_offer_cut_anywhere_is_none_or_whole },
	{ "an Information-request takes no address",
	    an_information_request_takes_no_address },
	{ "a Reply names servers of both options",
	    a_reply_names_servers_of_both_options },
	{ "two sources in one option are a crowd",
	    two_sources_in_one_option_are_a_crowd },
	{ "a source may be a name", a_source_may_be_a_name },
	{ "a name that a terminal cannot bear is none",
	    a_name_that_a_terminal_cannot_bear_is_none },
	{ "a compressed name is none", a_compressed_name_is_none },
	{ "an option without a source is wrong",
	    an_option_without_a_source_is_wrong },
	{ "half an IPv6 address is wrong", half_an_ipv6_address_is_wrong },
	{ "a Reply that is cut is wrong", a_reply_that_is_cut_is_wrong },
	{ "what is no Reply to us is none", what_is_no_reply_to_us_is_none },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_dhcp = { "core/dhcp", NULL, NULL, setup, NULL, tests };
