/* SPDX-License-Identifier: ISC */
#include "sys/nft.h"

#include "base/text.h"

#include <errno.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTING_MAX ((size_t)64 << 20)
#define COMMAND_MAX 128

struct nft {
	struct nft_ctx *ctx;
};

static bool
may_filter(void)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t v = CAP_CLEAR;

	if (caps != NULL)
		(void)cap_get_flag(caps, CAP_NET_ADMIN, CAP_EFFECTIVE, &v);
	cap_free(caps);
	return v == CAP_SET;
}

struct nft *
nft_open(struct err *e)
{
	struct nft *n;

	if (!may_filter()) {
		err_set(e,
		    "the packet filter can be read and changed by who has "
		    "CAP_NET_ADMIN alone: run this as root");
		return NULL;
	}
	n = calloc(1, sizeof(*n));
	if (n != NULL)
		n->ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	if (n == NULL || n->ctx == NULL || nft_ctx_buffer_output(n->ctx) != 0 ||
	    nft_ctx_buffer_error(n->ctx) != 0) {
		nft_close(n);
		err_set(e, "libnftables cannot be set up");
		return NULL;
	}
	return n;
}

void
nft_close(struct nft *n)
{
	if (n != NULL && n->ctx != NULL)
		nft_ctx_free(n->ctx);
	free(n);
}

/* Its first line; what follows shows the place with a caret. */
static int
fail(struct nft *n, struct err *e)
{
	const char *said = nft_ctx_get_error_buffer(n->ctx);

	if (said == NULL || *said == '\0')
		return err_set(e, "libnftables failed and does not say why");
	return err_set(e, "nftables: %.*s", (int)strcspn(said, "\n"), said);
}

int
nft_run(struct nft *n, const char *text, bool dry, struct err *e)
{
	int rc;

	nft_ctx_set_dry_run(n->ctx, dry);
	rc = nft_run_cmd_from_buffer(n->ctx, text);
	nft_ctx_set_dry_run(n->ctx, false);
	return rc == 0 ? 0 : fail(n, e);
}

static const char *
ask(struct nft *n, const char *command, unsigned flags, struct err *e)
{
	nft_ctx_output_set_flags(n->ctx, flags);
	if (nft_run_cmd_from_buffer(n->ctx, command) == 0)
		return nft_ctx_get_output_buffer(n->ctx);
	fail(n, e);
	return NULL;
}

/* 1 or 0; -1: not to be known. */
static int
has_table(struct nft *n, const char *table, struct err *e)
{
	char line[COMMAND_MAX];
	struct text t = TEXT(line);
	const char *all = ask(n, "list tables inet", 0, e);

	if (all == NULL)
		return -1;
	text_add(&t, "table inet %s\n", table);
	return strstr(all, line) != NULL;
}

char *
nft_list(struct nft *n, const char *table, enum nft_form form, struct err *e)
{
	static const unsigned flags[] = {
		[NFT_LISTING] = NFT_CTX_OUTPUT_STATELESS,
		[NFT_STATE] = 0,
		[NFT_JSON] = NFT_CTX_OUTPUT_JSON,
	};
	char command[COMMAND_MAX], *copy;
	struct text t = TEXT(command);
	const char *said = "";
	int there = has_table(n, table, e);

	if (there == -1)
		return NULL;
	text_add(&t, "list table inet %s", table);
	if (there == 1)
		said = ask(n, command, flags[form], e);
	if (said == NULL)
		return NULL;
	copy = strdup(said);
	if (copy == NULL)
		err_sys(e, "a listing of the packet filter");
	return copy;
}

/* ---- an empty packet filter ---- */

/* A namespace of the network needs a right that the filter does not; who
 * has it not gets it with a namespace of users, where the kernel gives one to
 * everybody. */
static int
leave_network(struct err *e)
{
	if (unshare(CLONE_NEWNET) == 0 ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
		return 0;
	return err_sys(e, "a network namespace to try the rules in");
}

static char *
load_and_list(const char *text, struct err *e)
{
	struct nft *n = NULL;
	const char *said = NULL;
	char *listing;

	if (leave_network(e) == 0)
		n = nft_open(e);
	if (n != NULL && nft_run(n, text, false, e) == 0)
		said = ask(n, "list ruleset inet", NFT_CTX_OUTPUT_STATELESS, e);
	listing = said != NULL ? strdup(said) : NULL;
	nft_close(n);
	return listing;
}

static void
write_all(int fd, const char *from)
{
	size_t left = strlen(from);

	while (left > 0) {
		ssize_t n = write(fd, from, left);

		if (n <= 0 && errno != EINTR)
			_exit(2);
		from += n > 0 ? n : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
}

/* All that comes until the other end closes. */
static char *
read_all(int fd, struct err *e)
{
	size_t size = 1 << 16, len = 0;
	char *buf = malloc(size);
	ssize_t n = 1;

	while (buf != NULL && n != 0) {
		if (len + 1 == size) {
			char *more =
			    size < LISTING_MAX ? realloc(buf, size *= 2) : NULL;

			if (more == NULL)
				free(buf);
			buf = more;
			continue;
		}
		n = read(fd, buf + len, size - len - 1);
		if (n == -1 && errno != EINTR)
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	if (buf == NULL)
		err_set(e, "a listing is too long");
	else
		buf[len] = '\0';
	return buf;
}

/* Status 0: the listing; 1: a sentence. */
static void
child(int fd, const char *text)
{
	struct err e = { "" };
	char *listing = load_and_list(text, &e);

	write_all(fd, listing != NULL ? listing : e.text);
	_exit(listing != NULL ? 0 : 1);
}

char *
nft_list_of(const char *text, struct err *e)
{
	int ends[2], status = 0;
	char *said;
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) == -1) {
		err_sys(e, "a process to try the rules in");
		return NULL;
	}
	if (pid == 0)
		child(ends[1], text);
	close(ends[1]);
	said = read_all(ends[0], e);
	close(ends[0]);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (said == NULL)
		return NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return said;
	err_set(e, "%s",
	    WIFEXITED(status) && WEXITSTATUS(status) == 1 ?
		said :
		"who tried the rules died");
	free(said);
	return NULL;
}
