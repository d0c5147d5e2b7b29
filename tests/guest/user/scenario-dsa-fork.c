// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario dsa-fork: Intel DSA writes to pages that others have as well
 *
 * First where only the zero page stands, then after fork; the child must see
 * none of it, and has nothing of the parent's queue.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dsa.h"
#include "sva.h"

#define PAGES		16u
#define SIZE		(PAGES * 4096ul)
#define WORD		0x1111111111111111ull
#define JOB_MS		60000

static dsa_record record DSA_RECORD_ALIGNED;

static unsigned int different_words(const uint64_t *p, uint64_t word)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < SIZE / 8; i++)
		n += ((const volatile uint64_t *)p)[i] != word;
	return n;
}

static uint8_t fill(const struct dsa_file *file, void *dst, uint64_t word)
{
	dsa_desc desc = dsa_fill(&record, dst, word, SIZE, DSA_FLAGS_BLOCK);

	return dsa_run(file, &desc, &record);
}

/* Memory that was read and never written. */
static uint64_t *zeros(void)
{
	uint64_t *p = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);

	if (different_words(p, 0))
		sva_error("new memory is not zero");
	return p;
}

static void zero_page(const struct dsa_file *file, const char *queue)
{
	uint64_t *buf = zeros(), *witness = zeros();

	sva_fact("zero.%s.status 0x%02x", queue, fill(file, buf, WORD));
	sva_fact("zero.%s.wrong %u", queue, different_words(buf, WORD));
	sva_fact("zero.%s.others %u", queue, different_words(witness, 0));
	munmap(witness, SIZE);
	munmap(buf, SIZE);
}

/* What the child found, in shared memory. */
struct found {
	struct sva_child child;
	struct dsa_file file;
	uint64_t *buf;
	bool look;
	unsigned int changed;
	bool inherited;
	int write_errno;
	int mmap_errno;
	uint32_t pasid;
	struct dsa_copy copy;
};

/* The portal and the file of the parent. */
static void try_parents(struct found *f)
{
	static dsa_desc desc DSA_DESC_ALIGNED;
	unsigned char vec;
	void *p;

	f->inherited = !mincore(f->file.portal, 4096, &vec) || errno != ENOMEM;
	f->write_errno = write(f->file.fd, &desc, sizeof(desc)) < 0 ? errno : 0;
	p = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, f->file.fd, 0);
	f->mmap_errno = p == MAP_FAILED ? errno : 0;
}

static void child_main(void *arg)
{
	struct found *f = arg;
	struct dsa_file own;

	while (!__atomic_load_n(&f->look, __ATOMIC_SEQ_CST))
		sva_sleep_ms(1);
	f->changed = different_words(f->buf, WORD);
	try_parents(f);
	dsa_open_when_free(&own, DSA_SHARED);
	f->pasid = dsa_own_pasid();
	dsa_copy_untouched(&own, SIZE, NULL, &f->copy);
	dsa_close(&own);
}

static void report(const struct found *f, const char *queue)
{
	sva_fact("child.%s.changed %u", queue, f->changed);
	sva_fact("child.%s.inherited %d", queue, f->inherited);
	sva_fact("child.%s.write-errno %d", queue, f->write_errno);
	sva_fact("child.%s.mmap-errno %d", queue, f->mmap_errno);
	sva_fact("child.%s.pasid %u", queue, f->pasid);
	sva_fact("child.%s.copy.status 0x%02x", queue, f->copy.status);
	sva_fact("child.%s.copy.different %llu", queue,
		 (unsigned long long)f->copy.different);
}

/* The device has the translation for writing when fork takes it away. */
static void by_fork(const struct dsa_file *file, const char *queue)
{
	struct found *f = sva_shared(sizeof(*f));

	f->file = *file;
	f->buf = sva_map(NULL, SIZE, PROT_READ | PROT_WRITE);
	if (fill(file, f->buf, WORD) != DSA_COMP_SUCCESS)
		sva_error("filling the buffer: status 0x%x", record.status);
	sva_child_start(&f->child, child_main, f);
	sva_fact("fork.%s.status 0x%02x", queue, fill(file, f->buf, ~WORD));
	sva_fact("fork.%s.wrong %u", queue, different_words(f->buf, ~WORD));
	__atomic_store_n(&f->look, true, __ATOMIC_SEQ_CST);
	sva_child_wait(&f->child, JOB_MS);
	sva_child_end(&f->child);
	report(f, queue);
	munmap(f->buf, SIZE);
}

static void scenario_dsa_fork(void)
{
	static const enum dsa_queue queues[] = { DSA_ASKING, DSA_SHARED };
	struct dsa_file files[ARRAY_SIZE(queues)];

	sva_opt_check();
	dsa_set_up();
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++)
		dsa_open(&files[i], queues[i]);
	sva_fact("mode ats-pri");
	sva_fact("pasid %u", dsa_queue_pasid(DSA_ASKING));
	sva_fact("pages %u", PAGES);
	sva_stage("bound");
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++) {
		zero_page(&files[i], dsa_queue_names[queues[i]]);
		by_fork(&files[i], dsa_queue_names[queues[i]]);
	}
	sva_ok(fill(&files[0], zeros(), WORD) == DSA_COMP_SUCCESS,
	       "the parent's queue works after its children have ended");
	sva_stage("done");
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++)
		dsa_close(&files[i]);
	sva_stage("unbound");
}
SVA_SCENARIO("dsa-fork", scenario_dsa_fork);
