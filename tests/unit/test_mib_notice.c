/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "base/text.h"
#include "view/mib_parts.h"

#include "made.h"
#include "peek.h"

#include <string.h>

static struct snapshot s;
static struct mib_world w;
static struct mib_told told;
static struct mib_notice out[MIB_NOTICES];

static void
setup(void)
{
	s = made_paired();
	s.at = (struct wall){ INT64_C(1800000000000000000) };
	w = peek_world(&s);
	memset(&told, 0, sizeof(told));
	/* what was there before it was looked at is no news */
	CU_ASSERT_EQUAL(mib_changes(&told, &w, out), 0);
}

static unsigned
changes(void)
{
	return mib_changes(&told, &w, out);
}

static bool
named(const struct mib_oid *is, const char *name)
{
	struct mib_oid o = peek_name(name);

	return mib_compare(is, &o) == 0;
}

/* Is it this one, with those objects, divided by blanks? */
static bool
is(const struct mib_notice *n, const char *name, const char *objects)
{
	const char *c = objects;
	unsigned k = 0;

	for (; k < n->count && *c != '\0'; k++) {
		size_t len = strcspn(c, " ");
		char one[64] = "";

		if (len < sizeof(one))
			memcpy(one, c, len);
		if (!named(&n->object[k].name, one))
			return false;
		c += len + strspn(c + len, " ");
	}
	return k == n->count && *c == '\0' && named(&n->name, name);
}

static const char *
text_of(const struct mib_notice *n, unsigned object)
{
	static char text[MIB_OCTETS_MAX + 1];
	const struct mib_value *v = &n->object[object].value;

	CU_ASSERT_EQUAL_FATAL(v->type, MIB_OCTETS);
	memcpy(text, v->octets, v->len);
	text[v->len] = '\0';
	return text;
}

static void
want_only(enum mib_bit bit)
{
	peek_kept.bits = (uint16_t)(1u << bit);
}

/* ---- RFC 5907 */

static void
nothing_changes_nothing(void)
{
	CU_ASSERT_EQUAL(changes(), 0);
	s.serve.received += 1000;
	s.uptime_s += 10;
	s.offset_s = -0.001;
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_mode_is_told_once(void)
{
	s.state = ENGINE_HOLDOVER;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.1", "ntp.1.2.1.0"));
	CU_ASSERT_EQUAL(out[0].object[0].value.number, 4);
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
who_stops_changes_mode_and_stratum(void)
{
	w.s = NULL;
	CU_ASSERT_EQUAL_FATAL(changes(), 2);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.1", "ntp.1.2.1.0"));
	CU_ASSERT_EQUAL(out[0].object[0].value.number, 1);
	CU_ASSERT_TRUE(
	    is(&out[1], "ntp.0.2", "ntp.1.2.9.0 ntp.1.2.2.0 ntp.1.5.1.0"));
	CU_ASSERT_EQUAL(out[1].object[0].value.len, 0);
	CU_ASSERT_EQUAL(out[1].object[1].value.number, 16);
	CU_ASSERT_EQUAL(changes(), 0);
	w.s = &s;
	CU_ASSERT_EQUAL(changes(), 2);
}

static void
a_stratum_is_told_once(void)
{
	s.serving.stratum = 4;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(
	    is(&out[0], "ntp.0.2", "ntp.1.2.9.0 ntp.1.2.2.0 ntp.1.5.1.0"));
	CU_ASSERT_EQUAL(out[0].object[0].value.len, 16);
	CU_ASSERT_EQUAL(out[0].object[1].value.number, 4);
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 2), "stratum 4, was 3");
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_system_peer_is_told_once(void)
{
	s.named = 1;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(
	    is(&out[0], "ntp.0.3", "ntp.1.2.9.0 ntp.1.2.3.0 ntp.1.5.1.0"));
	CU_ASSERT_EQUAL(out[0].object[1].value.number, 2);
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 2),
	    "our reference id names ntp2.example.org");
	CU_ASSERT_EQUAL(changes(), 0);
}

