/* SPDX-License-Identifier: ISC */
#include "conf/logline.h"

#include "conf/logline_time.h"
#include "core/packet.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define IPV4_HEADERS 28 /* IP and UDP */
#define IPV6_HEADERS 48
#define UDP_HEADER 8

/*
 * A pattern is text, and
 *	%*	anything up to the text that follows, or to the next address
 *	%w	a word, up to the character that follows
 *	%S %s	address and port of who sent; %D %d of who got
 *	%A %B	both as "192.0.2.1.123", who sent and who got
 *	%p	packets;  %o octets of UDP with its header, %l of IP with both;
 *		%t hop limit
 *	%r	packets that came back in a session
 *	%R	octets of a session, both ways together
 *	%m	what tcpdump says of NTP: mode and length
 *	%f	was it blocked? by a word such as "block" or "denied"
 * A blank is one or more blanks.  The first row that fits a line counts; a line
 * that has a mark of a dialect but fits none of its rows is about something
 * else, or damaged.
 */
struct pattern {
	enum logline_dialect dialect;
	enum talk_fate fate; /* TALK_UNKNOWN: %f, or not said */
	const char *mark;
	const char *text; /* from the mark on, or from the start if ^ */
};

static const struct pattern patterns[] = {
	{ LOGLINE_NFTABLES, TALK_UNKNOWN, " SRC=",
	    " SRC=%S DST=%D LEN=%l %*TTL=%t %*PROTO=UDP SPT=%s DPT=%d " },
	{ LOGLINE_NFTABLES, TALK_UNKNOWN, " SRC=",
	    " SRC=%S DST=%D LEN=%l %*HOPLIMIT=%t %*PROTO=UDP SPT=%s DPT=%d " },
	{ LOGLINE_PF, TALK_UNKNOWN, "filterlog",
	    "filterlog%*,match,%f,%w,4,%*,%*,%t,%w,%w,%w,17,udp,%l,%S,%D,%s,%d,"
	    "%o" },
	{ LOGLINE_PF, TALK_UNKNOWN, "filterlog",
	    "filterlog%*,match,%f,%w,6,%*,%*,%t,UDP,17,%w,%S,%D,%s,%d,%o" },
	{ LOGLINE_PF, TALK_UNKNOWN, "rule ",
	    "rule %*) %f %w on %w: %A > %B: %m" },
	{ LOGLINE_PF, TALK_UNKNOWN, "rule ",
	    "rule %*: %f %w on %w: %A > %B: %m" },
	{ LOGLINE_ASA, TALK_BLOCKED, "%ASA-",
	    "%ASA-%w-106023: Deny udp src %w:%S/%s dst %w:%D/%d " },
	{ LOGLINE_ASA, TALK_BLOCKED, "%ASA-",
	    "%ASA-%w-106023: Deny udp src %w:%S/%s(%*) dst %w:%D/%d" },
	{ LOGLINE_ASA, TALK_BLOCKED, "%ASA-",
	    "%ASA-%w-106006: Deny inbound UDP from %S/%s to %D/%d" },
	{ LOGLINE_ASA, TALK_BLOCKED, "%ASA-",
	    "%ASA-%w-106010: Deny inbound udp src %w:%S/%s dst %w:%D/%d" },
	{ LOGLINE_ASA, TALK_UNKNOWN, "%ASA-",
	    "%ASA-%w-106100: access-list %w %f udp %w/%S(%s)%*-> %w/%D(%d)" },
	{ LOGLINE_ASA, TALK_PASSED, "%ASA-",
	    "%ASA-%w-302015: Built inbound UDP connection %w for %w:%S/%s "
	    "(%*) to %w:%D/%d" },
	/* The outside comes first, whoever began. */
	{ LOGLINE_ASA, TALK_PASSED, "%ASA-",
	    "%ASA-%w-302015: Built outbound UDP connection %w for %w:%D/%d "
	    "(%*) to %w:%S/%s" },
	{ LOGLINE_ASA, TALK_PASSED, "%ASA-",
	    "%ASA-%w-302016: Teardown UDP connection %w for %w:%D/%d to "
	    "%w:%S/%s duration %w bytes %R" },
	{ LOGLINE_ASA, TALK_PASSED, "%ASA-",
	    "%ASA-%w-302016: Teardown UDP connection %w for %w:%D/%d(%*) to "
	    "%w:%S/%s duration %w bytes %R" },
	{ LOGLINE_IOS, TALK_UNKNOWN, "ACCESSLOGP",
	    "ACCESSLOGP%*: %*list %w %f udp %S(%s) -> %D(%d), %p packet" },
	{ LOGLINE_IOS, TALK_UNKNOWN, "ACCESSLOGP",
	    "ACCESSLOGP%*: %*list %w (%w) %f udp %S(%s) -> %D(%d), %p packet" },
	{ LOGLINE_IOS, TALK_UNKNOWN, "ACCESSLOGP",
	    "ACCESSLOGP%*: %*list %w %f udp %S(%s) (%*) -> %D(%d), %p packet" },
	{ LOGLINE_JUNOS, TALK_BLOCKED, "RT_FLOW_SESSION_DENY",
	    "RT_FLOW_SESSION_DENY: session denied %S/%s->%D/%d " },
	{ LOGLINE_JUNOS, TALK_PASSED, "RT_FLOW_SESSION_CREATE",
	    "RT_FLOW_SESSION_CREATE: session created %S/%s->%D/%d " },
	{ LOGLINE_JUNOS, TALK_PASSED, "RT_FLOW_SESSION_CLOSE",
	    "RT_FLOW_SESSION_CLOSE: session closed %*: %S/%s->%D/%d %*17 "
	    "%*) %r(" },
	{ LOGLINE_JUNOS, TALK_BLOCKED, "RT_FLOW_SESSION_DENY",
	    "RT_FLOW_SESSION_DENY [%*source-address=\"%S\" "
	    "source-port=\"%s\" %*destination-address=\"%D\" "
	    "destination-port=\"%d\"" },
	{ LOGLINE_JUNOS, TALK_PASSED, "RT_FLOW_SESSION_CREATE",
	    "RT_FLOW_SESSION_CREATE [%*source-address=\"%S\" "
	    "source-port=\"%s\" %*destination-address=\"%D\" "
	    "destination-port=\"%d\"" },
	{ LOGLINE_JUNOS, TALK_PASSED, "RT_FLOW_SESSION_CLOSE",
	    "RT_FLOW_SESSION_CLOSE [%*source-address=\"%S\" "
	    "source-port=\"%s\" %*destination-address=\"%D\" "
	    "destination-port=\"%d\" %*packets-from-server=\"%r\"" },
	{ LOGLINE_JUNOS, TALK_UNKNOWN, "PFE_FW_SYSLOG",
	    "PFE_FW_SYSLOG%*: FW: %w %f udp %S %D %s %d (%p packet" },
};

