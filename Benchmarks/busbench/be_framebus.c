/* The wire of Framebus, version 1, for the busbench driver (docs/PROTOCOL.md): HELLO and WELCOME, LISTEN with the
 * whole set and PING as its confirmation, and frames with a 24-byte header. Topic t is frame id t + 1. */
#include "bb.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEADER = 24, HELLO = 0xFF01, WELCOME = 0xFF02, GOODBYE = 0xFF03, LISTEN = 0xFF06, PING = 0xFF0A, PONG = 0xFF0B };
enum { ENTRY = 6, TOPICS_MAX = 4096, FLAGS_NORMAL = 1 << 2 };

/* What a connection listens for: LISTEN replaces the set, so it is kept whole. */
struct listens { unsigned count; uint16_t ids[TOPICS_MAX]; };

static void put_header(uint8_t *d, size_t size, unsigned type)
{
    memset(d, 0, HEADER);
    bb_put32(d, (uint32_t)size);
    bb_put16(d + 4, (uint16_t)type);
    d[6] = FLAGS_NORMAL;
}

static uint8_t *put_string(uint8_t *d, const char *text)
{
    size_t n = strlen(text);
    bb_put32(d, (uint32_t)n);
    memcpy(d + 4, text, n);
    return d + 4 + n;
}

/* Reads until a bus frame of the wanted type; everything else is thrown away. */
static int wait_for(struct conn *c, unsigned wanted)
{
    for (;;) {
        uint8_t h[HEADER], payload[4096];
        if (bb_read_n(c, h, HEADER)) return -1;
        size_t n = bb_get32(h);
        if (n > sizeof payload || (n && bb_read_n(c, payload, n))) return -1;
        if (bb_get16(h + 4) == wanted) return 0;
        if (bb_get16(h + 4) == GOODBYE) {
            fprintf(stderr, "framebus: GOODBYE %u: %.*s\n", payload[0], (int)bb_get32(payload + 1), payload + 5);
            return -1;
        }
    }
}

static int f_open(struct conn *c)
{
    static unsigned serial;
    const char *path = bb_opt("path", NULL);
    c->fd = path ? bb_unix(path) : bb_tcp();
    if (c->fd < 0) return -1;
    c->priv = calloc(1, sizeof(struct listens));

    char name[64];
    snprintf(name, sizeof name, "bench-%d-%u", (int)getpid(), serial++);
    uint8_t hello[256], *d = hello + HEADER;
    bb_put16(d, 1);                      /* version */
    d[2] = 0;                            /* instance */
    d[3] = 0;                            /* observer */
    bb_put32(d + 4, (uint32_t)getpid());
    d = put_string(d + 8, name);
    d = put_string(d, "busbench");
    d = put_string(d, "1");
    put_header(hello, (size_t)(d - hello) - HEADER, HELLO);
    return bb_write_all(c, hello, (size_t)(d - hello)) ? -1 : wait_for(c, WELCOME);
}

static int f_subscribe(struct conn *c, unsigned topic)
{
    struct listens *l = c->priv;
    if (l->count == TOPICS_MAX) return -1;
    l->ids[l->count++] = (uint16_t)(topic + 1);

    size_t payload = 4 + (size_t)l->count * ENTRY;
    uint8_t *m = calloc(1, HEADER + payload + HEADER + 8), *d = m + HEADER;
    put_header(m, payload, LISTEN);
    bb_put32(d, l->count);
    d += 4;
    for (unsigned i = 0; i < l->count; i++, d += ENTRY) {
        bb_put16(d, l->ids[i]);
        d[3] = 1;                        /* any instance */
        d[4] = 1;                        /* values */
    }
    put_header(d, 8, PING);
    int failed = bb_write_all(c, m, (size_t)(d - m) + HEADER + 8);
    free(m);
    return failed ? -1 : wait_for(c, PONG);
}

static size_t f_encode(struct conn *c, uint8_t *d, unsigned topic, const uint8_t *p, size_t n)
{
    (void)c;
    put_header(d, n, topic + 1);
    memcpy(d + HEADER, p, n);
    return n + HEADER;
}

static ssize_t f_decode(struct conn *c, const uint8_t *p, size_t n, frame_cb cb)
{
    size_t o = 0;
    while (n - o >= HEADER) {
        size_t size = bb_get32(p + o);
        unsigned type = bb_get16(p + o + 4);
        if (size > BB_MAXFRAME) return -1;
        if (n - o < HEADER + size) break;
        if (type < 0xFF00) {
            cb(c, p + o + HEADER, size);
        } else if (type == PING) {
            uint8_t pong[HEADER + 8];
            put_header(pong, 8, PONG);
            memcpy(pong + HEADER, p + o + HEADER, 8);
            bb_reply(c, pong, sizeof pong);
        }
        o += HEADER + size;
    }
    return (ssize_t)o;
}

static void f_close(struct conn *c)
{
    free(c->priv);
    c->priv = NULL;
}

static const struct backend be_framebus = {
    .name = "framebus", .help = "Framebus, wire version 1 (-o path= for its Unix socket)", .stream = 1,
    .open = f_open, .subscribe = f_subscribe, .encode = f_encode, .decode = f_decode, .close = f_close,
};
BB_REGISTER(be_framebus)
