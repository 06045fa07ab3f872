/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"

#include "made.h"
#include "peek.h"

#include <math.h>

#define NS INT64_C(1000000000)
#define DAY (86400 * NS)

static struct snapshot s;
static struct mib_world w;

static void
setup(void)
{
	s = made_paired();
	s.at = (struct wall){ 1000 * DAY };
	s.sums.heard = 350; /* more than its servers: one was replaced */
	w = peek_world(&s);
}

/* RFC 5907, section 4: SYNTAX of every object that can be read. */
static const struct {
	const char *name;
	enum mib_type type;
} syntax[] = {
	{ "ntp.1.1.1.0", MIB_OCTETS },	     /* SoftwareName */
	{ "ntp.1.1.2.0", MIB_OCTETS },	     /* SoftwareVersion */
	{ "ntp.1.1.3.0", MIB_OCTETS },	     /* SoftwareVendor */
	{ "ntp.1.1.4.0", MIB_OCTETS },	     /* SystemType */
	{ "ntp.1.1.5.0", MIB_UNSIGNED },     /* TimeResolution */
	{ "ntp.1.1.6.0", MIB_INTEGER },	     /* TimePrecision */
	{ "ntp.1.1.7.0", MIB_OCTETS },	     /* TimeDistance */
	{ "ntp.1.2.1.0", MIB_INTEGER },	     /* CurrentMode */
	{ "ntp.1.2.2.0", MIB_UNSIGNED },     /* Stratum */
	{ "ntp.1.2.3.0", MIB_UNSIGNED },     /* ActiveRefSourceId */
	{ "ntp.1.2.4.0", MIB_OCTETS },	     /* ActiveRefSourceName */
	{ "ntp.1.2.5.0", MIB_OCTETS },	     /* ActiveOffset */
	{ "ntp.1.2.6.0", MIB_UNSIGNED },     /* NumberOfRefSources */
	{ "ntp.1.2.7.0", MIB_OCTETS },	     /* Dispersion */
	{ "ntp.1.2.8.0", MIB_TICKS },	     /* EntityUptime */
	{ "ntp.1.2.9.0", MIB_OCTETS },	     /* DateTime */
	{ "ntp.1.2.10.0", MIB_OCTETS },	     /* LeapSecond */
	{ "ntp.1.2.11.0", MIB_INTEGER },     /* LeapSecDirection */
	{ "ntp.1.2.12.0", MIB_COUNTER },     /* InPkts */
	{ "ntp.1.2.13.0", MIB_COUNTER },     /* OutPkts */
	{ "ntp.1.2.14.0", MIB_COUNTER },     /* BadVersion */
	{ "ntp.1.2.15.0", MIB_COUNTER },     /* ProtocolError */
	{ "ntp.1.2.16.0", MIB_COUNTER },     /* Notifications */
	{ "ntp.1.2.17.1.2.1", MIB_COUNTER }, /* PktSent */
	{ "ntp.1.2.17.1.3.1", MIB_COUNTER }, /* PktReceived */
	{ "ntp.1.3.1.1.2.1", MIB_OCTETS },   /* AssocName */
	{ "ntp.1.3.1.1.3.1", MIB_OCTETS },   /* AssocRefId */
	{ "ntp.1.3.1.1.4.1", MIB_INTEGER },  /* AssocAddressType */
	{ "ntp.1.3.1.1.5.1", MIB_OCTETS },   /* AssocAddress */
	{ "ntp.1.3.1.1.6.1", MIB_OCTETS },   /* AssocOffset */
	{ "ntp.1.3.1.1.7.1", MIB_UNSIGNED }, /* AssocStratum */
	{ "ntp.1.3.1.1.8.1", MIB_OCTETS },   /* AssocStatusJitter */
	{ "ntp.1.3.1.1.9.1", MIB_OCTETS },   /* AssocStatusDelay */
	{ "ntp.1.3.1.1.10.1", MIB_OCTETS },  /* AssocStatusDispersion */
	{ "ntp.1.3.2.1.1.1", MIB_COUNTER },  /* AssocStatInPkts */
	{ "ntp.1.3.2.1.2.1", MIB_COUNTER },  /* AssocStatOutPkts */
	{ "ntp.1.3.2.1.3.1", MIB_COUNTER },  /* AssocStatProtocolError */
	{ "ntp.1.4.1.0", MIB_UNSIGNED },     /* HeartbeatInterval */
	{ "ntp.1.4.2.0", MIB_OCTETS },	     /* NotifBits */
};

