/* Redis pub/sub in RESP3, in which a connection may publish and subscribe. PUBLISH is not answered, as the other
 * brokers do not answer either. Topic t is the channel t<number>. */
#define _GNU_SOURCE
#include "connection.h"
#include <stdio.h>

static bool is_pong(const uint8_t *answer, size_t count) { return memmem(answer, count, "+PONG\r\n", 7) != NULL; }

static int greet(struct connection *c, const unsigned *topics, size_t topic_count)
{
    char message[8192];
    int size = sprintf(message, "HELLO 3\r\n");
    for (size_t i = 0; i < topic_count && size < (int)sizeof message - 64; i++)
        size += sprintf(message + size, "SUBSCRIBE t%u\r\n", topics[i]);
    size += sprintf(message + size, "PING\r\nCLIENT REPLY OFF\r\n");
    return exchange(c, message, (size_t)size, is_pong);
}

static size_t encode(struct connection *c, uint8_t *to, unsigned topic, enum priority priority, const uint8_t *payload,
                     size_t size)
{
    (void)c;
    (void)priority;
    uint8_t name[12] = "t", *at = to;
    unsigned name_size = (unsigned)(put_digits(name + 1, topic) - name);
    memcpy(at, "*3\r\n$7\r\nPUBLISH\r\n$", 18);
    at = put_digits(at + 18, name_size);
    memcpy(at, "\r\n", 2);
    memcpy(at + 2, name, name_size);
    memcpy(at + 2 + name_size, "\r\n$", 3);
    at = put_digits(at + 5 + name_size, (unsigned)size);
    memcpy(at, "\r\n", 2);
    memcpy(at + 2, payload, size);
    memcpy(at + 2 + size, "\r\n", 2);
    return (size_t)(at + 4 + size - to);
}

/* Reads "<mark><number>\r\n"; returns what follows it, or NULL if it is not whole. */
static const uint8_t *take_number(const uint8_t *from, const uint8_t *end, size_t *value)
{
    *value = 0;
    for (from++; from < end && *from >= '0' && *from <= '9'; from++) *value = 10 * *value + (size_t)(*from - '0');
    return end - from >= 2 ? from + 2 : NULL;
}

/* Reads ">3\r\n$7\r\nmessage\r\n$<n>\r\n<channel>\r\n$<n>\r\n<payload>\r\n"; returns what follows it, or NULL. */
static const uint8_t *take_push(struct connection *c, const uint8_t *from, const uint8_t *end)
{
    size_t parts, size = 0;
    const uint8_t *part = NULL;
    if (!(from = take_number(from, end, &parts))) return NULL;
    while (parts--) {
        if (from == end || !(part = take_number(from, end, &size))) return NULL;
        if ((size_t)(end - part) < size + 2) return NULL;
        from = part + size + 2;
    }
    received(c, part, size);
    return from;
}

static ssize_t decode(struct connection *c, const uint8_t *bytes, size_t count)
{
    const uint8_t *at = bytes, *end = bytes + count;
    while (at < end) {
        const uint8_t *next = *at == '>' ? take_push(c, at, end) : memchr(at, '\n', (size_t)(end - at));
        if (!next) break;
        at = *at == '>' ? next : next + 1;
    }
    return at - bytes;
}

const struct wire redis_wire = { "redis", greet, encode, decode };
