/* SPDX-License-Identifier: ISC */
/*
 * explain.h - the parts of the explain command: reading, and printing.
 */
#ifndef CMD_EXPLAIN_H
#define CMD_EXPLAIN_H

#include "cmd.h"

#include "base/err.h"
#include "conf/logline.h"
#include "core/frame.h"
#include "core/talk.h"

#include <stdio.h>

struct explain_input {
	FILE *from;   /* what was read ahead to recognise it comes first */
	int64_t size; /* octets; 0: not known */
	int64_t read;
	int fd;
	unsigned char ahead[4];
	size_t ahead_len, ahead_at;
	bool bar;  /* stderr is a terminal */
	int shown; /* per cent, or octets, on the bar */
};

struct explain_run {
	const struct cmd *cmd;
	const char *file; /* or "standard input" */
	unsigned limit;	  /* addresses to print; 0: all */
	bool capture;
	struct explain_input in;
	struct logline log;
	unsigned line[LOGLINE_VERDICTS]; /* of a log */
	unsigned frame[FRAME_VERDICTS];	 /* of a capture */
	bool cut;			 /* the capture ends in a packet */
	struct talks *talks;
};

/* Shows how far it is; called after each line or packet. */
void explain_progress(struct explain_input *in);

/* Reads the capture to its end; explain_pcap_none.c refuses to. */
int explain_pcap(struct explain_run *r, struct err *e);

/* The result; false: there is no memory for it. */
bool explain_print_text(const struct explain_run *r);
bool explain_print_json(const struct explain_run *r);

#endif