/* Mode 6, for it is synchronised. */
static void
a_daemon_that_is_young_has_started(void)
{
	memset(&told, 0, sizeof(told));
	s.uptime_s = 4.9;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.1", "ntp.1.2.1.0"));
	CU_ASSERT_EQUAL(out[0].object[0].value.number, 6);
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
one_that_is_older_was_there_before(void)
{
	memset(&told, 0, sizeof(told));
	s.uptime_s = 5.1;
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_start_is_told_to_who_wants_it(void)
{
	struct mib_kept none = { 0 };

	memset(&told, 0, sizeof(told));
	s.uptime_s = 1;
	w.kept = &none;
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
the_same_system_peer_again_is_no_change(void)
{
	s.named = -1;
	CU_ASSERT_EQUAL(changes(), 0);
	s.named = 0;
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_new_server_is_told_once(void)
{
	s.upstreams = 6;
	s.upstream[5] = s.upstream[0];
	text_copy(s.upstream[5].host, SOURCE_HOST_MAX, "new.example.net");
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(
	    is(&out[0], "ntp.0.4", "ntp.1.2.9.0 ntp.1.3.1.1.2.6 ntp.1.5.1.0"));
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 1), "new.example.net");
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 2), "new.example.net is asked");
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_server_that_is_gone_is_told_once_by_its_name(void)
{
	s.upstreams = 4;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(
	    is(&out[0], "ntp.0.5", "ntp.1.2.9.0 ntp.1.3.1.1.2.5 ntp.1.5.1.0"));
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 1), "2001:db8::123");
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
the_sibling_is_an_association(void)
{
	s.sibling.state = SNAPSHOT_SIBLING_NONE;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(
	    is(&out[0], "ntp.0.5", "ntp.1.2.9.0 ntp.1.3.1.1.2.9 ntp.1.5.1.0"));
	s.sibling.state = SNAPSHOT_SIBLING_UNHEARD;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(
	    is(&out[0], "ntp.0.4", "ntp.1.2.9.0 ntp.1.3.1.1.2.9 ntp.1.5.1.0"));
}

static void
another_order_is_no_change(void)
{
	struct snapshot_upstream first = s.upstream[0];

	s.upstream[0] = s.upstream[1];
	s.upstream[1] = first;
	s.named = 1; /* who it was */
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
another_port_of_a_host_is_another_server(void)
{
	s.upstream[s.upstreams] = s.upstream[0];
	s.upstream[s.upstreams].addr.port = 11123;
	s.upstreams++;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 2),
	    "ntp1.example.net:11123 is asked");
	CU_ASSERT_EQUAL(changes(), 0);
	CU_ASSERT_TRUE_FATAL(mib_notice_of(&w, EVENT_SOURCE_FALSETICKER,
	    "host=ntp1.example.net:11123 state=falseticker", &out[0]));
	CU_ASSERT_TRUE(named(&out[0].object[1].name, "own.1.3.1.1.2.6"));
}

static void
all_servers_may_change_at_once(void)
{
	s.upstreams = ENGINE_SOURCES;
	for (unsigned i = 5; i < ENGINE_SOURCES; i++)
		s.upstream[i] = s.upstream[0];
	CU_ASSERT_EQUAL(changes(), 0); /* the name is not new */
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		struct text t = TEXT(s.upstream[i].host);

		text_add(&t, "n%u.example.net", i);
	}
	changes();
	s.reloads++;
	s.state = ENGINE_HOLDOVER;
	s.serving.stratum = 5;
	s.serving.leap = LEAP_INSERT;
	s.named = 7;
	for (unsigned i = 0; i < ENGINE_SOURCES; i++) {
		struct text t = TEXT(s.upstream[i].host);

		text_add(&t, "m%u.example.net", i);
	}
	text_copy(s.sibling.host, SOURCE_HOST_MAX, "gw3");
	CU_ASSERT_EQUAL(changes(), MIB_NOTICES);
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_reload_is_told_once(void)
{
	s.reloads = 3;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.6", "ntp.1.2.9.0 ntp.1.5.1.0"));
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 1),
	    "a new configuration is in force");
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
a_leap_second_is_told_once(void)
{
	s.serving.leap = LEAP_INSERT;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.7", "ntp.1.2.9.0 ntp.1.5.1.0"));
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 1),
	    "this UTC day has a second more");
	CU_ASSERT_EQUAL(changes(), 0);
	s.serving.leap = LEAP_NONE;
	CU_ASSERT_EQUAL(changes(), 0);
	s.serving.leap = LEAP_DELETE;
	CU_ASSERT_EQUAL_FATAL(changes(), 1);
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 1),
	    "this UTC day has a second less");
}

