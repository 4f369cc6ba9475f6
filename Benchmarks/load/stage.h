/* All senders and receivers of a workload, played by one thread on one epoll. */
#ifndef STAGE_H
#define STAGE_H
#include "connection.h"

enum { CONNECTIONS_MAX = 4096 };

struct stage {
    const struct wire *wire;
    const char *address;
    pid_t broker;
    struct connection *senders[CONNECTIONS_MAX], *receivers[CONNECTIONS_MAX];
    unsigned sender_count, receiver_count;
    uint32_t sent[CONNECTIONS_MAX];      /* the next sequence number of each sender */
    uint64_t sent_total, received_total;
    bool measures_latency;
};
extern struct stage stage;

__attribute__((noreturn)) void fail(const char *what);

/* Opens the connections; receiver r gets what sender s sends if `follows`. Topic s belongs to sender s. */
void stage_open(unsigned senders, unsigned receivers, bool (*follows)(unsigned receiver, unsigned sender));
struct connection *stage_connect(const unsigned *topics, size_t topic_count);

/* Sends the next frame of a sender, at least 16 bytes; false if it cannot take one now.
 * Its latency is counted from `time`, if that is not 0. */
bool stage_send(unsigned sender, enum priority priority, size_t size, uint64_t time);
/* Writes what a sender has gathered, now or as soon as it goes. */
void stage_flush(unsigned sender);

/* Leaves a connection alone, or looks after it again. */
void stage_ignore(struct connection *c);
void stage_watch(struct connection *c);

/* Waits for at most some nanoseconds, then reads once from every connection that has something. */
void stage_turn(uint64_t nanoseconds);
/* Goes on until nothing has come for a while. */
void stage_settle(double quiet_seconds);
/* Keeps the connections alive until the driver asks for another block; false at the end of its requests. */
bool stage_wait_for_request(void);
#endif
