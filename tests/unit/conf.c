/* SPDX-License-Identifier: ISC */
/* conf.c - the suites of conf/, one for each module. */
#include "unit.h"

extern CU_SuiteInfo suite_catalogue;
extern CU_SuiteInfo suite_catalogue_value;
extern CU_SuiteInfo suite_conf;
extern CU_SuiteInfo suite_field;
extern CU_SuiteInfo suite_keys;
extern CU_SuiteInfo suite_logline;
extern CU_SuiteInfo suite_logline_time;
extern CU_SuiteInfo suite_read;
extern CU_SuiteInfo suite_scan;
extern CU_SuiteInfo suite_site;
extern CU_SuiteInfo suite_site_check;
extern CU_SuiteInfo suite_value;

CU_SuiteInfo *const unit_suites[] = {
	&suite_catalogue,
	&suite_catalogue_value,
	&suite_conf,
	&suite_field,
	&suite_keys,
	&suite_logline,
	&suite_logline_time,
	&suite_read,
	&suite_scan,
	&suite_site,
	&suite_site_check,
	&suite_value,
	NULL,
};
