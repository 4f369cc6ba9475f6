/* load: plays all publishers and subscribers of one workload against one broker, in one thread, so that what the
 * clients cost is small and the same for every broker.
 *
 *   load WIRE ADDRESS PID WORKLOAD [NAME=NUMBER]...
 *
 * WIRE is framebus, relay, nats, mqtt or redis; ADDRESS a port of this machine or the path of a Unix socket; PID the
 * broker. It connects, prints a line, and then measures one block for every line that it reads, until there are no
 * more. Each line that it prints is a JSON object. Benchmarks/bench runs it. */
#define _GNU_SOURCE
#include "meter.h"
#include "stage.h"
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static char **settings;

static double setting(const char *name, double otherwise)
{
    size_t size = strlen(name);
    for (char **s = settings; *s; s++)
        if (!strncmp(*s, name, size) && (*s)[size] == '=') return atof(*s + size + 1);
    return otherwise;
}

static bool follows_all(unsigned receiver, unsigned sender)
{
    (void)receiver;
    (void)sender;
    return true;
}

/* ---- Processor time ---- */

struct usage { uint64_t time, sent, received; double broker, client; };

static struct usage usage_now(void)
{
    return (struct usage){ now(), stage.sent_total, stage.received_total, processor_seconds(stage.broker),
                           processor_seconds(0) };
}

static void usage_print(struct usage from, struct usage to)
{
    printf("\"seconds\": %.4f, \"sent\": %llu, \"delivered\": %llu, \"broker_seconds\": %.9f, \"client_seconds\": %.9f",
           (double)(to.time - from.time) * 1e-9, (unsigned long long)(to.sent - from.sent),
           (unsigned long long)(to.received - from.received), to.broker - from.broker, to.client - from.client);
}

/* ---- flow: one sender, as fast as the receivers take it ---- */

/* The oldest frame that a receiver that reads has not got yet. */
static uint32_t oldest_under_way(unsigned reading)
{
    uint32_t oldest = stage.sent[0];
    for (unsigned r = 0; r < reading; r++) {
        if (stage.receivers[r]->closed) fail("the broker closed a receiver");
        if (stage.receivers[r]->next[0] < oldest) oldest = stage.receivers[r]->next[0];
    }
    return oldest;
}

/* Sends for some time with a window: never more frames under way than that. `after_turn` looks on. */
static void flow(double seconds, unsigned reading, void (*after_turn)(void))
{
    size_t size = (size_t)setting("size", 32);
    uint32_t window = (uint32_t)setting("window", 4096);
    bool is_batched = setting("batched", 1) != 0;
    uint64_t end = now() + (uint64_t)(seconds * 1e9), time;
    while ((time = now()) < end) {
        uint32_t credit = window - (stage.sent[0] - oldest_under_way(reading));
        bool has_sent = false;
        /* A batch is worth gathering; single frames go in small groups, so that the receivers are looked after. */
        if (!is_batched && credit > 64) credit = 64;
        if (is_batched && credit < window / 4) credit = 0;
        while (credit && stage_send(0, NORMAL, size, time)) {
            credit--;
            has_sent = true;
            if (!is_batched) stage_flush(0);
        }
        if (has_sent && !stage.senders[0]->blocked) stage_flush(0);
        stage_turn(has_sent && !stage.senders[0]->blocked ? 0 : 1000000);
        if (after_turn) after_turn();
    }
}

static void open_flow(void)
{
    stage_open(1, (unsigned)setting("receivers", 1), follows_all);
    flow(0.1, stage.receiver_count, NULL);
}

static void measure_flow(void)
{
    struct usage before = usage_now();
    flow(setting("seconds", 0.5), stage.receiver_count, NULL);
    usage_print(before, usage_now());
}

/* ---- roundtrip: one frame to and fro ---- */

static void open_roundtrip(void)
{
    stage.sender_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        unsigned topic = 1 - i;
        stage.senders[i] = stage.receivers[i] = stage_connect(&topic, 1);
    }
}

static void pass(unsigned sender, size_t size)
{
    struct connection *to = stage.receivers[1 - sender];
    uint64_t before = to->received;
    if (!stage_send(sender, NORMAL, size, now())) fail("send");
    stage_flush(sender);
    while (to->received == before) {
        struct pollfd readable = { .fd = to->fd, .events = POLLIN };
        if (poll(&readable, 1, 5000) != 1) fail("a frame did not arrive");
        connection_receive(to, READ_BYTES);
        if (to->closed) fail("the broker closed a receiver");
    }
}

