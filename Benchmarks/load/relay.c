/* The framing of relay.c. */
#include "connection.h"

enum { HEADER = 24 };
enum operation { FRAME, SUBSCRIBE };

static bool is_confirmed(const uint8_t *answer, size_t count)
{
    (void)answer;
    return count >= HEADER;
}

static int greet(struct connection *c, const unsigned *topics, size_t topic_count)
{
    for (size_t i = 0; i < topic_count; i++) {
        uint8_t message[HEADER] = { 0 };
        put16(message + 4, (uint16_t)topics[i]);
        put16(message + 6, SUBSCRIBE);
        if (exchange(c, message, sizeof message, is_confirmed)) return -1;
    }
    return 0;
}

static size_t encode(struct connection *c, uint8_t *to, unsigned topic, enum priority priority, const uint8_t *payload,
                     size_t size)
{
    (void)c;
    (void)priority;
    memset(to, 0, HEADER);
    put32(to, (uint32_t)size);
    put16(to + 4, (uint16_t)topic);
    memcpy(to + HEADER, payload, size);
    return HEADER + size;
}

static ssize_t decode(struct connection *c, const uint8_t *bytes, size_t count)
{
    size_t used = 0;
    while (count - used >= HEADER) {
        size_t size = get32(bytes + used);
        if (size > PAYLOAD_MAX) return -1;
        if (count - used < HEADER + size) break;
        if (get16(bytes + used + 6) == FRAME) received(c, bytes + used + HEADER, size);
        used += HEADER + size;
    }
    return (ssize_t)used;
}

const struct wire relay_wire = { "relay", greet, encode, decode };
