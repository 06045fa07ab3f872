/* SPDX-License-Identifier: ISC */
/*
 * auth.h - message authentication with symmetric keys.
 *
 * A key is bound to the addresses that may use it: a host that knows key A
 * cannot speak as the host of key B.  AES-128-CMAC is RFC 8573; the digests
 * of the older types are over key and packet, one after the other (RFC 5905
 * 7.3).  Digests longer than 20 octets (SHA-256) are cut to 20 on the wire,
 * as the MAC of NTPv4 has no more room (RFC 7822).
 * Secrets have no print function.
 */
#ifndef CORE_AUTH_H
#define CORE_AUTH_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTH_KEYS_MAX 256
#define AUTH_SECRET_MAX 64
#define AUTH_ADDRS_MAX 8
#define AUTH_MAC_MAX 24 /* octets of key id and digest */
#define AUTH_HASH_MAX 32

enum auth_type { AUTH_AES128CMAC, AUTH_SHA256, AUTH_SHA1, AUTH_MD5 };

struct auth_key {
	uint32_t id; /* 1 to 2^32 - 1 */
	enum auth_type type;
	uint8_t secret_len; /* 16 for AES-128-CMAC */
	uint8_t addr_count; /* 0: any address */
	int64_t made;	    /* the day's beginning, UNIX time; 0: not known */
	uint8_t secret[AUTH_SECRET_MAX];
	struct prefix addr[AUTH_ADDRS_MAX];
};

/* An id may stand for two: the present key first, the previous one behind it,
 * which is good still while the other side changes over. */
struct auth_keys {
	unsigned count;
	struct auth_key key[AUTH_KEYS_MAX];
};

/* The present key with this id, whoever may use it; NULL if there is none. */
const struct auth_key *auth_find(const struct auth_keys *k, uint32_t id);

/* The previous one; NULL if there is none. */
const struct auth_key *auth_find_other(const struct auth_keys *k, uint32_t id);

/* May the host at a use this key? */
bool auth_bound(const struct auth_key *k, const struct addr *a);

/* Octets that auth_sign() appends: 20 or 24. */
size_t auth_mac_len(const struct auth_key *k);

/*
 * The plain hash of len octets, whole (SHA-256: 32, SHA-1: 20, MD5: 16
 * octets, which it returns): for what is no message, such as reference ids.
 * AUTH_AES128CMAC is no hash and must not be asked for.
 */
size_t auth_hash(enum auth_type type, const void *data, size_t len,
    uint8_t digest[AUTH_HASH_MAX]);

/*
 * Appends key id and digest of the len octets in pkt; the new length, or 0
 * and pkt untouched if size has no room for it.
 */
size_t auth_sign(const struct auth_key *k, uint8_t *pkt, size_t len,
    size_t size);

/*
 * Do the last mac_len octets of pkt (len in all) fit the octets before them?
 * The length is compared first, the digest in constant time.  The key id is
 * not looked at: the caller has found k by it.
 */
bool auth_verify(const struct auth_key *k, const uint8_t *pkt, size_t len,
    size_t mac_len);

/* A datagram with a MAC that wants to be believed. */
struct auth_claim {
	const uint8_t *pkt; /* borrowed */
	size_t len, mac_len;
	uint32_t id;
	const struct addr *from; /* borrowed */
};

/* The key with this id, present or previous, that the sender may use and that
 * fits; NULL if none does. */
const struct auth_key *auth_check(const struct auth_keys *k,
    const struct auth_claim *c);

#endif
