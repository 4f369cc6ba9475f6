/* MQTT 3.1.1, quality of service 0. Topic t is named t<number>. */
#include "connection.h"
#include <stdio.h>
#include <unistd.h>

enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, SUBSCRIBE = 0x82, SUBACK = 0x90 };

static bool is_connack(const uint8_t *answer, size_t count) { return count >= 4 && *answer == CONNACK; }
static bool is_suback(const uint8_t *answer, size_t count) { return count >= 5 && *answer == SUBACK; }

/* Texts have their length in two bytes before them. */
static size_t put_topic(uint8_t *to, unsigned topic)
{
    to[0] = 0;
    to[2] = 't';
    size_t size = (size_t)(put_digits(to + 3, topic) - (to + 2));
    to[1] = (uint8_t)size;
    return 2 + size;
}

static int greet(struct connection *c, const unsigned *topics, size_t topic_count)
{
    uint8_t packet[128] = { CONNECT };
    memcpy(packet + 2, "\0\4MQTT\4\2\0\0", 10); /* level 4, clean session, no keep-alive */
    int name_size = snprintf((char *)packet + 14, 64, "load-%d-%u", (int)getpid(), c->number);
    packet[13] = (uint8_t)name_size;
    size_t size = 12 + (size_t)name_size;
    packet[1] = (uint8_t)size;
    if (exchange(c, packet, 2 + size, is_connack)) return -1;
    for (size_t i = 0; i < topic_count; i++) {
        packet[0] = SUBSCRIBE;
        packet[2] = 0;
        packet[3] = (uint8_t)(i + 1);
        size = 2 + put_topic(packet + 4, topics[i]);
        packet[2 + size++] = 0;
        packet[1] = (uint8_t)size;
        if (exchange(c, packet, 2 + size, is_suback)) return -1;
    }
    return 0;
}

static size_t encode(struct connection *c, uint8_t *to, unsigned topic, enum priority priority, const uint8_t *payload,
                     size_t size)
{
    (void)c;
    (void)priority;
    uint8_t name[16], *at = to;
    size_t name_size = put_topic(name, topic), rest = name_size + size;
    *at++ = PUBLISH;
    do {
        *at++ = (uint8_t)((rest & 127) | (rest > 127 ? 128 : 0));
        rest >>= 7;
    } while (rest);
    memcpy(at, name, name_size);
    memcpy(at + name_size, payload, size);
    return (size_t)(at - to) + name_size + size;
}

static ssize_t decode(struct connection *c, const uint8_t *bytes, size_t count)
{
    size_t used = 0;
    while (count - used >= 2) {
        const uint8_t *packet = bytes + used;
        size_t rest = 0, head = 1;
        bool more = true;
        for (unsigned shift = 0; more && head < count - used; shift += 7) {
            rest |= (size_t)(packet[head] & 127) << shift;
            more = packet[head++] & 128;
        }
        if (more || count - used < head + rest) break;
        if ((packet[0] & 0xF0) == PUBLISH) {
            size_t name = 2 + ((size_t)packet[head] << 8 | packet[head + 1]);
            received(c, packet + head + name, rest - name);
        }
        used += head + rest;
    }
    return (ssize_t)used;
}

const struct wire mqtt_wire = { "mqtt", greet, encode, decode };
