/* What the program needs of a board. board_pc.c is a PC; a microcontroller has these in a few lines each. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

void board_init(void);                                       /* UART: 115200 baud, 8 data bits, no parity, 1 stop bit */
int board_read(void);                                        /* the next byte that arrived, -1 if there is none */
void board_write(const uint8_t *bytes, uint8_t count);
uint32_t board_millis(void);
void board_led(bool is_on);
bool board_button(void);
int16_t board_temperature(void);                             /* hundredths of a degree Celsius */

#endif
