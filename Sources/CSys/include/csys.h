/* What Swift cannot import from Linux's headers by itself: headers that Glibc's module map leaves out,
   functions behind _GNU_SOURCE, and macros with arguments. */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

/* Process id of the peer of a Unix socket; -1 with errno on failure. */
pid_t csys_peer_pid(int fd);
/* 1 if the path is a socket, 0 if it is something else, -1 with errno if it cannot be looked at. */
int csys_is_socket(const char *path);
/* Makes standard output write whole lines at once, whatever it is. */
void csys_line_buffer_stdout(void);
/* The soft limit of open files, raised to the hard limit first. */
long csys_raise_open_files(void);
