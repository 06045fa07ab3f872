/* SPDX-License-Identifier: ISC */
#include "demo_parts.h"

#include <arpa/inet.h>
#include <math.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct wall
demo_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct wall){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

void
demo_wait(struct pollfd *fd, nfds_t count, struct wall due)
{
	double left = fmin(fmax(wall_sub(due, demo_clock()), 0), 1);
	struct timespec ts = { .tv_sec = (time_t)left };

	ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 999999999.0);
	ppoll(fd, count, &ts, NULL);
}

struct sockaddr_in
demo_address(uint32_t last24, uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(0x7f000000u | last24),
	};
}

int
demo_open(const struct sockaddr_in *at, int *fd, struct err *e)
{
	char name[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &at->sin_addr, name, sizeof(name));
	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd == -1)
		return err_sys(e, "socket");
	if (bind(*fd, (const struct sockaddr *)at, sizeof(*at)) == -1) {
		err_sys(e, "%s port %u", name, ntohs(at->sin_port));
		close(*fd);
		*fd = -1;
		return -1;
	}
	return 0;
}

void
demo_close(const int *fd, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(fd[i]);
}