static void measure_roundtrip(void)
{
    size_t size = (size_t)setting("size", 32);
    for (int i = 0; i < 100; i++) pass((unsigned)i & 1, size);
    latencies_reset();
    struct usage before = usage_now();
    uint64_t end = before.time + (uint64_t)(setting("seconds", 0.5) * 1e9), start = now();
    while (start < end) {
        pass(0, size);
        pass(1, size);
        uint64_t finish = now();
        latencies_add(finish - start);
        start = finish;
    }
    usage_print(before, usage_now());
    printf(", ");
    latencies_print();
}

/* ---- paced: many senders with a rate, each with some receivers ---- */

static bool follows_neighbours(unsigned receiver, unsigned sender)
{
    unsigned distance = (receiver + stage.receiver_count - sender) % stage.receiver_count;
    return distance >= 1 && distance <= (unsigned)setting("fan", 10);
}

static void open_paced(void)
{
    unsigned count = (unsigned)setting("senders", 100);
    stage_open(count, count, follows_neighbours);
}

/* When each sender's turn is within a period, in the order of the turns: random, and the same in every run. */
struct turn { uint64_t phase; unsigned sender; };

static int by_phase(const void *a, const void *b)
{
    uint64_t x = ((const struct turn *)a)->phase, y = ((const struct turn *)b)->phase;
    return x < y ? -1 : x > y;
}

static void measure_paced(void)
{
    static struct turn turns[CONNECTIONS_MAX];
    uint64_t period = (uint64_t)(1e9 / setting("rate", 50));
    size_t size = (size_t)setting("size", 32);
    uint32_t random = 12345;
    for (unsigned s = 0; s < stage.sender_count; s++) {
        random = random * 1664525u + 1013904223u;
        turns[s] = (struct turn){ (uint64_t)random * period >> 32, s };
    }
    qsort(turns, stage.sender_count, sizeof *turns, by_phase);

    latencies_reset();
    stage.measures_latency = true;
    struct usage before = usage_now();
    unsigned late = 0, next = 0;
    uint64_t start = before.time, end = start + (uint64_t)(setting("seconds", 1) * 1e9), time;
    while ((time = now()) < end) {
        uint64_t due = start + turns[next].phase;
        if (time < due) {
            stage_turn(due - time);
            continue;
        }
        late += time - due > 1000000;
        stage_send(turns[next].sender, NORMAL, size, time);
        stage_flush(turns[next].sender);
        if (++next == stage.sender_count) {
            next = 0;
            start += period;
        }
        stage_turn(0);
    }
    struct usage after = usage_now();
    stage_settle(0.1);
    stage.measures_latency = false;
    usage_print(before, after);
    printf(", \"late\": %u, ", late);
    latencies_print();
}

/* ---- stopped: one of the receivers stops reading at full load ---- */

static uint64_t others_seen, pause_since, longest_pause;

static void watch_pauses(void)
{
    uint64_t time = now();
    if (stage.received_total != others_seen) {
        others_seen = stage.received_total;
        pause_since = time;
    } else if (time - pause_since > longest_pause) {
        longest_pause = time - pause_since;
    }
}

/* Until the stopped receiver is not waited for any more, the others may stand still. */
static const double grace_seconds = 0.3;

static double per_receiver(struct usage from, struct usage to, unsigned receivers)
{
    return (double)(to.received - from.received) / receivers / ((double)(to.time - from.time) * 1e-9);
}

static void open_stopped(void)
{
    stage_open(1, (unsigned)setting("receivers", 8), follows_all);
    flow(0.1, stage.receiver_count, NULL);
}

static void measure_stopped(void)
{
    unsigned all = stage.receiver_count, others = all - 1;
    struct connection *stopped = stage.receivers[others];
    struct usage start = usage_now();
    flow(setting("seconds", 1), all, NULL);
    struct usage stop = usage_now();
    stage_ignore(stopped);
    pause_since = now();
    others_seen = stage.received_total;
    flow(grace_seconds, others, watch_pauses);
    struct usage grace = usage_now();
    flow(setting("seconds", 1), others, watch_pauses);
    struct usage end = usage_now();
    if (!stopped->closed) stage_watch(stopped);
    stage_settle(0.5);
    uint64_t missing_elsewhere = 0;
    for (unsigned r = 0; r < others; r++) missing_elsewhere += stage.sent[0] - stage.receivers[r]->received;
    printf("\"before\": %.0f, \"after\": %.0f, \"pause_ms\": %.1f, \"missing\": %llu, \"told\": %llu, "
           "\"missing_elsewhere\": %llu, \"cut\": %s",
           per_receiver(start, stop, all), per_receiver(grace, end, others), (double)longest_pause * 1e-6,
           (unsigned long long)(stage.sent[0] - stopped->received), (unsigned long long)stopped->told,
           (unsigned long long)missing_elsewhere, stopped->closed ? "true" : "false");
}