#define PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

/* Octets of headers in %l: known when the address is. */
struct match {
	struct talk_event *e;
	uint32_t ip_octets, session_octets;
	bool closes;
};

/* ---- the parts ---- */

static const char *
read_number(const char *s, uint32_t max, uint32_t *n)
{
	uint32_t v = 0;
	const char *at = s;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (v > max / 10)
			return NULL;
		v = v * 10 + (uint32_t)(*at - '0');
	}
	*n = v;
	return at > s && v <= max ? at : NULL;
}

static const char *
read_port(const char *s, uint16_t *port)
{
	uint32_t n;

	if (strncmp(s, "ntp", 3) == 0) {
		*port = NTP_PORT;
		return s + 3;
	}
	s = read_number(s, UINT16_MAX, &n);
	if (s != NULL)
		*port = (uint16_t)n;
	return s;
}

static bool
take_addr(const char *s, size_t len, struct addr *a)
{
	char text[ADDR_TEXT];
	uint16_t port = a->port;
	bool good;

	if (len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	good = addr_parse(a, text);
	a->port = port;
	return good;
}

#define OF_ADDR "0123456789abcdefABCDEF:."

static const char *
read_addr(const char *s, struct addr *a)
{
	size_t len = strspn(s, OF_ADDR);

	return take_addr(s, len, a) ? s + len : NULL;
}

/* "192.0.2.1.123", "2001:db8::1.ntp:" */
static const char *
read_dotted(const char *s, struct addr *a)
{
	size_t len = strcspn(s, " "), dot;

	if (len > 0 && s[len - 1] == ':')
		len--;
	for (dot = len; dot > 0 && s[dot - 1] != '.'; dot--)
		;
	if (dot == 0 || read_port(s + dot, &a->port) != s + len ||
	    !take_addr(s, dot - 1, a))
		return NULL;
	return s + len;
}

/* "NTPv4, Client, length 48", "NTPv2, Reserved, length 192", "v4 server" */
static const char *
read_said(const char *s, struct talk_event *e)
{
	static const struct {
		const char *word;
		uint8_t mode;
	} modes[] = { { "client", MODE_CLIENT }, { "server", MODE_SERVER },
		{ "symmetric active", MODE_SYMMETRIC_ACTIVE },
		{ "symmetric passive", MODE_SYMMETRIC_PASSIVE },
		{ "broadcast", MODE_BROADCAST } };
	const char *v = strchr(s, 'v'), *comma = strchr(s, ','),
		   *len = strstr(s, "length ");

	if (v != NULL && v[1] >= '1' && v[1] <= '4')
		e->version = (uint8_t)(v[1] - '0');
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		size_t n = strlen(modes[i].word);

		if ((comma != NULL &&
			strncasecmp(comma + 2, modes[i].word, n) == 0) ||
		    (v != NULL && v[1] != '\0' && v[2] == ' ' &&
			strncasecmp(v + 3, modes[i].word, n) == 0))
			e->mode = modes[i].mode;
	}
	if (len != NULL)
		read_number(len + 7, UINT16_MAX, &e->octets);
	return s + strlen(s);
}

