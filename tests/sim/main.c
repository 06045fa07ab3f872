/* SPDX-License-Identifier: ISC */
/*
 * main.c - runs the scenarios, or some of them, and says how it went.
 *
 *	sim [-v] [-s SEED] [NAME...]	NAME: any part of a scenario's name
 *	sim -l				lists them
 *	sim -t NET OSC POLL [SEEDS]	one row of the table of accuracy;
 *					POLL is log2 s, or MIN-MAX
 *	sim -d POLL...			packets of a day, a row a POLL
 *	sim -c NET [SEEDS]		cold starts, a row; 40 seeds if not said
 *	sim -b				CPU a sample, wake-ups an hour
 *
 * SIM_SHORT=1 in the environment: fewer runs, for slow (sanitized) builds.
 */
#include "sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEED 20
#define TABLE_DAYS 14

static const struct scenario *const lists[] = {
	accuracy_scenarios,
	voices_scenarios,
	attacks_scenarios,
	clocks_scenarios,
	manners_scenarios,
	pair_scenarios,
	death_scenarios,
	mad_scenarios,
	NULL,
};

static bool
wanted(const char *name, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strstr(name, argv[i]) != NULL)
			return true;
	return argc == 0;
}

static int
list(void)
{
	for (int i = 0; lists[i] != NULL; i++)
		for (const struct scenario *c = lists[i]; c->name; c++)
			puts(c->name);
	return 0;
}

static int
run(const struct trial *t, int argc, char **argv)
{
	unsigned passed = 0, failed = 0;

	printf("seed %llu\n", (unsigned long long)t->seed);
	for (int i = 0; lists[i] != NULL; i++)
		for (const struct scenario *c = lists[i]; c->name; c++) {
			struct trial one = *t;

			if (!wanted(c->name, argc, argv))
				continue;
			printf("%s\n", c->name);
			fflush(stdout);
			c->run(&one);
			passed += one.failed == 0;
			failed += one.failed != 0;
		}
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0 || passed == 0;
}

/* "12" or "6-12", log2 s */
static bool
parse_poll(struct cell *c, const char *text)
{
	int min, max, n = sscanf(text, "%d-%d", &min, &max);

	if (n == 1)
		max = min;
	if (n < 1 || min < 0 || max < min || max > 17)
		return false;
	c->poll_min_s = ldexp(1, min);
	c->poll_max_s = ldexp(1, max);
	return true;
}

static int
table(struct trial *t, int argc, char **argv)
{
	struct cell c = { .days = TABLE_DAYS, .seeds = 4 };
	double rms;

	if (argc < 3 || argc > 4 || !parse_poll(&c, argv[2]))
		return 2;
	c.net = argv[0];
	c.osc = argv[1];
	if (argc == 4)
		c.seeds = (unsigned)strtoul(argv[3], NULL, 10);
	if (c.seeds == 0 || !cell_run(t, &c))
		return 2;
	rms = sim_rms(c.steady);
	printf("| %-3s | %-4s | %-5s | %8.1f | %8.1f | %5.3f | %4.2f | %6.1f "
	       "| %6.0f | %6.2f | %2u |\n",
	    c.net, c.osc, argv[2], rms * 1e6, c.steady.max * 1e6,
	    sim_coverage(c.steady), sim_mean_bound(c.steady) / rms,
	    c.steady.packets_day, c.cold_10ms_s, c.cold_max * 1e3,
	    c.first_hour);
	return t->failed != 0;
}

static int
days(struct trial *t, int argc, char **argv)
{
	struct cell c;
	bool good = argc > 0;

	for (int i = 0; i < argc; i++) {
		if (!parse_poll(&c, argv[i]))
			return 2;
		good = day_run(t, c.poll_min_s, c.poll_max_s) && good;
	}
	return !good;
}

static int
cold(struct trial *t, int argc, char **argv)
{
	struct cold c = { .seeds = 40 };

	if (argc < 1 || argc > 2)
		return 2;
	c.net = argv[0];
	if (argc == 2)
		c.seeds = (unsigned)strtoul(argv[1], NULL, 10);
	if (c.seeds == 0 || !cold_run(t, &c))
		return 2;
	printf("| %-3s | %5u | %6.2f | %6.2f | %3u | %3u | %3u | %2u | %5.3f "
	       "|\n",
	    c.net, c.seeds, c.after_10s * 1e3, c.later * 1e3, c.below_1ms,
	    c.below_1500us, c.below_3ms, c.first_hour, sim_coverage(c.days));
	return t->failed != 0;
}

static int
cost(struct trial *t)
{
	struct cost c = cost_run(t);

	printf("a sample, seven servers: %.1f us of CPU\n", c.sample_s * 1e6);
	printf("seven servers at 4096 s, nobody asks: %.1f wake-ups an hour\n",
	    c.wakes_hour);
	return t->failed != 0;
}

int
main(int argc, char **argv)
{
	const char *brief = getenv("SIM_SHORT");
	struct trial t = { .seed = SEED,
		.brief = brief != NULL && brief[0] == '1' };
	int opt, mode = 0, code;

	while ((opt = getopt(argc, argv, "bcdls:tv")) != -1)
		switch (opt) {
		case 'b':
		case 'c':
		case 'd':
		case 'l':
		case 't':
			mode = opt;
			break;
		case 's':
			t.seed = strtoull(optarg, NULL, 10);
			break;
		case 'v':
			t.verbose = true;
			break;
		default:
			return 2;
		}
	argc -= optind;
	argv += optind;
	if (mode == 'l')
		return list();
	if (mode == 'b')
		return cost(&t);
	if (mode == 'd')
		return days(&t, argc, argv);
	if (mode != 'c' && mode != 't')
		return run(&t, argc, argv);
	code = mode == 'c' ? cold(&t, argc, argv) : table(&t, argc, argv);
	if (code == 2)
		fputs("sim -t lan|wan|bad w10|w9|w8|w9t|w10t|w9f|w9s|w10s POLL "
		      "[SEEDS]\nsim -c lan|wan|bad [SEEDS]\n",
		    stderr);
	return code;
}
