/* SPDX-License-Identifier: ISC */
/*
 * explain.c - reads a firewall's log or a capture, and says of each address
 * with NTP in it what it is.
 */
#include "explain.h"

#include "core/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_DEFAULT 50
#define READ_SIZE 65536
#define BAR 40
#define BAR_STEP (4 << 20) /* octets between two looks at the bar */

/* ---- the input ---- */

static ssize_t
read_more(void *cookie, char *buf, size_t size)
{
	struct explain_input *in = cookie;
	size_t left = in->ahead_len - in->ahead_at;
	ssize_t n;

	if (left > 0) {
		n = (ssize_t)(left < size ? left : size);
		memcpy(buf, in->ahead + in->ahead_at, (size_t)n);
		in->ahead_at += (size_t)n;
	} else {
		do
			n = read(in->fd, buf, size);
		while (n == -1 && errno == EINTR);
	}
	if (n > 0)
		in->read += n;
	return n;
}

static int
close_input(void *cookie)
{
	struct explain_input *in = cookie;

	return in->fd == STDIN_FILENO ? 0 : close(in->fd);
}

static int
open_input(struct explain_run *r, const char *path, struct err *e)
{
	const cookie_io_functions_t io = { .read = read_more,
		.close = close_input };
	struct explain_input *in = &r->in;
	struct stat st;
	ssize_t n = 1;

	in->fd = strcmp(path, "-") == 0 ? STDIN_FILENO :
					  open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd == -1 || fstat(in->fd, &st) == -1)
		return err_sys(e, "opening it");
	if (S_ISREG(st.st_mode))
		in->size = st.st_size;
	while (n > 0 && in->ahead_len < sizeof(in->ahead)) {
		n = read(in->fd, in->ahead + in->ahead_len,
		    sizeof(in->ahead) - in->ahead_len);
		if (n == -1 && errno == EINTR)
			n = 1;
		else if (n == -1)
			return err_sys(e, "reading it");
		else
			in->ahead_len += (size_t)n;
	}
	in->from = fopencookie(in, "r", io);
	if (in->from == NULL)
		return err_sys(e, "opening it");
	setvbuf(in->from, NULL, _IOFBF, READ_SIZE);
	in->bar = isatty(STDERR_FILENO) && in->fd != STDIN_FILENO &&
	    in->size > 2 * BAR_STEP;
	return 0;
}

void
explain_progress(struct explain_input *in)
{
	int step = (int)(in->read / BAR_STEP), full;

	if (!in->bar || step == in->shown)
		return;
	in->shown = step;
	full = in->read < in->size ? (int)(in->read * BAR / in->size) : BAR;
	fprintf(stderr, "\rreading [%.*s%*s] %3d %%", full,
	    "########################################", BAR - full, "",
	    (int)(in->read < in->size ? in->read * 100 / in->size : 100));
}

static void
end_progress(const struct explain_input *in)
{
	if (in->bar)
		fprintf(stderr, "\r%*s\r", BAR + 20, "");
}

enum magic { TEXT_FILE, CAPTURE, COMPRESSED };

static enum magic
recognise(const struct explain_input *in)
{
	static const struct {
		unsigned char octets[4];
		size_t len;
		enum magic is;
	} known[] = {
		{ { 0xa1, 0xb2, 0xc3, 0xd4 }, 4, CAPTURE },
		{ { 0xd4, 0xc3, 0xb2, 0xa1 }, 4, CAPTURE },
		{ { 0xa1, 0xb2, 0x3c, 0x4d }, 4, CAPTURE }, /* nanoseconds */
		{ { 0x4d, 0x3c, 0xb2, 0xa1 }, 4, CAPTURE },
		{ { 0x0a, 0x0d, 0x0d, 0x0a }, 4, CAPTURE }, /* pcapng */
		{ { 0x1f, 0x8b }, 2, COMPRESSED },
		{ { 0xfd, '7', 'z', 'X' }, 4, COMPRESSED },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, COMPRESSED },
		{ { 'B', 'Z', 'h' }, 3, COMPRESSED },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (in->ahead_len >= known[i].len &&
		    memcmp(in->ahead, known[i].octets, known[i].len) == 0)
			return known[i].is;
	return TEXT_FILE;
}

/* ---- logs ---- */

/* Up to the end of the line, however long it is. */
static bool
read_line(FILE *f, char line[LOGLINE_MAX])
{
	size_t n;
	int c = 0;

	if (fgets(line, LOGLINE_MAX, f) == NULL)
		return false;
	n = strlen(line); /* a zero octet ends what is looked at */
	if (n > 0 && line[n - 1] == '\n')
		line[--n] = '\0';
	else
		while (n == LOGLINE_MAX - 1 && c != '\n' && c != EOF)
			c = getc_unlocked(f);
	if (n > 0 && line[n - 1] == '\r')
		line[n - 1] = '\0';
	return true;
}

