/* SPDX-License-Identifier: ISC */
#include "conf/conf.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct conf c;
static struct err err;

static void
server(unsigned i, const char *host, const char *operator_name)
{
	struct source_conf *s = &c.engine.server[i];

	snprintf(s->host, sizeof(s->host), "%s", host);
	snprintf(s->operator_name, sizeof(s->operator_name), "%s",
	    operator_name);
	snprintf(s->permission, sizeof(s->permission), "open access");
	s->addr = (struct addr){ 0 };
	addr_parse(&s->addr, host);
	s->addr.port = 123;
}

/* Four servers with names, of four operators, all with permission. */
static void
setup(void)
{
	conf_init(&c);
	server(0, "ntp1.example.net", "A");
	server(1, "ntp2.example.net", "B");
	server(2, "ntp3.example.net", "C");
	server(3, "ntp4.example.net", "D");
	c.engine.count = 4;
}

static void
in_the_lab(void)
{
	server(0, "127.0.0.1", "A");
	server(1, "10.0.0.1", "B");
	server(2, "192.0.2.1", "C");
	server(3, "localhost", "D");
}

static const char *
check(void)
{
	return conf_check(&c, &err) == 0 ? "" : err.text;
}

static bool
noted(const char *part)
{
	for (unsigned i = 0; i < c.note_count; i++)
		if (strstr(c.note[i], part) != NULL)
			return true;
	return false;
}

static void
a_good_configuration_passes_without_a_word(void)
{
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT_EQUAL(c.note_count, 0);
}

static void
defaults_are_those_of_the_manual(void)
{
	conf_init(&c);
	CU_ASSERT_STRING_EQUAL(c.name, "");
	CU_ASSERT_EQUAL(c.clock, CONF_CLOCK_SYSTEM);
	CU_ASSERT_STRING_EQUAL(c.state_dir, "/var/lib/ntpgate");
	CU_ASSERT_STRING_EQUAL(c.run_dir, "/run/ntpgate");
	CU_ASSERT_STRING_EQUAL(c.user, "ntpgate");
	CU_ASSERT_STRING_EQUAL(c.keys, "");
	CU_ASSERT_EQUAL(c.engine.count, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.poll_min_s, 1024, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.poll_max_s, 4096, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.accuracy_s, 5e-3, 0);
	CU_ASSERT_EQUAL(c.engine.budget_day, 640);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.step_limit_s, 1, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.engine.slew, 500e-6, 1e-12);
	CU_ASSERT_FALSE(c.engine.sibling.on);
	CU_ASSERT_FALSE(c.http.on);
	CU_ASSERT_STRING_EQUAL(c.agentx, "");
	CU_ASSERT_EQUAL(c.mode6_count, 0);
	CU_ASSERT_EQUAL(c.log.to, CONF_LOG_SYSLOG);
	CU_ASSERT_EQUAL(c.log.level, 5);
	CU_ASSERT_STRING_EQUAL(c.log.statistics, "");
}

static void
defaults_of_serving_are_those_of_the_manual(void)
{
	char a[ADDR_TEXT];

	conf_init(&c);
	CU_ASSERT_EQUAL(c.serve.listen_count, 2);
	CU_ASSERT_STRING_EQUAL(addr_print(&c.serve.listen[0], true, a),
	    "0.0.0.0:123");
	CU_ASSERT_STRING_EQUAL(addr_print(&c.serve.listen[1], true, a),
	    "[::]:123");
	CU_ASSERT_EQUAL(c.serve.access.count, 0);
	CU_ASSERT_EQUAL(c.serve.workers, 0);
	CU_ASSERT_DOUBLE_EQUAL(c.serve.limit.interval_s, 8, 0);
	CU_ASSERT_EQUAL(c.serve.limit.burst, 16);
	CU_ASSERT(c.serve.kod);
	CU_ASSERT_EQUAL(c.engine.orphan, 10);
	CU_ASSERT_EQUAL(c.serve.redirected, 0);
	CU_ASSERT_EQUAL(c.serve.memory, 67108864);
}

