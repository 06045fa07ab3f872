/* SPDX-License-Identifier: ISC */
/*
 * replay.c - a main for a fuzz target where there is no fuzzer.
 *
 *	fuzz_NAME [-m MUTATIONS] [-s SEED] PATH...
 *
 * Feeds the target each file that is named or stands in a folder that is
 * named, then MUTATIONS variants of each, drawn from SEED: the same numbers
 * give the same inputs.  If the target aborts, the input that it was given
 * is left in the file fuzz-abort.
 */
#include "base/rng.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 256
#define INPUT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	uint8_t *data;
	size_t len;
};

static struct input corpus[FILES_MAX];
static unsigned files;
static uint8_t given[INPUT_MAX]; /* what the target was called with */
static size_t given_len;
static struct rng rng;

static void
keep_input(int signo)
{
	int fd = open("fuzz-abort", O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd != -1) {
		ssize_t n = write(fd, given, given_len);
		(void)n; /* dying: nothing can be done about it */
	}
	signal(signo, SIG_DFL);
}

static void
fail(const char *path)
{
	perror(path);
	exit(1);
}

static void
add_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct input *in = &corpus[files];

	if (f == NULL || files == FILES_MAX)
		fail(path);
	in->data = malloc(INPUT_MAX);
	if (in->data == NULL)
		fail(path);
	in->len = fread(in->data, 1, INPUT_MAX, f);
	if (ferror(f) || fclose(f) != 0)
		fail(path);
	files++;
}

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* A file; or all files of a folder, in the order of their names. */
static void
add_path(const char *path)
{
	struct dirent **names;
	struct stat st;
	char file[4096];
	int n;

	if (stat(path, &st) == -1)
		fail(path);
	if (!S_ISDIR(st.st_mode)) {
		add_file(path);
		return;
	}
	n = scandir(path, &names, visible, alphasort);
	if (n == -1)
		fail(path);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		add_file(file);
		free(names[i]);
	}
	free(names);
}

/* 0 to n - 1; 0 if n is 0. */
static size_t
below(size_t n)
{
	return n == 0 ? 0 : (size_t)(rng_u64(&rng) % n);
}

/* Makes room for n octets at at, or takes away as many as there are. */
static void
insert(size_t at, size_t n)
{
	if (n > INPUT_MAX - given_len)
		n = INPUT_MAX - given_len;
	memmove(given + at + n, given + at, given_len - at);
	memset(given + at, 0, n);
	given_len += n;
}

static void
take_away(size_t at, size_t n)
{
	if (n > given_len - at)
		n = given_len - at;
	memmove(given + at, given + at + n, given_len - at - n);
	given_len -= n;
}

/* A piece of some file of the corpus, over what stands at at. */
static void
paste(size_t at)
{
	const struct input *from = &corpus[below(files)];
	size_t start = below(from->len), n = below(from->len - start + 1);

	if (n > given_len - at)
		n = given_len - at;
	memcpy(given + at, from->data + start, n);
}

static void
mutate(void)
{
	static const uint8_t telling[] = { 0, 1, 4, 0x1c, 0x7f, 0x80, 0xff, '0',
		'9', '"', ';', '#', '\n', ' ', '(', '}' };
	size_t at = below(given_len);

	switch (given_len == 0 ? 4 : below(8)) {
	case 0:
	case 1:
		given[at] ^= (uint8_t)(1 << below(8));
		break;
	case 2:
		given[at] = (uint8_t)rng_u64(&rng);
		break;
	case 3:
		given[at] = telling[below(sizeof(telling))];
		break;
	case 4:
		insert(at, 4 * (1 + below(8)));
		break;
	case 5:
		take_away(at, 1 + below(16));
		break;
	case 6:
		given_len = at;
		break;
	default:
		paste(at);
		break;
	}
}

static void
run(const struct input *in, unsigned mutations)
{
	memcpy(given, in->data, in->len);
	given_len = in->len;
	for (unsigned i = 0; i < mutations; i++)
		mutate();
	LLVMFuzzerTestOneInput(given, given_len);
}

int
main(int argc, char **argv)
{
	unsigned long variants = 0, seed = 1, inputs = 0;
	int c;

	while ((c = getopt(argc, argv, "m:s:")) != -1)
		if (c == 'm')
			variants = strtoul(optarg, NULL, 10);
		else if (c == 's')
			seed = strtoul(optarg, NULL, 10);
		else
			return 2;
	for (int i = optind; i < argc; i++)
		add_path(argv[i]);
	if (files == 0) {
		fprintf(stderr, "%s: nothing to replay\n", argv[0]);
		return 2;
	}
	signal(SIGABRT, keep_input);
	rng_init(&rng, seed);
	for (unsigned f = 0; f < files; f++, inputs++)
		run(&corpus[f], 0);
	for (unsigned f = 0; f < files; f++)
		for (unsigned long i = 0; i < variants; i++, inputs++)
			run(&corpus[f], 1 + (unsigned)below(6));
	printf("%lu inputs, seed %lu\n", inputs, seed);
	for (unsigned f = 0; f < files; f++)
		free(corpus[f].data);
	return 0;
}