static enum talk_fate
fate_of(const char *s, size_t len)
{
	static const struct {
		const char *word;
		enum talk_fate fate;
	} words[] = { { "block", TALK_BLOCKED }, { "den", TALK_BLOCKED },
		{ "drop", TALK_BLOCKED }, { "reject", TALK_BLOCKED },
		{ "refuse", TALK_BLOCKED }, { "D", TALK_BLOCKED },
		{ "R", TALK_BLOCKED }, { "pass", TALK_PASSED },
		{ "permit", TALK_PASSED }, { "accept", TALK_PASSED },
		{ "A", TALK_PASSED } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].word);

		if (n == 1 ? len == 1 && *s == *words[i].word :
			     len >= n && strncasecmp(s, words[i].word, n) == 0)
			return words[i].fate;
	}
	return TALK_UNKNOWN;
}

/* ---- the pattern ---- */

/* Up to the character that follows in the pattern. */
static const char *
skip_word(const char *s, char until)
{
	const char *end = until == '\0' ? s + strlen(s) : strchr(s, until);

	return end == s ? NULL : end;
}

/* The text of a pattern up to its next directive, somewhere in s. */
static const char *
skip_any(const char *s, const char *text)
{
	char wanted[64];
	size_t n = strcspn(text, "%");

	if (n >= sizeof(wanted))
		return NULL;
	memcpy(wanted, text, n);
	wanted[n] = '\0';
	return strstr(s, wanted);
}

static const char *
read_one(struct match *m, char what, const char *s, const char *rest)
{
	struct talk_event *e = m->e;
	const char *end;
	uint32_t n;

	switch (what) {
	case '*':
		return skip_any(s, rest);
	case 'w':
		return skip_word(s, *rest);
	case 'S':
		return read_addr(s, &e->from);
	case 'D':
		return read_addr(s, &e->to);
	case 's':
		return read_port(s, &e->from.port);
	case 'd':
		return read_port(s, &e->to.port);
	case 'A':
		return read_dotted(s, &e->from);
	case 'B':
		return read_dotted(s, &e->to);
	case 'p':
		return read_number(s, UINT32_MAX / 16, &e->packets);
	case 'o':
		s = read_number(s, UINT16_MAX, &n);
		e->octets = s != NULL && n > UDP_HEADER ? n - UDP_HEADER : 0;
		return s;
	case 'l':
		return read_number(s, UINT16_MAX, &m->ip_octets);
	case 't':
		s = read_number(s, 255, &n);
		e->ttl = s != NULL ? (uint8_t)n : 0;
		return s;
	case 'r':
		m->closes = true;
		return read_number(s, UINT32_MAX / 16, &e->answers);
	case 'R':
		m->closes = true;
		return read_number(s, UINT32_MAX / 16, &m->session_octets);
	case 'm':
		return read_said(s, e);
	case 'f':
		end = skip_word(s, *rest);
		if (end != NULL)
			e->fate = fate_of(s, (size_t)(end - s));
		return end;
	default:
		return NULL;
	}
}

