/* SPDX-License-Identifier: ISC */
#include "core/auth.h"
#include "unit.h"

#include <string.h>

/* RFC 4493 section 4. */
static const uint8_t rfc4493_key[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae,
	0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const uint8_t rfc4493_text[40] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40,
	0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d,
	0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf,
	0x8e, 0x51, 0x30, 0xc8, 0x1c, 0x46, 0xa3, 0x5c, 0xe4, 0x11 };

/* The same secret for each type: "ab", before the message "c". */
static const struct auth_key sha256 = { .id = 2,
	.type = AUTH_SHA256,
	.secret_len = 2,
	.secret = "ab" };
static const struct auth_key sha1 = { .id = 3,
	.type = AUTH_SHA1,
	.secret_len = 2,
	.secret = "ab" };
static const struct auth_key md5 = { .id = 4,
	.type = AUTH_MD5,
	.secret_len = 2,
	.secret = "ab" };

/* The digests of "abc": FIPS 180 appendix, RFC 1321 A.5. */
static const uint8_t sha256_abc[32] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01,
	0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03,
	0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00,
	0x15, 0xad };
static const uint8_t sha1_abc[20] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81,
	0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8,
	0x9d };
static const uint8_t md5_abc[16] = { 0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2, 0x4f,
	0xb0, 0xd6, 0x96, 0x3f, 0x7d, 0x28, 0xe1, 0x7f, 0x72 };

static struct auth_key
cmac_key(void)
{
	struct auth_key k = { .id = 0x01020304,
		.type = AUTH_AES128CMAC,
		.secret_len = 16 };

	memcpy(k.secret, rfc4493_key, sizeof(rfc4493_key));
	return k;
}

/* Is that the digest which k puts behind the text? */
static bool
signs(const struct auth_key *k, const void *text, size_t len,
    const uint8_t *digest)
{
	uint8_t pkt[64 + AUTH_MAC_MAX];

	memcpy(pkt, text, len);
	if (auth_sign(k, pkt, len, sizeof(pkt)) != len + auth_mac_len(k))
		return false;
	return memcmp(pkt + len + 4, digest, auth_mac_len(k) - 4) == 0;
}

static void
aes_cmac_is_that_of_rfc_4493(void)
{
	static const uint8_t of_0[16] = { 0xbb, 0x1d, 0x69, 0x29, 0xe9, 0x59,
		0x37, 0x28, 0x7f, 0xa3, 0x7d, 0x12, 0x9b, 0x75, 0x67, 0x46 };
	static const uint8_t of_16[16] = { 0x07, 0x0a, 0x16, 0xb4, 0x6b, 0x4d,
		0x41, 0x44, 0xf7, 0x9b, 0xdd, 0x9d, 0xd0, 0x4a, 0x28, 0x7c };
	static const uint8_t of_40[16] = { 0xdf, 0xa6, 0x67, 0x47, 0xde, 0x9a,
		0xe6, 0x30, 0x30, 0xca, 0x32, 0x61, 0x14, 0x97, 0xc8, 0x27 };
	struct auth_key k = cmac_key();

	CU_ASSERT_TRUE(signs(&k, rfc4493_text, 0, of_0));
	CU_ASSERT_TRUE(signs(&k, rfc4493_text, 16, of_16));
	CU_ASSERT_TRUE(signs(&k, rfc4493_text, 40, of_40));
}

static void
the_older_types_hash_the_secret_and_then_the_message(void)
{
	CU_ASSERT_TRUE(signs(&sha1, "c", 1, sha1_abc));
	CU_ASSERT_TRUE(signs(&md5, "c", 1, md5_abc));
}

static void
sha256_is_cut_to_20_octets(void)
{
	CU_ASSERT_EQUAL(auth_mac_len(&sha256), 24);
	CU_ASSERT_TRUE(signs(&sha256, "c", 1, sha256_abc));
}

static void
a_mac_is_20_octets_for_cmac_and_md5_and_24_for_sha(void)
{
	struct auth_key k = cmac_key();

	CU_ASSERT_EQUAL(auth_mac_len(&k), 20);
	CU_ASSERT_EQUAL(auth_mac_len(&md5), 20);
	CU_ASSERT_EQUAL(auth_mac_len(&sha1), 24);
}

static void
the_key_id_stands_before_the_digest(void)
{
	struct auth_key k = cmac_key();
	uint8_t pkt[AUTH_MAC_MAX + 1] = { 'x' };

	auth_sign(&k, pkt, 1, sizeof(pkt));
	CU_ASSERT_EQUAL(memcmp(pkt + 1, "\1\2\3\4", 4), 0);
}

