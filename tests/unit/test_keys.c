/* SPDX-License-Identifier: ISC */
#include "base/text.h"
#include "conf/conf.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define SECRET "2b7e151628aed2a6abf7158809cf4f3c"

static struct auth_keys keys;
static struct err err;
static char notes[500];

static int
read_text(const char *text)
{
	struct text t = TEXT(notes);

	notes[0] = err.text[0] = '\0';
	return keys_read(&keys, "/etc/x/keys", text, &t, &err);
}

static struct addr
addr(const char *text)
{
	struct addr a;

	CU_ASSERT_TRUE_FATAL(addr_parse(&a, text));
	return a;
}

/* The sentence with which the text is refused. */
static const char *
refusal(const char *text)
{
	keys.count = 99;
	CU_ASSERT_EQUAL(read_text(text), -1);
	CU_ASSERT_EQUAL(keys.count, 0);
	return err.text;
}

static bool
says(const char *sentence, const char *word)
{
	return strstr(sentence, word) != NULL;
}

static void
a_line_is_id_type_and_secret(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("10 AES128CMAC " SECRET "\n"), 0);
	CU_ASSERT_EQUAL_FATAL(keys.count, 1);
	CU_ASSERT_EQUAL(keys.key[0].id, 10);
	CU_ASSERT_EQUAL(keys.key[0].type, AUTH_AES128CMAC);
	CU_ASSERT_EQUAL(keys.key[0].secret_len, 16);
	CU_ASSERT_EQUAL(keys.key[0].secret[0], 0x2b);
	CU_ASSERT_EQUAL(keys.key[0].secret[15], 0x3c);
	CU_ASSERT_EQUAL(keys.key[0].addr_count, 0);
}

static void
each_of_the_four_types_is_read(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("1 AES128CMAC " SECRET "\n"
					"2 SHA256 00\n3 SHA1 Ab\n4 MD5 cD\n"),
	    0);
	CU_ASSERT_EQUAL(keys.count, 4);
	CU_ASSERT_EQUAL(keys.key[1].type, AUTH_SHA256);
	CU_ASSERT_EQUAL(keys.key[2].type, AUTH_SHA1);
	CU_ASSERT_EQUAL(keys.key[3].type, AUTH_MD5);
	CU_ASSERT_EQUAL(keys.key[2].secret[0], 0xab);
	CU_ASSERT_EQUAL(keys.key[3].secret[0], 0xcd);
}

static void
addresses_behind_the_secret_bind_the_key(void)
{
	struct addr in = addr("10.0.0.12"), net = addr("2001:db8::5"),
		    out = addr("10.0.0.13");

	CU_ASSERT_EQUAL_FATAL(read_text("1 SHA1 00 10.0.0.12 2001:db8::/32\n"),
	    0);
	CU_ASSERT_TRUE(auth_bound(&keys.key[0], &in));
	CU_ASSERT_TRUE(auth_bound(&keys.key[0], &net));
	CU_ASSERT_FALSE(auth_bound(&keys.key[0], &out));
}

static void
comments_blanks_crlf_and_a_missing_last_newline_do_not_matter(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("# keys\r\n\r\n \t\n\t# more\n"
					" 1\tSHA1  00 # ours\r\n2 SHA1 01"),
	    0);
	CU_ASSERT_EQUAL(keys.count, 2);
	CU_ASSERT_EQUAL(keys.key[0].addr_count, 0);
}

static void
a_hash_inside_a_word_is_no_comment(void)
{
	CU_ASSERT_TRUE(says(refusal("1 SHA1 00#11\n"), "character 3"));
	CU_ASSERT_TRUE(says(refusal("1 SHA1 00 10.0.0.1#2\n"), "prefix"));
}

static void
an_empty_file_has_no_keys(void)
{
	CU_ASSERT_EQUAL(read_text(""), 0);
	CU_ASSERT_EQUAL(keys.count, 0);
}

static void
the_sentence_names_file_line_and_key(void)
{
	CU_ASSERT_EQUAL(strncmp(refusal("# x\n\n5 SHA3 00\n"),
			    "/etc/x/keys:3: key 5: ", 22),
	    0);
}

