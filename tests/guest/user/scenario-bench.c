// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenarios bench-faults and bench-bind: rates per second
 *
 * `sva bench` boots them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "sva-rate.h"
#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define WAIT_MS		60000

static void fault_by_cpu(size_t size, uint64_t *us)
{
	void *buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	uint64_t begin = sva_now_us();

	sva_touch_pages(buf, size);
	*us = sva_now_us() - begin;
	munmap(buf, size);
}

/*
 * The interrupt of the job ends the wait: to look again and again takes a
 * processor from those that handle the faults.
 */
static struct sva_completion run_asleep(struct sva_dev *dev,
					struct sva_desc *desc)
{
	struct pollfd pfd = { .fd = dev->fd, .events = POLLIN };
	uint64_t events;
	uint32_t nr;

	desc->flags |= SVA_DF_IRQ;
	nr = sva_submit(dev, desc);
	if (poll(&pfd, 1, sva_timeout_ms(WAIT_MS)) != 1 ||
	    read(dev->fd, &events, sizeof(events)) != sizeof(events))
		sva_error("no interrupt of the job");
	return sva_wait(dev, nr, 0);
}

static void fault_by_device(struct sva_dev *dev, size_t size, uint64_t *us)
{
	void *buf = sva_map(NULL, size, PROT_READ | PROT_WRITE);
	struct sva_desc desc = sva_touch_desc(dev, buf, size, 1, 0);
	uint64_t begin = sva_now_us();
	struct sva_completion done = run_asleep(dev, &desc);

	*us = sva_now_us() - begin;
	sva_ok(done.status == SVA_ST_SUCCESS && !done.result &&
	       sva_resident(buf, size) == (long)(size / PAGE),
	       "the device has every page faulted in");
	munmap(buf, size);
}

static void scenario_bench_faults(void)
{
	unsigned long pages = sva_opt_num("pages", 2048);
	unsigned long group = sva_opt_num("group", 1);
	uint64_t cpu[SVA_RATE_REPETITIONS], device[SVA_RATE_REPETITIONS];
	struct sva_dev dev;

	sva_opt_check();
	if (!pages || !group || group > 32)
		sva_error("unusable number of pages");
	sva_open(&dev, SVA_MODE_ASKING);
	sva_reg_write(&dev, SVA_CTX_PRG_PAGES, group);
	sva_stage("bound");
	for (unsigned int i = 0; i < SVA_RATE_REPETITIONS; i++) {
		fault_by_cpu(pages * PAGE, &cpu[i]);
		fault_by_device(&dev, pages * PAGE, &device[i]);
	}
	sva_rate_report("cpu-faults", pages, cpu);
	sva_rate_report("device-faults", pages, device);
	sva_close(&dev);
	sva_stage("unbound");
}
SVA_SCENARIO("bench-faults", scenario_bench_faults);

/* Check that a bind still works after all these. */
static void check_bond(void)
{
	uint64_t us;
	struct sva_dev dev;

	sva_open(&dev, SVA_MODE_ASKING);
	fault_by_device(&dev, PAGE, &us);
	sva_close(&dev);
}

/* The driver binds at open() and unbinds at close(). */
static void scenario_bench_bind(void)
{
	unsigned long rounds = sva_opt_num("rounds", 200);
	uint64_t us[SVA_RATE_REPETITIONS], begin;

	sva_opt_check();
	if (!rounds)
		sva_error("unusable number of rounds");
	sva_stage("begin");
	for (unsigned int i = 0; i < SVA_RATE_REPETITIONS; i++) {
		begin = sva_now_us();
		for (unsigned long n = 0; n < rounds; n++) {
			int fd = open(sva_node, O_RDWR | O_CLOEXEC);

			if (fd < 0)
				sva_error("cannot open %s: %s", sva_node,
					  strerror(errno));
			close(fd);
		}
		us[i] = sva_now_us() - begin;
	}
	sva_rate_report("binds", rounds, us);
	check_bond();
	sva_stage("done");
}
SVA_SCENARIO("bench-bind", scenario_bench_bind);
