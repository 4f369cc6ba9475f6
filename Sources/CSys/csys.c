#define _GNU_SOURCE
#include <malloc.h>
#include "csys.h"
#include <stdio.h>

int csys_is_socket(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0) return -1;
    return S_ISSOCK(info.st_mode) ? 1 : 0;
}

int csys_peer(int fd, uint32_t *process, uint32_t *user)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    /* Over TCP it succeeds, and says nothing; of a process in another namespace it does not know the number. */
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.pid <= 0) return -1;
    *process = (uint32_t)peer.pid;
    *user = peer.uid;
    return 0;
}

void csys_line_buffer_stdout(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
}

char **csys_environment(void)
{
    return environ;
}

long csys_raise_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit.rlim_cur = limit.rlim_max;
    }
    return limit.rlim_cur > 1000000 ? 1000000 : (long)limit.rlim_cur;
}

int csys_poll(struct pollfd *entries, unsigned long count, int64_t nanoseconds)
{
    struct timespec time = { .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000 };
    return ppoll(entries, count, nanoseconds < 0 ? NULL : &time, NULL);
}

int csys_is_ignored(int signal)
{
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void csys_return_free_memory(void) { malloc_trim(0); }
