/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "view/program.h"

#include <string.h>

/* A host that is suspected, whose last request began with these octets. */
static struct clients_view
began(uint64_t header)
{
	struct clients_view v;

	memset(&v, 0, sizeof(v));
	v.suspected = true;
	v.facts.header = header;
	return v;
}

static enum program
of(uint64_t header)
{
	struct clients_view v = began(header);

	return program_of(&v);
}

/* Leap, version and mode; stratum; poll; precision; root delay. */
static void
programs_are_told_by_what_they_fill_in(void)
{
	CU_ASSERT_EQUAL(of(0x2300062000000000), PROGRAM_CHRONY);
	CU_ASSERT_EQUAL(of(0x230306e900000cab), PROGRAM_NTPD);
	CU_ASSERT_EQUAL(of(0xe30006e900000000), PROGRAM_NTPD);
	CU_ASSERT_EQUAL(of(0xe30004fa00010000), PROGRAM_NTPDATE);
	CU_ASSERT_EQUAL(of(0xe30006ec00000000), PROGRAM_EMBEDDED);
	CU_ASSERT_EQUAL(of(0xdb000ae900000000), PROGRAM_WINDOWS);
	CU_ASSERT_EQUAL(of(0xd9000fe900000000), PROGRAM_WINDOWS);
	CU_ASSERT_EQUAL(of(0x1b00000000000000), PROGRAM_EMBEDDED);
	CU_ASSERT_EQUAL(of(0x0b00000000000000), PROGRAM_EMBEDDED);
	CU_ASSERT_EQUAL(of(0x2300000000000000), PROGRAM_SIMPLE);
	CU_ASSERT_EQUAL(of(0x23ff112233445566), PROGRAM_UNKNOWN);
}

static void
zeros_from_one_port_are_timesyncd_s(void)
{
	struct clients_view v = began(0x2300000000000000);

	v.facts.counted = SUSPECT_BY_PORTS;
	v.facts.clients = 1;
	CU_ASSERT_EQUAL(program_of(&v), PROGRAM_TIMESYNCD);
	v.facts.clients = 50;
	CU_ASSERT_EQUAL(program_of(&v), PROGRAM_SIMPLE);
}

static void
without_suspicion_little_is_known(void)
{
	struct clients_view v;

	memset(&v, 0, sizeof(v));
	v.versions = 1 << 4;
	CU_ASSERT_EQUAL(program_of(&v), PROGRAM_UNKNOWN);
	v.versions = 1 << 3;
	v.modes = 1 << 1;
	CU_ASSERT_EQUAL(program_of(&v), PROGRAM_WINDOWS);
	v.versions = 1 << 1;
	CU_ASSERT_EQUAL(program_of(&v), PROGRAM_EMBEDDED);
}

static void
who_wants_a_signature_is_windows(void)
{
	struct clients_view v = began(0x2300062000000000);

	v.ms_sntp = true;
	CU_ASSERT_EQUAL(program_of(&v), PROGRAM_WINDOWS);
}

static void
each_has_a_name_and_advice(void)
{
	for (unsigned p = 0; p < PROGRAMS; p++) {
		CU_ASSERT_TRUE(strlen(program_name(p)) > 2);
		CU_ASSERT_TRUE(strlen(program_say(p)) > 2);
		CU_ASSERT_TRUE(strlen(program_mend(p)) > 40);
	}
	CU_ASSERT_STRING_EQUAL(program_name(PROGRAM_WINDOWS), "w32time");
}

static CU_TestInfo tests[] = {
	{ "programs are told by what they fill in",
	    programs_are_told_by_what_they_fill_in },
	{ "zeros from one port are timesyncd's",
	    zeros_from_one_port_are_timesyncd_s },
	{ "without suspicion little is known",
	    without_suspicion_little_is_known },
	{ "who wants a signature is Windows",
	    who_wants_a_signature_is_windows },
	{ "each has a name and advice", each_has_a_name_and_advice },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_program = { "view/program", NULL, NULL, NULL, NULL, tests };
