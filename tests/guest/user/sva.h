/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Library of the guest test programs: protocol output, the accelerator,
 * processes and memory.  The protocol and the facts are described in
 * docs/devel/guest-protocol.rst.
 */
#ifndef SVA_H
#define SVA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "hw/sva/accel-abi.h"
#include "sva-modes.h"
#include "sva_accel_uapi.h"

#define SVA_EXIT_SETUP	2	/* set-up error, no verdict */
#define SVA_EXIT_FAIL	3	/* the host ended the scenario */

#define KIB		1024ul
#define MIB		(1024ul * KIB)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

/* sva-out.c: everything goes to standard output, one line a write. */

/**
 * sva_out_init - begin the output
 * @host: whether somebody answers stages on standard input
 */
void sva_out_init(bool host);
void sva_line(const char *fmt, ...) PRINTF(1, 2);
/* @fmt makes "KEY VALUE". */
void sva_fact(const char *fmt, ...) PRINTF(1, 2);
void sva_note(const char *fmt, ...) PRINTF(1, 2);
/* Reports a check, named by a sentence; returns @good. */
bool sva_ok(bool good, const char *fmt, ...) PRINTF(2, 3);
_Noreturn void sva_error(const char *fmt, ...) PRINTF(1, 2);
/* A line from the host; false: there will be no more. */
bool sva_read_line(char *line, size_t size);
/* Lets things settle, reports the kernel log, waits for the host. */
void sva_stage(const char *name);
/* Rest of the kernel log, plan; call it once, at the end. */
void sva_out_end(void);
/* Waits until the kernel's rate limit on fault messages has expired. */
void sva_wait_quiet_log(void);
/* Number of lines about faults that the kernel has printed. */
unsigned int sva_fault_lines(void);
/*
 * Waits for one more line than @before: the kernel prints them later.
 * false: none came.
 */
bool sva_wait_fault_line(unsigned int before);

/* sva-opt.c: the options of a scenario, "KEY=VALUE[,KEY=VALUE...]". */

void sva_opt_init(const char *options);
const char *sva_opt(const char *key, const char *fallback);
unsigned long sva_opt_num(const char *key, unsigned long fallback);
/* Complains about options that were given but not read. */
void sva_opt_check(void);

/* sva-dev.c: the accelerator. */

#define SVA_RING_LOG2	6
#define SVA_RING_SLOTS	(1u << SVA_RING_LOG2)
#define SVA_MODES	3

/**
 * struct sva_dev - an open work context
 * @fd: the file, -1 when closed
 * @mode: enum sva_mode
 * @pasid: of the bond
 * @context: its number
 * @doorbell: mapped page, NULL if this process is not the owner
 * @ring: descriptors
 * @cpl: completion records, one for each slot of the ring
 * @tail: descriptors submitted
 */
struct sva_dev {
	int fd;
	int mode;
	uint32_t pasid;
	uint32_t context;
	volatile uint32_t *doorbell;
	struct sva_desc *ring;
	volatile struct sva_completion *cpl;
	uint32_t tail;
};

struct sva_counts {
	uint64_t v[SVA_CNT_MAX];
};

/**
 * struct sva_driver - access to the device
 * @open: a file that is bound to this process, or -1
 * @ioctl: the ioctls of sva_accel_uapi.h
 * @doorbell: maps the page of a context, MAP_FAILED
 */
struct sva_driver {
	int (*open)(void);
	int (*ioctl)(const struct sva_dev *dev, unsigned long request,
		     void *arg);
	void *(*doorbell)(const struct sva_dev *dev,
			  const struct sva_accel_info *info);
};

/* That of sva_accel.ko, unless a scenario uses another one. */
extern const struct sva_driver *sva_driver;
extern const char *const sva_mode_names[SVA_MODES];
extern char sva_node[32];

