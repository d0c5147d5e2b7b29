/*
 * Fuzz: the IOMMUs, sva-accel and sva-dsa in QEMU, driven through qtest
 *
 * device [OPTIONS] TARGET -- QEMU OPTION...
 * device --replay FILE TARGET -- QEMU OPTION...
 *
 * TARGET is vtd, accel, dsa (on q35), smmuv3 (on virt), vtd-slots or
 * smmuv3-slots with slots, bridges and disks in iothreads beside them.
 *
 * A round is a seed: set-up, some hundred steps, reset, and then everything
 * must work as on the first day.  What must not happen is that QEMU ends,
 * does not answer, takes long, grows, or works no more.  The commands of such
 * a round are shortened and written to a file that --replay runs again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "guest.h"

#define STEPS   400
#define LOOK    20              /* steps between looks at the devices */

/*
 * Growth in KiB that is no coincidence.  Less is: QEMU is late in freeing
 * address spaces when BARs move all the time, and a sanitizer keeps memory.
 */
#define GROWTH_MAX (512 * 1024)

/* Of the processor, for what is timed, with sanitizers. */
#define LONGEST_SECONDS 0.4

/* What the shortening of a finding may take. */
#define TRIES_MAX       400
#define SHORTEN_SECONDS 60

typedef struct Target {
    const char *name;
    const Board *board;
    const Company *company;     /* it, if any, gets most of the attention, */
    bool accel;                 /* then the accelerator or the board */
    unsigned floods;            /* one in as many rounds */
} Target;

typedef struct Fuzzer {
    char **argv;                /* QEMU and its options */
    const Target *target;
    const char *found;          /* prefix of files */
    char *errors;               /* file with QEMU's standard error */
    Machine *m;
    unsigned rounds;
    uint64_t steps;
    uint64_t memory[2];         /* in KiB, see note_memory() */
    uint64_t memory_most;
    double longest;             /* see machine_longest() */
} Fuzzer;

static int seconds = 10;
static int rounds_max;
static gint64 seed = -1;
static char *found = (char *)"found-";
static char *replay;
static char **rest;

static const GOptionEntry options[] = {
    { "seconds", 's', 0, G_OPTION_ARG_INT, &seconds, "how long", "N" },
    { "rounds", 'r', 0, G_OPTION_ARG_INT, &rounds_max,
      "how many rounds at most", "N" },
    { "seed", 'S', 0, G_OPTION_ARG_INT64, &seed,
      "of the first round; the time if not given", "N" },
    { "found", 'f', 0, G_OPTION_ARG_STRING, &found,
      "where to put files about findings", "PREFIX" },
    { "replay", 'R', 0, G_OPTION_ARG_STRING, &replay,
      "run the commands of a file", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &rest, NULL,
      "TARGET -- QEMU OPTION..." },
    { .long_name = NULL }
};

/* All devices take part. */
static void take_step(Fuzzer *f, Guest *g)
{
    bool mine = guest_below(g, 4) > 0;

    if (guest_below(g, f->target->floods * STEPS) == 0) {
        guest_fill_and_flush(g);
    } else if (company && guest_below(g, 3)) {
        company->step(g);
    } else if (mine != f->target->accel) {
        board->step(g);
    } else {
        guest_accel_step(g);
    }
    f->steps++;
}

static const char *verdict(Fuzzer *f, const Machine *m, const char *wrong)
{
    f->longest = MAX(f->longest, machine_longest(m));
    return !wrong && machine_longest(m) > LONGEST_SECONDS
           ? "what was timed took too much of the processor" : wrong;
}

static const char *run_round(Fuzzer *f, uint64_t number)
{
    Guest g;

    guest_init(&g, f->m, number);
    machine_forget(f->m);
    if (!machine_reset(f->m)) {
        return machine_end(f->m);
    }
    guest_setup(&g);
    if (company) {
        company->setup(&g);
    }
    for (unsigned i = 0; i < STEPS; i++) {
        take_step(f, &g);
        if (i % LOOK == LOOK - 1 && !guest_look(&g)) {
            return machine_end(f->m);
        }
    }
    return verdict(f, f->m, guest_check(&g));
}

/* What @lines do to a new machine; NULL if nothing bad. */
static char *run_lines(Fuzzer *f, const GPtrArray *lines)
{
    Machine *m = machine_start(f->argv, f->errors);
    const char *wrong = NULL;
    char *text;
    Guest g;

    for (unsigned i = 0; i < lines->len; i++) {
        machine_line(m, g_ptr_array_index(lines, i));
    }
    if (!machine_sync(m)) {
        wrong = machine_end(m);
    } else {
        guest_init(&g, m, 0);
        wrong = verdict(f, m, guest_check(&g));
    }
    text = g_strdup(wrong);
    machine_free(m);
    return text;
}