static int
read_log(struct explain_run *r, struct err *e)
{
	static char line[LOGLINE_MAX];
	struct talk_event event;

	while (read_line(r->in.from, line)) {
		enum logline_verdict v = logline_read(&r->log, line, &event);

		r->line[v]++;
		if (v == LOGLINE_NTP)
			talks_add(r->talks, &event);
		explain_progress(&r->in);
	}
	if (ferror(r->in.from))
		return err_sys(e, "reading it");
	r->talks->clock = r->log.clock;
	return 0;
}

/* ---- the command line ---- */

static bool
read_inside(struct talks *t, const char *text, struct err *e)
{
	struct prefix p;

	if (prefix_parse(&p, text, e) == -1)
		return err_at(e, "--inside") == 0;
	if (!talks_inside(t, &p))
		return err_set(e, "--inside: %d prefixes at most",
			   TALK_INSIDE) == 0;
	return true;
}

static bool
read_limit(const char *text, unsigned *limit)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*limit = (unsigned)n;
	return *text >= '0' && *text <= '9' && *end == '\0' && n <= TALK_HOSTS;
}

/* False, and a sentence is in *e if it is more than wrong usage. */
static bool
read_arguments(struct explain_run *r, int argc, char **argv, struct err *e)
{
	static const struct option options[] = {
		{ "inside", required_argument, NULL, 'i' },
		{ "limit", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		bool right = false;

		if (opt == 'i')
			right = read_inside(r->talks, optarg, e);
		else if (opt == 'l')
			right = read_limit(optarg, &r->limit) ||
			    cmd_wrong("explain --limit", optarg,
				"a number of addresses, 0 for all");
		if (!right)
			return false;
	}
	r->file = argv[optind];
	return argc - optind == 1;
}

/* ---- the work ---- */

static int
read_all(struct explain_run *r, struct err *e)
{
	int rc;

	switch (recognise(&r->in)) {
	case COMPRESSED:
		return err_set(e,
		    "it is compressed: zcat FILE | ntpgate explain -");
	case CAPTURE:
		r->capture = true;
		rc = explain_pcap(r, e);
		break;
	default:
		rc = read_log(r, e);
		break;
	}
	end_progress(&r->in);
	return rc;
}

static unsigned
sum(const unsigned *n, int count)
{
	unsigned all = 0;

	for (int i = 0; i < count; i++)
		all += n[i];
	return all;
}

static int
fail_without_ntp(const struct explain_run *r)
{
	if (r->capture)
		return cmd_fail(r->cmd, CMD_NOT_WELL,
		    "%s: no NTP in it: of %u packets none is UDP with port 123",
		    r->file, sum(r->frame, FRAME_VERDICTS));
	if (r->line[LOGLINE_OTHER] + r->line[LOGLINE_BAD] > 0)
		return cmd_fail(r->cmd, CMD_NOT_WELL,
		    "%s: no NTP in it: of %u lines %u are a firewall's, and "
		    "none is about UDP with port 123",
		    r->file, sum(r->line, LOGLINE_VERDICTS),
		    r->line[LOGLINE_OTHER] + r->line[LOGLINE_BAD]);
	return cmd_fail(r->cmd, CMD_NOT_WELL,
	    "%s: no NTP in it: none of its %u lines is of a firewall that "
	    "ntpgate knows, and it is no capture",
	    r->file, sum(r->line, LOGLINE_VERDICTS));
}

static int
explain(struct explain_run *r)
{
	struct err e = { "" };
	const char *path = r->file;
	int rc;

	if (strcmp(path, "-") == 0)
		r->file = "standard input";
	if (open_input(r, path, &e) == -1)
		return cmd_fail(r->cmd, CMD_USAGE, "%s: %s", r->file, e.text);
	rc = read_all(r, &e);
	if (r->in.from != NULL)
		fclose(r->in.from);
	if (rc == -1)
		return cmd_fail(r->cmd, CMD_USAGE, "%s: %s", r->file, e.text);
	if (r->talks->hosts == 0)
		return fail_without_ntp(r);
	talks_sum(r->talks);
	explain_all(r->talks);
	if (!(r->cmd->json ? explain_print_json : explain_print_text)(r))
		return cmd_fail(r->cmd, CMD_NOT_WELL, "out of memory");
	return CMD_WELL;
}

int
cmd_explain(const struct cmd *c, int argc, char **argv)
{
	struct explain_run r = { .cmd = c, .limit = LIMIT_DEFAULT };
	struct err e = { "" };
	int status;

	/* Zeros that are not touched cost nothing. */
	r.talks = calloc(1, sizeof(*r.talks));
	if (r.talks == NULL)
		return cmd_fail(c, CMD_NOT_WELL, "out of memory");
	talks_init(r.talks);
	if (read_arguments(&r, argc, argv, &e))
		status = explain(&r);
	else if (e.text[0] != '\0')
		status = cmd_fail(c, CMD_USAGE, "%s", e.text);
	else
		status = cmd_usage(argv[0]);
	free(r.talks);
	return status;
}
