#define _GNU_SOURCE
#include "stage.h"
#include "meter.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 256, STAMP = 16 };

struct stage stage;
static int poller = -1;
static bool is_asked;

void fail(const char *what)
{
    printf("{\"error\": \"%s: %s\"}\n", what, errno ? strerror(errno) : "no answer");
    exit(1);
}

void received(struct connection *c, const uint8_t *payload, size_t size)
{
    if (size < STAMP) return;
    uint32_t sender = get32(payload + 8), sequence = get32(payload + 12);
    if (sender >= stage.sender_count || sequence < c->next[sender]) return;
    c->missing += sequence - c->next[sender];
    c->next[sender] = sequence + 1;
    c->received++;
    stage.received_total++;
    uint64_t time = get64(payload);
    if (stage.measures_latency && time) latencies_add(now() - time);
}

void told_lost(struct connection *c, uint64_t count) { c->told += count; }

static void control(int operation, struct connection *c, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = c };
    epoll_ctl(poller, operation, c ? c->fd : STDIN_FILENO, &event);
}

void stage_ignore(struct connection *c) { control(EPOLL_CTL_DEL, c, 0); }
void stage_watch(struct connection *c) { control(EPOLL_CTL_ADD, c, EPOLLIN); }

struct connection *stage_connect(const unsigned *topics, size_t topic_count)
{
    if (poller < 0) {
        poller = epoll_create1(EPOLL_CLOEXEC);
        control(EPOLL_CTL_ADD, NULL, EPOLLIN);
    }
    struct connection *c = connection_open(stage.wire, stage.address, topics, topic_count);
    if (!c) fail("connect");
    c->next = calloc(stage.sender_count + 1, sizeof *c->next);
    stage_watch(c);
    return c;
}

void stage_open(unsigned senders, unsigned receivers, bool (*follows)(unsigned receiver, unsigned sender))
{
    stage.sender_count = senders;
    stage.receiver_count = receivers;
    for (unsigned r = 0; r < receivers; r++) {
        unsigned topics[CONNECTIONS_MAX];
        size_t count = 0;
        for (unsigned s = 0; s < senders; s++)
            if (follows(r, s)) topics[count++] = s;
        stage.receivers[r] = stage_connect(topics, count);
    }
    for (unsigned s = 0; s < senders; s++) stage.senders[s] = stage_connect(NULL, 0);
}

bool stage_send(unsigned sender, enum priority priority, size_t size, uint64_t time)
{
    static uint8_t payload[PAYLOAD_MAX];
    memcpy(payload, &time, sizeof time);
    put32(payload + 8, sender);
    put32(payload + 12, stage.sent[sender]);
    if (!connection_send(stage.senders[sender], sender, priority, payload, size)) return false;
    stage.sent[sender]++;
    stage.sent_total++;
    return true;
}

void stage_flush(unsigned sender)
{
    struct connection *c = stage.senders[sender];
    connection_flush(c);
    if (c->closed) fail("the broker closed a sender");
    if (c->blocked) control(EPOLL_CTL_MOD, c, EPOLLIN | EPOLLOUT);
}

void stage_turn(uint64_t nanoseconds)
{
    struct epoll_event events[EVENTS_MAX];
    struct timespec limit = { (time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u) };
    int ready = epoll_pwait2(poller, events, EVENTS_MAX, &limit, NULL);
    for (int i = 0; i < ready; i++) {
        struct connection *c = events[i].data.ptr;
        if (!c) {
            is_asked = true;
            continue;
        }
        if (events[i].events & EPOLLOUT) {
            connection_flush(c);
            if (!c->blocked) control(EPOLL_CTL_MOD, c, EPOLLIN);
        }
        if (events[i].events & ~(unsigned)EPOLLOUT) connection_receive(c, READ_BYTES);
        if (c->closed) stage_ignore(c);
    }
}

void stage_settle(double quiet_seconds)
{
    uint64_t seen = stage.received_total, since = now();
    while (now() - since < (uint64_t)(quiet_seconds * 1e9)) {
        stage_turn(5000000);
        if (stage.received_total == seen) continue;
        seen = stage.received_total;
        since = now();
    }
}

bool stage_wait_for_request(void)
{
    char request[64];
    fflush(stdout);
    is_asked = false;
    while (!is_asked) stage_turn(1000000000);
    return read(STDIN_FILENO, request, sizeof request) > 0;
}
