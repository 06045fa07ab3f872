/* SPDX-License-Identifier: ISC */
#include "base/addr.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

static size_t
bits_of(const struct addr *a)
{
	return a->family == ADDR_V4 ? 32 : 128;
}

/* Big end first; written out so that compilers see one load and one swap. */
static uint64_t
load64(const uint8_t *p)
{
	return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 |
	    (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 |
	    (uint64_t)p[5] << 16 | (uint64_t)p[6] << 8 | p[7];
}

/*
 * The first n bits of the two, of 16 octets each, are alike.  Asked of many
 * prefixes for every packet, so without a loop over octets.
 */
static bool
bits_same(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint64_t high = load64(a) ^ load64(b);

	if (n <= 64)
		return n == 0 || high >> (64 - n) == 0;
	return high == 0 && (load64(a + 8) ^ load64(b + 8)) >> (128 - n) == 0;
}

struct addr
addr_v4(const uint8_t ip[4])
{
	struct addr a = { .family = ADDR_V4 };

	memcpy(a.ip, ip, 4);
	return a;
}

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

void
addr_octets(const struct addr *a, uint8_t ip[16])
{
	if (a->family == ADDR_V4) {
		memcpy(ip, mapped, sizeof(mapped));
		memcpy(ip + sizeof(mapped), a->ip, 4);
	} else {
		memcpy(ip, a->ip, 16);
	}
}

struct addr
addr_v6(const uint8_t ip[16])
{
	struct addr a = { .family = ADDR_V6 };

	if (memcmp(ip, mapped, sizeof(mapped)) == 0)
		return addr_v4(ip + 12);
	memcpy(a.ip, ip, 16);
	return a;
}

bool
addr_parse(struct addr *a, const char *text)
{
	uint8_t ip[16];

	*a = (struct addr){ 0 };
	if (inet_pton(AF_INET, text, ip) == 1)
		*a = addr_v4(ip);
	else if (inet_pton(AF_INET6, text, ip) == 1)
		*a = addr_v6(ip);
	return a->family != ADDR_NONE;
}

bool
addr_is_torn(const char *text)
{
	struct addr a;

	return text[0] != '\0' && text[strspn(text, "0123456789.")] == '\0' &&
	    !addr_parse(&a, text);
}

char *
addr_print(const struct addr *a, bool with_port, char buf[ADDR_TEXT])
{
	struct text t = { buf, ADDR_TEXT, 0 };
	bool brackets = with_port && a->family == ADDR_V6;
	char ip[INET6_ADDRSTRLEN] = "-";

	if (a->family != ADDR_NONE)
		inet_ntop(a->family == ADDR_V4 ? AF_INET : AF_INET6, a->ip, ip,
		    sizeof(ip));
	text_add(&t, "%s%s", brackets ? "[" : "", ip);
	if (a->scope != 0)
		text_add(&t, "%%%u", a->scope);
	if (brackets)
		text_add(&t, "]");
	if (with_port)
		text_add(&t, ":%u", a->port);
	return buf;
}

bool
addr_same_host(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	    memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_same_host(a, b) && a->port == b->port;
}

bool
addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (a->family == ADDR_V4)
		return a->ip[0] == 127;
	return a->family == ADDR_V6 && memcmp(a->ip, one, 16) == 0;
}

bool
addr_is_multicast(const struct addr *a)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (a->family == ADDR_V4)
		return a->ip[0] >> 4 == 14 || memcmp(a->ip, all, 4) == 0;
	return a->family == ADDR_V6 && a->ip[0] == 0xff;
}

bool
addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return a->family != ADDR_NONE && memcmp(a->ip, zero, 16) == 0;
}

