/* SPDX-License-Identifier: ISC */
/* What is rendered from a site, beyond the texts in tests/golden/render. */
#include "render/render.h"

#include "render/parts.h"

#include "hamlet.h"
#include "unit.h"

#include <string.h>

static struct render_file files[RENDER_FILES_MAX];
static const struct render_source source = { &hamlet_site, "site.yaml",
	0xfeed };
static struct err e;
static char buf[1 << 20];

static void
setup(void)
{
	hamlet_with("", "");
}

/* The text of a target, all its files. */
static const char *
text_of(const char *target)
{
	struct text t = TEXT(buf);
	int n = render_list(&source, target, NULL, files, &e);

	buf[0] = '\0';
	for (int i = 0; i < n; i++)
		render_put(&files[i], &t);
	CU_ASSERT_FALSE(text_cut(&t));
	return buf;
}

static void
all_is_a_file_for_each_machine(void)
{
	int n = render_list(&source, "all", NULL, files, &e);

	/* 2 gateways of 4 files, a router of 2, a DHCP server of 2, and 7
	 * kinds of clients */
	CU_ASSERT_EQUAL(n, 2 * 4 + 2 + 2 + 7);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(files[i].path,
			    files[k].path);
}

static void
a_node_is_one_machine(void)
{
	CU_ASSERT_EQUAL(render_list(&source, "gateway", "gw2", files, &e), 1);
	CU_ASSERT_STRING_EQUAL(files[0].path, "gateways/gw2/ntpgate.conf");
	CU_ASSERT_EQUAL(render_list(&source, "gateway", "gw9", files, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text,
	    "there is no machine \"gw9\" in site.yaml");
	CU_ASSERT_EQUAL(render_list(&source, "kea", "gw1", files, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text,
	    "gw1 needs no \"kea\"; \"all\" is what it needs");
}

static void
every_target_renders(void)
{
	const char *target;

	for (unsigned i = 0; (target = render_target(i)) != NULL; i++)
		CU_ASSERT(strlen(text_of(target)) > 100);
	CU_ASSERT_EQUAL(render_list(&source, "cheese", NULL, files, &e), -1);
}

static void
without_service_there_is_nothing_to_share(void)
{
	hamlet_with("service: [10.0.0.10, \"2001:db8::10\"]\n", "");
	CU_ASSERT_EQUAL(render_list(&source, "bird", NULL, files, &e), -1);
	CU_ASSERT_STRING_EQUAL(e.text,
	    "the site has no \"service\" address that gateways could share");
	CU_ASSERT_EQUAL(render_list(&source, "all", NULL, files, &e),
	    2 + 2 + 2 + 7);
}

static void
the_head_names_file_and_digest(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of("chrony"),
	    "# ntpgate render chrony, from site.yaml\n"
	    "# digest fnv1a-64 000000000000feed\n"));
}

static void
gateways_turn_from_network_to_network(void)
{
	struct render_set a = render_turned(&hamlet_site, 0, ADDR_V4);
	struct render_set b = render_turned(&hamlet_site, 1, ADDR_V4);

	CU_ASSERT_EQUAL(a.count, 2);
	CU_ASSERT(addr_same_host(&a.addr[0], &b.addr[1]));
	CU_ASSERT(addr_same_host(&a.addr[1], &b.addr[0]));
	CU_ASSERT_FALSE(addr_same_host(&a.addr[0], &b.addr[0]));
}

/* RFC 5908 section 4: one and only one time source in an option */
static void
option_56_has_one_source(void)
{
	const char *text = text_of("dnsmasq");

	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    "dhcp-option=tag:home,option6:ntp-server,[2001:db8::10]\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text,
	    "dhcp-option=tag:home,option6:sntp-server,[2001:db8::11],"
	    "[2001:db8::12]\n"));
}

static void
audit_drops_nothing(void)
{
	hamlet_with("policy: block", "policy: audit");
	const char *text = text_of("nftables");

	CU_ASSERT_PTR_NULL(strstr(text, " drop\n"));
	CU_ASSERT_PTR_NULL(strstr(text, "reject"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "counter name hard_coded"));
	CU_ASSERT_PTR_NULL(strstr(text_of("iptables"), "-j DROP"));
}

static void
a_comment_is_one_harmless_line(void)
{
	char out[200];
	struct text t = TEXT(out);
	struct render_job j = { .lead = "# " };

	render_remark(&j, &t, "a%cb\\?`$(x)%%\"", '\n');
	CU_ASSERT_STRING_EQUAL(out, "# a_b____(x)__\n");
}

static void
a_mask_has_two_forms(void)
{
	struct prefix p;
	char m[ADDR_TEXT];

	prefix_parse(&p, "10.0.0.0/20", &e);
	CU_ASSERT_STRING_EQUAL(render_mask(&p, false, m), "255.255.240.0");
	CU_ASSERT_STRING_EQUAL(render_mask(&p, true, m), "0.0.15.255");
	p.len = 32;
	CU_ASSERT_STRING_EQUAL(render_mask(&p, false, m), "255.255.255.255");
}

static void
a_pair_shares_one_budget_and_two_pairs_split_it(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of("gateway"), "{ day = 640; }"));
	hamlet_with("  - {name: gw2,",
	    "  - {name: gw3, inside: 10.0.0.13}\n  - {name: gw2,");
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of("gateway"), "{ day = 320; }"));
	hamlet_with("verify:", "keys: {sibling: 0}\nverify:");
	CU_ASSERT_PTR_NOT_NULL(strstr(text_of("gateway"), "{ day = 320; }"));
	CU_ASSERT_PTR_NULL(strstr(text_of("gateway"), "sibling: {"));
}

static CU_TestInfo tests[] = {
	{ "all is a file for each machine", all_is_a_file_for_each_machine },
	{ "a node is one machine", a_node_is_one_machine },
	{ "every target renders", every_target_renders },
	{ "without service there is nothing to share",
	    without_service_there_is_nothing_to_share },
	{ "the head names file and digest", the_head_names_file_and_digest },
	{ "gateways turn from network to network",
	    gateways_turn_from_network_to_network },
	{ "option 56 has one source", option_56_has_one_source },
	{ "audit drops nothing", audit_drops_nothing },
	{ "a comment is one harmless line", a_comment_is_one_harmless_line },
	{ "a mask has two forms", a_mask_has_two_forms },
	{ "a pair shares one budget, and two pairs split it",
	    a_pair_shares_one_budget_and_two_pairs_split_it },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_render = { "render/render", NULL, NULL, setup, NULL, tests };
