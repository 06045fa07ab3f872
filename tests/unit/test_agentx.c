/* SPDX-License-Identifier: ISC */
/* Without a master; with one: tests/lab/story_snmp.py. */
#include "sys/agentx.h"
#include "sys/log.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct err err;
static struct loop loop;
static int changes;

static bool
get(void *ctx, const struct mib_oid *o, struct mib_value *v)
{
	(void)ctx;
	(void)o;
	(void)v;
	return false;
}

static bool
next(void *ctx, const struct mib_oid *o, struct mib_oid *n, struct mib_value *v)
{
	(void)n;
	return get(ctx, o, v);
}

static enum mib_refusal
test(void *ctx, const struct mib_oid *o, const struct mib_value *v)
{
	(void)ctx;
	(void)o;
	(void)v;
	return MIB_NOT_WRITABLE;
}

static bool
set(void *ctx)
{
	(void)ctx;
	return false;
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

static void
changed(void *ctx, bool connected)
{
	(void)ctx;
	(void)connected;
	changes++;
}

static void
end(void *ctx)
{
	loop_end(ctx);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* net-snmp starts once a process: one test. */
static void
without_a_master_it_starts_waits_and_ends_promptly(void)
{
	const struct agentx_owner owner = { NULL, get, next, test, set, nothing,
		nothing, changed };
	struct mib_notice notice = { .name = *mib_root(0) };
	char log[] = "/tmp/unit-agentx.XXXXXX", line[256] = "";
	struct event *timer;
	double began;
	FILE *f;

	close(mkstemp(log));
	CU_ASSERT_EQUAL_FATAL(log_open(LOG_TO_FILE, log, 6, "unit", &err), 0);
	CU_ASSERT_EQUAL_FATAL(loop_open(&loop, false, &err), 0);
	timer = loop_timer(&loop, end, &loop);
	began = seconds();
	CU_ASSERT_EQUAL(
	    agentx_open(&loop, "unix:/tmp/there/is/no/such", &owner, &err), 0);
	CU_ASSERT_FALSE(agentx_notify(&notice));
	loop_set(timer, 2.5); /* it looks again after 2 s */
	loop_run(&loop);
	agentx_close();
	CU_ASSERT_TRUE(seconds() - began < unit_moment(3.5));
	CU_ASSERT_EQUAL(changes, 0);
	loop_drop(timer);
	loop_close(&loop);
	log_close();

	/* It said so once, and why. */
	f = fopen(log, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof(line), f));
	CU_ASSERT_PTR_NOT_NULL(strstr(line,
	    "snmp.lost: no master at unix:/tmp/there/is/no/such: No such file "
	    "or directory"));
	CU_ASSERT_PTR_NULL(fgets(line, sizeof(line), f));
	fclose(f);
	unlink(log);
}

static CU_TestInfo tests[] = {
	{ "without a master it starts, waits and ends promptly",
	    without_a_master_it_starts_waits_and_ends_promptly },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_agentx = { "sys/agentx", NULL, NULL, NULL, NULL, tests };