/* Mode from its name; an unknown name is an error. */
int sva_mode_parse(const char *name);
/* "A:B:C" to a list of modes; gives their number. */
unsigned int sva_modes_parse(const char *list, int modes[SVA_MODES]);
/* Opens, binds, sets the ring up and enables the context. */
void sva_open(struct sva_dev *dev, int mode);
/* The same; gives the error number if the kernel refuses to bind. */
int sva_try_open(struct sva_dev *dev, int mode);
/* As sva_open(), but the context is not enabled. */
void sva_bind(struct sva_dev *dev, int mode);
/* Takes a file that another process opened. */
void sva_attach(struct sva_dev *dev, int fd, int mode);
void sva_close(struct sva_dev *dev);
void sva_info(const struct sva_dev *dev, struct sva_accel_info *info);
/*
 * Waits until the driver has learnt of an error of the context, by interrupt;
 * false: not in time.
 */
bool sva_wait_error(const struct sva_dev *dev, struct sva_accel_info *info,
		    unsigned int ms);
uint64_t sva_reg_read(const struct sva_dev *dev, uint32_t offset);
void sva_reg_write(const struct sva_dev *dev, uint32_t offset, uint64_t value);
/* INJECT of the whole device: SVA_GINJECT_*. */
void sva_inject(const struct sva_dev *dev, uint32_t bits);
/* Result of a context command, or -errno. */
int sva_command(const struct sva_dev *dev, uint32_t cmd, unsigned int ms);
/* 0 or -errno. */
int sva_unbind(const struct sva_dev *dev, uint32_t order);

/* Gives the number of the submission, for sva_wait(). */
uint32_t sva_submit(struct sva_dev *dev, const struct sva_desc *desc);
/* Status SVA_ST_NONE: not complete in time. */
struct sva_completion sva_wait(struct sva_dev *dev, uint32_t nr,
			       unsigned int ms);
struct sva_completion sva_run(struct sva_dev *dev, const struct sva_desc *desc,
			      unsigned int ms);
/* Waits for a register to take a value under a mask. */
bool sva_wait_reg(const struct sva_dev *dev, uint32_t offset, uint64_t mask,
		  uint64_t value, unsigned int ms);

/* Descriptor of a copy, with the flags that the mode needs. */
struct sva_desc sva_copy_desc(const struct sva_dev *dev, const void *src,
			      void *dst, size_t size);
/* A job that writes a word into every page, for ever if @rounds is 0. */
struct sva_desc sva_touch_desc(const struct sva_dev *dev, void *dst,
			       size_t size, uint64_t rounds,
			       unsigned int interval_us);

/* sva-count.c: counters and probes. */

void sva_count(const struct sva_dev *dev, struct sva_counts *counts);
void sva_count_device(const struct sva_dev *dev, struct sva_counts *counts);
/* Requests of the whole device that stalled; contexts do not count them. */
uint64_t sva_count_stalls(const struct sva_dev *dev);
void sva_fact_delta(const char *window, const struct sva_dev *dev,
		    const struct sva_counts *before,
		    const struct sva_counts *after);
void sva_fact_delta_device(const char *window, const struct sva_counts *before,
			   const struct sva_counts *after);
/* Instead of a PASID: the transaction has none. */
#define SVA_PROBE_NO_PASID	UINT32_MAX

/* Sends one transaction; gives the PROBE_STATUS word, 0: no answer. */
uint32_t sva_probe(const struct sva_dev *dev, const char *when, uint32_t kind,
		   uint32_t pasid, uint64_t addr);

/* sva-mem.c: memory. */

/**
 * struct sva_fill - memory that was filled with a pattern
 * @chunk: its pieces, SVA_FILL_CHUNK bytes each
 * @freed: for each page: it was freed by the victim before
 * @chunks: number of pieces
 * @found: pages with @freed set
 */
struct sva_fill {
	uint64_t **chunk;
	uint8_t **freed;
	unsigned int chunks;
	unsigned int found;
};

#define SVA_FILL_CHUNK	MIB

