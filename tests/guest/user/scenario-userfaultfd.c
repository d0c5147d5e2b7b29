// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario userfaultfd: the process itself supplies the pages, late or never
 *
 * First in this process: one page was supplied before the device needs it, one
 * is supplied late.  Then in a victim: no page is ever supplied, and it dies.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sva.h"

#define PAGE		4096ul
#define ASKED_MS	2000
#define JOB_MS		30000
#define BEFORE_MS	300
#define GONE_MS		500
#define VICTIM_SIZE	(16 * PAGE)
#define SEED		0x0ff0000000000000ull

/* Gives a file; accesses to missing pages of the buffer are told by it. */
static int watch(void *buf, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)buf, .len = size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		sva_error("userfaultfd: %s (USERFAULTFD)", strerror(errno));
	return fd;
}

static void supply(int fd, char *page, const void *contents)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)page,
		.src = (uintptr_t)contents,
		.len = PAGE,
	};

	if (ioctl(fd, UFFDIO_COPY, &copy))
		sva_error("UFFDIO_COPY: %s", strerror(errno));
}

/* Whether somebody waits for this page. */
static bool asked(int fd, const char *page)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&pfd, 1, ASKED_MS) == 1 &&
	       read(fd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT &&
	       (msg.arg.pagefault.address & ~(PAGE - 1)) == (uintptr_t)page;
}

/* What the context counted since then, and the stalls of the device. */
static void report_since(const char *window, const struct sva_dev *dev,
			 const struct sva_counts *then, uint64_t stalls)
{
	struct sva_counts now;

	sva_count(dev, &now);
	sva_fact_delta(window, dev, then, &now);
	sva_fact("delta.%s.dev.stalls %llu", window,
		 (unsigned long long)(sva_count_stalls(dev) - stalls));
}

/* The page is there: an ordinary access. */
static void supplied_before(struct sva_dev *dev, int fd, char *page, char *other)
{
	struct sva_completion out, in;
	struct sva_desc desc;
	size_t different;

	supply(fd, page, other);
	memset(other, 0, PAGE);
	desc = sva_copy_desc(dev, page, other, PAGE);
	out = sva_run(dev, &desc, JOB_MS);
	different = sva_pattern_diff(other, PAGE, SEED);

	sva_pattern(other, PAGE, ~SEED);
	desc = sva_copy_desc(dev, other, page, PAGE);
	in = sva_run(dev, &desc, JOB_MS);
	different += sva_pattern_diff(page, PAGE, ~SEED);

	sva_fact("before.read 0x%02x", out.status);
	sva_fact("before.write 0x%02x", in.status);
	sva_fact("before.different %zu", different);
	sva_ok(!different, "a page that was supplied before is read and written");
}

static void supplied_late(struct sva_dev *dev, int fd, char *page, char *other,
			  unsigned int late_ms)
{
	struct sva_desc desc = sva_copy_desc(dev, page, other, PAGE);
	uint64_t stalls = sva_count_stalls(dev);
	struct sva_completion cpl;
	struct sva_counts before;
	bool told, waited;
	uint32_t nr;
	char contents[PAGE];

	sva_pattern(contents, PAGE, SEED + 1);
	memset(other, 0, PAGE);
	sva_count(dev, &before);
	nr = sva_submit(dev, &desc);
	told = asked(fd, page);
	sva_sleep_ms(late_ms);
	waited = sva_wait(dev, nr, 0).status == SVA_ST_NONE;
	supply(fd, page, contents);
	cpl = sva_wait(dev, nr, JOB_MS);

	sva_fact("late.told %d", told);
	sva_fact("late.waited %d", waited);
	sva_fact("late.status 0x%02x", cpl.status);
	sva_fact("late.different %zu",
		 sva_pattern_diff(other, PAGE, SEED + 1));
	report_since("late", dev, &before, stalls);
	sva_ok(cpl.status != SVA_ST_NONE, "a job with a page that is supplied late ends");
}

static void in_this_process(unsigned int late_ms)
{
	struct sva_dev dev;
	char *buf, *other;
	int fd;

	sva_open(&dev, SVA_MODE_ASKING);
	sva_fact("own.pasid %u", dev.pasid);
	sva_fact("pid %d", getpid());
	sva_fact("pasid %u", dev.pasid);
	sva_stage("bound");

	buf = sva_map(NULL, 2 * PAGE, PROT_READ | PROT_WRITE);
	other = sva_map(NULL, PAGE, PROT_READ | PROT_WRITE);
	sva_pattern(other, PAGE, SEED);
	fd = watch(buf, 2 * PAGE);
	supplied_before(&dev, fd, buf, other);
	supplied_late(&dev, fd, buf + PAGE, other, late_ms);
	sva_stage("done");

	sva_close(&dev);
	close(fd);
	sva_stage("closed");
}

/* In the victim: nobody will ever read the file. */
static void prepare(struct sva_victim *v)
{
	struct sva_dev *dev = &v->theirs[0];
	struct sva_desc desc;

	v->address = sva_map(NULL, v->size, PROT_READ | PROT_WRITE);
	watch(v->address, v->size);
	desc = sva_touch_desc(dev, v->address, v->size, 0, 10000);
	sva_submit(dev, &desc);
}

static void never_supplied(void)
{
	struct sva_victim *v = sva_victim_new(VICTIM_SIZE);
	struct sva_counts before;
	uint64_t stalls;

	v->prepare = prepare;
	v->n = 1;
	v->modes[0] = SVA_MODE_ASKING;
	sva_victim_start(v);
	stalls = sva_count_stalls(&v->dev[0]);
	sva_count(&v->dev[0], &before);
	sva_sleep_ms(BEFORE_MS);
	report_since("before", &v->dev[0], &before, stalls);
	sva_stage("waiting");

	sva_victim_kill(v);
	/* An answer may still be in flight. */
	sva_sleep_ms(GONE_MS);
	sva_count(&v->dev[0], &before);
	stalls = sva_count_stalls(&v->dev[0]);
	sva_sleep_ms(GONE_MS);
	report_since("gone", &v->dev[0], &before, stalls);
	sva_stage("mm-gone");

	sva_victim_unbind(v);
	sva_fact("unbind.running %u", (unsigned int)
		 sva_reg_read(&v->dev[0], SVA_CTX_RUNNING));
	sva_stage("unbound");
}

static void scenario_userfaultfd(void)
{
	unsigned int late_ms = sva_opt_num("late", 500);

	sva_opt_check();
	in_this_process(late_ms);
	never_supplied();
}
SVA_SCENARIO("userfaultfd", scenario_userfaultfd);
