#include "csys.h"
#include <linux/spi/spidev.h>

int csys_spi_set(int fd, uint8_t mode, uint8_t bits, uint32_t hertz)
{
    if (ioctl(fd, SPI_IOC_WR_MODE, &mode) < 0) return -1;
    if (ioctl(fd, SPI_IOC_WR_BITS_PER_WORD, &bits) < 0) return -1;
    return ioctl(fd, SPI_IOC_WR_MAX_SPEED_HZ, &hertz) < 0 ? -1 : 0;
}

int csys_spi_transfer(int fd, void *bytes, uint32_t count)
{
    struct spi_ioc_transfer transfer = {
        .tx_buf = (uintptr_t)bytes,
        .rx_buf = (uintptr_t)bytes,
        .len = count,
    };
    return ioctl(fd, SPI_IOC_MESSAGE(1), &transfer) < 0 ? -1 : 0;
}
