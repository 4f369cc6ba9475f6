/* A board with an LED, a button and a thermometer, for the map in ../evomin.yaml. */
#include "board.h"
#include "evomin.h"

enum { LED = 0x10, BUTTON = 0x11, TEMPERATURE = 0x12 };

/* The payload of the frame TEMPERATURE, byte for byte; the processor must be little-endian, as nearly all are. */
struct __attribute__((packed)) temperature {
  uint32_t id;
  int16_t ambient_temperature;
  int16_t object_temperature;
};

static evomin line;
static bool wants_button, wants_temperature, button;

/* Only notes what to do: a frame that is to be sent may have to wait for the one before it. */
static void received(uint8_t command, const uint8_t *payload, uint8_t length) {
  if (command == LED && length == 1) board_led(payload[0] != 0);
  if (command == BUTTON && length == 0) wants_button = true;
  if (command == TEMPERATURE && length == 0) wants_temperature = true;
}

int main(void) {
  board_init();
  evomin_init(&line, board_write, received);
  for (;;) {
    uint32_t now = board_millis();
    for (int byte; (byte = board_read()) >= 0;) evomin_byte(&line, (uint8_t)byte, now);
    if (board_button() != button) button = !button, wants_button = true;
    if (wants_button) {
      uint8_t pressed = button;
      if (evomin_send(&line, BUTTON, &pressed, 1)) wants_button = false;
    }
    if (wants_temperature) {
      struct temperature value = {1, board_temperature(), board_temperature()};
      if (evomin_send(&line, TEMPERATURE, &value, sizeof value)) wants_temperature = false;
    }
    evomin_poll(&line, now);
  }
}
