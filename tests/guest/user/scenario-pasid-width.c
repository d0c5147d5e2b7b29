// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario pasid-width: processes bind until there is no PASID left
 *
 * The machine was given a device or an IOMMU with few of them.  With many, the
 * contexts of the device are what runs out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sva.h"
#include "sva-modes.h"

#define PAGE		4096ul
#define SIZE		(2 * PAGE)
#define PROCESSES_MAX	1024u
#define REFUSALS	5u
#define ATTEMPTS	20u
#define JOB_MS		60000
#define WAIT_MS		200000
#define SEED		0x9a51d00000000000ull

/* A process, in shared memory. */
struct user {
	struct sva_child child;
	unsigned int ready;
	unsigned int leave;
	int error;
	uint32_t pasid;
	uint32_t contexts;
	uint8_t status;
	uint64_t different;
};

static struct user *user;
static unsigned int users;

static void copy_once(struct user *u, struct sva_dev *dev)
{
	char *buf = sva_map(NULL, 2 * SIZE, PROT_READ | PROT_WRITE);
	struct sva_desc desc = sva_copy_desc(dev, buf, buf + SIZE, SIZE);

	sva_pattern(buf, SIZE, SEED + u->pasid);
	if (dev->mode != SVA_MODE_ASKING)
		sva_touch_pages(buf + SIZE, SIZE);
	u->status = sva_run(dev, &desc, JOB_MS).status;
	u->different = sva_pattern_diff(buf + SIZE, SIZE, SEED + u->pasid);
}

static void await(const unsigned int *flag)
{
	uint64_t end = sva_deadline(WAIT_MS);

	while (!__atomic_load_n(flag, __ATOMIC_SEQ_CST)) {
		if (sva_now_ms() > end)
			sva_error("the processes wait for each other");
		sva_sleep_ms(1);
	}
}

static void user_main(void *arg)
{
	struct user *u = arg;
	struct sva_accel_info info;
	struct sva_dev dev;

	for (unsigned int i = 0; i < users; i++) {
		close(user[i].child.ready);
		close(user[i].child.go);
	}
	u->error = sva_try_open(&dev, SVA_MODE_ASKING);
	if (!u->error) {
		sva_info(&dev, &info);
		u->pasid = dev.pasid;
		u->contexts = info.contexts;
		copy_once(u, &dev);
	}
	__atomic_store_n(&u->ready, 1, __ATOMIC_SEQ_CST);
	if (u->error)
		return;
	/* At exit the address space would go before the bond. */
	await(&u->leave);
	sva_close(&dev);
}

static void end(struct user *u)
{
	__atomic_store_n(&u->leave, 1, __ATOMIC_SEQ_CST);
	sva_child_wait(&u->child, JOB_MS);
	sva_child_end(&u->child);
}

static struct user *start(void)
{
	struct user *u = &user[users];

	memset(u, 0, sizeof(*u));
	sva_child_start(&u->child, user_main, u);
	await(&u->ready);
	if (u->error)
		end(u);
	else
		users++;
	return u;
}

/* The process of the set-up had a PASID until just now. */
static void start_first(void)
{
	const struct user *u;

	for (unsigned int i = 0; i < ATTEMPTS; i++) {
		sva_flush_lazy_mm();
		u = start();
		if (!u->error)
			return;
		sva_sleep_ms(100);
	}
	sva_error("not even one process can bind: %s", strerror(u->error));
}

static void fill_up(unsigned int bits)
{
	unsigned int failed = 0, doubles = 0, highest = 0, errors = 0;
	int error = 0;

	start_first();
	sva_fact("pid %d", user[0].child.pid);
	sva_fact("pasid %u", user[0].pasid);
	while (users < PROCESSES_MAX - 1 && !error)
		error = start()->error;
	/* Nothing may be lost by asking again. */
	for (unsigned int i = 1; i < REFUSALS; i++)
		errors += start()->error != error;

	for (unsigned int i = 0; i < users; i++) {
		failed += user[i].status != SVA_ST_SUCCESS ||
			  user[i].different;
		if (user[i].pasid > highest)
			highest = user[i].pasid;
		for (unsigned int j = 0; j < i; j++)
			doubles += user[i].pasid == user[j].pasid;
	}
	sva_fact("bits %u", bits);
	sva_fact("contexts %u", user[0].contexts);
	sva_fact("binds %u", users);
	sva_fact("pasid.highest %u", highest);
	sva_fact("pasid.double %u", doubles);
	sva_fact("copies.failed %u", failed);
	sva_fact("bind.errno %d", error);
	sva_fact("bind.other-errno %u", errors);
	sva_ok(!failed && !doubles, "each process has a PASID and a copy");
	sva_ok(error, "a further process cannot bind");
	sva_stage("full");
}

/* One process unbinds and ends: another one can bind. */
static void recover(void)
{
	uint32_t freed = user[users - 1].pasid;
	const struct user *u = NULL;
	unsigned int i;

	end(&user[--users]);
	sva_stage("freed");
	for (i = 0; i < ATTEMPTS; i++) {
		sva_flush_lazy_mm();
		u = start();
		if (!u->error)
			break;
		sva_sleep_ms(100);
	}
	sva_fact("recovered.errno %d", u->error);
	sva_fact("recovered.freed %u", freed);
	sva_fact("recovered.pasid %u", u->pasid);
	sva_fact("recovered.status 0x%02x", u->status);
	sva_fact("recovered.different %llu", (unsigned long long)u->different);
	sva_ok(!u->error, "one unbind later another process can bind");
	sva_stage("recovered");
}

static void scenario_pasid_width(void)
{
	unsigned int bits = sva_opt_num("bits", 4);
	const char *where = sva_opt("where", "device");

	sva_opt_check();
	if (!bits || bits > 20)
		sva_error("unusable width of PASIDs");
	sva_fact("where %s", where);
	user = sva_shared(PROCESSES_MAX * sizeof(*user));

	fill_up(bits);
	recover();
	while (users)
		end(&user[--users]);
	sva_stage("unbound");
}
SVA_SCENARIO("pasid-width", scenario_pasid_width);
