/* One end of an evoMIN UART for a microcontroller: C99, no heap, no dependency, 200 bytes of memory.
 *
 * Feed every byte that arrives to evomin_byte and call evomin_poll from the main loop; both from one context. An
 * interrupt that receives bytes puts them into a ring of its own, and the main loop takes them from there. */
#ifndef EVOMIN_H
#define EVOMIN_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  EVOMIN_PAYLOAD_MAX = 49,             /* the longest payload that every other implementation receives */
  EVOMIN_WIRE_MAX = 5 + 50 + 24 + 2,   /* start, command, length, payload, stuff bytes, checksum, end */
  EVOMIN_ATTEMPTS = 3,
  EVOMIN_RETRY_MS = 1000,
  EVOMIN_GAP_MS = 100                  /* silence this long ends a frame that is not whole */
};

typedef struct {
  /* Sends bytes, in order. It may wait until there is room for them. */
  void (*write)(const uint8_t *bytes, uint8_t count);
  /* A frame came; it has been acknowledged already. It may come twice: the protocol has no numbers. */
  void (*received)(uint8_t command, const uint8_t *payload, uint8_t length);

  /* The rest is the library's own. */
  uint8_t in[EVOMIN_WIRE_MAX], in_count, noise;
  uint32_t in_time;
  uint8_t out[EVOMIN_WIRE_MAX], out_count, attempts;
  uint32_t out_due;
} evomin;

void evomin_init(evomin *line, void (*write)(const uint8_t *bytes, uint8_t count),
                 void (*received)(uint8_t command, const uint8_t *payload, uint8_t length));
void evomin_byte(evomin *line, uint8_t byte, uint32_t now_ms);
void evomin_poll(evomin *line, uint32_t now_ms);
/* Takes a frame to send; evomin_poll sends it, again if need be. False if one is still under way, or it is too long. */
bool evomin_send(evomin *line, uint8_t command, const void *payload, uint8_t length);

#ifdef __cplusplus
}
#endif

#endif