/* Anonymous memory in small pages, not touched; @at: where, or NULL. */
void *sva_map(void *at, size_t size, int prot);
/* A private mapping of a file that holds the pattern; not touched. */
void *sva_map_file(size_t size, uint64_t seed);
void sva_pattern(void *buf, size_t size, uint64_t seed);
/* Bytes that differ from the pattern. */
size_t sva_pattern_diff(const void *buf, size_t size, uint64_t seed);
/* Pages that hold a byte that differs. */
size_t sva_pattern_pages(const void *buf, size_t size, uint64_t seed);
void sva_touch_pages(void *buf, size_t size);
/* Number of pages that are in memory, -1 if unknown. */
long sva_resident(const void *buf, size_t size);
/* Page frame numbers; false if the kernel does not tell. */
bool sva_pfns(const void *buf, unsigned int pages, uint64_t *pfns);
/* Allocates until all of @pfns were found or @limit bytes are used. */
void sva_fill(struct sva_fill *fill, uint64_t *pfns, unsigned int n,
	      size_t limit);
/* Changed pages since it was filled or checked, in two classes. */
void sva_fill_check(struct sva_fill *fill, unsigned int *freed,
		    unsigned int *other);
void sva_fill_free(struct sva_fill *fill);
/* A line of /proc/meminfo, in KiB. */
unsigned long sva_meminfo(const char *key);

/* sva-proc.c: time and processes. */

uint64_t sva_now_ms(void);
/*
 * Timeouts, not lengths of windows, are longer in slow guests
 * (sva.timeout-multiplier=): a timeout, and the time at which it expires.
 */
unsigned int sva_timeout_ms(unsigned int ms);
uint64_t sva_deadline(unsigned int ms);
void sva_sleep_ms(unsigned int ms);
/* Runs on each CPU once, so that none keeps an old mm as lazy mm. */
void sva_flush_lazy_mm(void);
void sva_run_on(unsigned int cpu);
unsigned int sva_cpus(void);
/* A copy of a file descriptor of another process. */
int sva_steal_fd(pid_t pid, int fd);
/* Whether a thread has ended, or will never run again. */
bool sva_thread_over(pid_t pid, pid_t tid);
/* Waits for a child to end; its status as of waitpid(). */
int sva_reap(pid_t pid);
/* Kills and reaps. */
void sva_kill(pid_t pid);
/* The signal that ends a process that does this; 0: it exits. */
int sva_signal_of(void (*work)(void *), void *arg);
/* Waits until the bound mm is gone and empty; false: not in time. */
bool sva_wait_mm_gone(const struct sva_dev *dev, unsigned int ms);
/* Zeroed memory that children share; it outlives them. */
void *sva_shared(size_t size);

/**
 * struct sva_child - a process that does some work, reports and waits
 * @pid: its id
 * @ready: read end, a byte comes when it has done its work
 * @go: write end, the child ends when it is closed
 */
struct sva_child {
	pid_t pid;
	int ready;
	int go;
};

void sva_child_start(struct sva_child *child, void (*work)(void *), void *arg);
/* An error ends the scenario; so does a child that takes longer than @ms. */
void sva_child_wait(struct sva_child *child, unsigned int ms);
void sva_child_end(struct sva_child *child);

/* victim.c: a process that will be killed. */

#define VICTIM_PAGES_MAX	16384

/**
 * struct sva_copy - a copy between untouched buffers
 * @cpl: its completion record
 * @different: bytes that are wrong
 * @resident: pages of the destination that were there before, -1: unknown
 * @touched: the process touched the buffers
 * @before: counters
 * @after: counters
 */
struct sva_copy {
	struct sva_completion cpl;
	uint64_t different;
	long resident;
	bool touched;
	struct sva_counts before;
	struct sva_counts after;
};

/**
 * struct sva_victim - a process that is going to be killed
 * @child: the process
 * @prepare: what it does before it reports
 * @n: number of contexts
 * @modes: their modes
 * @device: of each context, the number of its accelerator
 * @size: bytes of its buffer
 * @theirs: the contexts as the victim opened them
 * @dev: the same, by the descriptors that this process took
 * @pasid: of the victim
 * @address: of the buffer
 * @copy: result of its first copy
 * @pfns_known: whether @pfns is valid
 * @pfns: page frames of the buffer
 *
 * In shared memory: both processes write it.
 */
struct sva_victim {
	struct sva_child child;
	void (*prepare)(struct sva_victim *v);
	unsigned int n;
	int modes[SVA_MODES];
	unsigned int device[SVA_MODES];
	size_t size;
	struct sva_dev theirs[SVA_MODES];
	struct sva_dev dev[SVA_MODES];
	uint32_t pasid;
	void *address;
	struct sva_copy copy;
	bool pfns_known;
	uint64_t pfns[VICTIM_PAGES_MAX];
};