static void
each_object_has_the_rfc_s_type(void)
{
	for (size_t i = 0; i < sizeof(syntax) / sizeof(syntax[0]); i++)
		CU_ASSERT_EQUAL(peek(&w, syntax[i].name).type, syntax[i].type);
}

static void
the_entity_says_who_it_is(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.1.0"), "ntpgated");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.2.0"), "1.2.3");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.3.0"),
	    "the ntpgate project");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.4.0"),
	    "Linux 6.1.0 / x86_64");
	w.version = w.system = NULL;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.2.0"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.4.0"), "");
}

static void
how_good_the_clock_is(void)
{
	s.serving.precision = -20;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.1.5.0"), 1000000000);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.1.6.0"), -20);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.1.7.0"), "8.600 ms");
}

static int64_t
mode_of(struct snapshot made)
{
	s = made;
	return peek_number(&w, "ntp.1.2.1.0");
}

static void
each_state_has_its_mode(void)
{
	struct snapshot orphan = made_holdover();

	orphan.state = ENGINE_ORPHAN;
	CU_ASSERT_EQUAL(mode_of(made_starting()), 2);
	CU_ASSERT_EQUAL(mode_of(made_synced()), 6);
	CU_ASSERT_EQUAL(mode_of(made_holdover()), 4);
	CU_ASSERT_EQUAL(mode_of(orphan), 4);
	CU_ASSERT_EQUAL(mode_of(made_panic()), 2);
	w.s = NULL;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.1.0"), 1);
}

static void
who_serves_no_time_is_not_synchronised_whatever_the_state(void)
{
	struct snapshot made = made_holdover();

	made.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(mode_of(made), 2);
}

static void
without_any_address_none_is_configured(void)
{
	struct snapshot made = made_starting();

	for (unsigned i = 0; i < made.upstreams; i++)
		made.upstream[i].active = false;
	CU_ASSERT_EQUAL(mode_of(made), 3);
	made.sibling.addr.family = ADDR_V4;
	CU_ASSERT_EQUAL(mode_of(made), 2);
	made = made_starting();
	made.upstreams = 0;
	CU_ASSERT_EQUAL(mode_of(made), 3);
}

static void
the_stratum_is_what_is_served(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.2.0"), 3);
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.2.0"), 16);
	s.serving.leap = LEAP_NONE;
	s.serving.stratum = 0;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.2.0"), 16);
	w.s = NULL;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.2.0"), 16);
}

static void
the_system_peer_is_named_by_its_row(void)
{
	s.named = 3;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.3.0"), 4);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.2.4.0"), "192.0.2.40");
	/* made.c: 0.3 ms a place, less 0.3 ms */
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.2.5.0"), "0.600 ms");
}

static void
there_may_be_no_system_peer(void)
{
	s.named = -1;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.3.0"), 0);
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.2.4.0"), "");
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.2.5.0"), "");
	s.named = 5; /* of five, from 0 */
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.3.0"), 0);
	s.named = 0;
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.3.0"), 0);
}

static void
the_sibling_is_a_source(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.6.0"), 6);
	s = made_synced();
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.6.0"), 5);
}

static void
the_dispersion_is_that_of_now(void)
{
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.2.7.0"), "2.100");
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_STRING_EQUAL(peek_text(&w, "ntp.1.2.7.0"), "");
}

