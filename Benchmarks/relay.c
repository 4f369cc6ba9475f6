/* relay: the limit that a single-threaded broker on one epoll can reach. Usage: relay PORT | relay /path/of/a/socket
 *
 * It does what every broker must and nothing else: it finds the frames in what it reads, appends each to the buffer of
 * every subscriber of its type, and at the end of a turn writes once to each subscriber that got something. Buffers are
 * bounded; a frame that finds one full is dropped, and nobody is told.
 *
 * Framing, little-endian, 24 bytes like Framebus's own header: u32 payload bytes, u16 type, u16 operation (0 frame,
 * 1 subscribe to the type, 2 subscribed), 16 bytes that the relay only carries. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    HEADER = 24,
    PAYLOAD_MAX = 16 << 10,
    READ_MAX = 128 << 10,
    EVENTS_MAX = 256,
    BUFFER_MIN = 64 << 10,
    BUFFER_MAX = 4 << 20,
};
enum operation { FRAME, SUBSCRIBE, SUBSCRIBED };

struct connection {
    int fd;
    bool touched, blocked, broken;
    uint8_t *out;                        /* what is to be written: out[out_start ..< out_end] */
    size_t out_start, out_end, out_capacity;
    uint8_t *part;                       /* the beginning of a frame that is not whole yet */
    size_t part_count;
};

struct list { struct connection **items; size_t count, capacity; };

static struct list subscribers[1 << 16], touched, broken;
static uint8_t input[HEADER + PAYLOAD_MAX + READ_MAX];
static int poller;

static void add(struct list *list, struct connection *item)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 8;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
    }
    list->items[list->count++] = item;
}

static void take_out(struct list *list, const struct connection *item)
{
    for (size_t i = 0; i < list->count;) {
        if (list->items[i] == item) list->items[i] = list->items[--list->count];
        else i++;
    }
}

static void give_up(struct connection *c)
{
    if (c->broken) return;
    c->broken = true;
    add(&broken, c);
}

static void watch(struct connection *c, bool blocked)
{
    if (c->blocked == blocked) return;
    c->blocked = blocked;
    struct epoll_event event = { .events = EPOLLIN | (blocked ? EPOLLOUT : 0), .data.ptr = c };
    epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
}

static void flush(struct connection *c)
{
    while (c->out_start < c->out_end) {
        ssize_t sent = send(c->fd, c->out + c->out_start, c->out_end - c->out_start, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) return give_up(c);
            return watch(c, true);
        }
        c->out_start += (size_t)sent;
    }
    c->out_start = c->out_end = 0;
    watch(c, false);
}

/* Makes room for `size` more bytes; false if the buffer may not grow that far. */
static bool has_room(struct connection *c, size_t size)
{
    size_t waiting = c->out_end - c->out_start;
    if (c->out_end + size <= c->out_capacity) return true;
    if (waiting + size > BUFFER_MAX) return false;
    memmove(c->out, c->out + c->out_start, waiting);
    c->out_start = 0;
    c->out_end = waiting;
    while (c->out_capacity < waiting + size) c->out_capacity = c->out_capacity ? 2 * c->out_capacity : BUFFER_MIN;
    c->out = realloc(c->out, c->out_capacity);
    return true;
}

static void append(struct connection *c, const uint8_t *frame, size_t size)
{
    if (c->out_end + size > c->out_capacity && !has_room(c, size)) return;
    memcpy(c->out + c->out_end, frame, size);
    c->out_end += size;
    if (!c->touched) {
        c->touched = true;
        add(&touched, c);
    }
}

static void route(struct connection *c, uint8_t *frame, size_t size)
{
    uint16_t type, operation;
    memcpy(&type, frame + 4, sizeof type);
    memcpy(&operation, frame + 6, sizeof operation);
    struct list *list = &subscribers[type];
    if (operation == FRAME) {
        for (size_t i = 0; i < list->count; i++) append(list->items[i], frame, size);
    } else if (operation == SUBSCRIBE) {
        add(list, c);
        frame[6] = SUBSCRIBED;
        append(c, frame, size);
    }
}

static void receive(struct connection *c)
{
    memcpy(input, c->part, c->part_count);
    ssize_t got = recv(c->fd, input + c->part_count, READ_MAX, MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) give_up(c);
        return;
    }
    size_t count = c->part_count + (size_t)got, used = 0;
    while (count - used >= HEADER) {
        uint32_t payload;
        memcpy(&payload, input + used, sizeof payload);
        if (payload > PAYLOAD_MAX) return give_up(c);
        if (count - used < HEADER + payload) break;
        route(c, input + used, HEADER + payload);
        used += HEADER + payload;
    }
    c->part_count = count - used;
    if (c->part_count && !c->part) c->part = malloc(HEADER + PAYLOAD_MAX);
    memcpy(c->part, input + used, c->part_count);
}

static void accept_one(int listener)
{
    int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
}

static void end_turn(void)
{
    for (size_t i = 0; i < touched.count; i++) {
        struct connection *c = touched.items[i];
        c->touched = false;
        if (!c->blocked && !c->broken) flush(c);
    }
    touched.count = 0;
    for (size_t i = 0; i < broken.count; i++) {
        struct connection *c = broken.items[i];
        for (size_t type = 0; type < 1 << 16; type++) take_out(&subscribers[type], c);
        close(c->fd);
        free(c->out);
        free(c->part);
        free(c);
    }
    broken.count = 0;
}

static int listen_at(const char *address)
{
    int on = 1, fd = socket(*address == '/' ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(address)),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    snprintf(local.sun_path, sizeof local.sun_path, "%s", address);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int failed = *address == '/' ? bind(fd, (struct sockaddr *)&local, sizeof local)
                                 : bind(fd, (struct sockaddr *)&loopback, sizeof loopback);
    if (failed || listen(fd, SOMAXCONN)) {
        fprintf(stderr, "relay: cannot listen on %s: %s\n", address, strerror(errno));
        exit(1);
    }
    return fd;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: relay PORT | relay /path/of/a/socket\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_at(arguments[1]);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event accepting = { .events = EPOLLIN }, events[EVENTS_MAX];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &accepting);
    for (;;) {
        int ready = epoll_wait(poller, events, EVENTS_MAX, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                accept_one(listener);
                continue;
            }
            if (events[i].events & EPOLLOUT) flush(c);
            if (events[i].events & ~(unsigned)EPOLLOUT && !c->broken) receive(c);
        }
        end_turn();
    }
}
