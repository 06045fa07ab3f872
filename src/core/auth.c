/* SPDX-License-Identifier: ISC */
#include "core/auth.h"

#include "base/wire.h"

#include <nettle/cmac.h>
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <string.h>

#define KEY_ID_LEN 4

/* Octets of digest that go on the wire. */
static const uint8_t wire_len[] = {
	[AUTH_AES128CMAC] = 16,
	[AUTH_SHA256] = 20, /* of 32: RFC 7822 has no room for more */
	[AUTH_SHA1] = 20,
	[AUTH_MD5] = 16,
};

/* Hash of a, and b behind it. */
static void
hash2(enum auth_type type, const struct wire *a, const struct wire *b,
    uint8_t digest[AUTH_HASH_MAX])
{
	struct sha256_ctx sha256;
	struct sha1_ctx sha1;
	struct md5_ctx md5;

	switch (type) {
	case AUTH_SHA256:
		sha256_init(&sha256);
		sha256_update(&sha256, a->left, a->at);
		sha256_update(&sha256, b->left, b->at);
		sha256_digest(&sha256, SHA256_DIGEST_SIZE, digest);
		break;
	case AUTH_SHA1:
		sha1_init(&sha1);
		sha1_update(&sha1, a->left, a->at);
		sha1_update(&sha1, b->left, b->at);
		sha1_digest(&sha1, SHA1_DIGEST_SIZE, digest);
		break;
	case AUTH_MD5:
	case AUTH_AES128CMAC: /* has a key, not a hash: cmac() */
		md5_init(&md5);
		md5_update(&md5, a->left, a->at);
		md5_update(&md5, b->left, b->at);
		md5_digest(&md5, MD5_DIGEST_SIZE, digest);
		break;
	}
}

static void
cmac(const struct auth_key *k, const uint8_t *pkt, size_t len,
    uint8_t digest[AUTH_HASH_MAX])
{
	struct cmac_aes128_ctx ctx;

	cmac_aes128_set_key(&ctx, k->secret);
	cmac_aes128_update(&ctx, len, pkt);
	cmac_aes128_digest(&ctx, CMAC128_DIGEST_SIZE, digest);
}

static void
mac(const struct auth_key *k, const uint8_t *pkt, size_t len,
    uint8_t digest[AUTH_HASH_MAX])
{
	struct wire secret = { .at = k->secret, .left = k->secret_len };
	struct wire text = { .at = pkt, .left = len };

	if (k->type == AUTH_AES128CMAC)
		cmac(k, pkt, len, digest);
	else
		hash2(k->type, &secret, &text, digest);
}

size_t
auth_hash(enum auth_type type, const void *data, size_t len,
    uint8_t digest[AUTH_HASH_MAX])
{
	struct wire all = { .at = data, .left = len }, none = { .at = data };

	hash2(type, &all, &none, digest);
	return type == AUTH_SHA256 ? SHA256_DIGEST_SIZE : wire_len[type];
}

const struct auth_key *
auth_find(const struct auth_keys *k, uint32_t id)
{
	for (unsigned i = 0; i < k->count; i++)
		if (k->key[i].id == id)
			return &k->key[i];
	return NULL;
}

const struct auth_key *
auth_find_other(const struct auth_keys *k, uint32_t id)
{
	const struct auth_key *first = auth_find(k, id);

	for (unsigned i = 0; i < k->count; i++)
		if (k->key[i].id == id && &k->key[i] != first)
			return &k->key[i];
	return NULL;
}

bool
auth_bound(const struct auth_key *k, const struct addr *a)
{
	for (unsigned i = 0; i < k->addr_count; i++)
		if (prefix_holds(&k->addr[i], a))
			return true;
	return k->addr_count == 0;
}

size_t
auth_mac_len(const struct auth_key *k)
{
	return KEY_ID_LEN + wire_len[k->type];
}

size_t
auth_sign(const struct auth_key *k, uint8_t *pkt, size_t len, size_t size)
{
	struct wire_out w = { .at = pkt + len, .left = auth_mac_len(k) };
	uint8_t digest[AUTH_HASH_MAX];

	if (len > size || size - len < auth_mac_len(k))
		return 0;
	mac(k, pkt, len, digest);
	wire_put_u32(&w, k->id);
	wire_put(&w, digest, wire_len[k->type]);
	return len + auth_mac_len(k);
}

bool
auth_verify(const struct auth_key *k, const uint8_t *pkt, size_t len,
    size_t mac_len)
{
	uint8_t digest[AUTH_HASH_MAX];

	if (mac_len != auth_mac_len(k) || len < mac_len)
		return false;
	mac(k, pkt, len - mac_len, digest);
	return memeql_sec(digest, pkt + len - wire_len[k->type],
		   wire_len[k->type]) != 0;
}

const struct auth_key *
auth_check(const struct auth_keys *k, const struct auth_claim *c)
{
	for (unsigned i = 0; i < k->count; i++)
		if (k->key[i].id == c->id && auth_bound(&k->key[i], c->from) &&
		    auth_verify(&k->key[i], c->pkt, c->len, c->mac_len))
			return &k->key[i];
	return NULL;
}
