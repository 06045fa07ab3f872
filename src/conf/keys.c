/* SPDX-License-Identifier: ISC */
#include "conf/conf.h"

#include "base/text.h"

#include <string.h>

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
	return 0;
}

static int
add_key(struct reader *r, const struct auth_key *k, struct err *e)
{
	const struct auth_key *same = auth_find(r->keys, k->id);

	if (same != NULL)
		return err_set(e, "key %u: is there already, in line %u", k->id,
		    r->line_of[same - r->keys->key]);
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
