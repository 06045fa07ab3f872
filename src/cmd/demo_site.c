/* SPDX-License-Identifier: ISC */
#include "demo.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY 16 /* octets of AES-128 */

/* The daemon of this tool: beside it, or installed in the sbin next door. */
static int
find_daemon(char path[PATH_MAX], struct err *e)
{
	static const char *const place[] = { "ntpgated", "../sbin/ntpgated" };
	char own[PATH_MAX - 32] = "";
	char *slash;

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) == -1)
		return err_sys(e, "/proc/self/exe");
	slash = strrchr(own, '/');
	if (slash == NULL)
		return err_set(e, "/proc/self/exe: %s: no folder", own);
	*slash = '\0';
	for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++) {
		snprintf(path, PATH_MAX, "%s/%s", own, place[i]);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return err_set(e, "ntpgated is not in %s, nor in the sbin beside it",
	    own);
}

static void
print_upstream(const struct demo_site *s, FILE *f)
{
	fprintf(f, "upstream: {\n    servers = (\n");
	for (unsigned i = 0; i < DEMO_SERVERS; i++)
		fprintf(f,
		    "        { host = \"127.0.0.%u\"; port = %u;\n"
		    "          operator = \"operator %u\"; permission = "
		    "\"our own\"; }%s\n",
		    DEMO_FIRST + i, s->port, i + 1,
		    i + 1 < DEMO_SERVERS ? "," : "");
	fprintf(f,
	    "    );\n"
	    "    poll = { min = \"1s\"; max = \"4s\"; };\n"
	    "    budget = { day = 1000000; };\n"
	    "};\n");
}

/* i: of the gateway; its number is i + 1, the other's 2 - i. */
static void
print_configuration(const struct demo_site *s, unsigned i, FILE *f)
{
	const char *dir = s->gateway[i].dir;

	fprintf(f,
	    "name = \"gw%u\";\n"
	    "clock = \"virtual\";\n"
	    "state_dir = \"%s/state\";\n"
	    "run_dir = \"%s\";\n"
	    "keys = \"%s/keys\";\n"
	    "user = \"root\";\n",
	    i + 1, dir, dir, dir);
	print_upstream(s, f);
	fprintf(f,
	    "sibling: { host = \"127.0.0.%u\"; port = %u; key = 1; };\n"
	    "serve: {\n"
	    "    listen = ( \"127.0.0.%u\" ); port = %u;\n"
	    "    allow = ( \"127.0.0.0/8\" );\n"
	    "    workers = 1;\n"
	    "};\n"
	    "log: { to = \"stderr\"; level = \"info\"; };\n",
	    2 - i, s->port, i + 1, s->port);
	if (i == 0)
		fprintf(f, "http: { listen = \"127.0.0.1:%u\"; };\n",
		    DEMO_PAGES);
}

/* A file of a gateway, for its owner alone. */
static FILE *
create(const struct demo_gateway *g, const char *name, struct err *e)
{
	char path[DEMO_PATH + 24];
	FILE *f;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", g->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 || (f = fdopen(fd, "w")) == NULL) {
		err_sys(e, "%s", path);
		return NULL;
	}
	return f;
}

static int
write_keys(const struct demo_gateway *g, unsigned i, const uint8_t key[KEY],
    struct err *e)
{
	FILE *f = create(g, "keys", e);

	if (f == NULL)
		return -1;
	fprintf(f, "1 AES128CMAC ");
	for (unsigned k = 0; k < KEY; k++)
		fprintf(f, "%02x", key[k]);
	fprintf(f, " 127.0.0.%u\n", 2 - i);
	return fclose(f) == 0 ? 0 : err_sys(e, "%s/keys", g->dir);
}

static int
make_gateway(struct demo_site *s, unsigned i, const uint8_t key[KEY],
    struct err *e)
{
	struct demo_gateway *g = &s->gateway[i];
	char state[DEMO_PATH + 16];
	FILE *f;

	snprintf(g->dir, sizeof(g->dir), "%s/gw%u", s->dir, i + 1);
	snprintf(g->socket, sizeof(g->socket), "%s/control", g->dir);
	snprintf(state, sizeof(state), "%s/state", g->dir);
	if (mkdir(g->dir, 0700) == -1 || mkdir(state, 0700) == -1)
		return err_sys(e, "%s", state);
	f = create(g, "ntpgate.conf", e);
	if (f == NULL)
		return -1;
	print_configuration(s, i, f);
	if (fclose(f) != 0)
		return err_sys(e, "%s/ntpgate.conf", g->dir);
	return write_keys(g, i, key, e);
}

int
demo_site_make(struct demo_site *s, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	struct text t = TEXT(s->dir);
	uint8_t key[KEY];

	if (find_daemon(s->daemon, e) == -1)
		return -1;
	text_add(&t, "%s/ntpgate-demo-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (text_cut(&t) || mkdtemp(s->dir) == NULL) {
		err_sys(e, "TMPDIR: %s", s->dir);
		s->dir[0] = '\0';
		return -1;
	}
	if (getrandom(key, sizeof(key), 0) != sizeof(key))
		return err_sys(e, "getrandom");
	for (unsigned i = 0; i < DEMO_GATEWAYS; i++)
		if (make_gateway(s, i, key, e) == -1)
			return -1;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void
demo_site_remove(struct demo_site *s)
{
	if (s->dir[0] != '\0')
		nftw(s->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
demo_gateway_run(const struct demo_site *s, unsigned gateway)
{
	const char *dir = s->gateway[gateway].dir;
	char conf[DEMO_PATH + 24], log[DEMO_PATH + 16];
	int fd, null;

	snprintf(conf, sizeof(conf), "%s/ntpgate.conf", dir);
	snprintf(log, sizeof(log), "%s/log", dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd == -1 || null == -1 || dup2(null, STDIN_FILENO) == -1 ||
	    dup2(fd, STDOUT_FILENO) == -1 || dup2(fd, STDERR_FILENO) == -1)
		_exit(1);
	execl(s->daemon, "ntpgated", "-f", "-c", conf, (char *)NULL);
	perror(s->daemon);
	_exit(1);
}