static void
no_server_is_too_few(void)
{
	c.engine.count = 0;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: no server is named: name 4 to 7 that you may "
	    "use, of different operators");
}

static void
three_servers_are_too_few(void)
{
	c.engine.count = 3;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: 3 servers: name 4 to 7 (with fewer than four, "
	    "one failure leaves no majority to outvote a liar)");
}

static void
eight_servers_are_too_many(void)
{
	c.engine.count = 8;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: 8 servers: name 4 to 7 (more cost packets and "
	    "add little)");
}

static void
seven_servers_are_enough(void)
{
	server(4, "ntp5.example.net", "E");
	server(5, "ntp6.example.net", "F");
	server(6, "ntp7.example.net", "G");
	c.engine.count = 7;
	CU_ASSERT_STRING_EQUAL(check(), "");
}

static void
one_name_twice_is_one_server(void)
{
	server(2, "NTP1.Example.net.", "C");
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: NTP1.Example.net. port 123 is named twice: one "
	    "server has one voice");
}

static void
one_address_twice_is_one_server(void)
{
	server(1, "2001:db8::1", "B");
	server(2, "2001:DB8:0::1", "C");
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: 2001:DB8:0::1 port 123 is named twice: one "
	    "server has one voice");
}

static void
two_ports_are_two_servers(void)
{
	in_the_lab();
	server(1, "127.0.0.1", "B");
	c.engine.server[1].addr.port = 1123;
	CU_ASSERT_STRING_EQUAL(check(), "");
}

static void
a_spare_is_not_a_server_already(void)
{
	c.spare_count = 1;
	c.spare[0] = c.engine.server[2];
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.spares: ntp3.example.net port 123 is named twice: one "
	    "server has one voice");
}

static void
poll_min_is_not_above_poll_max(void)
{
	c.engine.poll_min_s = 4096;
	CU_ASSERT_STRING_EQUAL(check(), "");
	c.engine.poll_min_s = 4097;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.poll.min: 4097s is above upstream.poll.max, which is "
	    "4096s");
}

static void
a_public_server_is_asked_at_64_s_at_most(void)
{
	c.engine.poll_min_s = 64;
	CU_ASSERT_STRING_EQUAL(check(), "");
	c.engine.poll_min_s = 63;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.poll.min: 63s is below 64s, which only lab addresses may "
	    "be asked at, and ntp1.example.net counts as public");
}

static void
a_public_budget_is_2000_packets_at_most(void)
{
	c.engine.budget_day = 2000;
	CU_ASSERT_STRING_EQUAL(check(), "");
	c.engine.budget_day = 2001;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.budget.day: 2001 is above 2000 packets a day, which only "
	    "lab addresses may be sent, and ntp1.example.net counts as "
	    "public");
}

static void
a_lab_may_ask_as_often_as_it_likes(void)
{
	in_the_lab();
	c.engine.poll_min_s = 1;
	c.engine.budget_day = 100000;
	CU_ASSERT_STRING_EQUAL(check(), "");
}

static void
one_public_server_makes_it_no_lab(void)
{
	in_the_lab();
	server(3, "8.0.0.1", "D");
	c.engine.poll_min_s = 1;
	CU_ASSERT_PTR_NOT_NULL(strstr(check(), "8.0.0.1 counts as public"));
}

static void
one_public_spare_makes_it_no_lab(void)
{
	in_the_lab();
	c.engine.budget_day = 2001;
	c.spare_count = 1;
	snprintf(c.spare[0].host, sizeof(c.spare[0].host), "spare.example.net");
	CU_ASSERT_PTR_NOT_NULL(strstr(check(), "spare.example.net counts"));
}

static void
an_embedded_public_address_makes_it_no_lab(void)
{
	in_the_lab();
	server(3, "64:ff9b::8.0.0.1", "D"); /* NAT64 */
	c.engine.poll_min_s = 1;
	CU_ASSERT_STRING_NOT_EQUAL(check(), "");
}