static void
an_announcement_outlives_a_lost_synchronisation(void)
{
	want_only(MIB_LEAP_ANNOUNCED);
	s.serving.leap = LEAP_INSERT;
	CU_ASSERT_EQUAL(changes(), 1);
	s.serving.leap = LEAP_UNSYNC;
	CU_ASSERT_EQUAL(changes(), 0);
	s.serving.leap = LEAP_INSERT;
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
the_heartbeat_says_that_we_live(void)
{
	peek_kept.heartbeat_s = 30;
	mib_heartbeat(&w, &out[0]);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.8",
	    "ntp.1.2.9.0 ntp.1.2.1.0 ntp.1.4.1.0 ntp.1.5.1.0"));
	CU_ASSERT_EQUAL(out[0].object[1].value.number, 6);
	CU_ASSERT_EQUAL(out[0].object[2].value.number, 30);
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 3), "synced");
	w.s = NULL;
	mib_heartbeat(&w, &out[0]);
	CU_ASSERT_TRUE(is(&out[0], "ntp.0.8",
	    "ntp.1.2.9.0 ntp.1.2.1.0 ntp.1.4.1.0 ntp.1.5.1.0"));
	CU_ASSERT_STRING_EQUAL(text_of(&out[0], 3), "not running");
}

/* All seven at once: a server changes, which is two. */
static void
everything_changes(void)
{
	s.reloads++;
	text_copy(s.upstream[1].host, SOURCE_HOST_MAX, "other.example.net");
	s.named = 1;
	s.state = ENGINE_HOLDOVER;
	s.serving.stratum = 9;
	s.serving.leap = LEAP_INSERT;
}

static void
each_bit_is_for_its_notification(void)
{
	for (unsigned bit = MIB_MODE_CHANGE; bit < MIB_HEARTBEAT; bit++) {
		uint32_t id[] = { 0, bit };
		struct mib_oid name = mib_name(MIB_NTP, id, 2);

		setup();
		want_only((enum mib_bit)bit);
		everything_changes();
		CU_ASSERT_EQUAL_FATAL(changes(), 1);
		CU_ASSERT_EQUAL(mib_compare(&out[0].name, &name), 0);
	}
}

static void
what_is_not_wanted_is_not_told_later(void)
{
	peek_kept.bits = 0;
	everything_changes();
	CU_ASSERT_EQUAL(changes(), 0);
	mib_kept_init(&peek_kept);
	CU_ASSERT_EQUAL(changes(), 0);
}

static void
before_the_first_snapshot_there_is_nothing_to_tell(void)
{
	memset(&told, 0, sizeof(told));
	w.s = NULL;
	CU_ASSERT_EQUAL(changes(), 0);
	w.s = &s;
	CU_ASSERT_EQUAL(changes(), 0);
	s.serving.stratum = 4;
	CU_ASSERT_EQUAL(changes(), 1);
}

/* ---- our own */

static const struct {
	enum event_id event;
	const char *name, *text, *objects;
} own[] = {
	{ EVENT_BUDGET_HIGH, "own.0.1", "sent=512 of 640 in a day",
	    "own.1.7.1.0 own.1.2.3.0 own.1.2.1.0" },
	{ EVENT_SOURCE_RETIRED, "own.0.2",
	    "host=ntp2.example.org state=retired for 30 days",
	    "own.1.7.1.0 own.1.3.1.1.2.2 own.1.3.1.1.17.2" },
	{ EVENT_SOURCE_FALSETICKER, "own.0.3",
	    "host=192.0.2.40 state=falseticker",
	    "own.1.7.1.0 own.1.3.1.1.2.4 own.1.3.1.1.9.4" },
	{ EVENT_SIBLING_LOST, "own.0.4", "host=10.0.0.12 state=unheard",
	    "own.1.7.1.0 own.1.4.2.0 own.1.4.3.0" },
	{ EVENT_SIBLING_DROPPED, "own.0.5", "host=10.0.0.12 state=dropped",
	    "own.1.7.1.0 own.1.4.2.0 own.1.4.4.0" },
	{ EVENT_CLOCK_HOLDOVER, "own.0.6", "state=holdover",
	    "own.1.7.1.0 own.1.1.5.0 own.1.1.6.0" },
	{ EVENT_CLOCK_ORPHAN, "own.0.7", "state=orphan",
	    "own.1.7.1.0 own.1.1.5.0 own.1.1.6.0" },
	{ EVENT_CLOCK_PANIC, "own.0.8", "state=panic",
	    "own.1.7.1.0 own.1.1.5.0 own.1.1.6.0" },
	{ EVENT_ATTACK_SUSPECTED, "own.0.9", "unasked=300",
	    "own.1.7.1.0 own.1.5.1.0 own.1.5.6.0" },
	{ EVENT_CLIENTS_ROGUE, "own.0.10", "host=10.0.0.7 flags=hard-coded",
	    "own.1.7.1.0 own.1.6.2.0 own.1.6.1.0" },
};