static void
uptime_goes_on_between_snapshots(void)
{
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.8.0"), 1155000);
	w.age_s = 7.5;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.8.0"), 1155750);
}

/* TimeTicks are 32 bits: 2^32 hundredths are 42949672.96 s */
static void
uptime_goes_round_after_497_days(void)
{
	s.uptime_s = 42949672.96 + 3;
	CU_ASSERT_DOUBLE_EQUAL((double)peek_number(&w, "ntp.1.2.8.0"), 300, 1);
	s.uptime_s = NAN;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.8.0"), 0);
}

/* Day 1000 is 86400000 s after 1970, 2295388800 = 0x88d0da80 after 1900; half a
 * second later it is a snapshot that old, and a clock that is 1/4 s slow
 * shows 1/4 s less. */
static void
the_date_is_what_we_serve(void)
{
	s.offset_s = 0;
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.2.9.0"),
	    "00:00:00:00:88:d0:da:80:00:00:00:00:00:00:00:00");
	w.age_s = 0.5;
	s.offset_s = 0.25;
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.2.9.0"),
	    "00:00:00:00:88:d0:da:80:40:00:00:00:00:00:00:00");
}

static void
without_synchronisation_there_is_no_date(void)
{
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(peek(&w, "ntp.1.2.9.0").len, 0);
	w.s = NULL;
	CU_ASSERT_EQUAL(peek(&w, "ntp.1.2.9.0").len, 0);
}

static void
no_leap_second_is_zero_and_no_direction(void)
{
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.2.10.0"),
	    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00");
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.11.0"), 0);
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(peek(&w, "ntp.1.2.10.0").len, 0);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.11.0"), 0);
}

/* The end of day 1000: 86400 = 0x15180 s more than above */
static void
a_leap_second_is_at_the_next_midnight(void)
{
	s.offset_s = 0;
	s.at.ns += 3600 * NS;
	s.serving.leap = LEAP_INSERT;
	CU_ASSERT_STRING_EQUAL(peek_hex(&w, "ntp.1.2.10.0"),
	    "00:00:00:00:88:d2:2c:00:00:00:00:00:00:00:00:00");
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.11.0"), 1);
	s.serving.leap = LEAP_DELETE;
	CU_ASSERT_EQUAL(peek(&w, "ntp.1.2.10.0").len, 16);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.11.0"), -1);
}

/* made.c: 12345 requests; 311 questions sent ever */
static void
packets_are_those_of_inside_and_outside(void)
{
	s.serve.mode_out[MODE_SERVER] = 12300;
	s.serve.mode_out[MODE_SYMMETRIC_PASSIVE] = 5;
	s.sums.sibling_asked = 40;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.12.0"), 12345 + 350);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.13.0"), 12305 + 311 + 40);
}

/* Its packets come to, and leave from, the port on which we serve. */
static void
those_of_a_peer_are_not_counted_twice(void)
{
	s.sibling.symmetric = true;
	s.sibling.sent = s.sibling.received = 40;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.12.0"), 12345 + 350);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.13.0"), 311);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.2.3"), 311);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.3.4"), 350);
}

static void
packets_are_counted_by_mode(void)
{
	for (unsigned m = 0; m < PACKET_MODES; m++) {
		s.serve.mode_in[m] = 1000 + m;
		s.serve.mode_out[m] = 2000 + m;
	}
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.2.1"), 2001);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.3.1"), 1001);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.2.3"), 2003 + 311);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.3.3"), 1003);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.2.4"), 2004);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.3.4"), 1004 + 350);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.3.5"), 1005);
}

static void
control_is_no_broadcast_client(void)
{
	s.serve.mode_in[MODE_CONTROL] = s.serve.mode_out[MODE_CONTROL] = 7;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.2.6"), 0);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.17.1.3.6"), 0);
}

