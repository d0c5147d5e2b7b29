// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario smoke: every operation in every mode
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define SIZE	(64 * KIB)
#define JOB_MS	30000
#define SEED	0x500e000000000000ull
#define WRAPS	(3 * SVA_RING_SLOTS)

static const char *mode;

static void check(struct sva_dev *dev, const struct sva_desc *desc,
		  uint8_t want, const char *what)
{
	struct sva_completion cpl = sva_run(dev, desc, JOB_MS);

	sva_ok(cpl.status == want, "%s: %s: status 0x%02x", mode, what,
	       cpl.status);
}

static void data_ops(struct sva_dev *dev, char *src, char *dst)
{
	struct sva_desc d = sva_copy_desc(dev, src, dst, SIZE);
	struct sva_completion cpl;

	check(dev, &d, SVA_ST_SUCCESS, "a copy completes");
	sva_ok(!sva_pattern_diff(dst, SIZE, SEED), "%s: the copy is right",
	       mode);

	d.opcode = SVA_OP_COMPARE;
	check(dev, &d, SVA_ST_SUCCESS, "compare finds equal data equal");
	dst[SIZE / 2 + 5] ^= 1;
	cpl = sva_run(dev, &d, JOB_MS);
	sva_ok(cpl.status == SVA_ST_DIFFERENT && cpl.result == SIZE / 2 + 5,
	       "%s: compare finds the byte that differs", mode);

	d.opcode = SVA_OP_FILL;
	d.src = 0x0807060504030201ull;
	check(dev, &d, SVA_ST_SUCCESS, "a fill completes");
	for (size_t i = 0; i < SIZE; i++)
		if (dst[i] != (char)(i % 8 + 1)) {
			sva_ok(false, "%s: byte %zu of the fill", mode, i);
			return;
		}
	sva_ok(true, "%s: the fill is right", mode);
}

static void other_ops(struct sva_dev *dev, char *dst)
{
	struct sva_desc d = sva_touch_desc(dev, dst, SIZE, 2, 0);
	struct sva_completion cpl = sva_run(dev, &d, JOB_MS);
	bool good = cpl.status == SVA_ST_SUCCESS && !cpl.result;

	for (size_t i = 0; i < SIZE; i += 4096)
		good &= !memcmp(dst + i, &d.src, 8);
	sva_ok(good, "%s: touch writes a word into each page", mode);

	d = (struct sva_desc) { .opcode = SVA_OP_DELAY, .size = 20000000 };
	check(dev, &d, SVA_ST_SUCCESS, "a delay ends");
	d = (struct sva_desc) { .opcode = SVA_OP_MAX };
	check(dev, &d, SVA_ST_BAD_OPCODE, "an unknown operation is refused");

	d = (struct sva_desc) { .opcode = SVA_OP_NOP };
	good = true;
	for (unsigned int i = 0; i < WRAPS; i++)
		good &= sva_run(dev, &d, JOB_MS).status == SVA_ST_SUCCESS;
	sva_ok(good, "%s: the ring wraps around", mode);
}

static void interrupt(struct sva_dev *dev)
{
	struct sva_desc d = { .opcode = SVA_OP_NOP, .flags = SVA_DF_IRQ };
	struct pollfd pfd = { .fd = dev->fd, .events = POLLIN };
	uint64_t events = 0;
	bool good;

	check(dev, &d, SVA_ST_SUCCESS, "a job with interrupt completes");
	good = poll(&pfd, 1, 5000) == 1 && pfd.revents == POLLIN &&
	       read(dev->fd, &events, sizeof(events)) == sizeof(events);
	sva_ok(good && events, "%s: the completion interrupt comes", mode);
}

/* The ring's addresses belong to one mm; others must not start work in it. */
static void foreign_doorbell(struct sva_dev *dev)
{
	struct sva_accel_info info;
	int status = 0;
	pid_t pid;

	sva_info(dev, &info);
	pid = fork();
	if (pid < 0)
		sva_error("fork: %s", strerror(errno));
	if (!pid)
		_exit(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
			   dev->fd, info.doorbell) == MAP_FAILED &&
		      errno == EPERM ? 0 : 1);
	waitpid(pid, &status, 0);
	sva_ok(!status, "%s: another process cannot map the doorbell", mode);
}

static void smoke_mode(int m)
{
	struct sva_dev dev;
	char *src, *dst;

	mode = sva_mode_names[m];
	sva_open(&dev, m);
	sva_fact("%s.context %u", mode, dev.context);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	src = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	dst = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	sva_pattern(src, SIZE, SEED);
	if (m != SVA_MODE_ASKING)
		sva_touch_pages(dst, SIZE);
	sva_stage("bound");

	data_ops(&dev, src, dst);
	other_ops(&dev, dst);
	interrupt(&dev);
	foreign_doorbell(&dev);
	sva_ok(sva_command(&dev, SVA_CMD_DRAIN, JOB_MS) == SVA_CMDRES_OK,
	       "%s: the context drains", mode);
	sva_close(&dev);
	munmap(src, SIZE);
	munmap(dst, SIZE);
}

static void scenario_smoke(void)
{
	int modes[SVA_MODES];
	unsigned int n = sva_modes_parse(sva_opt("modes", SVA_ALL_MODES(":")),
					 modes);

	sva_opt_check();
	for (unsigned int i = 0; i < n; i++)
		smoke_mode(modes[i]);
	sva_stage("done");
}
SVA_SCENARIO("smoke", scenario_smoke);
