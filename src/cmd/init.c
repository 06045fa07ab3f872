/* SPDX-License-Identifier: ISC */
/*
 * init.c - asks a few questions and writes a first site.yaml, with comments.
 *
 * Without a terminal the answers are the lines of standard input, in the order
 * of the questions; where they end, the rest is as proposed.
 */
#include "render.h"

#include "view/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX 512
#define FILE_DEFAULT "site.yaml"

struct asking {
	bool terminal;
	struct text *out;
};

/* ---- answers ---- */

/* False at the end of the input. */
static bool
read_line(char answer[ANSWER_MAX])
{
	size_t n;

	if (fgets(answer, ANSWER_MAX, stdin) == NULL)
		return false;
	n = strcspn(answer, "\r\n");
	while (n > 0 && answer[n - 1] == ' ')
		n--;
	answer[n] = '\0';
	memmove(answer, answer + strspn(answer, " "),
	    strlen(answer + strspn(answer, " ")) + 1);
	return true;
}

/* An empty answer is the proposal; "-" is nothing. */
static char *
ask(const struct asking *a, const char *question, const char *proposal,
    char answer[ANSWER_MAX])
{
	if (a->terminal) {
		/* On stderr, so that stdout has the answer alone. */
		fprintf(stderr, "%s%s%s%s: ", question,
		    proposal[0] != '\0' ? " [" : "", proposal,
		    proposal[0] != '\0' ? "]" : "");
	}
	if (!read_line(answer) || answer[0] == '\0')
		text_copy(answer, ANSWER_MAX, proposal);
	if (strcmp(answer, "-") == 0)
		answer[0] = '\0';
	return answer;
}

/* The next word between spaces and commas, or NULL. */
static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " ,\t");
	size_t n = strcspn(word, " ,\t");

	if (n == 0)
		return NULL;
	*rest = word + n + (word[n] != '\0');
	word[n] = '\0';
	return word;
}

/* The words that are left, as a list; whether they are right is the reader's
 * to say. */
static void
put_words(struct text *t, char *rest)
{
	const char *word;
	unsigned n = 0;

	text_add(t, "[");
	while ((word = next_word(&rest)) != NULL) {
		text_add(t, "%s", n++ > 0 ? ", " : "");
		text_quote(t, word);
	}
	text_add(t, "]");
}

/* ---- the questions ---- */

static void
ask_names(const struct asking *a)
{
	char answer[ANSWER_MAX];
	struct text *t = a->out;

	text_add(t,
	    "# site.yaml: the site, for \"ntpgate check\", \"render\" "
	    "and others; ntpgate-site(5)\n# explains each key.\n\n");
	text_add(t, "site: ");
	text_quote(t, ask(a, "Name of the site", "example", answer));
	ask(a, "Domain, or -", "example.net", answer);
	if (answer[0] != '\0') {
		text_add(t, "\ndomain: ");
		text_quote(t, answer);
	}
	text_add(t,
	    "\n\n# What becomes of hosts that ask servers outside: block, "
	    "redirect (to a gateway),\n# or audit (count them, and let them)\n"
	    "policy: ");
	text_quote(t,
	    ask(a, "Policy: block, redirect or audit", "audit", answer));
	text_add(t, "\n");
}

static void
ask_gateway(const struct asking *a, const char *question, const char *proposal)
{
	char answer[ANSWER_MAX], outside[ANSWER_MAX], *rest = answer;
	const char *name;

	ask(a, question, proposal, answer);
	name = next_word(&rest);
	if (name == NULL)
		return;
	text_add(a->out, "  - {name: ");
	text_quote(a->out, name);
	text_add(a->out, ", inside: ");
	put_words(a->out, rest);
	ask(a, "  from which addresses does it ask, if from others", "",
	    outside);
	if (outside[0] != '\0') {
		text_add(a->out, ", outside: ");
		put_words(a->out, outside);
	}
	text_add(a->out, "}\n");
}

static void
ask_gateways(const struct asking *a)
{
	char answer[ANSWER_MAX];

	text_add(a->out, "\n# Two gateways: either may die\ngateways:\n");
	ask_gateway(a, "First gateway: name and inside addresses",
	    "gw1 10.0.0.11");
	ask_gateway(a, "Second gateway, or -", "gw2 10.0.0.12");
	ask(a, "Address that they share (VRRP or anycast), or none", "",
	    answer);
	if (answer[0] == '\0') {
		text_add(a->out,
		    "# service: [10.0.0.10]\t# an address that "
		    "they share\n");
		return;
	}
	text_add(a->out, "service: ");
	put_words(a->out, answer);
	text_add(a->out, "\n");
}

static void
ask_upstreams(const struct asking *a)
{
	char answer[ANSWER_MAX];
	struct text *t = a->out;

	text_add(t,
	    "\n# Four to seven servers of different operators, with "
	    "their owners' permission\n# (\"ntpgate survey --format "
	    "site CATALOGUE\" proposes some).  With \"addresses: "
	    "[...]\"\n# firewalls let the gateways ask nobody else.\n"
	    "upstreams:\n  servers:\n");
	for (unsigned n = 1;; n++) {
		char *owner, *permission;

		ask(a,
		    "A server: host; operator; permission; empty if there is "
		    "no more",
		    "", answer);
		if (answer[0] == '\0') {
			if (n == 1)
				text_add(t, "    []\n");
			break;
		}
		owner = strchr(answer, ';');
		permission = owner != NULL ? strchr(owner + 1, ';') : NULL;
		if (owner != NULL)
			*owner++ = '\0';
		if (permission != NULL)
			*permission++ = '\0';
		text_add(t, "    - {host: ");
		text_quote(t, answer);
		if (owner != NULL) {
			text_add(t, ", operator: ");
			text_quote(t, owner + strspn(owner, " "));
		}
		if (permission != NULL) {
			text_add(t, ", permission: ");
			text_quote(t, permission + strspn(permission, " "));
		}
		text_add(t, "}\n");
	}
	text_add(t,
	    "  spares: []\n  accuracy: 5ms\n  budget: 640\t\t# packets "
	    "a day, of the whole site\n");
}

