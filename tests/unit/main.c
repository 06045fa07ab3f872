/* SPDX-License-Identifier: ISC */
/*
 * main.c - runs the suites of one layer, and says how it went.
 *
 *	unit-LAYER [-s SEED] [SUITE...]
 *
 * UNIT_SLOW=10 in the environment: short waits are ten times as long.
 */
#include "unit.h"

#include <CUnit/Automated.h>
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t unit_seed;

double
unit_moment(double s)
{
	const char *slow = getenv("UNIT_SLOW");

	return slow != NULL ? s * atof(slow) : s;
}

static int
wanted(const char *name, int argc, char **argv)
{
	if (argc == 0)
		return 1;
	for (int i = 0; i < argc; i++)
		if (strcmp(name, argv[i]) == 0)
			return 1;
	return 0;
}

int
main(int argc, char **argv)
{
	unit_seed = (uint64_t)time(NULL);
	if (argc > 2 && strcmp(argv[1], "-s") == 0) {
		unit_seed = strtoull(argv[2], NULL, 10);
		argc -= 2;
		argv += 2;
	}
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	for (CU_SuiteInfo *const *s = unit_suites; *s != NULL; s++) {
		CU_SuiteInfo one[] = { **s, CU_SUITE_INFO_NULL };

		if (wanted(one[0].pName, argc - 1, argv + 1) &&
		    CU_register_suites(one) != CUE_SUCCESS)
			return 1;
	}
	printf("seed %llu\n", (unsigned long long)unit_seed);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();

	unsigned run = CU_get_number_of_tests_run();
	unsigned failed = CU_get_number_of_tests_failed();

	printf("%u passed, %u failed\n", run - failed, failed);
	CU_cleanup_registry();
	return failed != 0 || run == 0;
}
