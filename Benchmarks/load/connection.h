/* A connection to a broker: one module, publisher or subscriber. */
#ifndef CONNECTION_H
#define CONNECTION_H
#include "wire.h"

struct connection {
    const struct wire *wire;
    int fd;
    unsigned number;                     /* counts the connections of this process, from 0 */
    bool closed, blocked;
    uint8_t *out;                        /* what is to be written: out[out_start ..< out_end] */
    size_t out_start, out_end;
    uint8_t *part;                       /* the beginning of a frame that is not whole yet */
    size_t part_count;

    /* What arrived here. */
    uint64_t received, missing, told;
    uint32_t *next;                      /* the next sequence number of each sender */
};

/* Connects to a port of this machine or the path of a socket, and subscribes. NULL if that fails. */
struct connection *connection_open(const struct wire *wire, const char *address, const unsigned *topics,
                                   size_t topic_count);
void connection_close(struct connection *c);

/* While a connection is being opened: sends a request and reads until the answer is whole. 0, or -1. */
int exchange(struct connection *c, const void *request, size_t size,
             bool (*is_whole)(const uint8_t *answer, size_t count));

/* Appends a frame to what is to be written; false if there is no room or the broker takes nothing now. */
bool connection_send(struct connection *c, unsigned topic, enum priority priority, const uint8_t *payload, size_t size);
/* Appends an answer of the protocol, such as PONG, and writes it. */
void connection_reply(struct connection *c, const void *bytes, size_t size);
/* Writes what waits, as far as it goes. */
void connection_flush(struct connection *c);
/* Reads once, at most `bytes_max` bytes, and handles what came. Returns how many bytes came. */
size_t connection_receive(struct connection *c, size_t bytes_max);

enum { OUT_BYTES = 64 << 10, READ_BYTES = 256 << 10 };
#endif