#define OWN (sizeof(own) / sizeof(own[0]))

static void
events_have_notifications_with_their_text(void)
{
	for (size_t i = 0; i < OWN; i++) {
		CU_ASSERT_TRUE_FATAL(
		    mib_notice_of(&w, own[i].event, own[i].text, &out[0]));
		CU_ASSERT_TRUE(is(&out[0], own[i].name, own[i].objects));
		CU_ASSERT_STRING_EQUAL(text_of(&out[0], 0), own[i].text);
	}
}

static void
other_events_have_none(void)
{
	unsigned n = 0;

	for (unsigned e = 0; e < EVENTS; e++) {
		bool is = mib_notice_of(&w, (enum event_id)e, "", &out[0]);

		CU_ASSERT_EQUAL(mib_is_news((enum event_id)e), is);
		n += is;
	}
	CU_ASSERT_EQUAL(n, OWN);
}

/* A name that begins with another one is not that one. */
static void
a_server_that_is_not_known_is_told_by_the_text_alone(void)
{
	static const char *const text[] = { "host=ntp2.example.orgy state=x",
		"host=ntp9.example.org state=x", "ntp2.example.org",
		"host=", "" };

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		CU_ASSERT_TRUE(
		    mib_notice_of(&w, EVENT_SOURCE_RETIRED, text[i], &out[0]));
		CU_ASSERT_TRUE(is(&out[0], "own.0.2", "own.1.7.1.0"));
	}
}

static void
without_a_snapshot_the_text_is_all(void)
{
	w.s = NULL;
	for (size_t i = 0; i < OWN; i++) {
		CU_ASSERT_TRUE(
		    mib_notice_of(&w, own[i].event, own[i].text, &out[0]));
		CU_ASSERT_TRUE(is(&out[0], own[i].name, "own.1.7.1.0"));
	}
}

static void
a_long_text_is_cut(void)
{
	char text[600];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	CU_ASSERT_TRUE(mib_notice_of(&w, EVENT_CLOCK_PANIC, text, &out[0]));
	CU_ASSERT_EQUAL(out[0].object[0].value.len, MIB_OCTETS_MAX);
}

static CU_TestInfo tests[] = {
	{ "nothing changes nothing", nothing_changes_nothing },
	{ "a mode is told once", a_mode_is_told_once },
	{ "who stops changes mode and stratum",
	    who_stops_changes_mode_and_stratum },
	{ "a stratum is told once", a_stratum_is_told_once },
	{ "a system peer is told once", a_system_peer_is_told_once },
	{ "a daemon that is young has started",
	    a_daemon_that_is_young_has_started },
	{ "one that is older was there before",
	    one_that_is_older_was_there_before },
	{ "a start is told to who wants it", a_start_is_told_to_who_wants_it },
	{ "the same system peer again is no change",
	    the_same_system_peer_again_is_no_change },
	{ "a new server is told once", a_new_server_is_told_once },
	{ "a server that is gone is told once by its name",
	    a_server_that_is_gone_is_told_once_by_its_name },
	{ "the sibling is an association", the_sibling_is_an_association },
	{ "another order is no change", another_order_is_no_change },
	{ "another port of a host is another server",
	    another_port_of_a_host_is_another_server },
	{ "all servers may change at once", all_servers_may_change_at_once },
	{ "a reload is told once", a_reload_is_told_once },
	{ "a leap second is told once", a_leap_second_is_told_once },
	{ "an announcement outlives a lost synchronisation",
	    an_announcement_outlives_a_lost_synchronisation },
	{ "the heartbeat says that we live", the_heartbeat_says_that_we_live },
	{ "each bit is for its notification",
	    each_bit_is_for_its_notification },
	{ "what is not wanted is not told later",
	    what_is_not_wanted_is_not_told_later },
	{ "before the first snapshot there is nothing to tell",
	    before_the_first_snapshot_there_is_nothing_to_tell },
	{ "events have notifications with their text",
	    events_have_notifications_with_their_text },
	{ "other events have none", other_events_have_none },
	{ "a server that is not known is told by the text alone",
	    a_server_that_is_not_known_is_told_by_the_text_alone },
	{ "without a snapshot the text is all",
	    without_a_snapshot_the_text_is_all },
	{ "a long text is cut", a_long_text_is_cut },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_mib_notice = { "view/mib_notice", NULL, NULL, setup, NULL,
	tests };
