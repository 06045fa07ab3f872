/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/asset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
each_asset_is_the_file_octet_by_octet(void)
{
	static const char *const name[] = { "ntpgate.css", "ntpgate.js",
		"ntpgate.svg" };
	const char *top = getenv("srcdir");
	char path[512], file[32768];

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		FILE *f;
		size_t n;

		snprintf(path, sizeof(path), "%s/src/view/%s",
		    top != NULL ? top : ".", name[i]);
		f = fopen(path, "r");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		n = fread(file, 1, sizeof(file) - 1, f);
		fclose(f);
		file[n] = '\0';
		snprintf(path, sizeof(path), "/%s", name[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(asset_find(path));
		CU_ASSERT_STRING_EQUAL(asset_find(path)->text, file);
	}
}

static void
nothing_else_is_found(void)
{
	CU_ASSERT_PTR_NULL(asset_find("/"));
	CU_ASSERT_PTR_NULL(asset_find("/../etc/ntpgate/keys"));
	CU_ASSERT_PTR_NULL(asset_find("/ntpgate.css/"));
}

/* http:// in the name of SVG's vocabulary is no address that is asked. */
static void
no_asset_names_a_foreign_host(void)
{
	CU_ASSERT_PTR_NULL(strstr(asset_find("/ntpgate.css")->text, "://"));
	CU_ASSERT_PTR_NULL(strstr(asset_find("/ntpgate.js")->text, "://"));
	CU_ASSERT_PTR_NULL(strstr(asset_find("/ntpgate.css")->text, "@import"));
}

static CU_TestInfo tests[] = {
	{ "each asset is the file, octet by octet",
	    each_asset_is_the_file_octet_by_octet },
	{ "nothing else is found", nothing_else_is_found },
	{ "no asset names a foreign host", no_asset_names_a_foreign_host },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_asset = { "view/asset", NULL, NULL, NULL, NULL, tests };
