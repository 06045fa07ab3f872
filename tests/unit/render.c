/* SPDX-License-Identifier: ISC */
/* render.c - the suites of render/; most of it is in tests/golden/render. */
#include "unit.h"

extern CU_SuiteInfo suite_render;

CU_SuiteInfo *const unit_suites[] = {
	&suite_render,
	NULL,
};
