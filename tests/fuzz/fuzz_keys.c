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

static void
write_key(struct text *t, const struct auth_key *k)
{
	static const char *const type[] = { [AUTH_AES128CMAC] = "AES128CMAC",
		[AUTH_SHA256] = "SHA256",
		[AUTH_SHA1] = "SHA1",
		[AUTH_MD5] = "MD5" };
	char prefix[ADDR_TEXT];

	text_add(t, "%u %s ", k->id, type[k->type]);
	for (unsigned i = 0; i < k->secret_len; i++)
		text_add(t, "%02x", k->secret[i]);
	for (unsigned i = 0; i < k->addr_count; i++)
		text_add(t, " %s", prefix_print(&k->addr[i], prefix));
	text_add(t, "\n");
}

static void
check_key(const struct auth_keys *keys, const struct auth_key *k)
{
	assert(k->id != 0);
	assert(auth_find(keys, k->id) == k);
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
		write_key(&w, &keys.key[i]);
	}
	assert(!text_cut(&w));
	assert(keys_read(&again, "written", written, NULL, &e) == 0);
	assert(memcmp(&keys, &again, sizeof(keys)) == 0);
	return 0;
}
