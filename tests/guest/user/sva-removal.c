// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guest test library: a process under which the device goes away
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "removal.h"
#include "client.h"

#define SIZE		(64 * 4096ul)
#define HOLE		(4 * 4096ul)
#define INTERVAL_US	20000
#define STEP_MS		60000
#define HELD_MS		30000
#define POLL_MS		10000
#define QUIET_MS	500
#define SEED		0x07a6e00000000000ull
#define COPY_SIZE	(256 * KIB)
#define NODE_MS		60000

enum { BOUND = 1, LOOKED, AGAIN, LEFT };

static sigjmp_buf bus_error;

static void on_sigbus(int nr)
{
	(void)nr;
	siglongjmp(bus_error, 1);
}

static bool doorbell_gone(const struct sva_dev *dev)
{
	if (sigsetjmp(bus_error, 1))
		return true;
	dev->doorbell[SVA_DB_TAIL / 4] = dev->tail;
	return false;
}

/* With page requests: a group that is never complete. */
static void hold_request(struct sva_dev *dev)
{
	void *hole = sva_map(NULL, HOLE, PROT_READ | PROT_WRITE);
	struct sva_desc desc = sva_touch_desc(dev, hole, HOLE, 1, 0);

	desc.flags &= ~SVA_DF_KEEP_GOING;
	sva_reg_write(dev, SVA_CTX_PRG_PAGES, HOLE / 4096);
	sva_reg_write(dev, SVA_CTX_BREAK_MASK, SVA_BREAK_ASKING);
	sva_submit(dev, &desc);
	if (!sva_wait_reg(dev, SVA_CTX_BREAK_AT, SVA_BREAK_ASKING, SVA_BREAK_ASKING,
			  HELD_MS))
		sva_error("the device does not hold a request");
}

static void work(struct removal *o, struct sva_writers *writers, struct sva_dev *held)
{
	struct sva_window window = { 0 };

	sva_touch_pages(o->address, SIZE);
	hold_request(held);
	sva_window_open(&window, writers);
	sva_writers_write(writers, o->address, SIZE, INTERVAL_US);
	sva_writers_wait_written(writers, 2 * SIZE / 4096 * 8);
	sva_window_close(&window, writers);
	sva_window_report(&window, writers, "bound");
}

static void wait_step(struct removal *o, int step)
{
	while (o->step < step)
		sva_sleep_ms(2);
}

/* What a process notices, context by context. */
static void look(struct removal *o, struct sva_dev *devs[REMOVAL_CONTEXTS])
{
	struct sva_accel_cmd cmd = { .cmd = SVA_CMD_DRAIN, .timeout_ms = 5000 };

	o->error = -1;
	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++) {
		struct pollfd pfd = { .fd = devs[i]->fd, .events = POLLIN };
		int error;

		o->polled += poll(&pfd, 1, sva_timeout_ms(POLL_MS)) == 1 &&
			     pfd.revents & (POLLERR | POLLHUP);
		error = ioctl(devs[i]->fd, SVA_ACCEL_CMD, &cmd) ? errno : 0;
		o->error = !i || o->error == error ? error : -1;
		o->sigbus += doorbell_gone(devs[i]);
	}
	sva_pattern(o->address, SIZE, SEED);
	sva_sleep_ms(QUIET_MS);
	o->changed = sva_pattern_pages(o->address, SIZE, SEED);
}

static void again(struct removal *o)
{
	struct sva_dev dev;
	int fd = open(sva_node, O_RDWR | O_CLOEXEC);

	o->open_error = fd < 0 ? errno : 0;
	if (fd < 0)
		return;
	close(fd);
	sva_open(&dev, o->mode);
	o->again = dev.pasid;
	sva_copy_untouched(&dev, COPY_SIZE, NULL, &o->copy);
	sva_close(&dev);
}

static void process(void *arg)
{
	struct sva_dev *devs[REMOVAL_CONTEXTS], held;
	struct removal *o = arg;
	struct sva_writers writers;

	signal(SIGBUS, on_sigbus);
	o->address = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	sva_writers_open(&writers, SVA_ALL_MODES(":"));
	sva_open(&held, SVA_MODE_ASKING);
	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++) {
		devs[i] = i < SVA_MODE_COUNT ? &writers.dev[i] : &held;
		o->fd[i] = devs[i]->fd;
	}
	o->pasid = held.pasid;
	if (!o->idle)
		work(o, &writers, &held);
	o->done = BOUND;

	wait_step(o, LOOKED);
	look(o, devs);
	o->done = LOOKED;
	wait_step(o, AGAIN);
	again(o);
	o->done = AGAIN;
	wait_step(o, LEFT);
	sva_writers_close(&writers);
	sva_close(&held);
}

