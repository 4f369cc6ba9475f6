#include "meter.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t *latencies;
static size_t count, capacity;

uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

double processor_seconds(pid_t process)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &time)) return 0;
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

long resident_kib(pid_t process)
{
    char path[32], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)process);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
    if (file) fclose(file);
    return kib;
}

void latencies_reset(void) { count = 0; }

void latencies_add(uint64_t nanoseconds)
{
    if (count == capacity) {
        capacity = capacity ? 2 * capacity : 1 << 16;
        latencies = realloc(latencies, capacity * sizeof *latencies);
    }
    latencies[count++] = nanoseconds;
}

size_t latencies_count(void) { return count; }

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void latencies_print(void)
{
    if (!count) {
        printf("\"samples\": 0");
        return;
    }
    qsort(latencies, count, sizeof *latencies, compare);
    printf("\"samples\": %zu, \"p50_us\": %.2f, \"p99_us\": %.2f, \"max_us\": %.2f", count,
           (double)latencies[count / 2] / 1e3, (double)latencies[count * 99 / 100] / 1e3,
           (double)latencies[count - 1] / 1e3);
}
