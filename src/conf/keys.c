/* SPDX-License-Identifier: ISC */
#include "conf/conf.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY 86400

/*
 * No sentence here shows what stands in the file, but for key ids and what is
 * clearly an address: a word in the wrong column may be a secret.
 */

#define TOKENS_MAX (3 + AUTH_ADDRS_MAX)
#define CMAC_SECRET 16

struct token {
	const char *at;
	size_t len;
};

struct reader {
	struct auth_keys *keys;
	struct text *notes; /* or NULL */
	const char *file;
	unsigned line;
	unsigned line_of[AUTH_KEYS_MAX];
	struct token token[TOKENS_MAX];
	unsigned tokens;
	const char *comment; /* behind them: at its #, or at the line's end */
};

static const struct {
	const char *name;
	enum auth_type type;
} types[] = {
	{ "AES128CMAC", AUTH_AES128CMAC },
	{ "SHA256", AUTH_SHA256 },
	{ "SHA1", AUTH_SHA1 },
	{ "MD5", AUTH_MD5 },
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static bool
is_end(char c)
{
	return c == '\0' || c == '\n';
}

/*
 * Splits the line at *text, which then stands behind it.  A comment begins
 * where a word could; # inside a word belongs to the word.
 */
static int
split(struct reader *r, const char **text, struct err *e)
{
	const char *s = *text, *begin;
	bool too_many = false;

	r->tokens = 0;
	for (;;) {
		while (is_blank(*s))
			s++;
		if (*s == '#' || is_end(*s))
			break;
		begin = s;
		while (!is_blank(*s) && !is_end(*s))
			s++;
		if (r->tokens == TOKENS_MAX)
			too_many = true;
		else
			r->token[r->tokens++] =
			    (struct token){ begin, (size_t)(s - begin) };
	}
	r->comment = s;
	while (!is_end(*s))
		s++;
	*text = *s == '\n' ? s + 1 : s;
	return too_many ? err_set(e, "more than %d addresses", AUTH_ADDRS_MAX) :
			  0;
}

static int
read_id(const struct token *t, uint32_t *id, struct err *e)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->len; i++) {
		if (t->at[i] < '0' || t->at[i] > '9' || n > UINT32_MAX)
			return err_set(e,
			    "the first word should be the key's number, 1 to "
			    "4294967295");
		n = n * 10 + (uint64_t)(t->at[i] - '0');
	}
	if (n == 0 || n > UINT32_MAX)
		return err_set(e,
		    "a key's number is 1 to 4294967295, not %llu%s",
		    (unsigned long long)(n > UINT32_MAX ? UINT32_MAX : n),
		    n > UINT32_MAX ? " and more" : "");
	*id = (uint32_t)n;
	return 0;
}

static int
read_type(const struct token *t, enum auth_type *type, struct err *e)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == t->len &&
		    memcmp(types[i].name, t->at, t->len) == 0) {
			*type = types[i].type;
			return 0;
		}
	return err_set(e,
	    "unknown type; it should be AES128CMAC, SHA256, SHA1 or MD5");
}

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at =
	    memchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c, 16);

	return at != NULL ? (int)(at - digits) : -1;
}

static int
read_secret(const struct token *t, struct auth_key *k, struct err *e)
{
	for (size_t i = 0; i < t->len; i++)
		if (hex_value(t->at[i]) < 0)
			return err_set(e,
			    "character %zu of the secret is not a hexadecimal "
			    "digit (0-9, a-f)",
			    i + 1);
	if (k->type == AUTH_AES128CMAC && t->len != 2 * CMAC_SECRET)
		return err_set(e,
		    "a secret for AES128CMAC has 16 octets, 32 hexadecimal "
		    "digits, not %zu digits",
		    t->len);
	if (t->len % 2 != 0)
		return err_set(e,
		    "the secret has an odd number of hexadecimal digits, %zu; "
		    "two make an octet",
		    t->len);
	if (t->len > 2 * AUTH_SECRET_MAX)
		return err_set(e,
		    "the secret has %zu octets; %d is the most there may be",
		    t->len / 2, AUTH_SECRET_MAX);
	k->secret_len = (uint8_t)(t->len / 2);
	for (size_t i = 0; i < t->len / 2; i++)
		k->secret[i] = (uint8_t)(hex_value(t->at[2 * i]) << 4 |
		    hex_value(t->at[2 * i + 1]));
	return 0;
}

static int
read_addr(const struct token *t, struct prefix *p, struct err *e)
{
	char word[ADDR_TEXT];
	bool address = memchr(t->at, ':', t->len) != NULL ||
	    memchr(t->at, '.', t->len) != NULL;

	if (!address || t->len >= sizeof(word))
		return err_set(e,
		    "what follows the secret should be numeric addresses, "
		    "such as 192.0.2.1 or 10.0.0.0/8");
	memcpy(word, t->at, t->len);
	word[t->len] = '\0';
	return prefix_parse(p, word, e);
}