static void
ask_networks(const struct asking *a)
{
	char answer[ANSWER_MAX];

	text_add(a->out,
	    "\n# All inside networks: whoever is in none is not "
	    "served\nnetworks:\n");
	for (unsigned n = 1;; n++) {
		char *rest = answer;
		const char *name;

		ask(a,
		    "A network: name and prefixes; empty if there is no more",
		    n == 1 ? "office 10.0.0.0/16" : "", answer);
		name = next_word(&rest);
		if (name == NULL)
			return;
		text_add(a->out, "  - {name: ");
		text_quote(a->out, name);
		text_add(a->out, ", prefixes: ");
		put_words(a->out, rest);
		text_add(a->out, "}\n");
	}
}

static void
ask_machines(const struct asking *a)
{
	char answer[ANSWER_MAX];
	struct text *t = a->out;

	text_add(t,
	    "\n# Routers and firewalls, with their interfaces (or "
	    "zones)\nrouters:\n");
	ask(a, "Router's dialect: nftables, iptables, pf, cisco-ios ...; or -",
	    "nftables", answer);
	if (answer[0] == '\0') {
		text_add(t, "  []\n");
	} else {
		text_add(t, "  - {name: edge1, dialect: ");
		text_quote(t, answer);
		text_add(t, ", inside: ");
		put_words(t, ask(a, "  its interfaces inside", "lan0", answer));
		text_add(t, ", outside: ");
		put_words(t,
		    ask(a, "  its interfaces outside", "wan0", answer));
		text_add(t, "}\n");
	}
	text_add(t,
	    "\n# Who hands out leases; \"networks: [...]\" if not all\n"
	    "dhcp:\n");
	ask(a, "DHCP server: kea, isc-dhcp, dnsmasq, windows ...; or -", "kea",
	    answer);
	if (answer[0] == '\0') {
		text_add(t, "  []\n");
	} else {
		text_add(t, "  - {name: dhcp1, dialect: ");
		text_quote(t, answer);
		text_add(t, "}\n");
	}
	text_add(t,
	    "\n# Hosts that may ask outside themselves, and why\n"
	    "exempt: []\n#  - {address: 10.0.2.3, to: [198.51.100.7], "
	    "why: GPS appliance}\n");
	ask(a,
	    "Public server that \"ntpgate verify\" may try, to see that it is "
	    "out of reach; or none",
	    "", answer);
	if (answer[0] == '\0') {
		text_add(t, "\n# verify: {outside: ntp1.example.net}\n");
		return;
	}
	text_add(t, "\nverify: {outside: ");
	text_quote(t, answer);
	text_add(t, "}\n");
}

/* ---- the file ---- */

/* O_EXCL: what is there is somebody's work. */
static int
write_new(const char *file, const struct text *t, struct err *e)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ssize_t n;

	if (fd == -1 && errno == EEXIST)
		return err_set(e,
		    "%s is there already: name another file, or move it away",
		    file);
	if (fd == -1)
		return err_sys(e, "%s", file);
	n = write(fd, t->buf, t->len);
	if (close(fd) == -1 || n != (ssize_t)t->len) {
		unlink(file);
		return err_set(e, "%s: could not be written whole", file);
	}
	return 0;
}

static int
run(const char *file, struct err *e)
{
	static char buf[1 << 18];
	static struct site site; /* too large for the stack */
	struct text t = TEXT(buf);
	struct asking a = { isatty(STDIN_FILENO) != 0, &t };

	if (access(file, F_OK) == 0)
		return err_set(e,
		    "%s is there already: name another file, or move it away",
		    file);
	ask_names(&a);
	ask_gateways(&a);
	ask_upstreams(&a);
	ask_networks(&a);
	ask_machines(&a);
	if (text_cut(&t))
		return err_set(e,
		    "so many answers do not fit: write %s by "
		    "hand",
		    file);
	if (site_read(&site, file, buf, t.len, e) == -1)
		return err_at(e, "nothing was written");
	return write_new(file, &t, e);
}

static void
print_written(const struct cmd *c, const char *file)
{
	static char buf[1 << 16];
	struct text t = TEXT(buf);

	if (c->json)
		json_done("written", file, &t);
	else
		text_add(&t,
		    "%s is written.  Next:\n"
		    "  ntpgate check %s\n"
		    "  ntpgate render all --site %s --out site.d\n",
		    file, file, file);
	fputs(buf, stdout);
}

int
cmd_init(const struct cmd *c, int argc, char **argv)
{
	const char *file = argc == 2 ? argv[1] : FILE_DEFAULT;
	struct err e = { "" };

	if (argc > 2 || file[0] == '-')
		return cmd_usage(argv[0]);
	if (run(file, &e) == -1)
		return cmd_fail(c, CMD_USAGE, "%s", e.text);
	print_written(c, file);
	return CMD_WELL;
}
