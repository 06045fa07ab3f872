/* SPDX-License-Identifier: ISC */
/* snmp.c - what is linked with net-snmp. */
#include "unit.h"

extern CU_SuiteInfo suite_agentx;

CU_SuiteInfo *const unit_suites[] = {
	&suite_agentx,
	NULL,
};

/* It keeps some tables until the process ends. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libnetsnmp\n";
}
