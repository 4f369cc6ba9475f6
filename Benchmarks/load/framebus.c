/* The wire of Framebus, version 1 (docs/PROTOCOL.md). Topic t is frame id t + 1. */
#include "connection.h"
#include <stdio.h>
#include <unistd.h>

enum { HEADER = 24, ENTRY = 6, TOKEN = 8, FIRST_BUS_ID = 0xFF00 };
enum { HELLO = 0xFF01, WELCOME = 0xFF02, LISTEN = 0xFF06, LOST = 0xFF08, PING = 0xFF0A, PONG = 0xFF0B };

static void put_header(uint8_t *to, size_t size, unsigned type, enum priority priority)
{
    memset(to, 0, HEADER);
    put32(to, (uint32_t)size);
    put16(to + 4, (uint16_t)type);
    to[6] = (uint8_t)(priority << 2);
}

static uint8_t *put_string(uint8_t *to, const char *text)
{
    size_t size = strlen(text);
    put32(to, (uint32_t)size);
    memcpy(to + 4, text, size);
    return to + 4 + size;
}

static bool holds(const uint8_t *bytes, size_t count, unsigned type)
{
    while (count >= HEADER && count - HEADER >= get32(bytes)) {
        if (get16(bytes + 4) == type) return true;
        count -= HEADER + get32(bytes);
        bytes += HEADER + get32(bytes);
    }
    return false;
}

static bool is_welcome(const uint8_t *answer, size_t count) { return holds(answer, count, WELCOME); }
static bool is_pong(const uint8_t *answer, size_t count) { return holds(answer, count, PONG); }

static int greet(struct connection *c, const unsigned *topics, size_t topic_count)
{
    uint8_t message[8 << 10], *to = message + HEADER;
    char name[32];
    snprintf(name, sizeof name, "load-%d-%u", (int)getpid(), c->number);
    memset(to, 0, 8);
    put16(to, 1);                        /* version; then instance 0, no observer */
    put32(to + 4, (uint32_t)getpid());
    to = put_string(put_string(put_string(to + 8, name), "load"), "1");
    put_header(message, (size_t)(to - message) - HEADER, HELLO, HIGH);
    if (exchange(c, message, (size_t)(to - message), is_welcome)) return -1;

    size_t payload = 4 + topic_count * ENTRY;
    if (2 * HEADER + payload + TOKEN > sizeof message) return -1;
    memset(message, 0, sizeof message);
    put_header(message, payload, LISTEN, HIGH);
    put32(message + HEADER, (uint32_t)topic_count);
    to = message + HEADER + 4;
    for (size_t i = 0; i < topic_count; i++, to += ENTRY) {
        put16(to, (uint16_t)(topics[i] + 1));
        to[3] = 1;                       /* any instance */
        to[4] = 1;                       /* values, no requests */
    }
    put_header(to, TOKEN, PING, HIGH);
    return exchange(c, message, (size_t)(to - message) + HEADER + TOKEN, is_pong);
}

static size_t encode(struct connection *c, uint8_t *to, unsigned topic, enum priority priority, const uint8_t *payload,
                     size_t size)
{
    (void)c;
    put_header(to, size, topic + 1, priority);
    memcpy(to + HEADER, payload, size);
    return HEADER + size;
}

static void handle(struct connection *c, unsigned type, const uint8_t *payload)
{
    if (type == PING) {
        uint8_t pong[HEADER + TOKEN];
        put_header(pong, TOKEN, PONG, HIGH);
        memcpy(pong + HEADER, payload, TOKEN);
        connection_reply(c, pong, sizeof pong);
    } else if (type == LOST) {
        told_lost(c, get64(payload + 7)); /* behind type, instance and source */
    }
}

static ssize_t decode(struct connection *c, const uint8_t *bytes, size_t count)
{
    size_t used = 0;
    while (count - used >= HEADER) {
        const uint8_t *frame = bytes + used;
        size_t size = get32(frame);
        unsigned type = get16(frame + 4);
        if (size > PAYLOAD_MAX) return -1;
        if (count - used < HEADER + size) break;
        if (type < FIRST_BUS_ID) received(c, frame + HEADER, size);
        else handle(c, type, frame + HEADER);
        used += HEADER + size;
    }
    return (ssize_t)used;
}

const struct wire framebus_wire = { "framebus", greet, encode, decode };
