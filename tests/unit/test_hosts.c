/* SPDX-License-Identifier: ISC */
#include "sys/hosts.h"

#include "core/packet.h"
#include "sys/clock.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB (1024 * 1024)

static struct err err;
static struct hosts hosts;
static struct limiter limiter;
static char dir[64], path[96];
static struct mono mono;
static struct wall wall;

/* Two tables of half a megabyte, empty, and a folder. */
static void
setup(void)
{
	strcpy(dir, "/tmp/ntpgate-hosts-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, HOSTS_FILE);
	limiter_init(&limiter, (struct limit){ 8, 16 }, true);
	clock_pair(&mono, &wall);
	CU_ASSERT_EQUAL_FATAL(hosts_map(&hosts, 2, MB, &err), 0);
	CU_ASSERT_EQUAL_FATAL(hosts_open(&hosts, dir, mono, wall, &err),
	    HOSTS_FIRST);
}

static void
teardown(void)
{
	hosts_unmap(&hosts);
	unlink(path);
	rmdir(dir);
}

static struct addr
host(uint8_t n)
{
	const uint8_t ip[4] = { 10, 0, 0, n };

	return addr_v4(ip);
}

/* Host n asks worker i. */
static void
ask(unsigned i, uint8_t n)
{
	struct clients *c = hosts_table(&hosts, i);
	uint8_t pkt[PACKET_SIZE] = { 0x23 };
	struct addr from = host(n);

	clients_hear(c, &limiter,
	    &(struct clients_request){ .from = &from,
		.hash = clients_hash_of(c, &from),
		.now = mono,
		.arrival = wall,
		.pkt = pkt,
		.len = sizeof(pkt) });
}

/* As often as hosts_save() says that there is more. */
static void
save_whole(void)
{
	struct hosts_file f;
	int more;

	CU_ASSERT_EQUAL_FATAL(hosts_save_begin(&f, &hosts, dir, &err), 0);
	do
		more = hosts_save(&f, &err);
	while (more == 1);
	CU_ASSERT_EQUAL_FATAL(more, 0);
}

static bool
known(unsigned i, uint8_t n)
{
	struct clients_view v;
	struct addr a = host(n);

	return clients_find(hosts_table(&hosts, i), &a, mono, &v);
}

/* Another daemon begins: what does it find? */
static enum hosts_how
begin_again(unsigned tables, uint64_t octets)
{
	hosts_unmap(&hosts);
	CU_ASSERT_EQUAL_FATAL(hosts_map(&hosts, tables, octets, &err), 0);
	return hosts_open(&hosts, dir, mono, wall, &err);
}

static void
a_table_each(void)
{
	ask(0, 1);
	ask(1, 2);
	CU_ASSERT_TRUE(known(0, 1));
	CU_ASSERT_FALSE(known(1, 1));
	CU_ASSERT_TRUE(known(1, 2));
}

static void
a_megabyte_holds_15000_hosts(void)
{
	CU_ASSERT_TRUE(hosts_room(&hosts) > 15000);
}

static void
a_table_has_a_least_size(void)
{
	hosts_unmap(&hosts);
	CU_ASSERT_EQUAL_FATAL(hosts_map(&hosts, 8, 1, &err), 0);
	CU_ASSERT_EQUAL(hosts.size, CLIENTS_LEAST);
}

static void
other_processes_see_what_is_heard(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		ask(1, 9);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_TRUE(known(1, 9));
}

static void
all_is_read_back(void)
{
	uint32_t salt = hosts_salt(&hosts);

	ask(0, 1);
	ask(1, 2);
	save_whole();
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_FOUND);
	CU_ASSERT_TRUE(known(0, 1));
	CU_ASSERT_TRUE(known(1, 2));
	CU_ASSERT_EQUAL(clients_count(hosts_table(&hosts, 0)), 1);
	CU_ASSERT_EQUAL(hosts_salt(&hosts), salt);
}

static void
salts_differ(void)
{
	uint32_t salt = hosts_salt(&hosts);

	begin_again(2, MB);
	CU_ASSERT_NOT_EQUAL(hosts_salt(&hosts), salt);
}