static void
a_key_needs_a_file_of_keys(void)
{
	c.engine.server[1].key_id = 10;
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: ntp2.example.net has key 10, but no file of "
	    "keys is named, such as keys = \"/etc/ntpgate/keys\"");
	snprintf(c.keys, sizeof(c.keys), "/etc/ntpgate/keys");
	CU_ASSERT_STRING_EQUAL(check(), "");
}

static void
the_siblings_key_needs_a_file_of_keys(void)
{
	c.engine.sibling.on = true;
	c.engine.sibling.key_id = 1;
	CU_ASSERT_STRING_EQUAL(check(),
	    "sibling.key: key 1, but no file of keys is named, such as keys = "
	    "\"/etc/ntpgate/keys\"");
}

static void
a_peer_needs_a_key(void)
{
	c.engine.sibling.on = true;
	c.engine.sibling.symmetric = true;
	CU_ASSERT_STRING_EQUAL(check(),
	    "sibling.symmetric: needs sibling.key: a peer without one is "
	    "anybody");
}

/* A sibling at 10.0.0.12 and 2001:db8::12 with key 1. */
static void
pair(void)
{
	struct sibling_conf *b = &c.engine.sibling;
	struct prefix p;
	struct err e;

	snprintf(c.keys, sizeof(c.keys), "/k");
	*b = (struct sibling_conf){ .on = true,
		.host = "10.0.0.12",
		.addrs = 2,
		.key_id = 1 };
	CU_ASSERT_TRUE_FATAL(addr_parse(&b->addr[0], b->host));
	CU_ASSERT_TRUE_FATAL(addr_parse(&b->addr[1], "2001:db8::12"));
	prefix_parse(&p, "10.0.0.0/8", &e);
	access_add(&c.serve.access, &p, true);
	prefix_parse(&p, "2001:db8::/32", &e);
	access_add(&c.serve.access, &p, true);
}

static void
the_sibling_is_no_upstream(void)
{
	pair();
	CU_ASSERT_STRING_EQUAL(check(), "");
	server(3, "10.0.0.12", "D");
	CU_ASSERT_STRING_EQUAL(check(),
	    "upstream.servers: 10.0.0.12 is the sibling: what it knows comes "
	    "over the link already");
}

static void
the_siblings_addresses_differ(void)
{
	pair();
	c.engine.sibling.addr[1] = c.engine.sibling.addr[0];
	CU_ASSERT_STRING_EQUAL(check(),
	    "sibling.also: 10.0.0.12 is named twice");
}

/* What conf_check_sibling() says with one key in the file. */
static const char *
with_key(const char *line)
{
	static struct auth_keys k;
	static struct err e;

	c.note_count = 0;
	if (keys_read(&k, "/k", line, NULL, &e) == -1 ||
	    conf_check_sibling(&c, &k, &e) == -1)
		return e.text;
	return c.note_count > 0 ? c.note[0] : "";
}

#define CMAC "1 AES128CMAC 00112233445566778899aabbccddeeff"

static void
the_siblings_key_is_its_own(void)
{
	pair();
	CU_ASSERT_STRING_EQUAL(with_key(CMAC " 10.0.0.12 2001:db8::12"), "");
	CU_ASSERT_STRING_EQUAL(with_key(CMAC " 10.0.0.12"),
	    "sibling.key: key 1 is not bound to 2001:db8::12: add it in the "
	    "key file");
	CU_ASSERT_STRING_EQUAL(with_key("2 MD5 00"),
	    "sibling.key: key 1 is not in the key file \"/k\"");
	CU_ASSERT_STRING_EQUAL(with_key(CMAC),
	    "sibling.key: key 1 is bound to no address: whoever has it can "
	    "pose as the sibling");
	CU_ASSERT_STRING_EQUAL(with_key("1 MD5 00 10.0.0.12 2001:db8::12"),
	    "sibling.key: key 1 is no AES128CMAC, which two gateways should "
	    "use");
	c.engine.sibling.symmetric = true;
	CU_ASSERT_STRING_EQUAL(with_key("1 MD5 00 10.0.0.12 2001:db8::12"), "");
}