void sva_copy_untouched(struct sva_dev *dev, size_t size, void *at,
			struct sva_copy *copy);
void sva_copy_report(const struct sva_dev *dev, const struct sva_copy *copy);
struct sva_victim *sva_victim_new(size_t size);
/* Starts it and takes its files. */
void sva_victim_start(struct sva_victim *v);
/* Waits until the address space is gone; @begin: start of the wait. */
void sva_victim_wait_gone(struct sva_victim *v, uint64_t begin);
/* SIGKILL; waits until the address space is gone. */
void sva_victim_kill(struct sva_victim *v);
/* The driver stops and unbinds all contexts. */
void sva_victim_unbind(struct sva_victim *v);
/* Closes the files that this process took. */
void sva_victim_let_go(struct sva_victim *v);
/* Other processes bind; none may get the PASID. */
void sva_victim_keep(const struct sva_victim *v);
/* Gives the contexts back; a new process gets the PASID, stage "reused". */
void sva_victim_reuse(struct sva_victim *v);

/* exit-workload.c: the device works while the address space exits. */

/* A victim with the keys modes (default: @modes), size and interval. */
struct sva_victim *sva_workload_new(const char *modes);
/* In the victim: a copy; then all contexts write into the buffer for ever. */
void sva_workload_prepare(struct sva_victim *v);
/* In the victim, before that: the device writes each page once. */
void sva_workload_touch(struct sva_victim *v, void *buf, size_t size);
/* Starts the victim; stage "bound". */
void sva_workload_bound(struct sva_victim *v);
/* Number of contexts that work; this process must have their files. */
unsigned int sva_workload_running(const struct sva_victim *v);
/* Waits until the device is refused; @begin: start of the wait. */
void sva_workload_wait_refused(struct sva_victim *v, const struct sva_dev *watch,
			       uint64_t begin);
/*
 * Finds the freed pages again and fills them; @limit: bytes that may be used,
 * 0: from the key fill=.
 */
void sva_workload_fill(struct sva_victim *v, size_t limit);
void sva_workload_free(void);
/* Fills them if not done yet; observes them and the device. */
void sva_workload_watch(struct sva_victim *v, const struct sva_dev *watch);
/* The same, and sends probes. */
void sva_workload_gone(struct sva_victim *v, const struct sva_dev *watch);
void sva_workload_check(void);
/*
 * Makes a context stop late; @ms: default of the key late=.  The first one that
 * the driver stops is enough: the others have to wait for it.
 */
void sva_workload_stop_late(const struct sva_victim *v, unsigned int nr,
			    unsigned int ms);
/* Counts around @unbind; @watch: an open context of this process. */
void sva_workload_unbind(struct sva_victim *v, const struct sva_dev *watch,
			 void (*unbind)(struct sva_victim *v));
/* A write with the dead PASID; stage "late". */
void sva_workload_late(const struct sva_victim *v, const struct sva_dev *watch);

/* survivor.c: a process that survives the bound address space. */

enum sva_survivor_what {
	SVA_SURVIVOR_TAKE,	/* fill the memory with a pattern */
	SVA_SURVIVOR_LOOK,	/* count bound contexts and changed pages */
	SVA_SURVIVOR_CLOSE,	/* close the files, then count changed pages */
	SVA_SURVIVOR_EXIT,
};

/**
 * struct sva_survivor - requests to it and its findings, in shared memory
 * @self: file of that memory, for a program that has to map it
 * @n: number of files
 * @fd: its files of the victim's contexts
 * @memory: where it has memory that the device must not reach
 * @size: its bytes
 * @pid: its process id
 * @what: request
 * @ask: number of the request
 * @answer: number of the last request that was answered
 * @bound: contexts that are bound, from the last SVA_SURVIVOR_LOOK
 * @changed: pages of @memory that changed, sum
 */