static void
nobody_else_can_read_the_file(void)
{
	struct stat st;

	save_whole();
	CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
}

static void
another_size_begins_anew(void)
{
	ask(0, 1);
	save_whole();
	CU_ASSERT_EQUAL(begin_again(2, 2 * MB), HOSTS_ANEW);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "serve.memory"));
	CU_ASSERT_EQUAL(clients_count(hosts_table(&hosts, 0)), 0);
}

static void
other_workers_begin_anew(void)
{
	ask(0, 1);
	save_whole();
	CU_ASSERT_EQUAL(begin_again(1, MB), HOSTS_ANEW);
	ask(0, 3);
	CU_ASSERT_TRUE(known(0, 3));
}

static void
damage(off_t at)
{
	int fd = open(path, O_WRONLY);

	CU_ASSERT_EQUAL(pwrite(fd, "\x5a", 1, at), 1);
	close(fd);
}

static void
damage_begins_anew(void)
{
	/* Somewhere in the second table, where the first is good. */
	ask(0, 1);
	save_whole();
	damage(MB / 2 + 200000);
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_ANEW);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "damaged"));
	CU_ASSERT_FALSE(known(0, 1));
	ask(0, 2);
	ask(1, 3);
	CU_ASSERT_TRUE(known(0, 2));
	CU_ASSERT_TRUE(known(1, 3));
}

static void
half_a_file_begins_anew(void)
{
	ask(0, 1);
	save_whole();
	CU_ASSERT_EQUAL(truncate(path, MB / 3), 0);
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_ANEW);
}

static void
what_others_could_write_is_not_read(void)
{
	save_whole();
	chmod(path, 0620);
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_ANEW);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "others"));
}

static void
a_pipe_in_its_place_begins_anew(void)
{
	char beside[128];

	ask(0, 1);
	unlink(path);
	CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_ANEW);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "is not a regular file"));
	/* and neither that nor one beside it is in the way of a writer */
	snprintf(beside, sizeof(beside), "%s.new", path);
	CU_ASSERT_EQUAL(mkfifo(beside, 0600), 0);
	save_whole();
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_FOUND);
}

static void
a_failure_leaves_the_old_file(void)
{
	struct hosts_file f;
	char beside[128];

	ask(0, 1);
	save_whole();
	CU_ASSERT_EQUAL_FATAL(hosts_save_begin(&f, &hosts, dir, &err), 0);
	hosts_save(&f, &err);
	hosts_save_drop(&f);
	snprintf(beside, sizeof(beside), "%s.new", path);
	CU_ASSERT_NOT_EQUAL(access(beside, F_OK), 0);
	CU_ASSERT_EQUAL(begin_again(2, MB), HOSTS_FOUND);
}

static void
nowhere_to_write_is_an_error(void)
{
	struct hosts_file f;

	CU_ASSERT_EQUAL(hosts_save_begin(&f, &hosts, "/nonexistent", &err), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nonexistent/clients.new"));
}

static CU_TestInfo tests[] = {
	{ "a table each", a_table_each },
	{ "a megabyte holds 15,000 hosts", a_megabyte_holds_15000_hosts },
	{ "a table has a least size", a_table_has_a_least_size },
	{ "other processes see what is heard",
	    other_processes_see_what_is_heard },
	{ "all is read back", all_is_read_back },
	{ "salts differ", salts_differ },
	{ "nobody else can read the file", nobody_else_can_read_the_file },
	{ "another size begins anew", another_size_begins_anew },
	{ "other workers begin anew", other_workers_begin_anew },
	{ "damage begins anew", damage_begins_anew },
	{ "half a file begins anew", half_a_file_begins_anew },
	{ "what others could write is not read",
	    what_others_could_write_is_not_read },
	{ "a pipe in its place begins anew", a_pipe_in_its_place_begins_anew },
	{ "a failure leaves the old file", a_failure_leaves_the_old_file },
	{ "nowhere to write is an error", nowhere_to_write_is_an_error },
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo suite_hosts = { "sys/hosts", NULL, NULL, setup, teardown, tests };