static void
a_sibling_that_may_not_ask_is_noted(void)
{
	struct prefix p;
	struct err e;

	pair();
	c.serve.access.count = 0;
	prefix_parse(&p, "10.0.0.0/8", &e);
	access_add(&c.serve.access, &p, true);
	CU_ASSERT_STRING_EQUAL(with_key(CMAC " 10.0.0.12 2001:db8::12"),
	    "serve.allow: the sibling at 2001:db8::12 is not in it: it would "
	    "not be answered");
}

static void
a_sibling_without_a_key_is_refused(void)
{
	pair();
	c.engine.sibling.key_id = 0;
	CU_ASSERT_STRING_EQUAL(with_key(CMAC),
	    "sibling.key: the two gateways need a key, such as key = 1; "
	    "without one anybody inside could pose as the sibling");
}

static void
one_address_is_listened_at_once(void)
{
	c.serve.listen[1] = c.serve.listen[0];
	CU_ASSERT_STRING_EQUAL(check(), "serve.listen: 0.0.0.0 is named twice");
}

static void
redirected_clients_come_to_another_port(void)
{
	c.serve.redirected = 1123;
	CU_ASSERT_STRING_EQUAL(check(), "");
	c.serve.redirected = 123;
	CU_ASSERT_STRING_EQUAL(check(),
	    "serve.redirected: 123 is serve.port already; choose another, such "
	    "as 1123");
}

static void
a_public_server_without_permission_is_noted(void)
{
	c.engine.server[2].permission[0] = '\0';
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT(noted("ntp3.example.net: no permission is noted"));
	CU_ASSERT_EQUAL(c.note_count, 1);
}

static void
several_without_permission_are_one_note(void)
{
	for (unsigned i = 0; i < 4; i++)
		c.engine.server[i].permission[0] = '\0';
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT(noted("ntp1.example.net and 3 more: no permission"));
	CU_ASSERT_EQUAL(c.note_count, 1);
}

static void
a_lab_needs_no_permission(void)
{
	in_the_lab();
	for (unsigned i = 0; i < 4; i++)
		c.engine.server[i].permission[0] = '\0';
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT_EQUAL(c.note_count, 0);
}

static void
a_pool_name_is_noted(void)
{
	server(1, "2.debian.Pool.NTP.org", "B");
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT(noted("2.debian.Pool.NTP.org: a pool name"));
}

static void
pool_names_are_told_from_their_like(void)
{
	struct source_conf s = { .host = "pool.ntp.org" };

	CU_ASSERT(conf_is_pool(&s));
	strcpy(s.host, "de.pool.ntp.org.");
	CU_ASSERT(conf_is_pool(&s));
	strcpy(s.host, "mypool.ntp.org");
	CU_ASSERT_FALSE(conf_is_pool(&s));
	strcpy(s.host, "ntp.org");
	CU_ASSERT_FALSE(conf_is_pool(&s));
	strcpy(s.host, "pool.ntp.org.example.net");
	CU_ASSERT_FALSE(conf_is_pool(&s));
	strcpy(s.host, "");
	CU_ASSERT_FALSE(conf_is_pool(&s));
}

static void
fewer_than_three_voices_are_noted(void)
{
	server(1, "ntp2.example.net", "A");
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT_EQUAL(conf_groups(&c), 3);
	CU_ASSERT_EQUAL(c.note_count, 0);
	server(2, "ntp3.example.net", "A");
	CU_ASSERT_STRING_EQUAL(check(), "");
	CU_ASSERT_EQUAL(conf_groups(&c), 2);
	CU_ASSERT(noted("the servers have 2 operators"));
}

