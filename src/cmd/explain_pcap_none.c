/* SPDX-License-Identifier: ISC */
/*
 * explain_pcap_none.c - built without libpcap.
 */
#include "explain.h"

int
explain_pcap(struct explain_run *r, struct err *e)
{
	(void)r;
	return err_set(e,
	    "it is a capture, and this ntpgate was built without "
	    "libpcap: give it the text of a firewall's log");
}
