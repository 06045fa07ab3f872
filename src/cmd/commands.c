/* SPDX-License-Identifier: ISC */
#include "commands.h"

#include <string.h>

const struct command commands[] = {
	{ "status", TASK_LOOK, "", "one screen: are we right, and who says so",
	    "Says whether this gateway knows the time, how well, which servers "
	    "say so\nand why the others are not used, how much of the budget "
	    "is spent, and how\nmany requests of inside hosts were answered.\n"
	    "The exit status is 0 only while the state is \"synced\", 1 "
	    "otherwise.\n",
	    "ntpgate -j status | jq .error_bound_s\n"
	    "    how far our clock can be from the truth, for a program\n",
	    cmd_ask },
	{ "upstreams", TASK_LOOK, "[revive [-y] HOST]",
	    "one line a server, and why it is used or not",
	    "A line for each configured server: tally, host, stratum, reach "
	    "(the last\neight questions, octal), interval, time to the next "
	    "question, offset, delay,\njitter and score; below it a sentence "
	    "on why it is or is not used, and what\nwould happen if it "
	    "failed.  Spares and retired servers follow.\n"
	    "A server that denied us twice is retired for 30 days.  \"revive "
	    "HOST\" takes it\nback at once: do it only if its owner agrees.  "
	    "It asks first, unless -y (--yes)\nis given.\n",
	    "ntpgate upstreams\n"
	    "    who is a liar, who is silent, and when is it asked again\n",
	    cmd_upstreams },
	{ "budget", TASK_LOOK, "",
	    "packets sent, what is left, kisses of servers",
	    "Says how many packets went to each server in the last hour (to "
	    "half an hour),\nthe last day and since ever, how many may still "
	    "go today, what holds us back,\nand who sent a kiss-o'-death: "
	    "which, how often, when, and what we make of it.\n",
	    "ntpgate -j budget | jq .left\n"
	    "    packets that may still go today, for a program\n",
	    cmd_ask },
	{ "sibling", TASK_LOOK, "", "the other gateway, and whose turn it is",
	    "Says whether the other gateway of the site is heard, how far "
	    "apart the two\nclocks are, what it says of itself, how its "
	    "oscillator and samples are used, in\nwhat the configurations "
	    "differ, and for each server who asked last and who is\nnext.\n"
	    "The exit status is 1 if one is configured and it is unheard, or "
	    "was dropped.\n",
	    "ntpgate -j sibling | jq .sibling.offset_s\n"
	    "    its clock less ours, for a program\n",
	    cmd_ask },
	{ "clients", TASK_LOOK,
	    "[--sort rate|requests|last] [--flagged]\n"
	    "    [--limit N] [--csv]",
	    "who asks us, how often, and who is sick",
	    "A line for each inside host that asked, the most frequent first; "
	    "below it what\nis wrong with it, with the evidence, in the words "
	    "that ntpgate(8) explains.\nThen how many different hosts asked in "
	    "the last hour, day and 30 days.\n"
	    "--flagged shows the sick alone; --limit N shows N lines and not "
	    "20 (0 for all,\nat most 1000), and --csv prints a table for other "
	    "programs.\n",
	    "ntpgate clients --flagged\n"
	    "    whom to write to; see \"ntpgate report\"\n",
	    cmd_clients },
	{ "report", TASK_LOOK, "HOST | --month [YYYY-MM]",
	    "the notice to a host's owner; or the month on one page",
	    "Writes what the host (a name or an address) does to us, since "
	    "when, how often\nand with what evidence, what program it seems "
	    "to run, and how to mend it: ready\nto be sent to its owner.\n"
	    "--month writes what this gateway did in a month (UTC; this one, "
	    "or one of the\nyear before): how good the time was, who asked, "
	    "what the Internet would have\ncarried without us and what it "
	    "did, how the servers were, and what went wrong.\n"
	    "The exit status is 1 if the host has not asked us, as far as we "
	    "remember, or if\nnothing is known of the month.\n",
	    "ntpgate report 10.0.0.9 | mail -s ntp owner@example.net\n"
	    "    tell somebody, in one line\n",
	    cmd_report },
	{ "query", TASK_ASK, "[-46] [-p PORT] [--key ID --keys FILE] HOST",
	    "ask any NTP server once",
	    "Sends one packet, waits for 3 s, and prints offset (positive while "
	    "our clock\nis slow), delay, stratum, reference id, leap and root "
	    "distance.  A port may\nfollow: host:1123, "
	    "[2001:db8::1]:1123.\n"
	    "The exit status is 0 for an answer that can be believed, 1 for "
	    "none or for\none that cannot.  A server of strangers is asked "
	    "once in 64 s, not more.\n",
	    "ntpgate query gw2.example.net && echo it knows the time\n"
	    "    a check of health, with one packet\n",
	    cmd_query },
	{ "survey", TASK_ASK,
	    "[-46] [--want N] [--offline] [--region WORDS]\n"
	    "    [--budget N] [--format text|site|conf] CATALOGUE",
	    "which public servers suit this site",
	    "Reads a catalogue of servers in YAML, leaves out pools, anycast, "
	    "smearers,\nother strata than 2, what wants permission and what "
	    "no word of --region fits,\nasks the rest at most four packets "
	    "each and 100 (--budget) in all, and proposes\n5 servers (--want, "
	    "4 to 7) of different operators, networks and references, near\n"
	    "ones first, with the reason for each choice and refusal.\n"
	    "Servers of strangers are asked through a ledger: not twice in "
	    "six hours.\n--offline asks nobody.  --format site or conf "
	    "prints what fits a site.yaml or an\nntpgate.conf.\n"
	    "The exit status is 1 if fewer were found than wanted.\n",
	    "ntpgate survey --region \"germany austria\" "
	    "--format conf catalogue.yaml\n"
	    "    a first part of a configuration\n",
	    cmd_survey },
	{ "explain", TASK_ASK, "[--inside PREFIX]... [--limit N] FILE",
	    "is that an attack, or an answer to us?",
	    "Reads a firewall's log (nftables, iptables, pf, Cisco ASA and "
	    "IOS, Junos) or\na capture (pcap, pcapng), whichever FILE is; - "
	    "is standard input.  Of each\naddress with NTP in it: what it "
	    "is, the evidence, and whether to write to\nanyone; the worst "
	    "first, at most 50 (--limit N, 0 for all).\n"
	    "Inside are private addresses, unless --inside names prefixes, "
	    "one each time.\n"
	    "The exit status is 1 if there is no NTP in it.\n",
	    "journalctl -k | ntpgate explain -\n"
	    "    what the firewall of this machine complained about\n",
	    cmd_explain },
	{ "init", TASK_BEGIN, "[FILE]",
	    "ask a few questions, write a site.yaml",
	    "Asks for the site's name, gateways, networks, upstream servers, "
	    "router and DHCP\nserver, and writes a commented site file (FILE, "
	    "or site.yaml).  Without a\nterminal the answers are lines of "
	    "standard input; \"-\" is none, and an empty\nline what is "
	    "proposed.  Does not touch a file that is there.\n",
	    "ntpgate init\n"
	    "    then: ntpgate check site.yaml\n",
	    cmd_init },
	{ "render", TASK_BEGIN,
	    "TARGET --site FILE [--node NAME]\n"
	    "    [--out DIR [--diff]]",
	    "write what other programs need",
	    "Writes, from a site file, what one kind of program or machine "
	    "needs:\n"
	    "  gateways   gateway, keepalived, bird\n"
	    "  firewalls  nftables, iptables, pf, cisco-ios, cisco-asa, "
	    "junos, fortigate,\n             pan-os, routeros, openwrt, "
	    "worksheet\n"
	    "  DHCP       kea, isc-dhcp, dnsmasq, networkd, windows, and the "
	    "routers above\n"
	    "  clients    chrony, timesyncd, ntp, openntpd, windows, macos, "
	    "esxi\n"
	    "  all        everything, as a tree\n"
	    "--node NAME takes one machine.  --out DIR writes "
	    "files below DIR; with\n--diff it shows what would change there "
	    "instead, and the exit status is 1 if\nanything would.  Each "
	    "text says at its top how to load, check and remove it.\n",
	    "ntpgate render all --site site.yaml --out site.d\n"
	    "    a file for each machine\n",
	    cmd_render },
	{ "check", TASK_BEGIN, "CONF|SITE",
	    "is this configuration right, and polite?",
	    "Reads a configuration as the daemon would, and says by line what "
	    "is wrong\nwith it; if nothing is, looks at it with the eyes of "
	    "BCP 223 (RFC 8633):\nPASS, NOTE or FAIL, and why.  A file that "
	    "ends in .yaml is a site file.  Touches\nnothing.\n"
	    "The exit status is 0 if nothing fails, 1 if something does, 2 if "
	    "the daemon\nwould refuse it.\n",
	    "ntpgate check /etc/ntpgate/ntpgate.conf\n"
	    "    before a reload\n",
	    cmd_check },
	{ "keys", TASK_BEGIN,
	    "[--conf CONF | --file FILE] show-age | rotate ID |\n"
	    "    new [--id N] [--type TYPE] [ADDRESS...]",
	    "make secrets, renew them, see their age",
	    "new puts a fresh key into the key file of the configuration "
	    "(--file names\nanother), for the hosts at the addresses.  TYPE "
	    "is AES128CMAC, SHA256 or SHA1.\n"
	    "rotate gives a key a new secret; the one before stays good "
	    "until the next time,\nso that two gateways can change one after "
	    "the other.  Both say what to do next.\n"
	    "show-age says how old each is.  The exit status is 1 if one is "
	    "older than a\nyear.  No secret is printed.\n",
	    "ntpgate keys new 10.0.0.11 10.0.0.12\n"
	    "    a key that the gateways at these addresses share\n",
	    cmd_keys },
	{ "demo", TASK_BEGIN, "[--for TIME] [--port-base PORT]",
	    "a whole site on this machine",
	    "Runs small servers (one lies, one dies after a minute), two "
	    "gateways (one is\nkilled after half a minute, and comes back) and "
	    "inside hosts (one is insane)\non the loopback addresses, and shows "
	    "the status again and again.\nChanges no clock and no file outside a "
	    "temporary folder, needs no Internet.\nEnds with Ctrl-C, or after "
	    "--for 30s, 2m or 1h.\n",
	    "ntpgate demo --for 30s\n"
	    "    ends by itself, with the last table\n",
	    cmd_demo },
	{ "firewall", TASK_BEGIN,
	    "apply|check|rogues|remove [--site FILE]\n"
	    "    [--node ROUTER] [--yes] [--timeout SECONDS]",
	    "the rules of this router, in force and proven",
	    "For the Linux router of the site file whose dialect is nftables "
	    "(--node, where\nthere are several).  Touches our own two tables, "
	    "no other; needs root.\n"
	    "apply shows the difference, asks, and loads the rules in one "
	    "transaction.  The\nold ones are back after 60 s (--timeout) "
	    "unless you say that the new ones are\nright; also if this "
	    "program is killed.  --yes neither asks nor takes back.\n"
	    "check says whether the kernel has what the site file asks for; "
	    "the exit status\nis 1 if not.\n"
	    "rogues lists who still asks outside, whom, since when and how "
	    "often, and what\nto do about it.\n"
	    "remove takes our tables away.  It asks first, unless --yes is "
	    "given.\n",
	    "ntpgate firewall check --site site.yaml || echo changed by hand\n"
	    "    for a timer\n",
	    cmd_firewall },
	{ "verify", TASK_BEGIN,
	    "--site FILE [--interface IF] [--no-dhcp]\n"
	    "    [--key ID --keys FILE]",
	    "is the site as it should be, seen from here?",
	    "Run it on an inside host.  Asks each gateway and the service "
	    "address, by IPv4\nand IPv6, whether they answer and agree, "
	    "signed if a key is given; asks the\npublic server that the site "
	    "file names under verify.outside, which answers or\nnot as the "
	    "policy says; and asks what DHCP hands out, without taking a "
	    "lease\n(--no-dhcp leaves it out; it needs root).\n"
	    "Each point is a line: PASS, FAIL with what to do, or SKIP with "
	    "why.  The exit\nstatus is 1 if one fails.  The server outside "
	    "is asked once in 64 s, not more.\n",
	    "ntpgate verify --site site.yaml && echo it holds\n"
	    "    after a change of the firewall\n",
	    cmd_verify },
	{ "accept", TASK_RESCUE, "[-y] step|ledger|sibling",
	    "out of panic, a lost ledger, a dropped sibling",
	    "In panic the servers agree that our clock is wrong by more than "
	    "step.limit,\nand nothing explains it, so it was not set.  \"accept "
	    "step\" sets it now, once,\nby whatever they say.  Look at a clock "
	    "that you trust first.\n"
	    "After the ledger of what was sent was lost, each server is asked "
	    "once an hour\nat most, for a day; after many starts nobody is "
	    "asked for a while.  \"accept\nledger\" ends that at once.\n"
	    "A sibling whose samples made no sense was dropped; \"accept "
	    "sibling\" trusts it\nagain.  Look at its clock and its log "
	    "first.\n"
	    "All ask first, unless -y (--yes) is given.\n",
	    "ntpgate accept step\n"
	    "    the servers are right: be like them\n",
	    cmd_accept },
	{ "help", TASK_TOOL, "[COMMAND]", "this list, or one command",
	    "Lists the commands by the task that they serve, or explains "
	    "one.\n",
	    "ntpgate help query\n"
	    "    the same as \"ntpgate query --help\"\n",
	    cmd_help },
	{ "version", TASK_TOOL, "", "the version",
	    "Prints the version of the tool.\n",
	    "ntpgate version\n"
	    "    for a report of a fault\n",
	    cmd_version },
	{ 0 },
};

const struct command *
commands_find(const char *name)
{
	for (const struct command *k = commands; k->name != NULL; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}
