#define _GNU_SOURCE
#include "csys.h"
/* The only header that knows any rate; it cannot stand beside termios.h. */
#include <asm/termbits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

int csys_set_raw(int fd, uint32_t baud)
{
    struct termios2 line;
    if (ioctl(fd, TCGETS2, &line) != 0) return -1;
    line.c_iflag = 0;
    line.c_oflag = 0;
    line.c_lflag = 0;
    line.c_cflag &= ~(CBAUD | CBAUD << IBSHIFT | CSIZE | CSTOPB | PARENB | CRTSCTS);
    line.c_cflag |= BOTHER | CS8 | CLOCAL | CREAD;
    line.c_ispeed = baud;
    line.c_ospeed = baud;
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (ioctl(fd, TCSETS2, &line) != 0 || ioctl(fd, TCGETS2, &line) != 0) return -1;
    /* A driver that cannot do a rate takes another one and says so only here. A UART bears 3 %. */
    uint32_t difference = line.c_ospeed > baud ? line.c_ospeed - baud : baud - line.c_ospeed;
    if (difference > baud / 100 * 3 + 1) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

/* A pseudo-terminal lives as long as its simulator and would stay exclusive after a program that was killed. */
static int is_pseudo_terminal(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && major(info.st_rdev) >= 136 && major(info.st_rdev) <= 143;
}

int csys_claim_line(int fd)
{
    /* Root passes TIOCEXCL, and who was there before it; the lock keeps out those who ask. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) return -1;
    return is_pseudo_terminal(fd) ? 0 : ioctl(fd, TIOCEXCL);
}

pid_t csys_lock_holder(const char *path)
{
    struct stat info;
    FILE *locks = stat(path, &info) == 0 ? fopen("/proc/locks", "re") : NULL;
    if (locks == NULL) return 0;
    char line[256];
    pid_t holder = 0;
    while (holder == 0 && fgets(line, sizeof line, locks) != NULL) {
        int pid;
        unsigned major_number, minor_number;
        unsigned long inode;
        if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_number, &minor_number, &inode) == 4
            && makedev(major_number, minor_number) == info.st_dev && inode == info.st_ino && pid > 0)
            holder = pid;
    }
    fclose(locks);
    return holder;
}

void csys_discard_input(int fd)
{
    ioctl(fd, TCFLSH, TCIFLUSH);
}

void csys_discard_output(int fd)
{
    ioctl(fd, TCFLSH, TCOFLUSH);
}

int csys_unsent(int fd)
{
    int count = 0;
    return ioctl(fd, TIOCOUTQ, &count) == 0 ? count : 0;
}

int csys_open_pty(char *path, size_t size)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return -1;
    if (grantpt(fd) == 0 && unlockpt(fd) == 0 && ptsname_r(fd, path, size) == 0) return fd;
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

int csys_lock_pty(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_OFD_SETLK, &lock);
}
