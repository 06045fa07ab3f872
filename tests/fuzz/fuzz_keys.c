/* SPDX-License-Identifier: ISC */
/*
 * Any text as a key file: refused with a sentence that names the file, and
 * without a key; or keys that, written out again, are read as the same.
 */
#include "base/text.h"
#include "conf/conf.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define TEXT_MAX 8192

/* A new key 1 in it: that is the present one then, the rest is as it was. */
static void
check_insert(const struct auth_keys *keys, const char *text)
{
	static const struct auth_key key = { .id = 1,
		.type = AUTH_AES128CMAC,
		.secret_len = 16,
		.secret = "0123456789abcde" };
	static struct auth_keys after;
	static char out[2 * TEXT_MAX];
	struct text t = TEXT(out);
	const struct auth_key *was = auth_find(keys, 1), *is;
	struct err e;

	out[0] = '\0';
	keys_insert(text, &key, &t);
	assert(!text_cut(&t));
	if (keys_read(&after, "after", out, NULL, &e) == -1) {
		assert(keys->count == AUTH_KEYS_MAX);
		return;
	}
	is = auth_find_other(&after, 1);
	assert(memcmp(auth_find(&after, 1)->secret, key.secret, 16) == 0);
	assert((is == NULL) == (was == NULL));
	assert(was == NULL || memcmp(is, was, sizeof(*is)) == 0);
	assert(after.count ==
	    keys->count + (auth_find_other(keys, 1) == NULL ? 1 : 0));
}

static void
check_key(const struct auth_keys *keys, const struct auth_key *k)
{
	assert(k->id != 0);
	assert(
	    auth_find(keys, k->id) == k || auth_find_other(keys, k->id) == k);
	assert(k->secret_len >= 1 && k->secret_len <= AUTH_SECRET_MAX);
	assert(k->type != AUTH_AES128CMAC || k->secret_len == 16);
	assert(k->addr_count <= AUTH_ADDRS_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct auth_keys keys, again;
	static char text[TEXT_MAX], notes[16 * TEXT_MAX];
	static char written[8 * TEXT_MAX];
	struct text n = TEXT(notes), w = TEXT(written);
	struct err e = { "" };

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	if (keys_read(&keys, "the/keys", text, &n, &e) == -1) {
		assert(strncmp(e.text, "the/keys:", 9) == 0);
		assert(keys.count == 0);
		return 0;
	}
	written[0] = '\0';
	for (unsigned i = 0; i < keys.count; i++) {
		check_key(&keys, &keys.key[i]);
		keys_write(&keys.key[i], &w);
	}
	assert(!text_cut(&w));
	check_insert(&keys, text);
	assert(keys_read(&again, "written", written, NULL, &e) == 0);
	assert(memcmp(&keys, &again, sizeof(keys)) == 0);
	return 0;
}
