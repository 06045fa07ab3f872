/* SPDX-License-Identifier: ISC */
/* core.c - the suites of core/, one for each module. */
#include "unit.h"

extern CU_SuiteInfo suite_access;
extern CU_SuiteInfo suite_auth;
extern CU_SuiteInfo suite_bank;
extern CU_SuiteInfo suite_bias;
extern CU_SuiteInfo suite_clients;
extern CU_SuiteInfo suite_clients_parts;
extern CU_SuiteInfo suite_clients_read;
extern CU_SuiteInfo suite_clients_store;
extern CU_SuiteInfo suite_ctl;
extern CU_SuiteInfo suite_dhcp;
extern CU_SuiteInfo suite_diagnose;
extern CU_SuiteInfo suite_engine;
extern CU_SuiteInfo suite_engine_ask;
extern CU_SuiteInfo suite_engine_learn;
extern CU_SuiteInfo suite_engine_serve;
extern CU_SuiteInfo suite_engine_memory;
extern CU_SuiteInfo suite_engine_pace;
extern CU_SuiteInfo suite_engine_lean;
extern CU_SuiteInfo suite_engine_orphan;
extern CU_SuiteInfo suite_engine_share;
extern CU_SuiteInfo suite_engine_sibling;
extern CU_SuiteInfo suite_engine_time;
extern CU_SuiteInfo suite_engine_word;
extern CU_SuiteInfo suite_event;
extern CU_SuiteInfo suite_estimate;
extern CU_SuiteInfo suite_estimate_memory;
extern CU_SuiteInfo suite_estimate_outlier;
extern CU_SuiteInfo suite_estimate_shared;
extern CU_SuiteInfo suite_estimate_view;
extern CU_SuiteInfo suite_explain;
extern CU_SuiteInfo suite_explain_evidence;
extern CU_SuiteInfo suite_explain_say;
extern CU_SuiteInfo suite_explain_words;
extern CU_SuiteInfo suite_filter;
extern CU_SuiteInfo suite_frame;
extern CU_SuiteInfo suite_group;
extern CU_SuiteInfo suite_leap;
extern CU_SuiteInfo suite_ledger;
extern CU_SuiteInfo suite_limiter;
extern CU_SuiteInfo suite_link;
extern CU_SuiteInfo suite_packet;
extern CU_SuiteInfo suite_path;
extern CU_SuiteInfo suite_scale;
extern CU_SuiteInfo suite_schedule;
extern CU_SuiteInfo suite_schedule_pair;
extern CU_SuiteInfo suite_score;
extern CU_SuiteInfo suite_select;
extern CU_SuiteInfo suite_server;
extern CU_SuiteInfo suite_server_control;
extern CU_SuiteInfo suite_server_sibling;
extern CU_SuiteInfo suite_servo;
extern CU_SuiteInfo suite_sibling;
extern CU_SuiteInfo suite_sibling_pair;
extern CU_SuiteInfo suite_sibling_peer;
extern CU_SuiteInfo suite_source;
extern CU_SuiteInfo suite_survey;
extern CU_SuiteInfo suite_suspect;
extern CU_SuiteInfo suite_uniques;
extern CU_SuiteInfo suite_survey_choose;
extern CU_SuiteInfo suite_talk;
extern CU_SuiteInfo suite_talk_sum;
extern CU_SuiteInfo suite_ledger_record;
extern CU_SuiteInfo suite_engine_roster;

CU_SuiteInfo *const unit_suites[] = {
	&suite_access,
	&suite_auth,
	&suite_bank,
	&suite_bias,
	&suite_clients,
	&suite_clients_parts,
	&suite_clients_read,
	&suite_clients_store,
	&suite_ctl,
	&suite_dhcp,
	&suite_diagnose,
	&suite_engine,
	&suite_engine_ask,
	&suite_engine_learn,
	&suite_engine_serve,
	&suite_engine_memory,
	&suite_engine_pace,
	&suite_engine_lean,
	&suite_engine_orphan,
	&suite_engine_share,
	&suite_engine_sibling,
	&suite_engine_time,
	&suite_engine_word,
	&suite_event,
	&suite_estimate,
	&suite_estimate_memory,
	&suite_estimate_outlier,
	&suite_estimate_shared,
	&suite_estimate_view,
	&suite_explain,
	&suite_explain_evidence,
	&suite_explain_say,
	&suite_explain_words,
	&suite_filter,
	&suite_frame,
	&suite_group,
	&suite_leap,
	&suite_ledger,
	&suite_limiter,
	&suite_link,
	&suite_packet,
	&suite_path,
	&suite_scale,
	&suite_schedule,
	&suite_schedule_pair,
	&suite_score,
	&suite_select,
	&suite_server,
	&suite_server_control,
	&suite_server_sibling,
	&suite_servo,
	&suite_sibling,
	&suite_sibling_pair,
	&suite_sibling_peer,
	&suite_source,
	&suite_survey,
	&suite_suspect,
	&suite_uniques,
	&suite_survey_choose,
	&suite_talk,
	&suite_talk_sum,
	&suite_ledger_record,
	&suite_engine_roster,
	NULL,
};