static void
an_unknown_type_is_refused_with_the_four(void)
{
	const char *s = refusal("1 SHA512 00\n");

	CU_ASSERT_TRUE(says(s, "AES128CMAC, SHA256, SHA1 or MD5"));
	CU_ASSERT_TRUE(says(refusal("1 sha1 00\n"), "SHA1"));
}

static void
ids_are_1_to_2_to_the_32_less_1(void)
{
	CU_ASSERT_EQUAL(read_text("4294967295 SHA1 00\n"), 0);
	CU_ASSERT_EQUAL(keys.key[0].id, UINT32_MAX);
	CU_ASSERT_TRUE(says(refusal("0 SHA1 00\n"), "1 to 4294967295"));
	CU_ASSERT_TRUE(
	    says(refusal("4294967296 SHA1 00\n"), "1 to 4294967295"));
	CU_ASSERT_TRUE(says(refusal("99999999999999999999999 SHA1 00\n"),
	    "1 to 4294967295"));
	CU_ASSERT_TRUE(says(refusal("-1 SHA1 00\n"), "1 to 4294967295"));
	CU_ASSERT_TRUE(says(refusal("x SHA1 00\n"), "1 to 4294967295"));
}

static void
an_id_may_have_a_previous_key(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("1 SHA1 00\n2 SHA1 11\n1 SHA1 22\n"),
	    0);
	CU_ASSERT_EQUAL(auth_find(&keys, 1)->secret[0], 0x00);
	CU_ASSERT_EQUAL(auth_find_other(&keys, 1)->secret[0], 0x22);
	CU_ASSERT_PTR_NULL(auth_find_other(&keys, 2));
}

static void
a_third_of_an_id_is_refused_with_all_lines(void)
{
	const char *s = refusal("1 SHA1 00\n#\n1 MD5 11\n1 SHA1 22\n");

	CU_ASSERT_TRUE(says(s, ":4:"));
	CU_ASSERT_TRUE(says(s, "lines 1 and 3"));
}

/* 2026-11-22 is day 20779 since 1970-01-01. */
#define MADE (INT64_C(20779) * 86400)

static void
a_comment_may_say_when_it_was_made(void)
{
	CU_ASSERT_EQUAL_FATAL(read_text("1 SHA1 00 # made 2026-11-22\n"
					"2 SHA1 00 # made 2026-11-22, by hand\n"
					"3 SHA1 00 # was made 2026-11-22\n"
					"4 SHA1 00 # made 2026-02-30\n"
					"5 SHA1 00 # made last week\n"
					"6 SHA1 00\n"),
	    0);
	CU_ASSERT_EQUAL(keys.key[0].made, MADE);
	CU_ASSERT_EQUAL(keys.key[1].made, MADE);
	for (int i = 2; i < 6; i++)
		CU_ASSERT_EQUAL(keys.key[i].made, 0);
}

static void
age_is_in_days(void)
{
	struct auth_key k = { .made = MADE };

	CU_ASSERT_EQUAL(keys_age(&k, MADE + 86399), 0);
	CU_ASSERT_EQUAL(keys_age(&k, MADE + 86400), 1);
	CU_ASSERT_EQUAL(keys_age(&k, MADE - 86400), 0); /* in the future */
	k.made = 0;
	CU_ASSERT_EQUAL(keys_age(&k, MADE), -1);
}

static void
a_key_that_is_written_is_read_again(void)
{
	static const char line[] =
	    "7 AES128CMAC " SECRET " 10.0.0.0/8 2001:db8::12/128 "
	    "# made 2026-11-22\n";
	char out[200];
	struct text t = TEXT(out);

	CU_ASSERT_EQUAL_FATAL(read_text(line), 0);
	keys_write(&keys.key[0], &t);
	CU_ASSERT_STRING_EQUAL(out, line);
}

/* The file with a new key 1, of secret ff, in it. */
static const char *
inserted(const char *text)
{
	static const struct auth_key k = { .id = 1,
		.type = AUTH_SHA1,
		.secret_len = 1,
		.secret = { 0xff } };
	static char out[500];
	struct text t = TEXT(out);

	out[0] = '\0';
	keys_insert(text, &k, &t);
	return out;
}

static void
a_new_key_comes_last(void)
{
	CU_ASSERT_STRING_EQUAL(inserted(""), "1 SHA1 ff\n");
	CU_ASSERT_STRING_EQUAL(inserted("# x\n\n2 SHA1 00 # y"),
	    "# x\n\n2 SHA1 00 # y\n1 SHA1 ff\n");
}

