// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario two-mms: a process holds the file of another one's context
 *
 * The owner is a child; the holder, which is bound as well, is this process.
 * Both have their buffers at the same addresses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "sva.h"
#include "sva-modes.h"

#define SIZE		(32 * KIB)
#define JOB_MS		30000
#define OWNER_SEED	0x0e0e000000000000ull
#define HOLDER_SEED	0x401d000000000000ull

enum phase {
	OWNER_BOUND = 1,
	MAY_WORK,
	OWNER_WORKED,
	MAY_CLOSE,
	OWNER_CLOSED,
	MAY_BIND,
	OWNER_DONE,
};

/* What the owner tells, in shared memory. */
struct owner {
	unsigned int phase;
	unsigned int rounds;
	struct sva_dev dev;
	unsigned int failed;
	uint64_t different;
	uint32_t pasid_again;
	unsigned int failed_again;
};

/* The same address in both processes. */
static char *base;

static void advance(struct owner *o, unsigned int phase)
{
	__atomic_store_n(&o->phase, phase, __ATOMIC_SEQ_CST);
}

static void await(struct owner *o, unsigned int phase)
{
	uint64_t end = sva_deadline(JOB_MS);

	while (__atomic_load_n(&o->phase, __ATOMIC_SEQ_CST) < phase) {
		if (sva_now_ms() > end)
			sva_error("owner and holder wait for each other");
		sva_sleep_ms(1);
	}
}

/* Copies with a pattern of their own; gives the number that failed. */
static unsigned int copies(struct sva_dev *dev, uint64_t seed,
			   unsigned int rounds, uint64_t *different)
{
	struct sva_desc desc = sva_copy_desc(dev, base, base + SIZE, SIZE);
	unsigned int failed = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		sva_pattern(base, SIZE, seed + i);
		failed += sva_run(dev, &desc, JOB_MS).status != SVA_ST_SUCCESS;
		*different += sva_pattern_diff(base, SIZE, seed + i);
		*different += sva_pattern_diff(base + SIZE, SIZE, seed + i);
	}
	return failed;
}

static void owner_main(void *arg)
{
	struct owner *o = arg;

	sva_open(&o->dev, SVA_MODE_ASKING);
	advance(o, OWNER_BOUND);
	await(o, MAY_WORK);
	o->failed = copies(&o->dev, OWNER_SEED, o->rounds, &o->different);
	advance(o, OWNER_WORKED);

	await(o, MAY_CLOSE);
	sva_close(&o->dev);
	advance(o, OWNER_CLOSED);

	await(o, MAY_BIND);
	sva_open(&o->dev, SVA_MODE_ASKING);
	o->pasid_again = o->dev.pasid;
	o->failed_again = copies(&o->dev, OWNER_SEED, 1, &o->different);
	sva_close(&o->dev);
	advance(o, OWNER_DONE);
}

/* The file does not allow to give work to the device. */
static void try_passed(const struct sva_dev *passed)
{
	struct sva_accel_info info;
	int err = 0;

	sva_info(passed, &info);
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, passed->fd,
		 info.doorbell) == MAP_FAILED)
		err = errno;
	sva_fact("passed.owner %d", !!(info.flags & SVA_ACCEL_OWNER));
	sva_fact("passed.mmap-errno %d", err);
	sva_ok(err == EPERM, "the holder cannot map the doorbell");
}

static void work(struct owner *o, struct sva_dev *own)
{
	uint64_t different = 0;
	unsigned int failed;

	advance(o, MAY_WORK);
	failed = copies(own, HOLDER_SEED, o->rounds, &different);
	await(o, OWNER_WORKED);
	/* Once more, now that the owner's last job is over. */
	different += sva_pattern_diff(base + SIZE, SIZE,
				      HOLDER_SEED + o->rounds - 1);
	sva_fact("holder.failed %u", failed);
	sva_fact("holder.different %llu", (unsigned long long)different);
	sva_fact("owner.failed %u", o->failed);
	sva_fact("owner.different %llu", (unsigned long long)o->different);
	sva_ok(!failed && !different && !o->failed && !o->different,
	       "both processes work with their own data");
}

static void unbind(struct owner *o, struct sva_dev *passed)
{
	struct sva_accel_info info;
	int status;

	advance(o, MAY_CLOSE);
	await(o, OWNER_CLOSED);
	sva_info(passed, &info);
	sva_fact("passed.bound %d", !!(info.flags & SVA_ACCEL_BOUND));
	sva_ok(info.flags & SVA_ACCEL_BOUND,
	       "the bond stays as long as somebody holds the file");
	sva_stage("passed");

	status = -sva_unbind(passed, SVA_ACCEL_STOP_UNBIND);
	sva_fact("unbind.status %d", status);
	sva_ok(!status, "the holder can unbind");
	sva_stage("unbound");
}

static void bind_again(struct owner *o)
{
	advance(o, MAY_BIND);
	await(o, OWNER_DONE);
	sva_fact("again.pasid %u", o->pasid_again);
	sva_fact("again.failed %u", o->failed_again);
	sva_fact("again.different %llu", (unsigned long long)o->different);
	sva_ok(!o->failed_again && !o->different, "the owner can bind again");
}

static void scenario_two_mms(void)
{
	struct owner *o = sva_shared(sizeof(*o));
	struct sva_dev passed, own;
	struct sva_child child;

	o->rounds = sva_opt_num("rounds", 20);
	sva_opt_check();
	if (!o->rounds)
		sva_error("unusable number of rounds");

	base = sva_map(NULL, 2 * SIZE, PROT_READ | PROT_WRITE);
	sva_child_start(&child, owner_main, o);
	await(o, OWNER_BOUND);
	sva_attach(&passed, sva_steal_fd(child.pid, o->dev.fd),
		   SVA_MODE_ASKING);
	sva_open(&own, SVA_MODE_ASKING);
	sva_fact("mode " SVA_MODE_ASKING_NAME);
	sva_fact("rounds %u", o->rounds);
	sva_fact("pid %d", child.pid);
	sva_fact("pasid %u", passed.pasid);
	sva_fact("holder.pasid %u", own.pasid);
	sva_stage("bound");

	try_passed(&passed);
	work(o, &own);
	unbind(o, &passed);
	sva_close(&passed);
	bind_again(o);
	sva_close(&own);
	sva_child_wait(&child, JOB_MS);
	sva_child_end(&child);
	sva_stage("done");
}
SVA_SCENARIO("two-mms", scenario_two_mms);
