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
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

extern int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
extern int pipe2(int ends[2], int flags);

/* 1 if the path is a socket, 0 if it is something else, -1 with errno if it cannot be looked at. */
int csys_is_socket(const char *path);
/* 1 if this process ignores a signal. */
int csys_is_ignored(int signal);
/* poll() that waits in nanoseconds; negative for ever. */
int csys_poll(struct pollfd *entries, unsigned long count, int64_t nanoseconds);
/* The process and the user at the other end of a Unix socket; -1 if the kernel does not know them. */
int csys_peer(int fd, uint32_t *process, uint32_t *user);
/* Makes standard output write whole lines at once, whatever it is. */
void csys_line_buffer_stdout(void);
/* Gives memory that is free back to the system. */
void csys_return_free_memory(void);
/* Catches signals: a descriptor from which their numbers can be read, a byte each; -1 with errno. One at a time. */
int csys_catch_signals(const int *numbers, int count);
/* Has a signal that comes this many nanoseconds after the first one, or after now if that is due, end the process. */
void csys_end_at_repetition(const char *text, int64_t patience, int is_due);
/* Has a write that nobody reads fail instead of ending the process, without a child that inherits it. */
void csys_survive_broken_pipes(void);
/* The environment of this process. */
char **csys_environment(void);
/* The soft limit of open files, raised to the hard limit first. */
long csys_raise_open_files(void);

/* Makes a terminal a raw line of 8N1 without flow control. A rate that the driver does not take is EINVAL. */
int csys_set_raw(int fd, uint32_t baud);
/* Keeps other programs off a terminal; EWOULDBLOCK if one has it already. */
int csys_claim_line(int fd);
/* The process that has a file locked with flock; 0 if none is known. */
pid_t csys_lock_holder(const char *path);
/* Throws away what waits in a terminal to be read. */
void csys_discard_input(int fd);
/* Throws away what waits in a terminal to be sent. */
void csys_discard_output(int fd);
/* Bytes that were written to a terminal and have not left it. */
int csys_unsent(int fd);

/* Opens the master of a new pseudo-terminal, which never waits, and gives the path of its other side. */
int csys_open_pty(char *path, size_t size);
/* Takes the whole-file lock that a simulator holds on its pseudo-terminal; EAGAIN if one holds it. */
int csys_lock_pty(int fd);

/* Sets up an spidev. */
int csys_spi_set(int fd, uint8_t mode, uint8_t bits, uint32_t hertz);
/* Sends bytes and puts what came meanwhile in their place. */
int csys_spi_transfer(int fd, void *bytes, uint32_t count);

/* The size of what a GPIO chip, its label or the holder of a line is called, with the zero at its end. */
#define CSYS_GPIO_NAME_SIZE 32
/* What a GPIO chip is called, and how many lines it has. */
int csys_gpio_chip(int fd, char *name, char *label, uint32_t *lines);
/* 1 if somebody has a line, and who that is; 0 if nobody has; -1 with errno if it cannot be known. */
int csys_gpio_holder(int fd, uint32_t offset, char *consumer);
/* Takes lines as outputs that are all off, with one request; a descriptor of them. */
int csys_gpio_outputs(int fd, const uint32_t *offsets, uint32_t count, int active_low, const char *consumer);
/* Sets those lines of a request whose bits are in the mask, all at once. */
int csys_gpio_set(int fd, uint64_t values, uint64_t mask);