struct sva_survivor {
	int self;
	unsigned int n;
	int fd[SVA_MODES];
	void *memory;
	size_t size;
	pid_t pid;
	enum sva_survivor_what what;
	unsigned int ask;
	unsigned int answer;
	unsigned int bound;
	uint64_t changed;
};

struct sva_survivor *sva_survivor_new(void);
struct sva_survivor *sva_survivor_map(int fd);
/* In the survivor; the first answer says that it is ready. */
_Noreturn void sva_survivor_serve(struct sva_survivor *h);
bool sva_survivor_ready(const struct sva_survivor *h);
void sva_survivor_wait(const struct sva_survivor *h);
void sva_survivor_ask(struct sva_survivor *h, enum sva_survivor_what what);
void sva_survivor_report(const struct sva_survivor *h);

/* writers.c: contexts of this process that write side by side. */

/**
 * struct sva_writers - one work context for each translation mode
 * @n: number of contexts
 * @modes: their modes
 * @dev: the contexts
 */
struct sva_writers {
	unsigned int n;
	int modes[SVA_MODES];
	struct sva_dev dev[SVA_MODES];
};

/**
 * struct sva_window - counters of the contexts over several intervals
 * @mark: counters at the begin of an interval
 * @sum: over all closed intervals
 * @stalls_mark: stalls of the whole device at the begin of an interval
 * @stalls: sum of them
 */
struct sva_window {
	struct sva_counts mark[SVA_MODES];
	struct sva_counts sum[SVA_MODES];
	uint64_t stalls_mark;
	uint64_t stalls;
};

/*
 * Takes the option "modes", a list for sva_writers_open(), and "stale": 1 makes
 * the device keep translations whose invalidation it has acknowledged.
 */
const char *sva_writers_options(void);
/* @list: "A:B:C". */
void sva_writers_open(struct sva_writers *writers, const char *list);
/* Each writes a word of its own into every page, for ever. */
void sva_writers_write(struct sva_writers *writers, void *buf, size_t size,
		       unsigned int interval_us);
/* Waits until each wrote so much; an error if one does not. */
void sva_writers_wait_written(struct sva_writers *writers, uint64_t bytes);
/* The same; false: not in time. */
bool sva_writers_try_written(struct sva_writers *writers, uint64_t bytes,
			     unsigned int ms);
/* Waits until each was refused so often; false: not in time. */
bool sva_writers_wait_refused(struct sva_writers *writers, uint64_t times);
void sva_writers_stop(struct sva_writers *writers);
/* They may write again. */
void sva_writers_enable(struct sva_writers *writers);
void sva_writers_close(struct sva_writers *writers);
void sva_window_open(struct sva_window *window, const struct sva_writers *writers);
void sva_window_close(struct sva_window *window, const struct sva_writers *writers);
/* Facts delta.NAME.MODE.* and delta.NAME.dev.stalls. */
void sva_window_report(const struct sva_window *window,
		       const struct sva_writers *writers, const char *name);

/* scenario.c: what sva-scenario can run. */

struct sva_scenario {
	const char *name;
	void (*run)(void);
};

/*
 * Makes a function of scenario-*.c a scenario.  The linker gathers what has
 * this section, so there is no list of them.
 */
#define SVA_SCENARIO(scenario_name, function)	\
	SVA_SCENARIO_AT(__LINE__, scenario_name, function)
#define SVA_SCENARIO_AT(line, scenario_name, function)	\
	SVA_SCENARIO_IN(line, scenario_name, function)
#define SVA_SCENARIO_IN(line, scenario_name, function)			\
	static const struct sva_scenario sva_scenario_##line		\
	__attribute__((used, section("sva_scenarios"),			\
		       aligned(__alignof__(struct sva_scenario)))) =	\
		{ scenario_name, function }

/* Option of the program that scenario exec executes; @fd: struct sva_survivor. */
#define SVA_EXEC_IMAGE	"--exec-image"
_Noreturn void scenario_exec_image(int fd);

/* agent.c: obeys the host until the control channel ends. */
_Noreturn void agent_run(void);

/*
 * Turns the power of a device's slot off behind the kernel's back; @device is
 * its directory in sysfs.
 */
void sva_slot_off(const char *device);

#endif
