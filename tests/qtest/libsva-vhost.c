/*
 * A vhost-user backend without a device
 *
 * QEMU's documentation, "Vhost-user Protocol": header of 12 bytes, then the
 * payload; little endian like the machines this is for.  A thread serves
 * QEMU, which waits for most answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "libsva-vhost.h"

/* Requests of QEMU */
#define GET_FEATURES            1
#define SET_MEM_TABLE           5
#define GET_VRING_BASE          11
#define SET_VRING_KICK          12
#define SET_VRING_CALL          13
#define SET_VRING_ERR           14
#define GET_PROTOCOL_FEATURES   15
#define SET_VRING_ENABLE        18
#define SET_BACKEND_REQ_FD      21
#define IOTLB_MSG               22

/* Requests of the backend */
#define BACKEND_IOTLB_MSG       1

#define VERSION                 1u
#define IS_REPLY                4u
#define NEED_REPLY              8u

/* Virtio 1, access platform; protocol features */
#define FEATURES                (1ull << 32 | 1ull << 33 | 1ull << 30)
/* Answers to all requests that ask for one; a channel for its own */
#define PROTOCOL_FEATURES       (1ull << 3 | 1ull << 5)

#define IOTLB_MISS              1
#define IOTLB_UPDATE            2
#define IOTLB_INVALIDATE        3

#define REGIONS_MAX             8
#define RANGES_MAX              64

typedef struct Header {
    uint32_t request;
    uint32_t flags;
    uint32_t bytes;
} Header;

typedef struct Iotlb {
    uint64_t iova;
    uint64_t bytes;
    uint64_t uaddr;
    uint8_t rights;
    uint8_t type;
    uint8_t pad[6];
} Iotlb;

typedef struct Region {
    uint64_t pa;
    uint64_t bytes;
    uint64_t uaddr;
    uint64_t offset;
} Region;

typedef struct MemTable {
    uint32_t count;
    uint32_t pad;
    Region regions[REGIONS_MAX];
} MemTable;

typedef union Payload {
    uint64_t u64;
    Iotlb iotlb;
    MemTable table;
    uint8_t bytes[512];
} Payload;

struct Vhost {
    char *dir;
    char *path;
    int listener;
    int socket;
    int requests;               /* the backend's own, or -1 */
    GThread *thread;
    GMutex lock;                /* for all that follows */
    bool started;
    unsigned regions;
    Region region[REGIONS_MAX];
    void *map[REGIONS_MAX];
    uint64_t watch;
    VhostTold told;
    unsigned ranges;
    Iotlb range[RANGES_MAX];
};

static bool read_all(int fd, void *buf, size_t bytes)
{
    while (bytes) {
        ssize_t n = read(fd, buf, bytes);

        if (n <= 0) {
            return false;
        }
        buf = (char *)buf + n;
        bytes -= n;
    }
    return true;
}

static void write_all(int fd, const void *buf, size_t bytes)
{
    g_assert_cmpint(send(fd, buf, bytes, MSG_NOSIGNAL), ==, bytes);
}

/* A header and the file descriptors that come with it. */
static bool read_header(int fd, Header *h, int *fds, unsigned *count)
{
    char control[CMSG_SPACE(REGIONS_MAX * sizeof(int))];
    struct iovec iov = { h, sizeof(*h) };
    struct msghdr msg = {
        .msg_iov = &iov, .msg_iovlen = 1,
        .msg_control = control, .msg_controllen = sizeof(control),
    };
    struct cmsghdr *c;
    ssize_t n = recvmsg(fd, &msg, 0);

    *count = 0;
    if (n <= 0) {
        return false;
    }
    for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            *count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            memcpy(fds, CMSG_DATA(c), *count * sizeof(int));
        }
    }
    return read_all(fd, (char *)h + n, sizeof(*h) - n);
}

static void reply(Vhost *v, const Header *h, uint64_t value, size_t bytes)
{
    struct {
        Header h;
        uint64_t value[2];
    } QEMU_PACKED out = {
        .h = { h->request, VERSION | IS_REPLY, bytes }, .value = { value },
    };

    write_all(v->socket, &out, sizeof(out.h) + bytes);
}

static void unmap_all(Vhost *v)
{
    while (v->regions) {
        Region *r = &v->region[--v->regions];

        munmap(v->map[v->regions], r->bytes + r->offset);
    }
}

static void set_mem_table(Vhost *v, const MemTable *table, const int *fds,
                          unsigned count)
{
    g_assert_cmpuint(table->count, ==, count);
    g_assert_cmpuint(count, <=, REGIONS_MAX);
    unmap_all(v);
    for (unsigned i = 0; i < count; i++) {
        const Region *r = &table->regions[i];

        v->map[i] = mmap(NULL, r->bytes + r->offset, PROT_READ | PROT_WRITE,
                         MAP_SHARED, fds[i], 0);
        g_assert_true(v->map[i] != MAP_FAILED);
        v->region[i] = *r;
        v->regions++;
    }
}