static void
bad_versions_are_no_protocol_errors(void)
{
	s.serve.verdict[SERVER_VERSION] = 11;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.14.0"), 11);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.15.0"), 0);
}

static void
protocol_errors_are_those_of_inside_and_outside(void)
{
	s.sums.sibling_verdict[SIBLING_REFUSED] = 4;
	s.serve.verdict[SERVER_SHORT] = 1;
	s.serve.verdict[SERVER_MODE] = 10;
	s.serve.verdict[SERVER_MALFORMED] = 100;
	s.serve.verdict[SERVER_BAD_MAC] = 1000;
	s.serve.verdict[SERVER_DENIED] = 5000;
	s.sums.verdict[SOURCE_UNASKED] = 20000;
	s.sums.verdict[SOURCE_KISS] = 50000;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.15.0"), 21115);
}

/* A counter that falls is 4 billion errors to whom reads it. */
static void
those_of_a_server_that_left_stay_counted(void)
{
	s.sums.verdict[SOURCE_UNASKED] = 7;
	s.sums.sibling_verdict[SIBLING_MALFORMED] = 3;
	s.upstreams = 0;
	s.sibling = (struct snapshot_sibling){ 0 };
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.15.0"), 10);
}

static void
counters_go_round_at_32_bits(void)
{
	s.serve.received = UINT64_C(0x100000000);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.12.0"), 350);
}

static void
what_is_kept_is_told(void)
{
	peek_kept.notifications = 77;
	peek_kept.heartbeat_s = 900;
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.2.16.0"), 77);
	CU_ASSERT_EQUAL(peek_number(&w, "ntp.1.4.1.0"), 900);
}

static CU_TestInfo tests[] = {
	{ "each object has the RFC's type", each_object_has_the_rfc_s_type },
	{ "the entity says who it is", the_entity_says_who_it_is },
	{ "how good the clock is", how_good_the_clock_is },
	{ "each state has its mode", each_state_has_its_mode },
	{ "who serves no time is not synchronised whatever the state",
	    who_serves_no_time_is_not_synchronised_whatever_the_state },
	{ "without any address none is configured",
	    without_any_address_none_is_configured },
	{ "the stratum is what is served", the_stratum_is_what_is_served },
	{ "the system peer is named by its row",
	    the_system_peer_is_named_by_its_row },
	{ "there may be no system peer", there_may_be_no_system_peer },
	{ "the sibling is a source", the_sibling_is_a_source },
	{ "the dispersion is that of now", the_dispersion_is_that_of_now },
	{ "uptime goes on between snapshots",
	    uptime_goes_on_between_snapshots },
	{ "uptime goes round after 497 days",
	    uptime_goes_round_after_497_days },
	{ "the date is what we serve", the_date_is_what_we_serve },
	{ "without synchronisation there is no date",
	    without_synchronisation_there_is_no_date },
	{ "no leap second is zero and no direction",
	    no_leap_second_is_zero_and_no_direction },
	{ "a leap second is at the next midnight",
	    a_leap_second_is_at_the_next_midnight },
	{ "packets are those of inside and outside",
	    packets_are_those_of_inside_and_outside },
	{ "those of a peer are not counted twice",
	    those_of_a_peer_are_not_counted_twice },
	{ "packets are counted by mode", packets_are_counted_by_mode },
	{ "control is no broadcast client", control_is_no_broadcast_client },
	{ "bad versions are no protocol errors",
	    bad_versions_are_no_protocol_errors },
	{ "protocol errors are those of inside and outside",
	    protocol_errors_are_those_of_inside_and_outside },
	{ "those of a server that left stay counted",
	    those_of_a_server_that_left_stay_counted },
	{ "counters go round at 32 bits", counters_go_round_at_32_bits },
	{ "what is kept is told", what_is_kept_is_told },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib_ntp = { "view/mib_ntp", NULL, NULL, setup, NULL, tests };
