/* SPDX-License-Identifier: ISC */
/*
 * explain_pcap.c - reads captures with libpcap.
 */
#include "explain.h"

#include <pcap/pcap.h>

#define SECOND INT64_C(1000000000)

static void
take(struct explain_run *r, int link, const struct pcap_pkthdr *h,
    const u_char *octets)
{
	struct talk_event e;
	enum frame_verdict v = frame_read(link, octets, h->caplen, &e);

	r->frame[v]++;
	if (v != FRAME_NTP)
		return;
	e.timed = true;
	e.at = h->ts.tv_sec * SECOND + h->ts.tv_usec; /* ns, as asked for */
	talks_add(r->talks, &e);
}

int
explain_pcap(struct explain_run *r, struct err *e)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct pcap_pkthdr *h;
	const u_char *octets;
	pcap_t *p = pcap_fopen_offline_with_tstamp_precision(r->in.from,
	    PCAP_TSTAMP_PRECISION_NANO, why);
	int link, rc;

	if (p == NULL)
		return err_set(e, "not a capture that can be read: %s", why);
	link = pcap_datalink(p);
	if (!frame_knows(link)) {
		const char *name = pcap_datalink_val_to_name(link);

		err_set(e, "packets of link type %s cannot be read",
		    name != NULL ? name : "unknown");
		pcap_close(p);
		return -1;
	}
	r->talks->clock = TALK_UTC;
	while ((rc = pcap_next_ex(p, &h, &octets)) == 1) {
		take(r, link, h, octets);
		explain_progress(&r->in);
	}
	r->cut = rc != PCAP_ERROR_BREAK; /* a cut file is read up to there */
	pcap_close(p);			 /* and the stream */
	r->in.from = NULL;
	return 0;
}
