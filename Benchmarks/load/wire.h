/* A wire: what the load client must know of a broker's protocol, and nothing more.
 *
 * Topics are numbers from 0; each wire names them in its own way. */
#ifndef WIRE_H
#define WIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

struct connection;

enum priority { HIGH, NORMAL, LOW };

struct wire {
    const char *name;
    /* Greets the broker, subscribes to the topics, and returns when the broker has confirmed that: 0, or -1. */
    int (*greet)(struct connection *c, const unsigned *topics, size_t topic_count);
    /* Writes one encoded frame; there is room for OVERHEAD_MAX bytes beside the payload. Returns its size. */
    size_t (*encode)(struct connection *c, uint8_t *to, unsigned topic, enum priority priority, const uint8_t *payload,
                     size_t size);
    /* Hands each whole frame to `received`, and what the broker says was lost to `told_lost`.
     * Returns how many bytes it used, or -1 if the broker ends the connection or speaks another protocol. */
    ssize_t (*decode)(struct connection *c, const uint8_t *bytes, size_t count);
};

enum { OVERHEAD_MAX = 128, PAYLOAD_MAX = 16 << 10 };

extern const struct wire framebus_wire, relay_wire, nats_wire, mqtt_wire, redis_wire;

void received(struct connection *c, const uint8_t *payload, size_t size);
void told_lost(struct connection *c, uint64_t count);

static inline void put16(uint8_t *to, uint16_t value) { memcpy(to, &value, sizeof value); }
static inline void put32(uint8_t *to, uint32_t value) { memcpy(to, &value, sizeof value); }
static inline uint16_t get16(const uint8_t *from) { uint16_t value; memcpy(&value, from, sizeof value); return value; }
static inline uint32_t get32(const uint8_t *from) { uint32_t value; memcpy(&value, from, sizeof value); return value; }
static inline uint64_t get64(const uint8_t *from) { uint64_t value; memcpy(&value, from, sizeof value); return value; }

/* Writes a number in decimal digits; returns what follows it. */
static inline uint8_t *put_digits(uint8_t *to, unsigned value)
{
    uint8_t digits[10];
    int count = 0;
    do digits[count++] = (uint8_t)('0' + value % 10); while (value /= 10);
    while (count) *to++ = digits[--count];
    return to;
}
#endif