static void
a_new_secret_comes_before_the_present_one(void)
{
	CU_ASSERT_STRING_EQUAL(inserted("# 1\n 1 SHA1 00 # x\n11 SHA1 00\n"),
	    "# 1\n1 SHA1 ff\n 1 SHA1 00 # x\n11 SHA1 00\n");
}

static void
a_new_secret_drops_the_previous_one(void)
{
	CU_ASSERT_STRING_EQUAL(
	    inserted("1 SHA1 00\n2 SHA1 11\n1 SHA1 22\n# x\n"),
	    "1 SHA1 ff\n1 SHA1 00\n2 SHA1 11\n# x\n");
}

static void
types_have_their_names(void)
{
	enum auth_type type = AUTH_MD5;

	CU_ASSERT_TRUE(keys_type("AES128CMAC", &type));
	CU_ASSERT_EQUAL(type, AUTH_AES128CMAC);
	CU_ASSERT_FALSE(keys_type("aes", &type));
	CU_ASSERT_STRING_EQUAL(keys_type_name(AUTH_SHA256), "SHA256");
}

static void
a_line_without_type_or_secret_is_refused(void)
{
	CU_ASSERT_TRUE(says(refusal("1\n"), "ID TYPE HEX"));
	CU_ASSERT_TRUE(says(refusal("1 SHA1\n"), "ID TYPE HEX"));
	CU_ASSERT_TRUE(says(refusal("1 SHA1 # 00\n"), "ID TYPE HEX"));
}

static void
a_secret_for_cmac_has_32_digits(void)
{
	CU_ASSERT_TRUE(says(refusal("1 AES128CMAC 00112233\n"), "32"));
	CU_ASSERT_TRUE(says(refusal("1 AES128CMAC " SECRET "00\n"), "32"));
	CU_ASSERT_TRUE(says(refusal("1 AES128CMAC " SECRET "0\n"), "32"));
}

static void
a_secret_has_an_even_number_of_digits(void)
{
	CU_ASSERT_TRUE(says(refusal("1 SHA1 001\n"), "odd"));
}

static void
a_secret_has_hexadecimal_digits_alone(void)
{
	CU_ASSERT_TRUE(says(refusal("1 SHA1 00g0\n"), "character 3"));
	CU_ASSERT_TRUE(says(refusal("1 SHA1 0x00\n"), "character 2"));
}

static void
a_secret_has_64_octets_at_most(void)
{
	char text[200];

	snprintf(text, sizeof(text), "1 SHA1 %0128d\n", 0);
	CU_ASSERT_EQUAL(read_text(text), 0);
	CU_ASSERT_EQUAL(keys.key[0].secret_len, 64);
	snprintf(text, sizeof(text), "1 SHA1 %0130d\n", 0);
	CU_ASSERT_TRUE(says(refusal(text), "64"));
}

static void
names_in_place_of_addresses_are_refused(void)
{
	CU_ASSERT_TRUE(says(refusal("1 SHA1 00 gw2\n"), "numeric"));
	CU_ASSERT_TRUE(
	    says(refusal("1 SHA1 00 ntp1.example.net\n"), "not a prefix"));
	CU_ASSERT_TRUE(says(refusal("1 SHA1 00 10.0.0.1/8\n"), "10.0.0.0/8"));
}

static void
more_than_eight_addresses_are_refused(void)
{
#define FOUR " 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4"
	CU_ASSERT_EQUAL(read_text("1 SHA1 00" FOUR FOUR "\n"), 0);
	CU_ASSERT_EQUAL(keys.key[0].addr_count, 8);
	CU_ASSERT_TRUE(says(refusal("1 SHA1 00" FOUR FOUR " 10.0.0.9\n"), "8"));
}

