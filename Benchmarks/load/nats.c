/* The client protocol of NATS: lines of text, payloads counted in them. Topic t is the subject t<number>. */
#define _GNU_SOURCE
#include "connection.h"
#include <stdio.h>

static bool is_info(const uint8_t *answer, size_t count) { return memmem(answer, count, "\r\n", 2) != NULL; }
static bool is_pong(const uint8_t *answer, size_t count) { return memmem(answer, count, "PONG\r\n", 6) != NULL; }

static int greet(struct connection *c, const unsigned *topics, size_t topic_count)
{
    char message[4096];
    int size = snprintf(message, sizeof message, "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"c\"}\r\n");
    for (size_t i = 0; i < topic_count && size < (int)sizeof message - 64; i++)
        size += sprintf(message + size, "SUB t%u %zu\r\n", topics[i], i + 1);
    size += sprintf(message + size, "PING\r\n");
    return exchange(c, NULL, 0, is_info) ? -1 : exchange(c, message, (size_t)size, is_pong);
}

static size_t encode(struct connection *c, uint8_t *to, unsigned topic, enum priority priority, const uint8_t *payload,
                     size_t size)
{
    (void)c;
    (void)priority;
    uint8_t *at = to;
    memcpy(at, "PUB t", 5);
    at = put_digits(at + 5, topic);
    *at++ = ' ';
    at = put_digits(at, (unsigned)size);
    memcpy(at, "\r\n", 2);
    memcpy(at + 2, payload, size);
    memcpy(at + 2 + size, "\r\n", 2);
    return (size_t)(at + 4 + size - to);
}

static ssize_t decode(struct connection *c, const uint8_t *bytes, size_t count)
{
    size_t used = 0;
    while (used < count) {
        const uint8_t *line = bytes + used, *end = memchr(line, '\n', count - used);
        if (!end) break;
        size_t line_size = (size_t)(end - line) + 1;
        if (*line == 'M') {              /* MSG subject sid size */
            size_t size = 0, place = 1;
            for (const uint8_t *digit = end - 2; *digit != ' '; digit--, place *= 10) size += (*digit - '0') * place;
            if (count - used < line_size + size + 2) break;
            received(c, line + line_size, size);
            used += line_size + size + 2;
            continue;
        }
        if (*line == '-') return -1;
        if (line_size == 6 && !memcmp(line, "PING", 4)) connection_reply(c, "PONG\r\n", 6);
        used += line_size;
    }
    return (ssize_t)used;
}

const struct wire nats_wire = { "nats", greet, encode, decode };