/* @lines without @n of them from @first on. */
static GPtrArray *without(const GPtrArray *lines, unsigned first, unsigned n)
{
    GPtrArray *out = g_ptr_array_new();

    for (unsigned i = 0; i < lines->len; i++) {
        if (i < first || i >= first + n) {
            g_ptr_array_add(out, g_ptr_array_index(lines, i));
        }
    }
    return out;
}

/* Leave out what can be left out: halves, quarters, at last single lines. */
static GPtrArray *shorten(Fuzzer *f, const GPtrArray *all, const char *wrong)
{
    g_autoptr(GTimer) timer = g_timer_new();
    GPtrArray *lines = without(all, 0, 0);
    unsigned tries = 0;

    for (unsigned n = MAX(lines->len / 2, 1);; n /= 2) {
        unsigned at = 0;

        while (at < lines->len && tries++ < TRIES_MAX &&
               g_timer_elapsed(timer, NULL) < SHORTEN_SECONDS) {
            GPtrArray *fewer = without(lines, at, n);
            g_autofree char *now = run_lines(f, fewer);

            if (!g_strcmp0(now, wrong)) {
                g_ptr_array_free(lines, TRUE);
                lines = fewer;
            } else {
                g_ptr_array_free(fewer, TRUE);
                at += n;
            }
        }
        if (n <= 1) {
            return lines;
        }
    }
}

static void print_errors(const Fuzzer *f)
{
    g_autofree char *text = NULL;

    if (g_file_get_contents(f->errors, &text, NULL, NULL)) {
        /* A sanitizer says what it was in its first lines. */
        printf("%.3000s\n", text);
    }
}

static void write_lines(const GPtrArray *lines, const char *path)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < lines->len; i++) {
        g_string_append_printf(text, "%s\n",
                               (char *)g_ptr_array_index(lines, i));
    }
    if (!g_file_set_contents(path, text->str, text->len, NULL)) {
        g_printerr("cannot write %s\n", path);
    }
}

static void report(Fuzzer *f, uint64_t number, const char *wrong)
{
    g_autofree char *path = g_strdup_printf("%sdevice-%s-%" G_GUINT64_FORMAT
                                            ".qtest", f->found, f->target->name,
                                            number);
    g_autofree char *why = g_strdup(wrong);
    g_autofree char *again = NULL;
    const GPtrArray *all = machine_commands(f->m);
    g_autoptr(GPtrArray) lines = NULL;

    printf("seed %" G_GUINT64_FORMAT ": %s\n", number, why);
    print_errors(f);
    write_lines(all, path);
    again = run_lines(f, all);
    if (again && !strcmp(again, why)) {
        lines = shorten(f, all, why);
        write_lines(lines, path);
        g_free(run_lines(f, lines));
        print_errors(f);
    } else {
        printf("the commands of this round alone do not bring it about\n");
    }
    printf("Test unit written to %s\n", path);
}

/* Address spaces that are not in use any more go when QEMU finds the time. */
static uint64_t settled_memory(const Machine *m)
{
    uint64_t was = 0, now = machine_memory(m);
    unsigned i;

    for (i = 0; i < 50 && now != was; i++) {
        g_usleep(20000);
        was = now;
        now = machine_memory(m);
    }
    return now;
}

/* The least of the second and of the last quarter. */
static void note_memory(Fuzzer *f, double part)
{
    uint64_t *least = part >= 0.75 ? &f->memory[1] : &f->memory[0];
    uint64_t now;

    if (f->rounds % 32) {
        return;
    }
    now = settled_memory(f->m);
    f->memory_most = MAX(f->memory_most, now);
    if (part >= 0.75 || (part >= 0.25 && part < 0.5)) {
        *least = *least ? MIN(*least, now) : now;
    }
}

static void print_statistics(const Fuzzer *f, double elapsed)
{
    printf("stat::number_of_executed_units: %u\n", f->rounds);
    printf("stat::average_exec_per_sec: %u\n", (unsigned)(f->rounds /
                                                         elapsed));
    printf("stat::steps: %" G_GUINT64_FORMAT "\n", f->steps);
    printf("stat::peak_rss_mb: %" G_GUINT64_FORMAT "\n",
           f->memory_most >> 10);
    printf("longest of what was timed: %.2f s\n", f->longest);
}