/* Networks where no stranger's server can be: a lab. */
static const struct {
	uint8_t family, ip[16], len;
} lab[] = {
	{ ADDR_V4, { 127 }, 8 }, { ADDR_V4, { 10 }, 8 },
	{ ADDR_V4, { 172, 16 }, 12 }, { ADDR_V4, { 192, 168 }, 16 },
	{ ADDR_V4, { 169, 254 }, 16 },
	{ ADDR_V4, { 100, 64 }, 10 },	   /* shared, RFC 6598 */
	{ ADDR_V4, { 192, 0, 2 }, 24 },	   /* documentation, RFC 5737 */
	{ ADDR_V4, { 198, 51, 100 }, 24 }, /* documentation */
	{ ADDR_V4, { 203, 0, 113 }, 24 },  /* documentation */
	{ ADDR_V4, { 198, 18 }, 15 },	   /* benchmarks, RFC 2544 */
	{ ADDR_V6, { [15] = 1 }, 128 },
	{ ADDR_V6, { 0xfc }, 7 },		 /* unique local, RFC 4193 */
	{ ADDR_V6, { 0xfe, 0x80 }, 10 },	 /* link-local */
	{ ADDR_V6, { 0x20, 1, 0xd, 0xb8 }, 32 }, /* documentation */
	{ ADDR_V6, { 0x3f, 0xff }, 20 },	 /* documentation, RFC 9637 */
	{ ADDR_V6, { 0x20, 1, 0, 2 }, 48 },	 /* benchmarks, RFC 5180 */
};

/* IPv6 networks whose addresses carry an IPv4 address, and where. */
static const struct {
	uint8_t ip[16], len, at;
} carrier[] = {
	{ { 0, 0x64, 0xff, 0x9b }, 96, 12 }, /* NAT64, RFC 6052 */
	{ { 0x20, 2 }, 16, 2 },		     /* 6to4, RFC 3056 */
	{ { 0 }, 96, 12 },		     /* IPv4-compatible */
};

struct addr
addr_inner(const struct addr *a)
{
	if (a->family != ADDR_V6)
		return *a;
	for (size_t i = 0; i < sizeof(carrier) / sizeof(carrier[0]); i++)
		if (bits_same(a->ip, carrier[i].ip, carrier[i].len)) {
			struct addr in = addr_v4(a->ip + carrier[i].at);

			in.port = a->port;
			return in;
		}
	return *a;
}

bool
addr_is_public(const struct addr *a)
{
	for (size_t i = 0; i < sizeof(lab) / sizeof(lab[0]); i++)
		if (a->family == lab[i].family &&
		    bits_same(a->ip, lab[i].ip, lab[i].len))
			return false;

	struct addr in = addr_inner(a);

	if (in.family != a->family)
		return addr_is_public(&in);
	return a->family != ADDR_NONE;
}

/* Digits of a prefix length, 0 to max; -1 if they are none. */
static int
read_len(const char *s, int max)
{
	int n = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || n > max)
			return -1;
		n = n * 10 + (*s - '0');
	}
	return n <= max ? n : -1;
}

int
prefix_parse(struct prefix *p, const char *text, struct err *e)
{
	const char *slash = strchr(text, '/');
	char host[ADDR_TEXT];
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);

	if (n >= sizeof(host))
		return err_set(e, "\"%.40s...\" is not a prefix", text);
	memcpy(host, text, n);
	host[n] = '\0';
	if (!addr_parse(&p->net, host))
		return err_set(e,
		    "\"%s\" is not a prefix such as 10.0.0.0/8 or "
		    "2001:db8::/32",
		    text);
	int len = (int)bits_of(&p->net);
	if (slash != NULL)
		len = read_len(slash + 1, len);
	if (len < 0)
		return err_set(e, "\"%s\": the length after / must be 0 to %zu",
		    text, bits_of(&p->net));
	p->len = (uint8_t)len;

	struct addr given = p->net;
	for (size_t bit = p->len; bit < bits_of(&p->net); bit++)
		p->net.ip[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	if (!addr_same_host(&given, &p->net)) {
		char meant[ADDR_TEXT];
		return err_set(e, "\"%s\" has host bits set; did you mean %s?",
		    text, prefix_print(p, meant));
	}
	return 0;
}

bool
prefix_holds(const struct prefix *p, const struct addr *a)
{
	return p->net.family == a->family &&
	    bits_same(p->net.ip, a->ip, p->len);
}

char *
prefix_print(const struct prefix *p, char buf[ADDR_TEXT])
{
	struct text t = { buf, ADDR_TEXT, 0 };
	char ip[ADDR_TEXT];

	text_add(&t, "%s/%u", addr_print(&p->net, false, ip), p->len);
	return buf;
}
