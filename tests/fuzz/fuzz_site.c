/* SPDX-License-Identifier: ISC */
/*
 * Any octets as a site file: refused with a sentence that names the file; or
 * a site of which everything can be rendered, the same twice, in lines that
 * nothing from the file can end.
 */
#include "render/render.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct site site;
static struct render_file files[RENDER_FILES_MAX];
static char one[1 << 20], two[1 << 20];

static void
check_text(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0';
	     p++) {
		assert(*p >= ' ' || strchr("\n\r\t", *p) != NULL);
		assert(*p != 0x7f);
		/* a line that goes on is nowhere */
		assert(*p != '\\' || p[1] != '\n');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct render_source source = { &site, "the/site", 1 };
	struct err e = { "" };
	int count;

	if (site_read(&site, "the/site", (const char *)data, len, &e) == -1) {
		assert(strncmp(e.text, "the/site:", 9) == 0);
		return 0;
	}
	count = render_list(&source, "all", NULL, files, &e);
	assert(count > 0);
	for (int i = 0; i < count; i++) {
		struct text a = TEXT(one), b = TEXT(two);

		render_put(&files[i], &a);
		render_put(&files[i], &b);
		assert(a.len == b.len && strcmp(one, two) == 0);
		check_text(one);
	}
	return 0;
}
