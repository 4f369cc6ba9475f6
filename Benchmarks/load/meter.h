/* What is measured: time, processor time and memory of the broker, latencies. */
#ifndef METER_H
#define METER_H
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

uint64_t now(void);                      /* nanoseconds */
double processor_seconds(pid_t process); /* of all its threads; 0 is this process */
long resident_kib(pid_t process);

/* Latencies of one block, in nanoseconds. */
void latencies_reset(void);
void latencies_add(uint64_t nanoseconds);
size_t latencies_count(void);
void latencies_print(void);              /* as members of a JSON object */
#endif
