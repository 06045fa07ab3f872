/* SPDX-License-Identifier: ISC */
#include "conf/logline.h"

#include "unit.h"

#include <string.h>

static struct logline l;
static struct talk_event got;

static void
setup(void)
{
	memset(&l, 0, sizeof(l));
}

/* Reads it, and is it NTP from a to b? */
static bool
is(const char *line, const char *a, unsigned a_port, const char *b,
    unsigned b_port)
{
	struct addr from, to;

	return logline_read(&l, line, &got) == LOGLINE_NTP &&
	    addr_parse(&from, a) && addr_parse(&to, b) &&
	    addr_same_host(&from, &got.from) && addr_same_host(&to, &got.to) &&
	    got.from.port == a_port && got.to.port == b_port;
}

static void
nftables_and_iptables_write_one_form(void)
{
	CU_ASSERT(is("Nov 22 03:12:05 fw kernel: [812.1] DROP: IN=wan0 OUT= "
		     "MAC=52:54 SRC=192.0.2.1 DST=10.0.0.5 LEN=76 TOS=0x00 "
		     "PREC=0x00 TTL=55 ID=1 DF PROTO=UDP SPT=123 DPT=4000 "
		     "LEN=56 ",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.octets, 48);
	CU_ASSERT_EQUAL(got.ttl, 55);
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
	CU_ASSERT_EQUAL(l.lines[LOGLINE_NFTABLES], 1);
}
static void
their_version_6_has_a_hop_limit(void)
{
	CU_ASSERT(is("kernel: pass IN=lan0 OUT=wan0 SRC=fd00::5 "
		     "DST=2001:db8::1 LEN=96 TC=0 HOPLIMIT=63 FLOWLBL=1 "
		     "PROTO=UDP SPT=123 DPT=123 LEN=56",
	    "fd00::5", 123, "2001:db8::1", 123));
	CU_ASSERT_EQUAL(got.octets, 48);
	CU_ASSERT_EQUAL(got.ttl, 63);
	CU_ASSERT_EQUAL(got.fate, TALK_PASSED);
	CU_ASSERT(!got.timed);
}
static void
pf_as_tcpdump_prints_it(void)
{
	CU_ASSERT(is("00:00:00.000000 rule 3/0(match): block in on em0: "
		     "192.0.2.1.123 > 10.0.0.5.4000: NTPv4, Server, length 48",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
	CU_ASSERT_EQUAL(got.mode, 4);
	CU_ASSERT_EQUAL(got.version, 4);
	CU_ASSERT_EQUAL(got.octets, 48);
	CU_ASSERT(is("Nov 22 03:12:05.123 rule 12/(match) pass out on em0: "
		     "2001:db8::1.123 > fd00::5.4000: v4 server strat 2",
	    "2001:db8::1", 123, "fd00::5", 4000));
	CU_ASSERT_EQUAL(got.fate, TALK_PASSED);
	CU_ASSERT_EQUAL(got.mode, 4);
}
static void
filterlog_of_pfsense(void)
{
	CU_ASSERT(is("Nov 22 03:12:05 fw filterlog[1]: 4,,,1000000103,igb0,"
		     "match,block,in,4,0x0,,55,1,0,DF,17,udp,76,192.0.2.1,"
		     "10.0.0.5,123,4000,56",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.octets, 48);
	CU_ASSERT(is("Nov 22 03:12:05 fw filterlog[1]: 4,,,1,igb0,match,pass,"
		     "in,6,0x00,0x00000,55,UDP,17,56,2001:db8::1,fd00::5,123,"
		     "4000,56",
	    "2001:db8::1", 123, "fd00::5", 4000));
}
static void
asa_denies(void)
{
	CU_ASSERT(is("%ASA-4-106023: Deny udp src outside:192.0.2.1/123 dst "
		     "inside:10.0.0.5/4000 by access-group \"in\" [0x0, 0x0]",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
	CU_ASSERT(is("%ASA-2-106006: Deny inbound UDP from 192.0.2.1/123 to "
		     "10.0.0.5/4000 on interface outside",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT(is("%ASA-6-106100: access-list a denied udp "
		     "outside/192.0.2.1(123) -> inside/10.0.0.5(4000) "
		     "hit-cnt 1 first hit [0x0, 0x0]",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
}
static void
asa_names_the_outside_first_even_if_inside_began(void)
{
	CU_ASSERT(is("%ASA-6-302015: Built outbound UDP connection 9 for "
		     "outside:192.0.2.1/123 (192.0.2.1/123) to "
		     "inside:10.0.0.5/4000 (198.51.100.1/4000)",
	    "10.0.0.5", 4000, "192.0.2.1", 123));
	CU_ASSERT(is("%ASA-6-302015: Built inbound UDP connection 9 for "
		     "outside:203.0.113.1/4000 (203.0.113.1/4000) to "
		     "inside:10.0.0.5/123 (198.51.100.1/123)",
	    "203.0.113.1", 4000, "10.0.0.5", 123));
}
static void
asa_tells_by_the_octets_whether_an_answer_came(void)
{
	CU_ASSERT(is("%ASA-6-302016: Teardown UDP connection 9 for "
		     "outside:192.0.2.1/123 to inside:10.0.0.5/4000 duration "
		     "0:02:01 bytes 96",
	    "10.0.0.5", 4000, "192.0.2.1", 123));
	CU_ASSERT_EQUAL(got.packets, 0);
	CU_ASSERT_EQUAL(got.answers, 1);
	logline_read(&l,
	    "%ASA-6-302016: Teardown UDP connection 9 for "
	    "outside:192.0.2.1/123 to inside:10.0.0.5/4000 duration 0:02:01 "
	    "bytes 48",
	    &got);
	CU_ASSERT_EQUAL(got.answers, 0);
}
static void
ios_counts_packets(void)
{
	CU_ASSERT(is("Nov 22 03:12:05 r 9: *Nov 22 03:12:04.9: "
		     "%SEC-6-IPACCESSLOGP: list 101 denied udp 192.0.2.1(123) "
		     "-> 10.0.0.5(4000), 7 packets",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.packets, 7);
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
	CU_ASSERT(is("%SEC-6-IPACCESSLOGP: list IN permitted udp "
		     "192.0.2.1(123) (Gi0/1 0011.2233.4455) -> 10.0.0.5(4000), "
		     "1 packet",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.fate, TALK_PASSED);
	CU_ASSERT(is("%IPV6_ACL-6-ACCESSLOGP: list IN6/20 denied udp "
		     "2001:DB8::1(123) -> FD00::5(123), 1 packet",
	    "2001:db8::1", 123, "fd00::5", 123));
}
static void
junos_sessions(void)
{
	CU_ASSERT(is("Nov 22 03:12:05  s RT_FLOW: RT_FLOW_SESSION_CREATE: "
		     "session created 10.0.0.5/4000->192.0.2.1/123 0x0 "
		     "junos-ntp 10.0.0.5/4000->192.0.2.1/123",
	    "10.0.0.5", 4000, "192.0.2.1", 123));
	CU_ASSERT(is("RT_FLOW_SESSION_DENY: session denied "
		     "10.0.0.5/4000->192.0.2.1/123 0x0 junos-ntp 17(0)",
	    "10.0.0.5", 4000, "192.0.2.1", 123));
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
	CU_ASSERT(is("RT_FLOW_SESSION_CLOSE: session closed idle Timeout: "
		     "10.0.0.5/4000->192.0.2.1/123 0x0 junos-ntp "
		     "10.0.0.5/4000->192.0.2.1/123 0x0 N/A N/A 17 p t u 7 "
		     "1(76) 2(152) 60 UNKNOWN",
	    "10.0.0.5", 4000, "192.0.2.1", 123));
	CU_ASSERT_EQUAL(got.answers, 2);
}
static void
junos_structured(void)
{
	CU_ASSERT(is("<14>1 2026-11-22T03:12:05.1Z s RT_FLOW - "
		     "RT_FLOW_SESSION_CLOSE [junos@2636 reason=\"idle\" "
		     "source-address=\"10.0.0.5\" source-port=\"4000\" "
		     "destination-address=\"192.0.2.1\" "
		     "destination-port=\"123\" service-name=\"junos-ntp\" "
		     "packets-from-client=\"1\" packets-from-server=\"1\"]",
	    "10.0.0.5", 4000, "192.0.2.1", 123));
	CU_ASSERT_EQUAL(got.answers, 1);
	CU_ASSERT(got.timed);
}
static void
junos_filters(void)
{
	CU_ASSERT(is("Nov 22 03:12:05 m fpc0 PFE_FW_SYSLOG_IP: FW: ge-0/0/0.0 "
		     "  D  udp 192.0.2.1 10.0.0.5 123 4000 (3 packets)",
	    "192.0.2.1", 123, "10.0.0.5", 4000));
	CU_ASSERT_EQUAL(got.packets, 3);
	CU_ASSERT_EQUAL(got.fate, TALK_BLOCKED);
}
static void
what_is_about_something_else_is_other(void)
{
	CU_ASSERT_EQUAL(logline_read(&l,
			    "IN=a OUT= SRC=192.0.2.1 DST=10.0.0.5 LEN=40 "
			    "TTL=9 ID=1 PROTO=UDP SPT=53 DPT=4000 LEN=20 ",
			    &got),
	    LOGLINE_OTHER);
	CU_ASSERT_EQUAL(logline_read(&l,
			    "%ASA-6-302013: Built outbound TCP connection 9 "
			    "for a:192.0.2.1/443",
			    &got),
	    LOGLINE_OTHER);
}
static void
what_no_firewall_wrote_is_foreign(void)
{
	CU_ASSERT_EQUAL(logline_read(&l, "", &got), LOGLINE_FOREIGN);
	CU_ASSERT_EQUAL(logline_read(&l, "sshd[123]: Accepted", &got),
	    LOGLINE_FOREIGN);
}
static void
what_is_cut_or_has_impossible_numbers_is_damaged(void)
{
	CU_ASSERT_EQUAL(logline_read(&l,
			    "IN=a SRC=192.0.2.1 DST=10.0.0.555 LEN=76 TTL=9 "
			    "PROTO=UDP SPT=123 DPT=4000 LEN=56 ",
			    &got),
	    LOGLINE_BAD);
	CU_ASSERT_EQUAL(logline_read(&l,
			    "IN=a SRC=192.0.2.1 DST=10.0.0.5 LEN=76 TTL=9 "
			    "PROTO=UDP SPT=123 DPT=65536 LEN=56 ",
			    &got),
	    LOGLINE_BAD);
	CU_ASSERT_EQUAL(logline_read(&l,
			    "%ASA-4-106023: Deny udp src o:192.0.2.1/123 dst",
			    &got),
	    LOGLINE_BAD);
}
static void
each_dialect_has_a_name_of_its_own(void)
{
	for (int i = 0; i < LOGLINE_DIALECTS; i++)
		for (int k = 0; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(
			    logline_dialect_name((enum logline_dialect)i),
			    logline_dialect_name((enum logline_dialect)k));
}

static CU_TestInfo tests[] = {
	{ "nftables and iptables write one form",
	    nftables_and_iptables_write_one_form },
	{ "their version 6 has a hop limit", their_version_6_has_a_hop_limit },
	{ "pf as tcpdump prints it", pf_as_tcpdump_prints_it },
	{ "filterlog of pfsense", filterlog_of_pfsense },
	{ "asa denies", asa_denies },
	{ "asa names the outside first even if inside began",
	    asa_names_the_outside_first_even_if_inside_began },
	{ "asa tells by the octets whether an answer came",
	    asa_tells_by_the_octets_whether_an_answer_came },
	{ "ios counts packets", ios_counts_packets },
	{ "junos sessions", junos_sessions },
	{ "junos structured", junos_structured },
	{ "junos filters", junos_filters },
	{ "what is about something else is other",
	    what_is_about_something_else_is_other },
	{ "what no firewall wrote is foreign",
	    what_no_firewall_wrote_is_foreign },
	{ "what is cut or has impossible numbers is damaged",
	    what_is_cut_or_has_impossible_numbers_is_damaged },
	{ "each dialect has a name of its own",
	    each_dialect_has_a_name_of_its_own },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_logline = { "conf/logline", NULL, NULL, setup, NULL, tests };
