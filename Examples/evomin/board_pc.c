/* A PC in place of a board: the UART is a pseudo-terminal, and the button is the signal USR1. Its path is printed. */
#define _GNU_SOURCE
#include "board.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int uart;
static volatile sig_atomic_t is_pressed;

static void press(int signal) {
  (void)signal;
  is_pressed = !is_pressed;
}

void board_init(void) {
  uart = posix_openpt(O_RDWR | O_NOCTTY);
  if (uart < 0 || grantpt(uart) != 0 || unlockpt(uart) != 0) {
    perror("pseudo-terminal");
    exit(1);
  }
  /* Held open and raw: else what is sent before somebody opens it would come back. */
  struct termios raw;
  int device = open(ptsname(uart), O_RDWR | O_NOCTTY);
  tcgetattr(device, &raw);
  cfmakeraw(&raw);
  tcsetattr(device, TCSANOW, &raw);
  signal(SIGUSR1, press);
  printf("%s\n", ptsname(uart));
  fflush(stdout);
}

int board_read(void) {
  struct pollfd wait = {uart, POLLIN, 0};
  uint8_t byte;
  return poll(&wait, 1, 1) > 0 && read(uart, &byte, 1) == 1 ? byte : -1;
}

void board_write(const uint8_t *bytes, uint8_t count) {
  while (count > 0) {
    ssize_t written = write(uart, bytes, count);
    if (written < 0) return;
    bytes += written, count -= (uint8_t)written;
  }
}

uint32_t board_millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void board_led(bool is_on) {
  printf("LED %s\n", is_on ? "on" : "off");
  fflush(stdout);
}

bool board_button(void) { return is_pressed; }

int16_t board_temperature(void) { return 2150; }