/* Lets the process take a step; one that does not come back hangs. */
static unsigned int take_step(struct removal *o, int step)
{
	uint64_t begin = sva_now_ms();

	o->step = step;
	while (o->done < step) {
		struct pollfd pfd = { .fd = o->child.ready, .events = POLLIN };

		/* It closes its end only when it ends. */
		if (poll(&pfd, 1, 2))
			sva_child_wait(&o->child, 0);
		if (sva_now_ms() > begin + sva_timeout_ms(STEP_MS))
			sva_error("a process of the test hangs, pid %d",
				  o->child.pid);
	}
	return sva_now_ms() - begin;
}

struct removal *removal_begin(bool idle)
{
	struct removal *o = sva_shared(sizeof(*o));

	o->idle = idle;
	o->mode = SVA_MODE_ASKING;
	sva_child_start(&o->child, process, o);
	take_step(o, BOUND);
	/* A file keeps its bond, whoever holds it. */
	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++)
		sva_attach(&o->theirs[i],
			   sva_steal_fd(o->child.pid, o->fd[i]),
			   i < SVA_MODE_COUNT ? (int)i : SVA_MODE_ASKING);
	sva_stage("bound");
	return o;
}

static unsigned int bonds(const struct removal *o)
{
	struct sva_accel_info info;
	unsigned int n = 0;

	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++) {
		sva_info(&o->theirs[i], &info);
		n += !!(info.flags & SVA_ACCEL_BOUND);
	}
	return n;
}

void removal_wait_unbound(const struct removal *o)
{
	uint64_t end = sva_deadline(NODE_MS);

	/* Bonds that stay are reported by removal_look(). */
	while (bonds(o) && sva_now_ms() < end)
		sva_sleep_ms(10);
}

void removal_look(struct removal *o)
{
	unsigned int ms = take_step(o, LOOKED), running = 0;
	struct sva_accel_info info;

	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++) {
		sva_info(&o->theirs[i], &info);
		running += info.running != 0;
	}
	sva_fact("removed.contexts %u", REMOVAL_CONTEXTS);
	sva_fact("removed.ms %u", ms);
	sva_fact("removed.polled %u", o->polled);
	sva_fact("removed.errno %d", o->error);
	sva_fact("removed.sigbus %u", o->sigbus);
	sva_fact("removed.running %u", running);
	sva_fact("removed.bound %u", bonds(o));
	sva_fact("removed.changed %llu", (unsigned long long)o->changed);
	sva_ok(o->polled == REMOVAL_CONTEXTS && o->error > 0,
	       "the process is told that its contexts are broken");
	sva_ok(!running && !o->changed, "the device has no work any more");
	sva_stage("removed");
}

void removal_again(struct removal *o)
{
	sva_stage("recovered");
	take_step(o, AGAIN);
	sva_fact("again.errno %d", o->open_error);
	sva_fact("again.pasid %u", o->again);
	sva_fact("again.status 0x%02x", o->copy.cpl.status);
	sva_fact("again.different %llu",
		 (unsigned long long)o->copy.different);
	sva_ok(!o->open_error && o->copy.cpl.status == SVA_ST_SUCCESS &&
	       !o->copy.different, "the process binds again and works");
	sva_stage("again");
}

void removal_end(struct removal *o)
{
	struct sva_client *client = sva_shared(sizeof(*client));

	for (unsigned int i = 0; i < REMOVAL_CONTEXTS; i++)
		sva_close(&o->theirs[i]);
	o->step = LEFT;
	sva_child_wait(&o->child, STEP_MS);
	sva_child_end(&o->child);
	sva_client_pasid(client, o->mode, o->pasid);
	sva_client_contexts(client->contexts);
	sva_stage("done");
}

static void write_file(void *arg)
{
	const char *const *what = arg;
	int fd = open(what[0], O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(what[1]);

	if (fd < 0 || write(fd, what[1], len) != len)
		sva_error("writing %s: %s", what[0], strerror(errno));
	close(fd);
}

void sysfs_write(const char *path, const char *text)
{
	const char *what[] = { path, text };
	uint64_t begin = sva_now_ms();
	struct sva_child child;

	sva_child_start(&child, write_file, what);
	sva_child_wait(&child, STEP_MS);
	sva_child_end(&child);
	sva_fact("removal.ms %llu", (unsigned long long)(sva_now_ms() - begin));
}

const char *sysfs_device(const struct removal *o)
{
	static char path[64];
	struct sva_accel_info info;

	sva_info(&o->theirs[0], &info);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%.15s",
		 info.pci_name);
	return path;
}

void wait_node(bool there)
{
	uint64_t end = sva_deadline(NODE_MS);

	while (!access(sva_node, F_OK) != there) {
		if (sva_now_ms() > end)
			sva_error("%s does not %s (see the kernel log)",
				  sva_node, there ? "come back" : "go away");
		sva_sleep_ms(10);
	}
}
