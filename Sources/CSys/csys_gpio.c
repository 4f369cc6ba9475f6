#include "csys.h"
#include <linux/gpio.h>
#include <string.h>

/* The names are all of this size, with their end. */
_Static_assert(GPIO_MAX_NAME_SIZE == CSYS_GPIO_NAME_SIZE, "the size of a GPIO name");

int csys_gpio_chip(int fd, char *name, char *label, uint32_t *lines)
{
    struct gpiochip_info info;
    memset(&info, 0, sizeof info);
    if (ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) != 0) return -1;
    memcpy(name, info.name, GPIO_MAX_NAME_SIZE);
    memcpy(label, info.label, GPIO_MAX_NAME_SIZE);
    *lines = info.lines;
    return 0;
}

int csys_gpio_holder(int fd, uint32_t offset, char *consumer)
{
    struct gpio_v2_line_info info;
    memset(&info, 0, sizeof info);
    info.offset = offset;
    if (ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &info) != 0) return -1;
    memcpy(consumer, info.consumer, GPIO_MAX_NAME_SIZE);
    return info.flags & GPIO_V2_LINE_FLAG_USED ? 1 : 0;
}

int csys_gpio_outputs(int fd, const uint32_t *offsets, uint32_t count, int active_low, const char *consumer)
{
    if (count == 0 || count > GPIO_V2_LINES_MAX) {
        errno = EINVAL;
        return -1;
    }
    struct gpio_v2_line_request request;
    memset(&request, 0, sizeof request);
    memcpy(request.offsets, offsets, count * sizeof *offsets);
    request.num_lines = count;
    strncpy(request.consumer, consumer, sizeof request.consumer - 1);
    request.config.flags = GPIO_V2_LINE_FLAG_OUTPUT | (active_low ? GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0);
    /* All off with the request itself: there is no moment in between. */
    request.config.num_attrs = 1;
    request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
    request.config.attrs[0].attr.values = 0;
    request.config.attrs[0].mask = count == 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
    return ioctl(fd, GPIO_V2_GET_LINE_IOCTL, &request) == 0 ? request.fd : -1;
}

int csys_gpio_set(int fd, uint64_t values, uint64_t mask)
{
    struct gpio_v2_line_values lines = {.bits = values, .mask = mask};
    return ioctl(fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &lines);
}
