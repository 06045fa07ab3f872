/* SPDX-License-Identifier: ISC */
/*
 * ntpgate.c - the tool: a table of the commands, which stand in cmd/.
 */
#include "cmd/cmd.h"

#include "base/text.h"
#include "config.h"
#include "view/json.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SOCKET_DEFAULT "/run/ntpgate/control"
#define ARGUMENTS 12 /* columns for them in the list */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int run_help(const struct cmd *c, int argc, char **argv);
static int run_version(const struct cmd *c, int argc, char **argv);

enum task { LOOK, ASK, BEGIN, RESCUE, TOOL, TASKS };

static const char *const task_name[TASKS] = {
	[LOOK] = "How are we?",
	[ASK] = "What do others say?",
	[BEGIN] = "Before it runs",
	[RESCUE] = "When something is wrong",
	[TOOL] = "This tool",
};

struct command {
	const char *name;
	enum task task;
	const char *arguments;
	const char *does;    /* a line */
	const char *help;    /* a paragraph or two */
	const char *example; /* and what it is for */
	int (*run)(const struct cmd *c, int argc, char **argv);
};

static const struct command commands[] = {
	{ "status", LOOK, "", "one screen: are we right, and who says so",
	    "Says whether this gateway knows the time, how well, which servers "
	    "say so\nand why the others are not used, how much of the budget "
	    "is spent, and how\nmany requests of inside hosts were answered.\n"
	    "The exit status is 0 only while the state is \"synced\", 1 "
	    "otherwise.\n",
	    "ntpgate -j status | jq .error_bound_s\n"
	    "    how far our clock can be from the truth, for a program\n",
	    cmd_ask },
	{ "upstreams", LOOK, "[revive [-y] HOST]",
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
	{ "budget", LOOK, "", "packets sent, what is left, kisses of servers",
	    "Says how many packets went to each server in the last hour (to "
	    "half an hour),\nthe last day and since ever, how many may still "
	    "go today, what holds us back,\nand who sent a kiss-o'-death: "
	    "which, how often, when, and what we make of it.\n",
	    "ntpgate -j budget | jq .left\n"
	    "    packets that may still go today, for a program\n",
	    cmd_ask },
	{ "sibling", LOOK, "", "the other gateway, and whose turn it is",
	    "Says whether the other gateway of the site is heard, how far "
	    "apart the two\nclocks are, what it says of itself, how its "
	    "oscillator and samples are used, in\nwhat the configurations "
	    "differ, and for each server who asked last and who is\nnext.\n"
	    "The exit status is 1 if one is configured and it is unheard, or "
	    "was dropped.\n",
	    "ntpgate -j sibling | jq .sibling.offset_s\n"
	    "    its clock less ours, for a program\n",
	    cmd_ask },
	{ "clients", LOOK,
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
	{ "report", LOOK, "HOST | --month [YYYY-MM]",
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
	{ "query", ASK, "[-46] [-p PORT] [--key ID --keys FILE] HOST",
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
	{ "survey", ASK,
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
	{ "explain", ASK, "[--inside PREFIX]... [--limit N] FILE",
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
	{ "init", BEGIN, "[FILE]", "ask a few questions, write a site.yaml",
	    "Asks for the site's name, gateways, networks, upstream servers, "
	    "router and DHCP\nserver, and writes a commented site file (FILE, "
	    "or site.yaml).  Without a\nterminal the answers are lines of "
	    "standard input; \"-\" is none, and an empty\nline what is "
	    "proposed.  Does not touch a file that is there.\n",
	    "ntpgate init\n"
	    "    then: ntpgate check site.yaml\n",
	    cmd_init },
	{ "render", BEGIN,
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
	{ "check", BEGIN, "CONF|SITE",
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
	{ "keys", BEGIN,
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
	{ "demo", BEGIN, "[--for TIME] [--port-base PORT]",
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
	{ "firewall", BEGIN,
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
	{ "verify", BEGIN,
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
	{ "accept", RESCUE, "[-y] step|ledger|sibling",
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
	{ "help", TOOL, "[COMMAND]", "this list, or one command",
	    "Lists the commands by the task that they serve, or explains "
	    "one.\n",
	    "ntpgate help query\n"
	    "    the same as \"ntpgate query --help\"\n",
	    run_help },
	{ "version", TOOL, "", "the version",
	    "Prints the version of the tool.\n",
	    "ntpgate version\n"
	    "    for a report of a fault\n",
	    run_version },
};

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static bool
asks_daemon(const struct command *k)
{
	return k->run == cmd_ask || k->run == cmd_upstreams ||
	    k->run == cmd_clients || k->run == cmd_report ||
	    k->run == cmd_accept;
}

static void
print_synopsis(const struct command *k, FILE *to)
{
	fprintf(to, "usage: ntpgate %s[-j] %s%s%s\n",
	    asks_daemon(k) ? "[-s SOCKET] " : "", k->name,
	    k->arguments[0] != '\0' ? " " : "", k->arguments);
}

int
cmd_usage(const char *name)
{
	print_synopsis(find_command(name), stderr);
	fprintf(stderr, "\"ntpgate %s --help\" explains it\n", name);
	return CMD_USAGE;
}

int
cmd_fail(const struct cmd *c, enum cmd_status status, const char *fmt, ...)
{
	char sentence[1024], json[2048] = "";
	struct text t = TEXT(sentence), out = TEXT(json);
	va_list ap;

	va_start(ap, fmt);
	text_vadd(&t, fmt, ap);
	va_end(ap);
	if (c->json) {
		json_error(sentence, &out);
		fputs(json, stdout);
	} else {
		fprintf(stderr, "ntpgate: %s\n", sentence);
	}
	return (int)status;
}

/* Where they are many, --help has them, and the list the last word. */
static const char *
short_arguments(const struct command *k)
{
	if (strlen(k->arguments) <= ARGUMENTS)
		return k->arguments;
	const char *last = strrchr(k->arguments, ' ') + 1;
	bool fits = strchr(last, ']') == NULL && strlen(last) <= ARGUMENTS;

	return fits ? last : "[...]";
}

static void
print_commands(FILE *to)
{
	fprintf(to, "usage: ntpgate [-s SOCKET] [-j] COMMAND [ARGUMENT...]\n");
	for (int task = 0; task < TASKS; task++) {
		fprintf(to, "\n%s\n", task_name[task]);
		for (size_t i = 0; i < COUNT(commands); i++) {
			const struct command *k = &commands[i];

			if ((int)k->task == task)
				fprintf(to, "  %-9s %-*s  %s\n", k->name,
				    ARGUMENTS, short_arguments(k), k->does);
		}
	}
	fprintf(to,
	    "\n  -s SOCKET  of the daemon, if not " SOCKET_DEFAULT "\n"
	    "  -j         print one JSON object\n"
	    "\n\"ntpgate COMMAND --help\" explains a command, with an "
	    "example; ntpgate(8) all.\n");
}

static void
print_help(const struct command *k)
{
	print_synopsis(k, stdout);
	printf("\n%s\nExample:\n  %s", k->help, k->example);
}

static int
run_help(const struct cmd *c, int argc, char **argv)
{
	if (argc > 2)
		return cmd_usage(argv[0]);
	if (argc < 2) {
		print_commands(stdout);
		return CMD_WELL;
	}
	if (find_command(argv[1]) == NULL)
		return cmd_fail(c, CMD_USAGE,
		    "there is no command \"%s\"; \"ntpgate help\" lists them",
		    argv[1]);
	print_help(find_command(argv[1]));
	return CMD_WELL;
}

static int
run_version(const struct cmd *c, int argc, char **argv)
{
	if (argc > 1)
		return cmd_usage(argv[0]);
	if (c->json)
		printf("{\n  \"schema\": %d,\n  \"version\": \"%s\"\n}\n",
		    JSON_SCHEMA, PACKAGE_VERSION);
	else
		printf("ntpgate %s\n", PACKAGE_VERSION);
	return CMD_WELL;
}

static bool
asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int
run(struct cmd *c, int argc, char **argv)
{
	const struct command *k = find_command(argv[0]);

	if (k == NULL)
		return cmd_fail(c, CMD_USAGE,
		    "there is no command \"%s\"; \"ntpgate help\" lists them",
		    argv[0]);
	if (asks_for_help(argc, argv)) {
		print_help(k);
		return CMD_WELL;
	}
	/* "status -j", "report --month -j" are what fingers type. */
	while (argc > 1 && strcmp(argv[1], "-j") == 0) {
		c->json = true;
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	while (argc > 1 && strcmp(argv[argc - 1], "-j") == 0) {
		c->json = true;
		argv[--argc] = NULL;
	}
	return k->run(c, argc, argv);
}

static void
look_at_terminal(struct cmd *c)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		c->width = size.ws_col < 1000 ? size.ws_col : 1000;
	c->colour = (no == NULL || *no == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

/* Options that are commands, and those that are nothing. */
static int
run_option(const struct cmd *c, int opt)
{
	if (opt == 'h')
		return run_help(c, 1, NULL);
	if (opt == 'V')
		return run_version(c, 1, NULL);
	fprintf(stderr, "\"ntpgate help\" lists options and commands\n");
	return CMD_USAGE;
}

int
main(int argc, char **argv)
{
	struct cmd c = { .socket = SOCKET_DEFAULT, .width = 80 };
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int opt, status;

	look_at_terminal(&c);
	/* + ends at the command: what follows is its own. */
	while ((opt = getopt_long(argc, argv, "+hjs:", options, NULL)) != -1) {
		if (opt == 'j')
			c.json = true;
		else if (opt == 's')
			c.socket = optarg;
		else
			return run_option(&c, opt);
	}
	if (optind == argc) {
		print_commands(stderr);
		return CMD_USAGE;
	}
	argv += optind;
	argc -= optind;
	optind = 0; /* for the command's own getopt: glibc begins anew */
	status = run(&c, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		return CMD_NOT_WELL;
	return status;
}
