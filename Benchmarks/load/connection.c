#define _GNU_SOURCE
#include "connection.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PART_MAX = PAYLOAD_MAX + OVERHEAD_MAX, REPLY_MAX = 1024 };

static int connect_to(const char *address)
{
    int on = 1, fd = socket(*address == '/' ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(address)),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    snprintf(local.sun_path, sizeof local.sun_path, "%s", address);
    int failed = *address == '/' ? connect(fd, (struct sockaddr *)&local, sizeof local)
                                 : connect(fd, (struct sockaddr *)&loopback, sizeof loopback);
    if (failed) {
        close(fd);
        return -1;
    }
    if (*address != '/') setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct timeval limit = { .tv_sec = 5 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

struct connection *connection_open(const struct wire *wire, const char *address, const unsigned *topics,
                                   size_t topic_count)
{
    static unsigned number;
    int fd = connect_to(address);
    if (fd < 0) return NULL;
    struct connection *c = calloc(1, sizeof *c);
    c->wire = wire;
    c->fd = fd;
    c->number = number++;
    if (wire->greet(c, topics, topic_count)) {
        connection_close(c);
        return NULL;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return c;
}

void connection_close(struct connection *c)
{
    close(c->fd);
    free(c->out);
    free(c->part);
    free(c->next);
    free(c);
}

int exchange(struct connection *c, const void *request, size_t size,
             bool (*is_whole)(const uint8_t *answer, size_t count))
{
    uint8_t answer[16 << 10];
    size_t count = 0;
    if (size && send(c->fd, request, size, MSG_NOSIGNAL) != (ssize_t)size) return -1;
    while (!is_whole(answer, count)) {
        if (count == sizeof answer) return -1;
        ssize_t got = recv(c->fd, answer + count, sizeof answer - count, 0);
        if (got <= 0) return -1;
        count += (size_t)got;
    }
    return 0;
}

static void reserve_out(struct connection *c)
{
    if (!c->out) c->out = malloc(OUT_BYTES + REPLY_MAX);
}

bool connection_send(struct connection *c, unsigned topic, enum priority priority, const uint8_t *payload, size_t size)
{
    reserve_out(c);
    if (c->closed || c->blocked || c->out_end + size + OVERHEAD_MAX > OUT_BYTES) return false;
    c->out_end += c->wire->encode(c, c->out + c->out_end, topic, priority, payload, size);
    return true;
}

void connection_reply(struct connection *c, const void *bytes, size_t size)
{
    reserve_out(c);
    if (c->out_end + size > OUT_BYTES + REPLY_MAX) return;
    memcpy(c->out + c->out_end, bytes, size);
    c->out_end += size;
    connection_flush(c);
}

void connection_flush(struct connection *c)
{
    while (c->out_start < c->out_end) {
        ssize_t sent = send(c->fd, c->out + c->out_start, c->out_end - c->out_start, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            c->blocked = errno == EAGAIN;
            c->closed = !c->blocked;
            return;
        }
        c->out_start += (size_t)sent;
    }
    c->out_start = c->out_end = 0;
    c->blocked = false;
}

size_t connection_receive(struct connection *c, size_t bytes_max)
{
    static uint8_t input[PART_MAX + READ_BYTES];
    memcpy(input, c->part, c->part_count);
    ssize_t got = recv(c->fd, input + c->part_count, bytes_max, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) c->closed = true;
        return 0;
    }
    size_t count = c->part_count + (size_t)got;
    ssize_t used = c->wire->decode(c, input, count);
    if (used < 0 || count - (size_t)used > PART_MAX) {
        c->closed = true;
        return 0;
    }
    c->part_count = count - (size_t)used;
    if (c->part_count && !c->part) c->part = malloc(PART_MAX);
    memcpy(c->part, input + used, c->part_count);
    return (size_t)got;
}
