/*
 * sva-events: the events of the models as text on a character device
 *
 * Models emit from whatever thread they run in; a ring of fixed size is between
 * them and the main loop, which writes as much as the other side takes.  Nobody
 * waits for a reader: what does not fit is lost and counted.
 *
 * The sink stays on the bus until QEMU ends: the device has no unplug.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/thread.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "migration/vmstate.h"
#include "qom/object.h"
#include "system/runstate.h"
#include "hw/sva/compat.h"
#include "hw/sva/endpoint-pci.h"
#include "hw/sva/event.h"
#include "../pci/env-qemu.h"
#include "event-stream.h"

#define TYPE_SVA_EVENTS "sva-events"
OBJECT_DECLARE_SIMPLE_TYPE(SvaEvents, SVA_EVENTS)

#define BUFFER_DEFAULT (4 * MiB)
#define BUFFER_MIN     (64 * KiB)
#define BUFFER_MAX     (1 * GiB)

/* At most so much at once; others want the main loop, too. */
#define CHUNK          (64 * KiB)

/* For character devices that do not tell when to go on. */
#define RETRY_MS       100

/*
 * @lock:   of @stream and @active; nothing but memory is touched under it
 * @active: the main loop will look, or waits for the character device
 * @open:   somebody is at the other end
 * @reopened: another one than before, perhaps
 */
struct SvaEvents {
    DeviceState parent_obj;

    CharFrontend chr;
    char *format;
    uint64_t buffer;
    uint64_t stop_at;           /* number of an event, 0: none */
    uint64_t seq;               /* of the bus, when it was saved */
    bool hits;

    QemuMutex lock;
    SvaEventStream stream;
    bool active;

    SvaEventSink sink;
    QEMUBH *bh;
    QEMUTimer *retry;
    guint watch;
    bool open;
    bool reopened;
    Notifier shutdown;
};

/* -- any thread -- */

static void events_sink(void *opaque, const SvaEvent *event)
{
    SvaEvents *s = opaque;
    bool wake;

    qemu_mutex_lock(&s->lock);
    sva_event_stream_put(&s->stream, event);
    wake = !s->active;
    s->active = true;
    qemu_mutex_unlock(&s->lock);
    if (wake) {
        qemu_bh_schedule(s->bh);
    }
    if (unlikely(event->seq == s->stop_at)) {
        sva_env_machine_stop();
    }
}

/* -- main loop -- */

static size_t events_peek(SvaEvents *s, const char **at)
{
    size_t len;

    qemu_mutex_lock(&s->lock);
    if (s->reopened) {
        sva_event_stream_restart(&s->stream);
        s->reopened = false;
    }
    len = sva_event_stream_peek(&s->stream, at);
    s->active = len > 0;
    qemu_mutex_unlock(&s->lock);
    return MIN(len, CHUNK);
}

/* Bytes written, 0: nothing to do, or -errno. */
static int events_write_some(SvaEvents *s)
{
    const char *at;
    size_t len;
    int ret;

    if (!s->open) {
        return 0;
    }
    len = events_peek(s, &at);
    if (!len) {
        return 0;
    }
    errno = 0;
    ret = qemu_chr_fe_write(&s->chr, (const uint8_t *)at, len);
    if (ret <= 0) {
        return errno == EAGAIN ? -EAGAIN : -EIO;
    }
    qemu_mutex_lock(&s->lock);
    sva_event_stream_take(&s->stream, ret);
    qemu_mutex_unlock(&s->lock);
    return ret;
}

static gboolean events_writable(void *unused, GIOCondition condition,
                                void *opaque)
{
    SvaEvents *s = opaque;

    s->watch = 0;
    qemu_bh_schedule(s->bh);
    return G_SOURCE_REMOVE;
}

/* After an error other than EAGAIN a watch might fire all the time. */
static void events_wait(SvaEvents *s, int err)
{
    if (err == -EAGAIN && !s->watch) {
        s->watch = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                         events_writable, s);
    }
    if (!s->watch) {
        timer_mod(s->retry,
                  qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + RETRY_MS);
    }
}

static void events_write(void *opaque)
{
    SvaEvents *s = opaque;
    int ret = events_write_some(s);

    if (ret > 0) {
        qemu_bh_schedule(s->bh);
    } else if (ret < 0 && s->open) {
        events_wait(s, ret);
    }
}

/* No more than the ring holds: others may go on to emit. */
static void events_flush(SvaEvents *s)
{
    uint64_t written = 0;
    int ret;

    do {
        ret = events_write_some(s);
        written += MAX(ret, 0);
    } while (ret > 0 && written < s->buffer);
}

static void events_runstate(void *opaque, bool running, RunState state)
{
    if (!running) {
        events_flush(opaque);
    }
}

static void events_shutdown(Notifier *notifier, void *data)
{
    events_flush(container_of(notifier, SvaEvents, shutdown));
}

/* -- other end -- */

/* Nobody is told anything; it is read to see the end of a connection. */
static int events_can_read(void *opaque)
{
    return 64;
}

