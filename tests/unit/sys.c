/* SPDX-License-Identifier: ISC */
/* sys.c - the suites of sys/, one for each module. */
#include "unit.h"

extern CU_SuiteInfo suite_board;
extern CU_SuiteInfo suite_clock;
extern CU_SuiteInfo suite_control;
extern CU_SuiteInfo suite_daily;
extern CU_SuiteInfo suite_dns;
extern CU_SuiteInfo suite_file;
extern CU_SuiteInfo suite_hosts;
extern CU_SuiteInfo suite_http;
extern CU_SuiteInfo suite_kept;
extern CU_SuiteInfo suite_log;
extern CU_SuiteInfo suite_role;
extern CU_SuiteInfo suite_role_end;
extern CU_SuiteInfo suite_steer;
extern CU_SuiteInfo suite_udp;
extern CU_SuiteInfo suite_worker;
extern CU_SuiteInfo suite_worker_clients;
extern CU_SuiteInfo suite_worker_control;
extern CU_SuiteInfo suite_worker_sibling;
extern CU_SuiteInfo suite_book;

CU_SuiteInfo *const unit_suites[] = {
	&suite_board,
	&suite_clock,
	&suite_control,
	&suite_daily,
	&suite_dns,
	&suite_file,
	&suite_hosts,
	&suite_http,
	&suite_kept,
	&suite_log,
	&suite_role,
	&suite_role_end,
	&suite_steer,
	&suite_udp,
	&suite_worker,
	&suite_worker_clients,
	&suite_worker_control,
	&suite_worker_sibling,
	&suite_book,
	NULL,
};
