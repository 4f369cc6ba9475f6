#include "evomin.h"

#include <string.h>

enum { START = 0xAA, END = 0x55, STUFF = 0x55, ACKNOWLEDGE = 0xFF };

/* CRC-8/MAXIM-DOW over command, length and payload without stuff bytes. */
static uint8_t checksum(uint8_t crc, uint8_t byte) {
  crc ^= byte;
  for (uint8_t bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8C : crc >> 1;
  return crc;
}

void evomin_init(evomin *line, void (*write)(const uint8_t *bytes, uint8_t count),
                 void (*received)(uint8_t command, const uint8_t *payload, uint8_t length)) {
  memset(line, 0, sizeof *line);
  line->write = write;
  line->received = received;
}

/* How many bytes the frame at the start of `in` has: 0 if more must come, -1 if no frame begins there. */
static int parse(const evomin *line, uint8_t *payload) {
  const uint8_t *in = line->in;
  uint8_t count = line->in_count, at = 5, run = 0;
  for (uint8_t i = 0; i < 3; i++) {
    if (i == count) return 0;
    if (in[i] != START) return -1;
  }
  if (count < 5) return 0;
  if (in[4] > 50) return -1;
  uint8_t crc = checksum(checksum(0, in[3]), in[4]);
  for (uint8_t i = 0; i < in[4]; i++) {
    if (run == 2) at++, run = 0; /* a stuff byte, whatever its value */
    if (at >= count) return 0;
    payload[i] = in[at++];
    run = payload[i] == START ? run + 1 : 0;
    crc = checksum(crc, payload[i]);
  }
  if (at >= count) return 0;
  if (in[at++] != crc) return -1;
  if (at >= count) return 0;
  return in[at] == END ? at + 1 : -1;
}

static void drop(evomin *line, uint8_t count) {
  line->in_count -= count;
  memmove(line->in, line->in + count, line->in_count);
}

/* Drops what cannot be the start of a frame, one byte after the other, so that noise takes no frame with it. */
static void rescan(evomin *line) {
  uint8_t payload[50];
  while (line->in_count > 0) {
    int length = parse(line, payload);
    if (length == 0) return;
    if (length > 0) {
      const uint8_t answer = ACKNOWLEDGE;
      uint8_t command = line->in[3], bytes = line->in[4];
      drop(line, (uint8_t)length);
      line->noise = 0;
      line->write(&answer, 1);
      line->received(command, payload, bytes);
    } else {
      /* Behind more than one byte of noise it may as well come from inside of a damaged frame. */
      if (line->in[0] == ACKNOWLEDGE && line->attempts > 0 && line->noise <= 1) line->out_count = line->attempts = 0;
      else if (line->noise < UINT8_MAX) line->noise++;
      drop(line, 1);
    }
  }
}

void evomin_byte(evomin *line, uint8_t byte, uint32_t now_ms) {
  evomin_poll(line, now_ms);
  line->in_time = now_ms;
  line->in[line->in_count++] = byte;
  rescan(line);
}

void evomin_poll(evomin *line, uint32_t now_ms) {
  if (now_ms - line->in_time >= EVOMIN_GAP_MS) {
    if (line->in_count > 0) {
      drop(line, 1); /* the rest of this frame does not come */
      rescan(line);
      line->in_time = now_ms;
    } else {
      line->noise = 0;
    }
  }
  if (line->out_count == 0 || line->in_count > 0) return;
  if (line->attempts > 0 && (int32_t)(now_ms - line->out_due) < 0) return;
  if (line->attempts == EVOMIN_ATTEMPTS) {
    line->out_count = line->attempts = 0; /* given up */
    return;
  }
  /* Brings the other end back to where a frame may begin; nobody takes it for a frame. */
  static const uint8_t preamble[12] = {START, START, START, 0, 1, 0, 0, 0, 0, START, END, END};
  if (line->attempts > 0) line->write(preamble, sizeof preamble);
  line->write(line->out, line->out_count);
  line->attempts++;
  /* Not the same time at both ends, or two frames that collided would collide again. */
  line->out_due = now_ms + EVOMIN_RETRY_MS + (line->out[line->out_count - 2] ^ now_ms * 37u) % (EVOMIN_RETRY_MS / 2);
}

bool evomin_send(evomin *line, uint8_t command, const void *payload, uint8_t length) {
  if (line->out_count > 0 || length > EVOMIN_PAYLOAD_MAX) return false;
  const uint8_t *bytes = (const uint8_t *)payload;
  uint8_t crc = checksum(checksum(0, command), length), at = 0, run = 0;
  uint8_t *out = line->out;
  out[at++] = START, out[at++] = START, out[at++] = START;
  out[at++] = command, out[at++] = length;
  for (uint8_t i = 0; i < length; i++) {
    if (run == 2) out[at++] = STUFF, run = 0;
    out[at++] = bytes[i];
    run = bytes[i] == START ? run + 1 : 0;
    crc = checksum(crc, bytes[i]);
  }
  out[at++] = crc, out[at++] = END;
  line->out_count = at;
  return true;
}