static void events_read(void *opaque, const uint8_t *buf, int size)
{
}

/* May come from within a write, so the stream is not touched here. */
static void events_chr_event(void *opaque, QEMUChrEvent event)
{
    SvaEvents *s = opaque;

    switch (event) {
    case CHR_EVENT_OPENED:
        s->open = true;
        s->reopened = true;
        qemu_bh_schedule(s->bh);
        break;
    case CHR_EVENT_CLOSED:
        s->open = false;
        if (s->watch) {
            g_source_remove(s->watch);
            s->watch = 0;
        }
        break;
    default:
        break;
    }
}

/* -- device -- */

static bool events_check(SvaEvents *s, SvaEventFormat *format, Error **errp)
{
    if (!qemu_chr_fe_backend_connected(&s->chr)) {
        error_setg(errp, TYPE_SVA_EVENTS ": property chardev is missing");
        return false;
    }
    if (s->buffer < BUFFER_MIN || s->buffer > BUFFER_MAX) {
        error_setg(errp, TYPE_SVA_EVENTS ": buffer is %" PRIu64
                   ", must be from 64 KiB to 1 GiB", s->buffer);
        return false;
    }
    if (!s->format || !strcmp(s->format, "json")) {
        *format = SVA_EVENT_FORMAT_JSON;
    } else if (!strcmp(s->format, "perfetto")) {
        *format = SVA_EVENT_FORMAT_PERFETTO;
    } else {
        error_setg(errp, TYPE_SVA_EVENTS ": format is '%s', must be json or "
                   "perfetto", s->format);
        return false;
    }
    return true;
}

static void events_realize(DeviceState *dev, Error **errp)
{
    SvaEvents *s = SVA_EVENTS(dev);
    SvaEventFormat format;
    char *ring;

    if (!events_check(s, &format, errp)) {
        return;
    }
    ring = g_try_malloc(s->buffer);
    if (!ring) {
        error_setg(errp, TYPE_SVA_EVENTS ": no memory for the buffer");
        return;
    }
    qemu_mutex_init(&s->lock);
    sva_event_stream_init(&s->stream, format, ring, s->buffer);
    s->bh = qemu_bh_new(events_write, s);
    s->retry = timer_new_ms(QEMU_CLOCK_REALTIME, events_write, s);
    s->shutdown.notify = events_shutdown;
    qemu_register_shutdown_notifier(&s->shutdown);
    qemu_add_vm_change_state_handler(events_runstate, s);
    qemu_chr_fe_set_handlers(&s->chr, events_can_read, events_read,
                             events_chr_event, NULL, s, NULL, true);
    s->sink = (SvaEventSink) {
        .fn = events_sink, .opaque = s, .no_hits = !s->hits,
    };
    sva_event_bus_add(sva_env_machine_bus(), &s->sink);
}

static void events_get_lost(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    SvaEvents *s = SVA_EVENTS(obj);
    uint64_t lost = 0;

    if (DEVICE(obj)->realized) {
        qemu_mutex_lock(&s->lock);
        lost = s->stream.lost;
        qemu_mutex_unlock(&s->lock);
    }
    visit_type_uint64(v, name, &lost, errp);
}

static const Property events_properties[] = {
    DEFINE_PROP_CHR("chardev", SvaEvents, chr),
    DEFINE_PROP_STRING("format", SvaEvents, format),
    DEFINE_PROP_SIZE("buffer", SvaEvents, buffer, BUFFER_DEFAULT),
    DEFINE_PROP_BOOL("hits", SvaEvents, hits, true),
    DEFINE_PROP_UINT64("stop-at", SvaEvents, stop_at, 0),
};

/*
 * After migration a stream begins afresh.  In a replay QEMU goes back to a
 * snapshot, and events get the numbers that they had.
 */
static int events_pre_save(void *opaque)
{
    SvaEvents *s = opaque;

    s->seq = sva_env_machine_bus()->seq;
    return 0;
}

static int events_post_load(void *opaque, int version_id)
{
    SvaEvents *s = opaque;

    sva_env_machine_bus()->seq = s->seq;
    return 0;
}

static const VMStateDescription vmstate_events = {
    .name = TYPE_SVA_EVENTS,
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = sva_env_machine_replays,
    .pre_save = events_pre_save,
    .post_load = events_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(seq, SvaEvents),
        VMSTATE_END_OF_LIST()
    }
};

static void events_class_init(ObjectClass *klass, SVA_CLASS_CONST void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = events_realize;
    dc->hotpluggable = false;
    dc->vmsd = &vmstate_events;
    dc->desc = "Events of the SVA models on a character device";
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, events_properties);
    object_class_property_add(klass, "lost", "uint64", events_get_lost, NULL,
                              NULL, NULL);
}

static const TypeInfo events_types[] = {
    {
        .name = TYPE_SVA_EVENTS,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(SvaEvents),
        .class_init = events_class_init,
    },
};

DEFINE_TYPES(events_types)
