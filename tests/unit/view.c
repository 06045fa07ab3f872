/* SPDX-License-Identifier: ISC */
/* view.c - the suites of view/, one for each module. */
#include "unit.h"

extern CU_SuiteInfo suite_asset;
extern CU_SuiteInfo suite_attack;
extern CU_SuiteInfo suite_brief;
extern CU_SuiteInfo suite_budget;
extern CU_SuiteInfo suite_command;
extern CU_SuiteInfo suite_dash;
extern CU_SuiteInfo suite_dash_cards;
extern CU_SuiteInfo suite_dash_table;
extern CU_SuiteInfo suite_history;
extern CU_SuiteInfo suite_html;
extern CU_SuiteInfo suite_json;
extern CU_SuiteInfo suite_json_put;
extern CU_SuiteInfo suite_json_sibling;
extern CU_SuiteInfo suite_metrics;
extern CU_SuiteInfo suite_mib;
extern CU_SuiteInfo suite_mib_notice;
extern CU_SuiteInfo suite_mib_ntp;
extern CU_SuiteInfo suite_mib_ntp_association;
extern CU_SuiteInfo suite_mib_own;
extern CU_SuiteInfo suite_mib_own_table;
extern CU_SuiteInfo suite_mib_value;
extern CU_SuiteInfo suite_month;
extern CU_SuiteInfo suite_month_bill;
extern CU_SuiteInfo suite_month_json;
extern CU_SuiteInfo suite_month_print;
extern CU_SuiteInfo suite_month_record;
extern CU_SuiteInfo suite_month_servers;
extern CU_SuiteInfo suite_mode6;
extern CU_SuiteInfo suite_mode6_item;
extern CU_SuiteInfo suite_mode6_mru;
extern CU_SuiteInfo suite_mode6_peer;
extern CU_SuiteInfo suite_mode6_system;
extern CU_SuiteInfo suite_mode6_vars;
extern CU_SuiteInfo suite_pace;
extern CU_SuiteInfo suite_page;
extern CU_SuiteInfo suite_pair;
extern CU_SuiteInfo suite_plot;
extern CU_SuiteInfo suite_request;
extern CU_SuiteInfo suite_route;
extern CU_SuiteInfo suite_rules;
extern CU_SuiteInfo suite_rules_read;
extern CU_SuiteInfo suite_command_clients;
extern CU_SuiteInfo suite_program;
extern CU_SuiteInfo suite_report;
extern CU_SuiteInfo suite_roll;
extern CU_SuiteInfo suite_roll_print;
extern CU_SuiteInfo suite_snapshot;
extern CU_SuiteInfo suite_snapshot_sibling;
extern CU_SuiteInfo suite_snapshot_words;
extern CU_SuiteInfo suite_statistics;
extern CU_SuiteInfo suite_table;
extern CU_SuiteInfo suite_watched;
extern CU_SuiteInfo suite_why;

CU_SuiteInfo *const unit_suites[] = {
	&suite_asset,
	&suite_attack,
	&suite_brief,
	&suite_budget,
	&suite_command,
	&suite_dash,
	&suite_dash_cards,
	&suite_dash_table,
	&suite_history,
	&suite_html,
	&suite_json,
	&suite_json_put,
	&suite_json_sibling,
	&suite_metrics,
	&suite_mib,
	&suite_mib_notice,
	&suite_mib_ntp,
	&suite_mib_ntp_association,
	&suite_mib_own,
	&suite_mib_own_table,
	&suite_mib_value,
	&suite_month,
	&suite_month_bill,
	&suite_month_json,
	&suite_month_print,
	&suite_month_record,
	&suite_month_servers,
	&suite_mode6,
	&suite_mode6_item,
	&suite_mode6_mru,
	&suite_mode6_peer,
	&suite_mode6_system,
	&suite_mode6_vars,
	&suite_pace,
	&suite_page,
	&suite_pair,
	&suite_plot,
	&suite_request,
	&suite_route,
	&suite_rules,
	&suite_rules_read,
	&suite_command_clients,
	&suite_program,
	&suite_report,
	&suite_roll,
	&suite_roll_print,
	&suite_snapshot,
	&suite_snapshot_sibling,
	&suite_snapshot_words,
	&suite_statistics,
	&suite_table,
	&suite_watched,
	&suite_why,
	NULL,
};
