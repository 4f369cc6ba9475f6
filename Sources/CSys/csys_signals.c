#define _GNU_SOURCE
#include "csys.h"
#include <stdatomic.h>
#include <string.h>
#include <time.h>

/* What ends the process at a repeated signal. It is replaced as a whole, as the handler may run at any time. */
struct ending {
    int64_t patience;
    size_t length;
    char text[512];
};

static _Atomic int caught_end = -1;
static _Atomic int64_t first_caught;
static struct ending endings[2];
static struct ending *_Atomic ending;

static int64_t monotonic(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Nobody may read what is written here, and the process must end all the same. */
static void write_last_words(const struct ending *last)
{
    int flags = fcntl(STDERR_FILENO, F_GETFL);
    if (flags < 0) return;
    fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
    ssize_t written = write(STDERR_FILENO, last->text, last->length);
    (void)written;
    fcntl(STDERR_FILENO, F_SETFL, flags);
}

/* Only what POSIX calls async-signal-safe. */
static void catch(int number)
{
    int error = errno;
    const struct ending *last = atomic_load(&ending);
    if (last) {
        int64_t first = 0, now = monotonic();
        if (!atomic_compare_exchange_strong(&first_caught, &first, now) && now - first >= last->patience) {
            write_last_words(last);
            _exit(128 + number);
        }
    }
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(atomic_load(&caught_end), &byte, 1);
    (void)written;
    errno = error;
}

static void look_away(int number)
{
    (void)number;
}

int csys_catch_signals(const int *numbers, int count)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    int before = atomic_exchange(&caught_end, ends[1]);
    if (before >= 0) close(before);
    struct sigaction action = {.sa_handler = catch, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigset_t caught;
    sigemptyset(&caught);
    for (int index = 0; index < count; index++) {
        sigaction(numbers[index], &action, NULL);
        sigaddset(&caught, numbers[index]);
    }
    /* Whoever started this process may have blocked them. */
    pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
    return ends[0];
}

void csys_end_at_repetition(const char *text, int64_t patience, int is_due)
{
    /* The handler may be looking at the other one. */
    struct ending *next = atomic_load(&ending) == &endings[0] ? &endings[1] : &endings[0];
    next->patience = patience;
    next->length = strnlen(text, sizeof next->text);
    memcpy(next->text, text, next->length);
    atomic_store(&first_caught, is_due ? monotonic() : 0);
    atomic_store(&ending, next);
}

void csys_survive_broken_pipes(void)
{
    struct sigaction action = {.sa_handler = look_away, .sa_flags = SA_RESTART};
    sigaction(SIGPIPE, &action, NULL);
}