static void
more_than_256_keys_are_refused(void)
{
	static char text[257 * 12];
	size_t len = 0;

	for (int i = 1; i <= 257; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%d SHA1 00\n", i);
	CU_ASSERT_TRUE(says(refusal(text), "256"));
	CU_ASSERT_TRUE(says(err.text, ":257:"));
}

static void
md5_is_taken_with_a_note(void)
{
	CU_ASSERT_EQUAL(read_text("1 SHA1 00\n4 MD5 00\n9 MD5 00\n"), 0);
	CU_ASSERT_TRUE(says(notes, "/etc/x/keys:2: key 4: MD5"));
	CU_ASSERT_TRUE(says(notes, "/etc/x/keys:3: key 9: MD5"));
	CU_ASSERT_FALSE(says(notes, "key 1:"));
}

static void
notes_are_not_asked_for_by_everyone(void)
{
	CU_ASSERT_EQUAL(keys_read(&keys, "f", "4 MD5 00\n", NULL, &err), 0);
}

static void
no_sentence_gives_a_secret_away_in_whatever_column_it_stands(void)
{
	static const char *const texts[] = { "1 c0ffee SHA1\n",
		"c0ffee SHA1 1\n", "1 SHA1 00 c0ffee\n", "1 SHA1 c0ffeee\n",
		"1 SHA1 c0ffee!\n", "1 AES128CMAC c0ffee\n",
		"1 SHA1c0ffee 00\n", "c0ffee\n",
		"1 MD5 c0ffee\n1 MD5 00\n1 MD5 11\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CU_ASSERT_FALSE(says(refusal(texts[i]), "c0ffee"));
		CU_ASSERT_FALSE(says(notes, "c0ffee"));
	}
}

static void
a_refused_file_leaves_no_secret_behind(void)
{
	static const struct auth_keys nothing;

	refusal("1 AES128CMAC " SECRET "\n2 x y\n");
	CU_ASSERT_EQUAL(memcmp(&keys, &nothing, sizeof(keys)), 0);
}

static CU_TestInfo tests[] = {
	{ "a line is id, type and secret", a_line_is_id_type_and_secret },
	{ "each of the four types is read", each_of_the_four_types_is_read },
	{ "addresses behind the secret bind the key",
	    addresses_behind_the_secret_bind_the_key },
	{ "comments, blanks, CRLF and a missing last newline do not matter",
	    comments_blanks_crlf_and_a_missing_last_newline_do_not_matter },
	{ "# inside a word is no comment", a_hash_inside_a_word_is_no_comment },
	{ "an empty file has no keys", an_empty_file_has_no_keys },
	{ "the sentence names file, line and key",
	    the_sentence_names_file_line_and_key },
	{ "an unknown type is refused with the four",
	    an_unknown_type_is_refused_with_the_four },
	{ "ids are 1 to 2^32 - 1", ids_are_1_to_2_to_the_32_less_1 },
	{ "an id may have a previous key", an_id_may_have_a_previous_key },
	{ "a third of an id is refused with all lines",
	    a_third_of_an_id_is_refused_with_all_lines },
	{ "a comment may say when it was made",
	    a_comment_may_say_when_it_was_made },
	{ "age is in days", age_is_in_days },
	{ "a key that is written is read again",
	    a_key_that_is_written_is_read_again },
	{ "a new key comes last", a_new_key_comes_last },
	{ "a new secret comes before the present one",
	    a_new_secret_comes_before_the_present_one },
	{ "a new secret drops the previous one",
	    a_new_secret_drops_the_previous_one },
	{ "types have their names", types_have_their_names },
	{ "a line without type or secret is refused",
	    a_line_without_type_or_secret_is_refused },
	{ "a secret for CMAC has 32 digits", a_secret_for_cmac_has_32_digits },
	{ "a secret has an even number of digits",
	    a_secret_has_an_even_number_of_digits },
	{ "a secret has hexadecimal digits alone",
	    a_secret_has_hexadecimal_digits_alone },
	{ "a secret has 64 octets at most", a_secret_has_64_octets_at_most },
	{ "names in place of addresses are refused",
	    names_in_place_of_addresses_are_refused },
	{ "more than eight addresses are refused",
	    more_than_eight_addresses_are_refused },
	{ "more than 256 keys are refused", more_than_256_keys_are_refused },
	{ "MD5 is taken with a note", md5_is_taken_with_a_note },
	{ "notes are not asked for by everyone",
	    notes_are_not_asked_for_by_everyone },
	{ "no sentence gives a secret away, in whatever column it stands",
	    no_sentence_gives_a_secret_away_in_whatever_column_it_stands },
	{ "a refused file leaves no secret behind",
	    a_refused_file_leaves_no_secret_behind },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_keys = { "conf/keys", NULL, NULL, NULL, NULL, tests };