/* "# made 2026-11-22": anything else is a comment and no more. */
static int64_t
read_made(const char *comment)
{
	struct tm tm = { 0 }, day;
	time_t t;

	if (sscanf(comment, "# made %4d-%2d-%2d", &tm.tm_year, &tm.tm_mon,
		&tm.tm_mday) != 3)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	day = tm;
	t = timegm(&day);
	/* There is no 31st of June: it would be another day. */
	if (t <= 0 || day.tm_mon != tm.tm_mon || day.tm_mday != tm.tm_mday)
		return 0;
	return t;
}

/* The words of a line that is not empty. */
static int
read_key(struct reader *r, struct auth_key *k, struct err *e)
{
	if (read_id(&r->token[0], &k->id, e) == -1)
		return -1;
	if (r->tokens < 3)
		return err_set(e,
		    "key %u: should be ID TYPE HEX, and addresses that may "
		    "use it",
		    k->id);
	if (read_type(&r->token[1], &k->type, e) == -1 ||
	    read_secret(&r->token[2], k, e) == -1)
		return err_at(e, "key %u", k->id);
	for (unsigned i = 3; i < r->tokens; i++)
		if (read_addr(&r->token[i], &k->addr[k->addr_count++], e) == -1)
			return err_at(e, "key %u", k->id);
	k->made = read_made(r->comment);
	return 0;
}

static int
add_key(struct reader *r, const struct auth_key *k, struct err *e)
{
	const struct auth_key *same = auth_find(r->keys, k->id);
	const struct auth_key *other = auth_find_other(r->keys, k->id);

	if (other != NULL)
		return err_set(e,
		    "key %u: is there already, in lines %u and %u: the present "
		    "one and the previous one are enough",
		    k->id, r->line_of[same - r->keys->key],
		    r->line_of[other - r->keys->key]);
	if (r->keys->count == AUTH_KEYS_MAX)
		return err_set(e, "more than %d keys", AUTH_KEYS_MAX);
	if (k->type == AUTH_MD5 && r->notes != NULL)
		text_add(r->notes,
		    "%s:%u: key %u: MD5 is weak; AES128CMAC would be better\n",
		    r->file, r->line, k->id);
	r->line_of[r->keys->count] = r->line;
	r->keys->key[r->keys->count++] = *k;
	return 0;
}

int
keys_read(struct auth_keys *keys, const char *file, const char *text,
    struct text *notes, struct err *e)
{
	struct reader r = { .keys = keys, .notes = notes, .file = file };

	*keys = (struct auth_keys){ 0 };
	while (*text != '\0') {
		struct auth_key k = { 0 };

		r.line++;
		if (split(&r, &text, e) == -1)
			goto fail;
		if (r.tokens == 0)
			continue;
		if (read_key(&r, &k, e) == -1 || add_key(&r, &k, e) == -1)
			goto fail;
	}
	return 0;
fail:
	*keys = (struct auth_keys){ 0 };
	return err_at(e, "%s:%u", file, r.line);
}

const char *
keys_type_name(enum auth_type type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	return "";
}

bool
keys_type(const char *name, enum auth_type *type)
{
	const struct token t = { name, strlen(name) };
	struct err e;

	return read_type(&t, type, &e) == 0;
}

long
keys_age(const struct auth_key *k, int64_t now)
{
	if (k->made == 0)
		return -1;
	return now > k->made ? (long)((now - k->made) / DAY) : 0;
}

void
keys_write(const struct auth_key *k, struct text *t)
{
	time_t made = (time_t)k->made;
	char prefix[ADDR_TEXT];
	struct tm tm;

	text_add(t, "%u %s ", k->id, keys_type_name(k->type));
	for (unsigned i = 0; i < k->secret_len; i++)
		text_add(t, "%02x", k->secret[i]);
	for (unsigned i = 0; i < k->addr_count; i++)
		text_add(t, " %s", prefix_print(&k->addr[i], prefix));
	if (made != 0 && gmtime_r(&made, &tm) != NULL)
		text_add(t, " # made %04d-%02d-%02d", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday);
	text_add(t, "\n");
}

/* Does the line that r has split begin with this id? */
static bool
is_of(const struct reader *r, uint32_t id)
{
	uint32_t n;
	struct err e;

	return r->tokens > 0 && read_id(&r->token[0], &n, &e) == 0 && n == id;
}

void
keys_insert(const char *text, const struct auth_key *k, struct text *t)
{
	struct reader r = { 0 };
	unsigned seen = 0;
	const char *line;
	struct err e;

	while (*(line = text) != '\0') {
		split(&r, &text, &e);
		if (is_of(&r, k->id) && seen++ == 0)
			keys_write(k, t);
		if (is_of(&r, k->id) && seen > 1)
			continue; /* the one before the previous one */
		text_add(t, "%.*s", (int)(text - line), line);
		if (text[-1] != '\n')
			text_add(t, "\n");
	}
	if (seen == 0)
		keys_write(k, t);
}