static bool fuzz(Fuzzer *f)
{
    g_autoptr(GTimer) timer = g_timer_new();
    uint64_t first = seed >= 0 ? (uint64_t)seed : (uint64_t)time(NULL) << 20;
    const char *wrong = NULL;
    double elapsed;

    printf("seed %" G_GUINT64_FORMAT "\n", first);
    f->m = machine_start(f->argv, f->errors);
    while ((elapsed = g_timer_elapsed(timer, NULL)) < seconds &&
           (!rounds_max || f->rounds < (unsigned)rounds_max)) {
        wrong = run_round(f, first + f->rounds);
        if (wrong) {
            report(f, first + f->rounds, wrong);
            break;
        }
        f->rounds++;
        if (company && company->rounds && f->rounds % company->rounds == 0) {
            machine_free(f->m);
            f->m = machine_start(f->argv, f->errors);
        } else {
            note_memory(f, elapsed / seconds);
        }
    }
    print_statistics(f, MAX(g_timer_elapsed(timer, NULL), 0.001));
    if (!wrong && f->memory[0] && f->memory[1] > f->memory[0] + GROWTH_MAX) {
        printf("QEMU grew from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
               " KiB\n", f->memory[0], f->memory[1]);
        wrong = "growth";
    }
    machine_free(f->m);
    return !wrong;
}

static bool replay_file(Fuzzer *f)
{
    g_autofree char *text = NULL;
    g_autofree char *wrong = NULL;
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    g_auto(GStrv) words = NULL;

    if (!g_file_get_contents(replay, &text, NULL, NULL)) {
        g_printerr("cannot read %s\n", replay);
        return false;
    }
    words = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; words[i]; i++) {
        if (*words[i] && *words[i] != '#') {
            g_ptr_array_add(lines, words[i]);
        }
    }
    wrong = run_lines(f, lines);
    if (wrong) {
        printf("%s: %s\n", replay, wrong);
        print_errors(f);
    }
    return !wrong;
}

static const Target targets[] = {
    { "accel", &board_vtd, NULL, .accel = true, .floods = 2 },
    { "dsa", &board_vtd, &company_dsa, .accel = false, .floods = 20 },
    { "smmuv3", &board_smmu, NULL, .accel = false, .floods = 2 },
    { "smmuv3-slots", &board_smmu_gicv2, &company_slots, .accel = false,
      .floods = 2 },
    { "vtd", &board_vtd, NULL, .accel = false, .floods = 2 },
    { "vtd-slots", &board_vtd, &company_slots, .accel = false, .floods = 2 },
};

static const Target *find_target(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (!strcmp(name, targets[i].name)) {
            return &targets[i];
        }
    }
    return NULL;
}

static void add_words(GPtrArray *argv, const char *const *words)
{
    for (; *words; words++) {
        g_ptr_array_add(argv, (char *)*words);
    }
}

/* So that a test needs no more than the name of the emulator. */
static char **qemu_argv(const Target *target, char **given)
{
    static const char *const fixed[] = {
        "-accel", "qtest", "-qtest", "stdio", "-qtest-log", "none",
        "-chardev", "socket,id=monitor,fd=3",
        "-mon", "chardev=monitor,mode=control",
        "-display", "none", "-m", "64M", "-mem-prealloc", "-nodefaults",
        "-d", "guest_errors,unimp", "-D", "/dev/null", NULL
    };
    GPtrArray *argv = g_ptr_array_new();

    g_ptr_array_add(argv, given[0]);
    add_words(argv, fixed);
    add_words(argv, target->board->options);
    if (target->company) {
        add_words(argv, target->company->options);
    }
    add_words(argv, (const char *const *)given + 1);
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

int main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    Fuzzer f = { 0 };
    bool ok;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("%s\n", error->message);
        return 2;
    }
    f.target = rest ? find_target(rest[0]) : NULL;
    if (!f.target || !rest[1]) {
        g_printerr("usage: %s [OPTION...] TARGET -- QEMU OPTION...\n"
                   "Targets:", argv[0]);
        for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
            g_printerr(" %s", targets[i].name);
        }
        g_printerr("\n");
        return 2;
    }
    board = f.target->board;
    company = f.target->company;
    f.found = found;
    f.errors = g_strdup_printf("%sdevice-%s.err", found, f.target->name);
    f.argv = qemu_argv(f.target, rest + 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    ok = replay ? replay_file(&f) : fuzz(&f);
    g_free(f.argv);
    g_free(f.errors);
    return ok ? 0 : 1;
}
