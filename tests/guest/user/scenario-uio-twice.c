// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario uio-twice: two processes open the device under the kernel's own
 * driver; the first one closes it
 *
 * Both stay alive, so that nothing but the close can end a bond.  The second
 * one keeps the device open until the machine is switched off, unless close=1
 * asks for what the kernel may not survive.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"
#include "regs.h"
#include "uio.h"

#define SIZE		(64 * KIB)
#define SEED		0x0720000000000000ull
/* Enough for a copy that works; one that does not never ends. */
#define COPY_MS		10000
#define STEP_MS		60000

enum { OPENED = 1, WORKED, LEFT, ENDED };

/* In shared memory. */
struct user {
	struct sva_child child;
	volatile int step;
	volatile int done;
	uint32_t pasid;
	int error;
	uint8_t status;
	uint64_t different;
};

static void wait_step(const struct user *u, int step)
{
	while (u->step < step)
		sva_sleep_ms(2);
}

static void take_step(struct user *u, int step)
{
	uint64_t end = sva_deadline(STEP_MS);

	u->step = step;
	while (u->done < step) {
		if (sva_now_ms() > end)
			sva_error("a process of the test hangs, pid %d",
				  u->child.pid);
		sva_sleep_ms(2);
	}
}

static void copy(struct user *u, struct sva_dev *dev)
{
	char *buf = sva_map(NULL, 2 * SIZE, PROT_READ | PROT_WRITE);
	struct sva_desc desc = sva_copy_desc(dev, buf, buf + SIZE, SIZE);

	sva_pattern(buf, SIZE, SEED);
	sva_touch_pages(buf + SIZE, SIZE);
	u->status = sva_run(dev, &desc, COPY_MS).status;
	u->different = sva_pattern_diff(buf + SIZE, SIZE, SEED);
}

static void user_main(void *arg)
{
	struct user *u = arg;
	struct sva_dev dev;
	int fd;

	/* Never exits, so that it closes nothing; see below. */
	prctl(PR_SET_PDEATHSIG, 0);
	fd = sva_driver->open();
	u->error = fd < 0 ? errno : 0;
	if (!u->error) {
		sva_open(&dev, SVA_MODE_ASKING);
		u->pasid = dev.pasid;
	}
	u->done = OPENED;
	wait_step(u, WORKED);
	if (!u->error)
		copy(u, &dev);
	u->done = WORKED;
	wait_step(u, LEFT);
	if (!u->error) {
		sva_unbind(&dev, SVA_ACCEL_STOP_UNBIND);
		close(fd);
		uio_close();
		sva_close(&dev);
	}
	u->done = LEFT;
	wait_step(u, ENDED);
	/* Other children have the pipe that would tell it to end. */
	_exit(0);
}

static struct user *start(void)
{
	struct user *u = sva_shared(sizeof(*u));

	sva_child_start(&u->child, user_main, u);
	take_step(u, OPENED);
	return u;
}

static void scenario_uio_twice(void)
{
	bool close_it = sva_opt_num("close", 0);
	struct user *first, *second;

	sva_opt_check();
	uio_take_over();
	first = start();
	if (first->error)
		sva_error("the device cannot be opened: error %d",
			  first->error);
	regs_skip_context();
	second = start();
	sva_fact("mode %s", SVA_MODE_ASKING_NAME);
	sva_fact("pid %d", second->child.pid);
	sva_fact("first.pasid %u", first->pasid);
	sva_fact("second.errno %d", second->error);
	sva_fact("second.pasid %u", second->pasid);
	sva_fact("pasid %u", second->error ? first->pasid : second->pasid);
	sva_stage("bound");

	take_step(first, WORKED);
	take_step(first, LEFT);
	sva_stage("closed");
	take_step(second, WORKED);
	sva_fact("second.status 0x%02x", second->status);
	sva_fact("second.different %llu",
		 (unsigned long long)second->different);
	/* The host looks at the entry of this one. */
	sva_fact("pasid %u", first->pasid);
	sva_stage("worked");

	first->step = ENDED;
	sva_child_end(&first->child);
	sva_ok(!first->error, "the first process came and went");
	/* A bond that the first one has ended already cannot be ended again. */
	if (close_it) {
		take_step(second, LEFT);
		second->step = ENDED;
		sva_child_end(&second->child);
	}
	sva_stage("stopped");
}
SVA_SCENARIO("uio-twice", scenario_uio_twice);