static void
a_name_is_public_but_localhost(void)
{
	struct source_conf s = { .host = "ntp.lan" };

	CU_ASSERT(conf_is_public(&s));
	strcpy(s.host, "LocalHost");
	CU_ASSERT_FALSE(conf_is_public(&s));
	strcpy(s.host, "localhost.example.net");
	CU_ASSERT(conf_is_public(&s));
}

static void
checking_twice_notes_once(void)
{
	c.engine.server[2].permission[0] = '\0';
	check();
	check();
	CU_ASSERT_EQUAL(c.note_count, 1);
}

static void
notes_beyond_the_room_are_dropped(void)
{
	for (int i = 0; i < CONF_NOTES_MAX + 5; i++)
		conf_note(&c, "note %d", i);
	CU_ASSERT_EQUAL(c.note_count, CONF_NOTES_MAX);
	CU_ASSERT_STRING_EQUAL(c.note[CONF_NOTES_MAX - 1], "note 23");
}

static CU_TestInfo tests[] = {
	{ "a good configuration passes without a word",
	    a_good_configuration_passes_without_a_word },
	{ "defaults are those of the manual",
	    defaults_are_those_of_the_manual },
	{ "defaults of serving are those of the manual",
	    defaults_of_serving_are_those_of_the_manual },
	{ "no server is too few", no_server_is_too_few },
	{ "three servers are too few", three_servers_are_too_few },
	{ "eight servers are too many", eight_servers_are_too_many },
	{ "seven servers are enough", seven_servers_are_enough },
	{ "one name twice is one server", one_name_twice_is_one_server },
	{ "one address twice is one server", one_address_twice_is_one_server },
	{ "two ports are two servers", two_ports_are_two_servers },
	{ "a spare is not a server already", a_spare_is_not_a_server_already },
	{ "poll.min is not above poll.max", poll_min_is_not_above_poll_max },
	{ "a public server is asked at 64 s at most",
	    a_public_server_is_asked_at_64_s_at_most },
	{ "a public budget is 2000 packets at most",
	    a_public_budget_is_2000_packets_at_most },
	{ "a lab may ask as often as it likes",
	    a_lab_may_ask_as_often_as_it_likes },
	{ "one public server makes it no lab",
	    one_public_server_makes_it_no_lab },
	{ "one public spare makes it no lab",
	    one_public_spare_makes_it_no_lab },
	{ "an embedded public address makes it no lab",
	    an_embedded_public_address_makes_it_no_lab },
	{ "a key needs a file of keys", a_key_needs_a_file_of_keys },
	{ "the sibling's key needs a file of keys",
	    the_siblings_key_needs_a_file_of_keys },
	{ "a peer needs a key", a_peer_needs_a_key },
	{ "the sibling is no upstream", the_sibling_is_no_upstream },
	{ "the sibling's addresses differ", the_siblings_addresses_differ },
	{ "the sibling's key is its own", the_siblings_key_is_its_own },
	{ "a sibling that may not ask is noted",
	    a_sibling_that_may_not_ask_is_noted },
	{ "a sibling without a key is refused",
	    a_sibling_without_a_key_is_refused },
	{ "one address is listened at once", one_address_is_listened_at_once },
	{ "redirected clients come to another port",
	    redirected_clients_come_to_another_port },
	{ "a public server without permission is noted",
	    a_public_server_without_permission_is_noted },
	{ "several without permission are one note",
	    several_without_permission_are_one_note },
	{ "a lab needs no permission", a_lab_needs_no_permission },
	{ "a pool name is noted", a_pool_name_is_noted },
	{ "pool names are told from their like",
	    pool_names_are_told_from_their_like },
	{ "fewer than three voices are noted",
	    fewer_than_three_voices_are_noted },
	{ "a name is public but localhost", a_name_is_public_but_localhost },
	{ "checking twice notes once", checking_twice_notes_once },
	{ "notes beyond the room are dropped",
	    notes_beyond_the_room_are_dropped },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_conf = { "conf/conf", NULL, NULL, setup, NULL, tests };