/* A per cent sign before "ASA" is one: no directive is that letter twice. */
static bool
fits(const char *p, const char *s, struct match *m)
{
	if (strncmp(p, "%ASA-", 5) == 0) {
		p += 5;
		s += 5;
	}
	while (*p != '\0') {
		if (*p == '%') {
			s = read_one(m, p[1], s, p + 2);
			if (s == NULL)
				return false;
			p += 2;
		} else if (*p == ' ') {
			/* or the end of a line that was trimmed */
			if (*s != ' ' && *s != '\0')
				return false;
			s += strspn(s, " ");
			p++;
		} else if (tolower((unsigned char)*p++) !=
		    tolower((unsigned char)*s++)) {
			return false;
		}
	}
	return true;
}

/* ---- a line ---- */

/* The words before a kernel's line are the operator's: its prefix. */
static enum talk_fate
prefix_fate(const char *line, const char *mark)
{
	const char *in = strstr(line, "IN=");
	enum talk_fate fate = TALK_UNKNOWN;

	for (const char *s = line; in != NULL && s < in && s < mark; s++) {
		size_t len = 0;

		if (s > line && isalpha((unsigned char)s[-1]))
			continue;
		while (isalpha((unsigned char)s[len]))
			len++;

		enum talk_fate f = fate_of(s, len);
		if (len > 1 && f != TALK_UNKNOWN)
			fate = f;
	}
	return fate;
}

static void
finish(const struct pattern *p, struct match *m, const char *line,
    const char *mark)
{
	struct talk_event *e = m->e;
	uint32_t headers =
	    e->from.family == ADDR_V4 ? IPV4_HEADERS : IPV6_HEADERS;

	/* Of a fragment the length is not the datagram's. */
	if (m->ip_octets > headers && e->octets == 0)
		e->octets = m->ip_octets - headers;
	/* More than one question's worth went both ways together. */
	if (m->session_octets > TALK_TIME_MIN)
		e->answers = 1;
	if (p->fate != TALK_UNKNOWN)
		e->fate = p->fate;
	else if (p->dialect == LOGLINE_NFTABLES)
		e->fate = prefix_fate(line, mark);
	if (m->closes)
		e->packets = 0;
	else if (e->packets == 0)
		e->packets = 1;
}

static bool
about_ntp(const struct talk_event *e)
{
	return e->from.port == NTP_PORT || e->to.port == NTP_PORT;
}

/* Damaged, if it should have been about UDP and this port. */
static enum logline_verdict
unfit(const char *mark)
{
	static const char *const udp[] = { "PROTO=UDP", "udp,", "NTPv", " udp ",
		"UDP connection" };

	for (size_t i = 0; i < sizeof(udp) / sizeof(udp[0]); i++)
		if (strstr(mark, udp[i]) != NULL &&
		    (strstr(mark, "123") != NULL ||
			strstr(mark, "ntp") != NULL))
			return LOGLINE_BAD;
	return LOGLINE_OTHER;
}

enum logline_verdict
logline_read(struct logline *l, const char *line, struct talk_event *e)
{
	const char *mark = NULL, *seen = NULL, *of = NULL;
	int64_t at = 0;
	bool timed = logline_time(l, line, &at);

	for (size_t i = 0; i < PATTERNS; i++) {
		const struct pattern *p = &patterns[i];
		struct match m = { .e = e };

		if (of == NULL || strcmp(of, p->mark) != 0)
			mark = strstr(line, p->mark);
		of = p->mark;
		if (mark == NULL)
			continue;
		seen = mark;
		*e = (struct talk_event){ .timed = timed,
			.at = at,
			.packets = 1 };
		if (!fits(p->text, mark, &m))
			continue;
		if (!about_ntp(e))
			return LOGLINE_OTHER;
		finish(p, &m, line, mark);
		l->lines[p->dialect]++;
		return LOGLINE_NTP;
	}
	return seen == NULL ? LOGLINE_FOREIGN : unfit(seen);
}

const char *
logline_dialect_name(enum logline_dialect d)
{
	static const char *const name[LOGLINE_DIALECTS] = {
		[LOGLINE_NFTABLES] = "nftables or iptables",
		[LOGLINE_PF] = "pf",
		[LOGLINE_ASA] = "Cisco ASA",
		[LOGLINE_IOS] = "Cisco IOS",
		[LOGLINE_JUNOS] = "Junos",
	};

	return name[d];
}
