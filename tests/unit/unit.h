/* SPDX-License-Identifier: ISC */
/*
 * unit.h - what the unit test programs share: one program for each layer,
 * one suite for each module.
 */
#ifndef UNIT_H
#define UNIT_H

#include <CUnit/CUnit.h>
#include <stdint.h>

/* The suites of this program, ended by CU_SUITE_INFO_NULL; each program's
 * own file defines them. */
extern CU_SuiteInfo *const unit_suites[];

/* For tests that draw at random: printed, and set by the argument -s N. */
extern uint64_t unit_seed;

/*
 * A moment to wait for what should happen at once: s seconds, times UNIT_SLOW
 * of the environment, for valgrind and for machines that do much beside.
 */
double unit_moment(double s);

#endif