/* ---- trickle: high priority now and then, beside a flood of low priority to the same slow reader ---- */

enum { FLOOD, TRICKLE };

static void open_trickle(void)
{
    stage_open(2, 1, follows_all);
    stage_ignore(stage.receivers[0]);
}

static void measure_trickle(void)
{
    struct connection *reader = stage.receivers[0];
    double bytes_per_nanosecond = setting("megabytes", 20) * 1e-3;
    uint64_t period = (uint64_t)(1e9 / setting("rate", 200)), start = now(), due = start, time, read = 0;
    uint64_t end = start + (uint64_t)(setting("seconds", 1) * 1e9);
    latencies_reset();
    stage.measures_latency = true;
    while ((time = now()) < end && !reader->closed) {
        if (time >= due) {
            stage_send(TRICKLE, HIGH, 32, time);
            stage_flush(TRICKLE);
            due += period;
        }
        while (stage_send(FLOOD, LOW, 1024, 0)) {}
        stage_flush(FLOOD);
        uint64_t allowed = (uint64_t)((double)(time - start) * bytes_per_nanosecond);
        uint64_t next = allowed > read ? allowed - read : 0;
        if (next) read += connection_receive(reader, next < READ_BYTES ? next : READ_BYTES);
        stage_turn(0);
    }
    if (!reader->closed) stage_watch(reader);
    stage_settle(0.5);
    stage.measures_latency = false;
    printf("\"sent\": %llu, \"missing\": %llu, \"trickle_missing\": %zu, \"told\": %llu, \"cut\": %s, ",
           (unsigned long long)stage.sent_total,
           (unsigned long long)(stage.sent_total - reader->received), stage.sent[TRICKLE] - latencies_count(),
           (unsigned long long)reader->told, reader->closed ? "true" : "false");
    latencies_print();
}

/* ---- idle: many connected receivers that get nothing ---- */

static double connect_microseconds, broker_microseconds, resident_bytes;

static void open_idle(void)
{
    unsigned count = (unsigned)setting("receivers", 1000), topic = 0;
    stage_connect(&topic, 1);            /* what is allocated once, is */
    stage_settle(0.2);
    long kib = resident_kib(stage.broker);
    struct usage before = usage_now();
    for (topic = 1; topic <= count; topic++) stage_connect(&topic, 1);
    struct usage after = usage_now();
    stage_settle(0.3);
    connect_microseconds = (double)(after.time - before.time) * 1e-3 / count;
    broker_microseconds = (after.broker - before.broker) * 1e6 / count;
    resident_bytes = (double)(resident_kib(stage.broker) - kib) * 1024 / count;
}

static void measure_idle(void)
{
    struct usage before = usage_now();
    stage_settle(setting("seconds", 0.5));
    usage_print(before, usage_now());
    printf(", \"connect_us\": %.2f, \"connect_broker_us\": %.2f, \"resident_bytes\": %.0f", connect_microseconds,
           broker_microseconds, resident_bytes);
}

/* ---- */

static const struct workload { const char *name; void (*open)(void), (*measure)(void); } workloads[] = {
    { "flow", open_flow, measure_flow },          { "roundtrip", open_roundtrip, measure_roundtrip },
    { "paced", open_paced, measure_paced },       { "stopped", open_stopped, measure_stopped },
    { "trickle", open_trickle, measure_trickle }, { "idle", open_idle, measure_idle },
};

static const struct wire *const wires[] = { &framebus_wire, &relay_wire, &nats_wire, &mqtt_wire, &redis_wire };

enum { WORKLOADS = sizeof workloads / sizeof *workloads, WIRES = sizeof wires / sizeof *wires };

int main(int count, char **arguments)
{
    const struct workload *workload = NULL;
    for (int i = 0; count > 4 && i < WIRES; i++)
        if (!strcmp(wires[i]->name, arguments[1])) stage.wire = wires[i];
    for (int i = 0; count > 4 && i < WORKLOADS; i++)
        if (!strcmp(workloads[i].name, arguments[4])) workload = &workloads[i];
    if (!stage.wire || !workload) {
        fprintf(stderr, "usage: load WIRE ADDRESS PID WORKLOAD [NAME=NUMBER]...; see Benchmarks/load/load.c\n");
        return 2;
    }
    stage.address = arguments[2];
    stage.broker = atoi(arguments[3]);
    settings = arguments + 5;

    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    workload->open();
    printf("{\"ready\": true}\n");
    while (stage_wait_for_request()) {
        printf("{");
        workload->measure();
        printf("}\n");
    }
    return 0;
}