static uint64_t pa_of(const Vhost *v, uint64_t uaddr)
{
    for (unsigned i = 0; i < v->regions; i++) {
        if (uaddr - v->region[i].uaddr < v->region[i].bytes) {
            return uaddr - v->region[i].uaddr + v->region[i].pa;
        }
    }
    return UINT64_MAX;
}

static uint64_t look(const Vhost *v, uint64_t pa)
{
    uint64_t word = 0;

    for (unsigned i = 0; i < v->regions; i++) {
        const Region *r = &v->region[i];

        if (pa - r->pa < r->bytes) {
            memcpy(&word, (char *)v->map[i] + r->offset + (pa - r->pa), 8);
        }
    }
    return word;
}

static void iotlb(Vhost *v, const Iotlb *m)
{
    if (m->type == IOTLB_UPDATE) {
        v->told.updates++;
        v->told.iova = m->iova;
        v->told.pa = pa_of(v, m->uaddr);
        v->told.rights = m->rights;
    } else if (m->type == IOTLB_INVALIDATE) {
        v->told.invalidations++;
        if (!v->told.watches) {
            v->told.watches = 1;
            v->told.watched = look(v, v->watch);
        }
        v->range[v->ranges++ % RANGES_MAX] = *m;
    }
}

static void serve(Vhost *v, const Header *h, const Payload *p, const int *fds,
                  unsigned count)
{
    switch (h->request) {
    case GET_FEATURES:
        reply(v, h, FEATURES, 8);
        return;
    case GET_PROTOCOL_FEATURES:
        reply(v, h, PROTOCOL_FEATURES, 8);
        return;
    case GET_VRING_BASE:
        v->started = false;
        reply(v, h, 0, 8);
        return;
    case SET_MEM_TABLE:
        set_mem_table(v, &p->table, fds, count);
        break;
    case SET_VRING_ENABLE:
        v->started = p->u64 >> 32;
        break;
    case SET_BACKEND_REQ_FD:
        g_assert_cmpuint(count, ==, 1);
        v->requests = dup(fds[0]);
        break;
    case IOTLB_MSG:
        iotlb(v, &p->iotlb);
        break;
    default:
        break;
    }
    if (h->flags & NEED_REPLY) {
        reply(v, h, 0, 8);
    }
}

static void *run(void *opaque)
{
    Vhost *v = opaque;
    int fds[REGIONS_MAX];
    unsigned count;
    Payload p;
    Header h;

    v->socket = accept(v->listener, NULL, NULL);
    while (read_header(v->socket, &h, fds, &count)) {
        memset(&p, 0, sizeof(p));
        g_assert_cmpuint(h.bytes, <=, sizeof(p));
        if (!read_all(v->socket, &p, h.bytes)) {
            break;
        }
        g_mutex_lock(&v->lock);
        serve(v, &h, &p, fds, count);
        g_mutex_unlock(&v->lock);
        while (count) {
            close(fds[--count]);
        }
    }
    return NULL;
}

Vhost *vhost_new(void)
{
    Vhost *v = g_new0(Vhost, 1);
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    v->dir = g_dir_make_tmp("sva-vhost-XXXXXX", NULL);
    g_assert_nonnull(v->dir);
    v->path = g_build_filename(v->dir, "socket", NULL);
    v->requests = -1;
    g_mutex_init(&v->lock);
    g_strlcpy(addr.sun_path, v->path, sizeof(addr.sun_path));
    v->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    g_assert_cmpint(bind(v->listener, (struct sockaddr *)&addr,
                         sizeof(addr)), ==, 0);
    g_assert_cmpint(listen(v->listener, 1), ==, 0);
    v->thread = g_thread_new("vhost", run, v);
    return v;
}

/* After QEMU's end. */
void vhost_free(Vhost *v)
{
    g_thread_join(v->thread);
    unmap_all(v);
    close(v->socket);
    close(v->listener);
    close(v->requests);
    unlink(v->path);
    rmdir(v->dir);
    g_mutex_clear(&v->lock);
    g_free(v->path);
    g_free(v->dir);
    g_free(v);
}

const char *vhost_path(const Vhost *v)
{
    return v->path;
}

bool vhost_started(Vhost *v)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&v->lock);

    return v->started && v->requests >= 0;
}

void vhost_miss(Vhost *v, uint64_t iova, bool write)
{
    struct {
        Header h;
        Iotlb m;
    } QEMU_PACKED out = {
        .h = { BACKEND_IOTLB_MSG, VERSION, sizeof(Iotlb) },
        .m = { .iova = iova, .bytes = 1, .rights = write ? 2 : 1,
               .type = IOTLB_MISS },
    };

    write_all(v->requests, &out, sizeof(out));
}

void vhost_watch(Vhost *v, uint64_t pa)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&v->lock);

    v->watch = pa;
    v->told.watches = 0;
}

VhostTold vhost_told(Vhost *v)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&v->lock);

    return v->told;
}

bool vhost_forgot(Vhost *v, uint64_t iova)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&v->lock);

    for (unsigned i = 0; i < MIN(v->ranges, RANGES_MAX); i++) {
        if (iova - v->range[i].iova < v->range[i].bytes) {
            return true;
        }
    }
    return false;
}