static void
what_is_signed_verifies(void)
{
	const struct auth_key cmac = cmac_key();
	const struct auth_key *const keys[] = { &cmac, &sha256, &sha1, &md5 };
	uint8_t pkt[48 + AUTH_MAC_MAX] = { 1, 2, 3 };

	for (size_t i = 0; i < 4; i++) {
		size_t len = auth_sign(keys[i], pkt, 48, sizeof(pkt));
		CU_ASSERT_TRUE(
		    auth_verify(keys[i], pkt, len, auth_mac_len(keys[i])));
	}
}

static void
one_bit_changed_anywhere_but_in_the_key_id_does_not_verify(void)
{
	struct auth_key k = cmac_key();
	uint8_t pkt[48 + 20] = { 1, 2, 3 };

	auth_sign(&k, pkt, 48, sizeof(pkt));
	for (size_t bit = 0; bit < 8 * sizeof(pkt); bit++) {
		bool in_id = bit / 8 >= 48 && bit / 8 < 52;

		pkt[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_EQUAL(auth_verify(&k, pkt, sizeof(pkt), 20), in_id);
		pkt[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void
a_mac_of_the_wrong_length_does_not_verify(void)
{
	uint8_t pkt[48 + 24] = { 0 };
	size_t len = auth_sign(&sha1, pkt, 48, sizeof(pkt));

	CU_ASSERT_FALSE(auth_verify(&sha1, pkt, len, 20));
	CU_ASSERT_FALSE(auth_verify(&sha1, pkt, len, 4));
	CU_ASSERT_FALSE(auth_verify(&sha1, pkt, len, 0));
	CU_ASSERT_FALSE(auth_verify(&sha1, pkt, 23, 24));
}

static void
a_good_digest_in_a_mac_too_long_does_not_verify(void)
{
	uint8_t pkt[48 + 24] = { 0 };

	/* the digest of 48 octets, but 8 octets where 4 should be before it */
	auth_sign(&md5, pkt, 48, sizeof(pkt));
	memmove(pkt + 56, pkt + 52, 16);
	CU_ASSERT_FALSE(auth_verify(&md5, pkt, sizeof(pkt), 24));
}

static void
another_secret_does_not_verify(void)
{
	struct auth_key other = md5;
	uint8_t pkt[48 + 20] = { 0 };

	other.secret[0] ^= 1;
	auth_sign(&md5, pkt, 48, sizeof(pkt));
	CU_ASSERT_FALSE(auth_verify(&other, pkt, sizeof(pkt), 20));
}

static void
no_room_leaves_the_packet_alone(void)
{
	uint8_t pkt[24];

	memset(pkt, 9, sizeof(pkt));
	CU_ASSERT_EQUAL(auth_sign(&sha1, pkt, 1, sizeof(pkt)), 0);
	CU_ASSERT_EQUAL(auth_sign(&sha1, pkt, 25, sizeof(pkt)), 0);
	for (size_t i = 0; i < sizeof(pkt); i++)
		CU_ASSERT_EQUAL(pkt[i], 9);
	CU_ASSERT_EQUAL(auth_sign(&sha1, pkt, 0, sizeof(pkt)), 24);
}

static void
keys_are_found_by_their_id(void)
{
	static struct auth_keys keys = { .count = 3 };

	keys.key[0] = sha256;
	keys.key[1] = sha1;
	keys.key[2] = md5;
	CU_ASSERT_PTR_EQUAL(auth_find(&keys, 3), &keys.key[1]);
	CU_ASSERT_PTR_NULL(auth_find(&keys, 5));
	keys.count = 2;
	CU_ASSERT_PTR_NULL(auth_find(&keys, 4));
	CU_ASSERT_PTR_NULL(auth_find(&keys, 0));
}

static void
a_key_is_of_use_to_its_hosts_alone(void)
{
	struct auth_key k = { .addr_count = 2 };
	struct addr inside, outside, six;
	struct err e;

	prefix_parse(&k.addr[0], "10.0.0.0/24", &e);
	prefix_parse(&k.addr[1], "2001:db8::1", &e);
	addr_parse(&inside, "10.0.0.12");
	addr_parse(&outside, "10.0.1.12");
	addr_parse(&six, "2001:db8::1");
	CU_ASSERT_TRUE(auth_bound(&k, &inside));
	CU_ASSERT_TRUE(auth_bound(&k, &six));
	CU_ASSERT_FALSE(auth_bound(&k, &outside));
}

static void
a_key_without_hosts_is_of_use_to_all(void)
{
	struct addr a;

	addr_parse(&a, "198.51.100.9");
	CU_ASSERT_TRUE(auth_bound(&md5, &a));
}

static void
a_plain_hash_is_whole(void)
{
	uint8_t digest[AUTH_HASH_MAX];

	CU_ASSERT_EQUAL(auth_hash(AUTH_SHA256, "abc", 3, digest), 32);
	CU_ASSERT_EQUAL(memcmp(digest, sha256_abc, 32), 0);
	CU_ASSERT_EQUAL(auth_hash(AUTH_SHA1, "abc", 3, digest), 20);
	CU_ASSERT_EQUAL(memcmp(digest, sha1_abc, 20), 0);
	CU_ASSERT_EQUAL(auth_hash(AUTH_MD5, "abc", 3, digest), 16);
	CU_ASSERT_EQUAL(memcmp(digest, md5_abc, 16), 0);
}

/* Key 9 twice, the present one first, for 10.0.0.12; "c" signed with k. */
static struct auth_keys changing;
static uint8_t message[1 + AUTH_MAC_MAX];

static struct auth_claim
changes(const struct auth_key *k, const struct addr *from)
{
	struct err e;

	changing = (struct auth_keys){ .count = 3,
		.key = { md5, cmac_key(), cmac_key() } };
	changing.key[1].id = changing.key[2].id = 9;
	changing.key[2].secret[0] ^= 1;
	for (int i = 1; i < 3; i++) {
		changing.key[i].addr_count = 1;
		prefix_parse(&changing.key[i].addr[0], "10.0.0.12", &e);
	}
	message[0] = 'c';
	return (struct auth_claim){ .pkt = message,
		.len = auth_sign(k, message, 1, sizeof(message)),
		.mac_len = auth_mac_len(k),
		.id = 9,
		.from = from };
}

static void
an_id_may_have_a_previous_key(void)
{
	struct addr a = { 0 };

	changes(&md5, &a);
	CU_ASSERT_PTR_EQUAL(auth_find(&changing, 9), &changing.key[1]);
	CU_ASSERT_PTR_EQUAL(auth_find_other(&changing, 9), &changing.key[2]);
	CU_ASSERT_PTR_NULL(auth_find_other(&changing, 4));
	CU_ASSERT_PTR_NULL(auth_find_other(&changing, 5));
}

static void
either_key_of_an_id_is_believed(void)
{
	struct addr from, other;
	struct auth_claim c;

	addr_parse(&from, "10.0.0.12");
	addr_parse(&other, "10.0.0.13");
	for (int i = 1; i < 3; i++) {
		changes(&md5, &from); /* so that they are there */
		c = changes(&changing.key[i], &from);
		CU_ASSERT_PTR_EQUAL(auth_check(&changing, &c),
		    &changing.key[i]);
		c.from = &other;
		CU_ASSERT_PTR_NULL(auth_check(&changing, &c));
	}
}

static void
no_key_fits_what_was_changed(void)
{
	struct addr from;
	struct auth_claim c;

	addr_parse(&from, "10.0.0.12");
	changes(&md5, &from);
	c = changes(&changing.key[2], &from);
	message[0] ^= 1;
	CU_ASSERT_PTR_NULL(auth_check(&changing, &c));
	message[0] ^= 1;
	c.id = 4; /* another's key */
	CU_ASSERT_PTR_NULL(auth_check(&changing, &c));
}

static CU_TestInfo tests[] = {
	{ "an id may have a previous key", an_id_may_have_a_previous_key },
	{ "either key of an id is believed", either_key_of_an_id_is_believed },
	{ "no key fits what was changed", no_key_fits_what_was_changed },
	{ "AES-CMAC is that of RFC 4493", aes_cmac_is_that_of_rfc_4493 },
	{ "the older types hash the secret and then the message",
	    the_older_types_hash_the_secret_and_then_the_message },
	{ "SHA-256 is cut to 20 octets", sha256_is_cut_to_20_octets },
	{ "a MAC is 20 octets for CMAC and MD5, and 24 for SHA",
	    a_mac_is_20_octets_for_cmac_and_md5_and_24_for_sha },
	{ "the key id stands before the digest",
	    the_key_id_stands_before_the_digest },
	{ "what is signed verifies", what_is_signed_verifies },
	{ "one bit changed anywhere but in the key id does not verify",
	    one_bit_changed_anywhere_but_in_the_key_id_does_not_verify },
	{ "a MAC of the wrong length does not verify",
	    a_mac_of_the_wrong_length_does_not_verify },
	{ "a good digest in a MAC too long does not verify",
	    a_good_digest_in_a_mac_too_long_does_not_verify },
	{ "another secret does not verify", another_secret_does_not_verify },
	{ "no room leaves the packet alone", no_room_leaves_the_packet_alone },
	{ "keys are found by their id", keys_are_found_by_their_id },
	{ "a key is of use to its hosts alone",
	    a_key_is_of_use_to_its_hosts_alone },
	{ "a key without hosts is of use to all",
	    a_key_without_hosts_is_of_use_to_all },
	{ "a plain hash is whole", a_plain_hash_is_whole },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_auth = { "core/auth", NULL, NULL, NULL, NULL, tests };
