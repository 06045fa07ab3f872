/* SPDX-License-Identifier: ISC */
/* base.c - the suites of base/, one for each module. */
#include "unit.h"

extern CU_SuiteInfo suite_addr;
extern CU_SuiteInfo suite_err;
extern CU_SuiteInfo suite_rng;
extern CU_SuiteInfo suite_sealed;
extern CU_SuiteInfo suite_text;
extern CU_SuiteInfo suite_time;
extern CU_SuiteInfo suite_wire;
extern CU_SuiteInfo suite_fnv;

CU_SuiteInfo *const unit_suites[] = {
	&suite_addr,
	&suite_err,
	&suite_rng,
	&suite_sealed,
	&suite_text,
	&suite_time,
	&suite_wire,
	&suite_fnv,
	NULL,
};
