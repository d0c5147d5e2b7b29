/*
 * Replay: run the cases of a fuzz harness as an ordinary test
 *
 *     replay-NAME CASES.txt            TAP; also needs no clang
 *     replay-NAME CASES.txt DIRECTORY  write the cases as libFuzzer's corpus
 *     replay-NAME --run FILE...        run raw inputs, as libFuzzer leaves them
 *     replay-NAME --show FILE...       print raw inputs as a case
 *
 * A case begins with its name in brackets.  What follows are names of
 * operations and bytes in hexadecimal; # begins a comment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

/* Inputs made from each case by changing bytes of it. */
#define MUTATIONS 200

typedef struct ReplayCase {
    char *name;
    GByteArray *bytes;
} ReplayCase;

static void run(const uint8_t *data, size_t size)
{
    /* A block of its own, so that a sanitizer sees reads behind its end. */
    uint8_t *copy = g_malloc(size ? size : 1);

    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    g_free(copy);
}

static void test_case(gconstpointer opaque)
{
    const ReplayCase *c = opaque;

    run(c->bytes->data, c->bytes->len);
}

/* The same inputs each time: a test must not change its mind. */
static void test_mutations(gconstpointer opaque)
{
    const ReplayCase *c = opaque;
    GRand *rand = g_rand_new_with_seed(g_str_hash(c->name));

    for (int i = 0; i < MUTATIONS; i++) {
        GByteArray *bytes = g_byte_array_new();

        g_byte_array_append(bytes, c->bytes->data, c->bytes->len);
        for (int n = g_rand_int_range(rand, 1, 5); n && bytes->len; n--) {
            unsigned at = g_rand_int_range(rand, 0, bytes->len);

            bytes->data[at] = g_rand_int_range(rand, 0, 256);
        }
        run(bytes->data, bytes->len);
        g_byte_array_free(bytes, TRUE);
    }
    g_rand_free(rand);
}

static void add_token(GByteArray *bytes, const char *token)
{
    for (unsigned op = 0; fuzz_ops[op]; op++) {
        if (!strcmp(token, fuzz_ops[op])) {
            uint8_t byte = op;

            g_byte_array_append(bytes, &byte, 1);
            return;
        }
    }
    if (strlen(token) % 2) {
        g_error("neither an operation nor bytes: %s", token);
    }
    for (; *token; token += 2) {
        int high = g_ascii_xdigit_value(token[0]);
        int low = g_ascii_xdigit_value(token[1]);
        uint8_t byte = high << 4 | low;

        if (high < 0 || low < 0) {
            g_error("neither an operation nor bytes: %s", token);
        }
        g_byte_array_append(bytes, &byte, 1);
    }
}

static void add_line(GArray *cases, char *line)
{
    char **tokens;

    line[strcspn(line, "#")] = '\0';
    g_strstrip(line);
    if (*line == '[') {
        ReplayCase c = {
            .name = g_strndup(line + 1, strcspn(line, "]") - 1),
            .bytes = g_byte_array_new(),
        };

        g_array_append_val(cases, c);
        return;
    }
    tokens = g_strsplit_set(line, " \t", -1);
    for (unsigned i = 0; tokens[i]; i++) {
        if (*tokens[i]) {
            g_assert_cmpuint(cases->len, >, 0);
            add_token(g_array_index(cases, ReplayCase, cases->len - 1).bytes,
                      tokens[i]);
        }
    }
    g_strfreev(tokens);
}

static GArray *read_cases(const char *path)
{
    GArray *cases = g_array_new(FALSE, FALSE, sizeof(ReplayCase));
    GError *error = NULL;
    char *text, **lines;

    if (!g_file_get_contents(path, &text, NULL, &error)) {
        g_error("%s", error->message);
    }
    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        add_line(cases, lines[i]);
    }
    g_strfreev(lines);
    g_free(text);
    return cases;
}

static int write_cases(const GArray *cases, const char *directory)
{
    for (unsigned i = 0; i < cases->len; i++) {
        const ReplayCase *c = &g_array_index(cases, ReplayCase, i);
        char *path = g_build_filename(directory, c->name, NULL);
        GError *error = NULL;

        if (!g_file_set_contents(path, (const char *)c->bytes->data,
                                 c->bytes->len, &error)) {
            g_error("%s", error->message);
        }
        g_free(path);
    }
    return 0;
}

static int run_files(char **paths, bool show)
{
    for (; *paths; paths++) {
        GError *error = NULL;
        char *data;
        gsize size;

        if (!g_file_get_contents(*paths, &data, &size, &error)) {
            g_error("%s", error->message);
        }
        if (show) {
            for (gsize i = 0; i < size; i++) {
                printf("%s%02x", i % 24 ? " " : i ? "\n" : "",
                       (uint8_t)data[i]);
            }
            printf("\n");
        } else {
            run((const uint8_t *)data, size);
        }
        g_free(data);
    }
    return 0;
}

static int run_cases(const GArray *cases)
{
    for (unsigned i = 0; i < cases->len; i++) {
        const ReplayCase *c = &g_array_index(cases, ReplayCase, i);
        char *path = g_strdup_printf("/fuzz/%s", c->name);

        g_test_add_data_func(path, c, test_case);
        g_free(path);
        path = g_strdup_printf("/fuzz/%s/mutations", c->name);
        g_test_add_data_func(path, c, test_mutations);
        g_free(path);
    }
    return g_test_run();
}

static void free_cases(GArray *cases)
{
    for (unsigned i = 0; i < cases->len; i++) {
        g_free(g_array_index(cases, ReplayCase, i).name);
        g_byte_array_free(g_array_index(cases, ReplayCase, i).bytes, TRUE);
    }
    g_array_free(cases, TRUE);
}

int main(int argc, char **argv)
{
    GArray *cases;
    int status;

    if (argc > 2 && !strcmp(argv[1], "--run")) {
        return run_files(argv + 2, false);
    }
    if (argc > 2 && !strcmp(argv[1], "--show")) {
        return run_files(argv + 2, true);
    }
    g_test_init(&argc, &argv, NULL);
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s CASES.txt [DIRECTORY]\n", argv[0]);
        return 2;
    }
    cases = read_cases(argv[1]);
    status = argc == 3 ? write_cases(cases, argv[2]) : run_cases(cases);
    free_cases(cases);
    return status;
}
